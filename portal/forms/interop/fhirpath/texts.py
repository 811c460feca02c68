"""The text functions of FHIRPath, lifted to collections: nothing in, nothing out."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from portal.forms.interop.fhirpath.evaluate import World
from portal.forms.interop.fhirpath.operators import single
from portal.forms.interop.fhirpath.parser import PathError
from portal.forms.interop.fhirpath.values import Collection, Stamp, numeric
from portal.forms.patterns import Pattern, PatternError

Plain = Callable[[Collection, list[Collection], World], Collection]


def _text(function: Callable[..., Any]) -> Plain:
    """Lift a function of text to collections: nothing in, nothing out."""

    def lifted(around: Collection, given: list[Collection], _world: World) -> Collection:
        value = single(around)
        arguments = [single(one) for one in given]
        if value is None or None in arguments:
            return []
        if not isinstance(value, str | Stamp):
            raise PathError("text was expected")
        found = function(str(value), *(_plain(one) for one in arguments))
        return [] if found is None else found if isinstance(found, list) else [found]

    return lifted


def _plain(value: Any) -> Any:
    exact = numeric(value)
    return int(exact) if exact is not None else str(value)


def _substring(value: str, start: int, length: int | None = None) -> str | None:
    if not 0 <= start < len(value):
        return None
    return value[start:] if length is None else value[start : start + max(length, 0)]


def found_in(value: str, pattern: str) -> bool:
    """Match anywhere, as FHIRPath does, unless the pattern is anchored."""
    body = pattern if pattern.startswith("^") else f"(.|\\s)*({pattern}"
    closed = body if pattern.endswith("$") else f"{body})(.|\\s)*"
    if pattern.endswith("$") and not pattern.startswith("^"):
        closed = f"(.|\\s)*({pattern[:-1]})"
    elif pattern.startswith("^") and not pattern.endswith("$"):
        closed = f"({pattern[1:]})(.|\\s)*"
    return whole_match(closed, value)


def whole_match(pattern: str, value: str) -> bool:
    """Match the whole text in time that grows with its length only."""
    try:
        return Pattern.of(pattern).matches(value)
    except PatternError as fault:
        raise PathError(f"the pattern cannot be used here: {fault}") from None


TEXTS: dict[str, Plain] = {
    "length": _text(lambda v: Decimal(len(v))),
    "lower": _text(str.lower),
    "upper": _text(str.upper),
    "trim": _text(str.strip),
    "contains": _text(lambda v, part: part in v),
    "startsWith": _text(str.startswith),
    "endsWith": _text(str.endswith),
    "indexOf": _text(lambda v, part: Decimal(v.find(part))),
    "substring": _text(_substring),
    "replace": _text(lambda v, old, new: v.replace(old, new)[:100_000]),
    "matches": _text(found_in),
    "split": _text(lambda v, mark: v.split(mark) if mark else list(v)),
}
