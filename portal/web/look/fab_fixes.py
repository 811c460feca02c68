"""Cures for defects of FAB 5.3 that no setting reaches; applied once, before the first view is made.

Each function says what is wrong upstream. The proofs are the tests in ``tests/unit/web/look``.
"""

from typing import Any

from flask import g, url_for
from flask_appbuilder import fieldwidgets, forms, upload, widgets
from markupsafe import Markup
from wtforms import BooleanField, DateTimeLocalField
from wtforms import widgets as plain
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import html_params


class TickBoxField(BooleanField):  # type: ignore[misc]
    """A tick box that may stay empty.

    FAB puts ``DataRequired`` on every column that is not null, also on booleans, so that "no" could
    never be saved. For a tick box "not ticked" is an answer.
    """

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kept = [
            one for one in validators or [] if not isinstance(one, DataRequired | InputRequired)
        ]
        super().__init__(label, kept, **kwargs)


def apply() -> None:
    """Apply all cures. Calling it twice changes nothing more."""
    repair_conversion_table()
    use_plain_widgets()
    return_markup()


def repair_conversion_table() -> None:
    """Give FAB's model forms tick boxes that can be empty and a date-time field that keeps the time.

    Upstream's date-time picker offers a date only and then refuses the value it made.
    """
    better: dict[str, tuple[Any, Any]] = {
        "is_boolean": (TickBoxField, None),
        "is_date": (forms.DateField, plain.DateInput),
        "is_datetime": (DateTimeLocalField, plain.DateTimeLocalInput),
    }
    forms.FieldConverter.conversion_table = tuple(
        (marker, *better.get(marker, (field, widget)))
        for marker, field, widget in forms.FieldConverter.conversion_table
    )


def return_markup() -> None:
    """Let FAB's template widgets say that what they return is markup.

    They return plain text, so that every template has to switch escaping off for them. What a
    template has rendered is escaped already.
    """
    stock = widgets.RenderTemplateWidget.__call__
    if getattr(stock, "returns_markup", False):
        return

    def call(self: Any, **kwargs: Any) -> Markup:
        return Markup(stock(self, **kwargs))  # noqa: S704 - a template has escaped it

    call.returns_markup = True  # type: ignore[attr-defined]
    widgets.RenderTemplateWidget.__call__ = call


def use_plain_widgets() -> None:
    """Let FAB's Bootstrap 3 and jQuery widgets render plain controls.

    Their classes are used all over FAB (security views, extra fields), so the methods are replaced,
    not the instances. Label texts as placeholders go, too: they vanish while one types.
    """
    replace = {
        fieldwidgets.BS3TextFieldWidget: plain.TextInput.__call__,
        fieldwidgets.BS3TextAreaFieldWidget: plain.TextArea.__call__,
        fieldwidgets.BS3PasswordFieldWidget: plain.PasswordInput.__call__,
        fieldwidgets.DatePickerWidget: _date_input,
        fieldwidgets.DateTimePickerWidget: _date_time_input,
        fieldwidgets.Select2Widget: plain.Select.__call__,
        fieldwidgets.Select2ManyWidget: _multiple_select,
        fieldwidgets.Select2AJAXWidget: _remote_select,
        fieldwidgets.Select2SlaveAJAXWidget: _remote_select,
        upload.BS3FileUploadFieldWidget: _file_input,
        upload.BS3ImageUploadFieldWidget: _file_input,
    }
    for widget, call in replace.items():
        widget.__call__ = call


def _date_input(_self: Any, field: Any, **kwargs: Any) -> Any:
    return plain.DateInput()(field, **kwargs)


def _date_time_input(_self: Any, field: Any, **kwargs: Any) -> Any:
    return plain.DateTimeLocalInput()(field, **kwargs)


def _multiple_select(_self: Any, field: Any, **kwargs: Any) -> Any:
    return plain.Select(multiple=True)(field, **kwargs)


def _remote_select(self: Any, field: Any, **kwargs: Any) -> Markup:
    """Render a select whose choices come from FAB's own lookup address as one types."""
    kwargs.setdefault("id", field.id)
    kwargs["name"] = field.name
    kwargs["data-load"] = self.endpoint
    if getattr(self, "master_id", ""):
        kwargs["data-load-master"] = self.master_id
    chosen = Markup()
    if field.data:
        chosen = Markup('<option value="{0}" selected>{0}</option>').format(field.data)
    attributes = Markup(html_params(**kwargs))  # noqa: S704 - html_params escapes the values
    return Markup("<select {}>{}</select>").format(attributes, chosen)


def _file_input(_self: Any, field: Any, **kwargs: Any) -> Any:
    """Render a file field; a stored file gets its name and a tick box to take it away."""
    control = plain.FileInput()(field, **kwargs)
    if not field.data or not isinstance(field.data, str):
        return control
    kept = Markup(
        '<div class="form-check"><input class="form-check-input" type="checkbox" id="{0}-delete" '
        'name="_{1}-delete"><label class="form-check-label" for="{0}-delete">{2}</label></div>'
    )
    return Markup("{}{}").format(kept.format(field.id, field.name, f"Remove {field.data}"), control)


class ToRecordMixin:
    """After "Save" show the record; stock FAB goes to a remembered page, often Home."""

    def post_add(self, item: Any) -> None:
        """Remember the new record for the redirect."""
        g.saved_record = item

    def post_update(self, item: Any) -> None:
        """Remember the changed record for the redirect."""
        g.saved_record = item

    def post_add_redirect(self) -> Any:
        """Go to the record that was added."""
        return self._to_record()

    def post_edit_redirect(self) -> Any:
        """Go to the record that was changed."""
        return self._to_record()

    def _to_record(self) -> Any:
        from flask import redirect

        view: Any = self
        item = g.pop("saved_record", None)
        if item is None:
            return redirect(view.get_redirect())
        pk = view.datamodel.get_pk_value(item)
        return redirect(url_for(f"{view.endpoint}.show", pk=pk))
