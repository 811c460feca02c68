"""How FAB and flask-admin show a value of any type, and what field a filter on it needs."""

from collections.abc import Iterable
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from flask_babel import format_date, gettext, ngettext
from markupsafe import Markup, escape

from portal.web.look.icons import icon

LIST_LIMIT = 12
_KINDS = {
    "DateField": "date",
    "DateTimeField": "datetime-local",
    "DateTimeLocalField": "datetime-local",
    "TimeField": "time",
    "IntegerField": "number",
    "DecimalField": "number",
    "FloatField": "number",
}


def shown(value: Any) -> Markup | str:
    """Return ``value`` for people: yes and no, dates in words, long lists cut, a dash for nothing.

    Markup is passed through; everything else is escaped by the template.
    """
    if value is None or value == "":
        return Markup('<span aria-label="{}">–</span>').format(gettext("not given"))
    if isinstance(value, bool):
        return _yes_no(value=value)
    if isinstance(value, datetime | date | time):
        return _moment(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, list | tuple | set | frozenset):
        return _several(value)
    return escape(value)


def _yes_no(*, value: bool) -> Markup:
    if value:
        return Markup('<span class="chip chip-good">{}{}</span>').format(
            icon("check"), gettext("Yes")
        )
    return Markup('<span class="chip">{}</span>').format(gettext("No"))


def _moment(value: datetime | date | time) -> str:
    """Dates in words, because 3/5/26 is March to some readers and May to others."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    words = str(format_date(value, "d MMMM y", rebase=False)) if isinstance(value, datetime) else ""
    if isinstance(value, datetime):
        return f"{words}, {value:%H:%M}"
    return str(format_date(value, "d MMMM y"))


def _several(values: Iterable[Any]) -> str:
    texts = [str(one) for one in values]
    if not texts:
        return "–"
    rest = len(texts) - LIST_LIMIT
    tail = ngettext(" and %(num)s more", " and %(num)s more", rest) if rest > 0 else ""
    return ", ".join(texts[:LIST_LIMIT]) + tail


def choice_pairs(field: Any) -> list[tuple[str, str]]:
    """Return value and text of the choices of a WTForms select field, without the empty one."""
    pairs = [(str(choice[0]), str(choice[1])) for choice in field.iter_choices()]
    return [(value, text) for value, text in pairs if value not in ("", "__None")]


def filter_kind(field: Any) -> str:
    """Return the input type that fits a filter on this WTForms field, text in doubt."""
    return _KINDS.get(field.type, "text")
