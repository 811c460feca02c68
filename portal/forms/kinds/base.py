"""What every kind of field can do. A new kind is a subclass and one entry in the mapping."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol

from portal.forms.definition import Item, Option, in_language
from portal.forms.messages import Translator, message
from portal.kernel.errors import Issue

Reader = Callable[[Any], Any]
Posted = Mapping[str, list[str]]
"""The posted texts of one field by part: ``""`` is the answer itself, ``"unit"`` its unit …"""


class AnswerError(ValueError):
    """An answer that cannot stand; ``code`` is a key of ``messages.MESSAGES``."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return message(self.code, self.params)

    def said(self, translate: Translator) -> str:
        """Return the sentence in the reader's language."""
        return message(self.code, self.params, translate)


class Field(Protocol):
    """What a kind may know about its item."""

    @property
    def item(self) -> Item:
        """The definition."""

    @property
    def options(self) -> tuple[Option, ...]:
        """The options, from the item itself or from the list it names."""

    @property
    def language(self) -> str:
        """The form's first language."""


class Kind:
    """A kind of field.

    An answer has three forms: *posted* text from a browser, the *stored* JSON value, and the
    *typed* value that expressions compute with. ``parse`` and ``coerce`` lead to the stored
    form, ``reader`` from there to the typed one; all raise :class:`AnswerError`.
    """

    name: ClassVar[str]
    expression_type: ClassVar[str] = "any"
    answers: ClassVar[bool] = True
    parts: ClassVar[tuple[str, ...]] = ("",)
    input_mode: ClassVar[str] = ""

    def reader(self, field: Field) -> Reader:
        """Return a function from one stored value to the typed value, checking constraints."""
        raise NotImplementedError

    def parse(self, field: Field, posted: Posted) -> Any:
        """Return the stored value of posted text; None when nothing was answered."""
        text = first(posted)
        return self.coerce(field, text) if text else None

    def coerce(self, field: Field, value: Any) -> Any:
        """Return the stored value of a JSON value or text from an import or the API."""
        raise NotImplementedError

    def store(self, field: Field, typed: Any) -> Any:
        """Return the stored value of a typed one (calculated answers); None when impossible."""
        raise NotImplementedError

    def display(self, field: Field, value: Any, language: str) -> str:  # noqa: ARG002
        """Return a stored value as people read it."""
        return str(value)

    def texts(self, field: Field, value: Any) -> dict[str, str]:  # noqa: ARG002
        """Return the text of each part of the input that shows a stored value again."""
        return {"": "" if value is None else str(value)}

    def is_empty(self, value: Any) -> bool:
        """Whether a stored value says nothing."""
        return value is None or value in ("", [], {})

    def check_definition(self, field: Field) -> list[Issue]:  # noqa: ARG002
        """Return what is wrong with an item of this kind that the reader could not see."""
        return []


class Silent(Kind):
    """Kinds without an answer: notes and containers."""

    answers = False

    def reader(self, field: Field) -> Reader:  # noqa: ARG002
        """Refuse every answer."""

        def refuse(_value: Any) -> Any:
            raise AnswerError("shape")

        return refuse

    def coerce(self, field: Field, value: Any) -> Any:  # noqa: ARG002
        """Refuse every answer."""
        raise AnswerError("shape")

    def store(self, field: Field, typed: Any) -> Any:  # noqa: ARG002
        """Hold nothing."""
        return None


def first(posted: Posted, part: str = "") -> str:
    """Return the first posted text of a part, without blanks around it."""
    values = posted.get(part) or [""]
    return values[0].strip()


def label_of(option: Option, language: str, fallback: str) -> str:
    """Return an option's label, or its code where no label was written."""
    return in_language(option.label, language, fallback) or option.code
