"""One answer as the portal stores it and as FHIR writes it (``value[x]``)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.definition import Option, in_language, same_system
from portal.forms.interop.access import (
    EXTENSION,
    OWN,
    UCUM,
    Json,
    extension,
    number,
    text,
    value_of,
)
from portal.forms.interop.exporting.verbatim import merged
from portal.forms.kinds import AnswerError

WEIGHT = f"{EXTENSION}itemWeight"
ORDINAL = f"{EXTENSION}ordinalValue"
WEIGHTS = (WEIGHT, ORDINAL)
LOCAL_TIME = f"{OWN}local-time"
Value = tuple[str, Any]
"""``("Coding", {…})``: what follows ``value`` in the name, and the value."""


def to_fhir(item: CompiledItem, stored: Any, weight: str = "") -> Value:
    """Return a stored answer as ``value[x]``; numbers keep their digits as ``Decimal``.

    ``weight`` is the address of the extension that carries the score of a chosen option.
    """
    kind, value = _WRITERS.get(item.item.type, _text)(item, stored)
    if kind == "Coding":
        return kind, _weighted(item, stored, value, weight or WEIGHT)
    return kind, value


def from_fhir(item: CompiledItem, kind: str, value: Any) -> Any:
    """Return ``value[x]`` as a stored answer; raises ``AnswerError`` when it cannot be one."""
    reader = _READERS.get(item.item.type)
    found = reader(item, kind, value) if reader else value
    if found is None:
        raise AnswerError("shape")
    return item.kind.coerce(item, found)


def _text(_item: CompiledItem, stored: Any) -> Value:
    return "String", stored


def _quantity(_item: CompiledItem, stored: Any) -> Value:
    unit = stored["unit"]
    return "Quantity", {
        "value": Decimal(stored["value"]),
        "unit": unit,
        "system": UCUM,
        "code": unit,
    }


def _moment(_item: CompiledItem, stored: Any) -> Value:
    """Write a moment; FHIR has no time without a zone, so a local time stands beside the day."""
    day, _, clock = stored.partition("T")
    if not clock:
        return "DateTime", day
    zone = next((clock[at:] for at in range(len(clock)) if clock[at] in "Z+-"), "")
    seconds = clock.removesuffix(zone)
    seconds = seconds if seconds.count(":") == 2 else f"{seconds}:00"
    if zone:
        return "DateTime", f"{day}T{seconds}{zone}"
    local = {"extension": [{"url": LOCAL_TIME, "valueTime": seconds}]}
    return "DateTime", (day, local)


def _choice(item: CompiledItem, stored: Any) -> Value:
    if "text" in stored:
        return "String", stored["text"]
    for option in item.options:
        if (option.system, option.code) == (same_system(stored.get("system", "")), stored["code"]):
            kind, value = option_value(option, item.language)
            return kind, value if kind != "Coding" else _pinned(value, stored)
    kept = ("system", "version", "code", "display")
    return "Coding", {name: stored[name] for name in kept if stored.get(name)}


def _pinned(coding: Json, stored: Any) -> Json:
    """Return an option's coding as it was chosen: version and display of the day."""
    found = {key: value for key, value in coding.items() if not key.startswith("_")}
    if stored.get("version"):
        found["version"] = stored["version"]
    if stored.get("display"):
        found["display"] = stored["display"]
    return found


def _weighted(item: CompiledItem, stored: Any, coding: Json, url: str) -> Json:
    """Return a coding with the score of its option, for calculations over the response."""
    key = (same_system(stored.get("system", "")), stored.get("code"))
    score = next((o.score for o in item.options if (o.system, o.code) == key), "")
    if not score:
        return coding
    others = [one for one in coding.get("extension", []) if one.get("url") not in WEIGHTS]
    return {**coding, "extension": [*others, {"url": url, "valueDecimal": Decimal(score)}]}


def option_value(option: Option, language: str) -> Value:
    """Return the ``value[x]`` with which an option is exported."""
    patched = merged({"valueCoding": coding_of(option, language)}, option.fhir)
    return value_of(patched)


def coding_of(option: Option, language: str) -> Json:
    """Return an option as a coding with its display in one language."""
    found = {"system": option.system, "code": option.code}
    display = in_language(option.label, language, language)
    return {key: value for key, value in (found | {"display": display}).items() if value}


def _file(_item: CompiledItem, stored: Any) -> Value:
    found = {
        "contentType": stored.get("type"),
        "url": f"Binary/{stored['id']}",
        "size": stored.get("size"),
        "title": stored.get("name"),
    }
    return "Attachment", {key: value for key, value in found.items() if value}


def _reference(_item: CompiledItem, stored: Any) -> Value:
    found = {"reference": f"{stored['type']}/{stored['id']}", "display": stored.get("display")}
    return "Reference", {key: value for key, value in found.items() if value}


_WRITERS: Mapping[str, Callable[[CompiledItem, Any], Value]] = {
    "integer": lambda _i, stored: ("Integer", stored),
    "decimal": lambda _i, stored: ("Decimal", Decimal(str(stored))),
    "yes_no": lambda _i, stored: ("Boolean", stored),
    "date": lambda _i, stored: ("Date", stored),
    "time": lambda _i, stored: ("Time", stored if stored.count(":") == 2 else f"{stored}:00"),
    "url": lambda _i, stored: ("Uri", stored),
    "quantity": _quantity,
    "datetime": _moment,
    "choice": _choice,
    "file": _file,
    "reference": _reference,
}


def _read_number(_item: CompiledItem, _kind: str, value: Any) -> Any:
    exact = number(value)
    return None if exact is None else format(exact, "f")


def _read_quantity(_item: CompiledItem, _kind: str, value: Any) -> Any:
    exact = number(value.get("value")) if isinstance(value, dict) else None
    unit = text(value, "code") or text(value, "unit")
    return None if exact is None else {"value": format(exact, "f"), "unit": unit}


def _read_moment(_item: CompiledItem, _kind: str, value: Any) -> Any:
    if isinstance(value, tuple):
        day, beside = value
        clock = extension(beside, LOCAL_TIME)
        return f"{day}T{_clock(clock)}" if isinstance(clock, str) else day
    if not isinstance(value, str):
        return None
    day, mark, clock = value.partition("T")
    return f"{day}T{_clock(clock)}" if mark else day


def _clock(written: str) -> str:
    """Drop the seconds that FHIR demands where nobody gave any."""
    if written[5:8] == ":00" and written[8:9] in {"", "Z", "+", "-"}:
        return written[:5] + written[8:]
    return written


def _read_choice(item: CompiledItem, kind: str, value: Any) -> Any:
    for option in item.options:
        own_kind, own = option_value(option, item.language)
        if kind == own_kind and _same(kind, own, value):
            shown = text(value, "display") if kind == "Coding" else ""
            version = text(value, "version") if kind == "Coding" else ""
            found = {"system": option.system, "version": version, "code": option.code}
            return {k: v for k, v in (found | {"display": shown}).items() if v or k == "system"}
    if kind == "String":
        return {"text": value}
    if kind != "Coding" or not isinstance(value, dict):
        return None
    kept = ("system", "version", "code", "display")
    found = {key: value[key] for key in kept if text(value, key)}
    if "code" not in found and "display" in found:
        return {"text": found["display"]}
    return found


def _same(kind: str, own: Any, value: Any) -> bool:
    if kind == "Coding":
        return text(own, "code") == text(value, "code") and same_system(
            text(own, "system")
        ) == same_system(text(value, "system"))
    if kind == "Reference":
        return text(own, "reference") == text(value, "reference")
    return bool(own == value)


def _read_file(_item: CompiledItem, _kind: str, value: Any) -> Any:
    identity = text(value, "url").rpartition("/")[2]
    if not identity:
        return None
    size = value.get("size")
    found = {"name": text(value, "title"), "type": text(value, "contentType")}
    return {"id": identity, **found, "size": size if isinstance(size, int) else 0}


def _read_reference(_item: CompiledItem, _kind: str, value: Any) -> Any:
    parts = text(value, "reference").partition("/_history/")[0].split("/")
    if len(parts) < 2:
        return None
    found = {"type": parts[-2], "id": parts[-1], "display": text(value, "display")}
    return {key: one for key, one in found.items() if one}


_READERS: Mapping[str, Callable[[CompiledItem, str, Any], Any]] = {
    "integer": _read_number,
    "decimal": _read_number,
    "quantity": _read_quantity,
    "datetime": _read_moment,
    "time": lambda _i, _k, value: _clock(value) if isinstance(value, str) else None,
    "choice": _read_choice,
    "file": _read_file,
    "reference": _read_reference,
}


@lru_cache(maxsize=64)
def link_ids(form: CompiledForm) -> dict[str, str]:
    """Return the linkId of every item: its id, unless it came from elsewhere with another one."""
    return {
        item_id: str(item.item.fhir.get("linkId") or item_id)
        for item_id, item in form.items.items()
    }
