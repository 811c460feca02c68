"""Constants of FHIR as the text of ours: limits, first answers, sizes, spans."""

import re
from decimal import Decimal
from typing import Any

from portal.forms.definition import same_system
from portal.forms.expressions.moments import moment, time_of_day
from portal.forms.expressions.units import is_unit
from portal.forms.interop.access import UCUM, number, text
from portal.forms.interop.exporting import addresses as a
from portal.forms.interop.importing.context import Context
from portal.forms.interop.wording import UntranslatableError, text_of

NUMBERS = {"integer": ("Integer", "Decimal"), "decimal": ("Decimal", "Integer")}
MOMENTS = {"date": ("Date",), "datetime": ("DateTime",), "time": ("Time",)}
_SECONDS = re.compile(r"(\d{2}:\d{2}):00")


def limit(kind: str, value: Any) -> str:
    """Return a constant ``min`` or ``max`` of an item of our type, empty when it cannot be one."""
    if kind in NUMBERS:
        exact = number(value)
        return _number(exact) if exact is not None else ""
    if kind == "quantity":
        return _quantity(value)
    if kind in MOMENTS and isinstance(value, str):
        return _moment(kind, value)
    return ""


def _number(value: Decimal) -> str:
    written = format(value, "f")
    return written if len(written) < 28 else ""


def _quantity(value: Any) -> str:
    exact = number(value.get("value")) if isinstance(value, dict) else None
    unit, named = text(value, "code"), text(value, "unit")
    only = isinstance(value, dict) and set(value) <= {"value", "unit", "system", "code"}
    if exact is None or not only or text(value, "system") != UCUM or not is_unit(unit):
        return ""
    if named not in {"", unit}:
        return ""
    try:
        written = text_of(["qty", _number(abs(exact)), unit])
    except UntranslatableError:
        return ""
    return f"-{written}" if exact < 0 else written


def _moment(kind: str, value: str) -> str:
    if kind == "time":
        found = _SECONDS.fullmatch(value)
        short = found.group(1) if found else value
        return f"@T{short}" if time_of_day(short) else ""
    known = moment(value)
    if known is None or (kind == "date" and len(known.parts) > 3) or "." in value:
        return ""
    return f"@{value}" if len(value) == 4 else value


def first_answer(context: Context, kind: str, value_kind: str, value: Any) -> Any:
    """Return ``initial[x]`` as ``default``, None when it cannot be written."""
    wanted = {
        "text": "String",
        "long_text": "String",
        "url": "Uri",
        "yes_no": "Boolean",
        "date": "Date",
        "time": "Time",
        "integer": "Integer",
    }.get(kind)
    if wanted is not None:
        return value if value_kind == wanted else None
    if kind == "decimal" and value_kind == "Decimal":
        exact = number(value)
        return None if exact is None else _number(exact)
    if kind == "datetime" and value_kind == "DateTime" and isinstance(value, str) and "T" in value:
        return value
    if kind == "choice" and value_kind == "Coding" and isinstance(value, dict):
        return _code(context, value)
    return None


def _code(context: Context, value: Any) -> str | None:
    system, code = same_system(text(value, "system")), text(value, "code")
    prefix = context.naming[0].get(system)
    if set(value) - {"system", "code"} or not prefix or not code or any(c.isspace() for c in code):
        return None
    return f"{prefix}:{code}"


def size(value: Any) -> str:
    """Return a number of bytes as ``20 MB``, empty when it is no round number."""
    exact = number(value)
    if exact is None or exact != exact.to_integral_value() or exact <= 0:
        return ""
    for factor, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        count, rest = divmod(int(exact), factor)
        if not rest and 0 < count < 10**6:
            return f"{count} {unit}"
    return ""


def span(value: Any) -> str:
    """Return a UCUM duration as ``6 months``, empty when it is none of ours."""
    words = {unit: word for word, unit in a.SPANS.items()}
    exact = number(value.get("value")) if isinstance(value, dict) else None
    word = words.get(text(value, "code"))
    if exact is None or word is None or exact != exact.to_integral_value() or exact <= 0:
        return ""
    return f"{int(exact)} {word}{'' if exact == 1 else 's'}"
