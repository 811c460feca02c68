"""flask-admin in the portal's look: ``Admin(app, theme=PortalTheme())``.

The templates lie in ``portal/web/templates/admin``. The theme's folder does not exist in flask-admin,
so that a template we do not have fails loudly and none of its Bootstrap 4 pages slips through.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from flask_admin import babel, helpers
from flask_admin.contrib.sqla import typefmt as sqla_typefmt
from flask_admin.form import fields, widgets
from flask_admin.model import filters, typefmt
from flask_admin.theme import Theme
from flask_babel import gettext
from markupsafe import Markup

from portal.web.look.icons import icon_from_fa
from portal.web.look.urls import url_with, url_without
from portal.web.look.values import shown

_KINDS = {
    "datepicker": "date",
    "datetimepicker": "datetime-local",
    "timepicker": "time",
    "int": "number",
    "float": "number",
}
_RANGES = {
    "daterangepicker": "2026-01-01 to 2026-01-31",
    "datetimerangepicker": "2026-01-01 00:00:00 to 2026-01-31 23:59:59",
    "timerangepicker": "08:00:00 to 17:00:00",
}


@dataclass
class PortalTheme(Theme):  # type: ignore[misc]
    """The portal's own theme for flask-admin."""

    folder: str = "portal"
    base_template: str = "admin/base.html"


def mend() -> None:
    """Apply the cures for flask-admin 2.2. Calling it twice changes nothing more.

    Date-time fields and filters accept ``2026-03-03 09:30:00`` only, a browser's own picker sends
    ``2026-03-03T09:30``. Inline forms return text where they mean markup. Lists show yes and no as
    drawings of a font that the portal does not load.
    """
    fields.DateTimeField.process_formdata = _process_moment
    filters.BaseDateTimeFilter.clean = _clean_moment
    filters.BaseTimeFilter.clean = _clean_time
    widgets.RenderTemplateWidget.__call__ = _render_widget
    tables = (typefmt.BASE_FORMATTERS, typefmt.DETAIL_FORMATTERS, sqla_typefmt.DEFAULT_FORMATTERS)
    for formatters in tables:
        for kind in (bool, dt.date, dt.datetime, dt.time, list, type(None)):
            formatters[kind] = _format


def _format(_view: Any, value: Any, _name: str) -> Any:
    return shown(value)


def _render_widget(self: Any, field: Any, **kwargs: Any) -> Markup:
    """Render the template of a compound field; what the template wrote is markup."""
    values = {
        **kwargs,
        "field": field,
        "_gettext": babel.gettext,
        "_ngettext": babel.ngettext,
        "h": helpers,
    }
    rendered = current_app.jinja_env.get_template(self.template).render(values)
    return Markup(rendered)  # noqa: S704 - the template has escaped it


def _process_moment(self: Any, valuelist: Sequence[str]) -> None:
    text = " ".join(valuelist).strip()
    self.data = None
    if not text:
        return
    try:
        self.data = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            gettext("Not a valid date and time, for example 2026-03-31 14:05.")
        ) from None


def _clean_moment(_self: Any, value: str) -> dt.datetime:
    return dt.datetime.fromisoformat(value)


def _clean_time(_self: Any, value: str) -> dt.time:
    return dt.time.fromisoformat(value)


def console_menu(view: Any) -> list[dict[str, Any]]:
    """Return flask-admin's menu as groups of the side menu, with what the visitor may open."""
    loose: list[dict[str, Any]] = []
    groups: list[dict[str, Any]] = []
    for item in view.admin.menu():
        if item.is_category():
            entries = [
                _entry(child, view) for child in item.get_children() if not child.is_category()
            ]
            if entries:
                groups.append({"label": str(item.name), "entries": entries})
        elif item.is_accessible() and item.is_visible():
            loose.append(_entry(item, view))
    links = [link for link in view.admin.menu_links() if link.is_accessible() and link.is_visible()]
    tail = [{"label": "", "entries": [_entry(link, view) for link in links]}] if links else []
    head = [{"label": str(view.admin.name or ""), "entries": loose}] if loose else []
    return head + groups + tail


def _entry(item: Any, view: Any) -> dict[str, Any]:
    return {
        "label": str(item.name),
        "url": item.get_url(),
        "active": item.is_active(view),
        "icon": icon_from_fa(item.get_icon_value()),
    }


@dataclass(frozen=True)
class Control:
    """A value field of a filter row: the kind names it, ``type`` is the input type or ``select``."""

    kind: str
    type: str
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass
class FilterRow:
    """One filter of a list: the column's name, its comparisons, the fields, what is chosen."""

    label: str
    number: str
    operators: list[dict[str, str]]
    controls: list[Control]
    chosen: str = ""
    value: str = ""
    remove_url: str = ""
    kinds: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The kind of field that belongs to the chosen comparison."""
        return self.kinds.get(self.chosen, self.controls[0].kind if self.controls else "")


def console_filters(
    groups: Mapping[str, Iterable[Mapping[str, Any]]] | None,
    active: Iterable[tuple[Any, str, str]] | None,
    adding: str = "",
) -> dict[str, Any]:
    """Return what the list template needs: ``rows`` in use, ``templates`` for new ones, ``choices``."""
    known = {str(name): list(items) for name, items in (groups or {}).items()}
    rows = []
    for number, (index, name, value) in enumerate(active or []):
        if name in known:
            rows.append(_active_row(name, str(number), known[name], index, str(value)))
    if adding in known:
        rows.append(_row(adding, str(len(rows)), known[adding]))
    templates = [_row(name, "__n__", items) for name, items in known.items()]
    choices = [{"key": name, "label": name, "url": url_with(filter_add=name)} for name in known]
    return {"rows": rows, "templates": templates, "choices": choices}


def _active_row(
    name: str, number: str, items: list[Mapping[str, Any]], index: Any, value: str
) -> FilterRow:
    row = _row(name, number, items)
    argument = next((str(item["arg"]) for item in items if item["index"] == index), "")
    row.chosen = f"flt{number}_{argument}"
    row.value = value
    row.remove_url = url_without(*_names_of(argument))
    return row


def _names_of(argument: str) -> list[str]:
    from flask import request

    return [
        name
        for name in request.args
        if name.startswith("flt") and name.partition("_")[2] == argument
    ]


def _row(name: str, number: str, items: list[Mapping[str, Any]]) -> FilterRow:
    row = FilterRow(name, number, [], [])
    seen: dict[tuple[Any, ...], Control] = {}
    for item in items:
        options = tuple((str(key), str(text)) for key, text in item.get("options") or ())
        shape = (item.get("type"), options)
        if shape not in seen:
            seen[shape] = _control(f"k{len(seen)}", item.get("type"), options)
        value = f"flt{number}_{item['arg']}"
        row.operators.append(
            {"value": value, "label": str(item["operation"]), "kind": seen[shape].kind}
        )
        row.kinds[value] = seen[shape].kind
    row.controls = list(seen.values())
    row.chosen = row.operators[0]["value"] if row.operators else ""
    return row


def _control(kind: str, widget: Any, options: tuple[tuple[str, str], ...]) -> Control:
    if widget == "select2-tags":
        return Control(kind, "text", hint=gettext("several, with commas between"))
    if options:
        return Control(kind, "select", options)
    return Control(kind, _KINDS.get(str(widget), "text"), hint=_RANGES.get(str(widget), ""))
