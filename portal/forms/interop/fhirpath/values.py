"""Values of FHIRPath evaluation and how they compare: JSON, typed dates, quantities."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.forms.expressions.moments import compare, moment, time_of_day
from portal.forms.expressions.values import EvaluationError, Quantity
from portal.forms.interop.access import UCUM, number, text
from portal.forms.interop.fhirpath.parser import PathError

Collection = list[Any]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date, date with time or time of day, as it was written."""

    written: str

    def __str__(self) -> str:
        return self.written


@dataclass(frozen=True, slots=True)
class Span:
    """A calendar duration such as ``18 years``."""

    amount: int
    unit: str


_STAMPS = frozenset({"Date", "DateTime", "Time", "Instant"})


def typed(kind: str, value: Any) -> Any:
    """Return a member's value; ``kind`` is what followed ``value`` in its name."""
    return Stamp(value) if kind in _STAMPS and isinstance(value, str) else value


def numeric(value: Any) -> Decimal | None:
    """Return a number as a decimal, None for anything else."""
    return None if isinstance(value, str) else number(value)


def quantity(value: Any) -> Quantity | None:
    """Return a FHIR Quantity with a UCUM code as a quantity, None for anything else."""
    if isinstance(value, Quantity):
        return value
    amount = number(value.get("value")) if isinstance(value, dict) else None
    if amount is None:
        return None
    unit = text(value, "code") if text(value, "system") == UCUM else text(value, "unit")
    return Quantity(amount, unit or "1")


def ordered(left: Any, right: Any) -> int | None:
    """Return -1, 0, 1, or None when the two cannot be put in order for lack of precision."""
    one, other = numeric(left), numeric(right)
    if one is not None and other is not None:
        return (one > other) - (one < other)
    if isinstance(left, Stamp) or isinstance(right, Stamp):
        return _ordered_stamps(str(left), str(right))
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    amount, limit = quantity(left), quantity(right)
    if amount is not None and limit is not None:
        try:
            found = limit.to(amount.unit)
        except EvaluationError:
            return None
        return (amount.value > found) - (amount.value < found)
    raise PathError("values that cannot be compared")


def _ordered_stamps(left: str, right: str) -> int | None:
    one, other = moment(left), moment(right)
    if one is not None and other is not None:
        return compare(one, other)
    first, second = time_of_day(left.partition(".")[0]), time_of_day(right.partition(".")[0])
    return compare(first, second) if first is not None and second is not None else None


def same(left: Any, right: Any) -> bool | None:
    """Return whether two single values are equal; None when that cannot be known."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    one, other = numeric(left), numeric(right)
    if one is not None and other is not None:
        return one == other
    if isinstance(left, Stamp) or isinstance(right, Stamp):
        if str(left) == str(right):
            return True
        found = _ordered_stamps(str(left), str(right))
        return None if found is None else found == 0
    if isinstance(left, Quantity) or isinstance(right, Quantity):
        found = ordered(left, right) if quantity(left) and quantity(right) else 1
        return None if found is None else found == 0
    return bool(left == right)


def alike(left: Any, right: Any) -> bool:
    """Return equivalence (``~``): text without regard to case and blanks, codes by code."""
    if isinstance(left, str) and isinstance(right, str):
        return " ".join(left.lower().split()) == " ".join(right.lower().split())
    if isinstance(left, dict) and isinstance(right, dict) and "code" in left and "code" in right:
        return text(left, "code") == text(right, "code") and text(left, "system") == text(
            right, "system"
        )
    return same(left, right) is True
