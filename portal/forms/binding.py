"""WTForms classes generated from compiled sections, cached by the form's hash.

The class is an ordinary WTForms form: it takes ``formdata`` or ``data``, validates, carries
errors, and can be handed to FAB, flask-admin or a macro. Each field delegates to its kind.
Patient forms are rendered by ``portal.forms.rendering``, which is thirty times faster than
rendering 300 widgets; both read a post in the same way.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup
from wtforms import Field, Form
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.kinds import AnswerError
from portal.forms.posted import Posted, as_lists, field_name, read_posted

__all__ = ["AnswerField", "Posted", "SectionForm", "field_name", "read_posted", "section_form"]


class AnswerField(Field):  # type: ignore[misc]
    """One answer. ``data`` is the stored JSON value; errors are the kind's."""

    widget = TextInput()

    def __init__(self, answer_item: CompiledItem, **kwargs: Any) -> None:
        super().__init__(answer_item.label(), description=answer_item.id, **kwargs)
        self.answer_item = answer_item

    def _value(self) -> str:
        if isinstance(self.data, list):
            return ", ".join(self._shown(one) for one in self.data)
        return "" if self.data is None else self._shown(self.data)

    def _shown(self, value: Any) -> str:
        return self.answer_item.kind.display(self.answer_item, value, self.answer_item.language)

    def accept(self, posted: Posted) -> None:
        """Take the outcome of reading the whole page."""
        self.data = posted.answers.get(self.answer_item.id)
        problem = posted.problems.get(self.answer_item.id)
        self.process_errors = [problem] if problem else []

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Check the stored value against the definition."""
        given = self.data if self.answer_item.multiple else [self.data]
        for value in given or []:
            if value is None:
                continue
            try:
                self.answer_item.read(value)
            except AnswerError as fault:
                raise ValidationError(str(fault)) from None

    def __call__(self, **kwargs: Any) -> Markup:
        """Render a plain input; the form's own pages are rendered elsewhere."""
        return Markup(self.widget(self, **kwargs))  # noqa: S704 - WTForms escapes its widgets


class RowsField(Field):  # type: ignore[misc]
    """The rows of a repeat; ``data`` is a list of row objects."""

    widget = TextInput()

    def __init__(self, answer_item: CompiledItem, **kwargs: Any) -> None:
        super().__init__(answer_item.label(), description=answer_item.id, **kwargs)
        self.answer_item = answer_item

    def _value(self) -> str:
        return str(len(self.data or []))

    def accept(self, posted: Posted) -> None:
        """Take the rows, and the problems of every field in them."""
        self.data = posted.answers.get(self.answer_item.id)
        rows = {one["row"] for one in self.data or []}
        self.process_errors = [
            text for name, text in posted.problems.items() if name.partition("@")[2] in rows
        ]


class SectionForm(Form):  # type: ignore[misc]
    """Base of generated forms; ``compiled`` and ``section_id`` are set by :func:`section_form`."""

    compiled: CompiledForm
    section_id: str

    def __init__(self, formdata: Any = None, data: Any = None, **kwargs: Any) -> None:
        self.given = dict(data or {})
        named = {attribute(item_id): value for item_id, value in self.given.items()}
        super().__init__(data=named, **kwargs)
        if formdata:
            self.accept(formdata)

    def accept(self, formdata: Any) -> None:
        """Read a post into the fields."""
        posted = read_posted(self.compiled, self.section_id, as_lists(formdata), self.given)
        self.given = posted.answers
        for bound in self:
            bound.accept(posted)

    @property
    def answers(self) -> dict[str, Any]:
        """All answers given so far, with those of this section replaced."""
        return self.given


def section_form(form: CompiledForm, section_id: str) -> type[SectionForm]:
    """Return the WTForms class of a section; the same class for the same form content."""
    return _section_form(_ByHash(form), section_id)


class _ByHash:
    """Makes a compiled form a cache key by its content."""

    def __init__(self, form: CompiledForm) -> None:
        self.form = form

    def __hash__(self) -> int:
        return hash(self.form.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByHash) and other.form.hash == self.form.hash


@lru_cache(maxsize=512)
def _section_form(key: _ByHash, section_id: str) -> type[SectionForm]:
    form = key.form
    fields: dict[str, Any] = {"compiled": form, "section_id": section_id}
    members: Sequence[str] = form.section(section_id).all_items
    for item_id in members:
        item = form.items[item_id]
        if item.scope:
            continue
        if item.is_repeat:
            fields[attribute(item_id)] = RowsField(item, name=item_id)
        elif item.kind.answers:
            fields[attribute(item_id)] = AnswerField(item, name=item_id)
    return type("SectionForm_" + attribute(section_id), (SectionForm,), fields)


def attribute(item_id: str) -> str:
    """Return the Python attribute under which a field stands: dots become underscores."""
    return "f_" + item_id.replace(".", "__")
