"""Values that expressions compute with, and how they compare.

``None`` is *unknown*: unanswered, hidden or invalid. Numbers are ``Decimal`` in a context of 28
significant digits; codes compare by system and code, never by their display.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from portal.forms.expressions.moments import Moment, TimeOfDay, compare
from portal.forms.expressions.units import UnitError, conversion

ARITHMETIC = Context(
    prec=28,
    rounding=ROUND_HALF_EVEN,
    Emin=-400,
    Emax=400,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""28 significant digits, half to even, overflow and division by zero become unknown."""


class EvaluationError(Exception):
    """Values that cannot be combined, such as kilograms with metres."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A code; ``score`` is the option's score where the form gives one."""

    system: str
    code: str
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its UCUM unit."""

    value: Decimal
    unit: str

    def to(self, unit: str) -> Decimal:
        """Return the number in another unit; raises :class:`EvaluationError` when impossible."""
        if unit == self.unit:
            return self.value
        try:
            a, b, c, d = conversion(self.unit, unit)
        except UnitError:
            raise EvaluationError(f"{self.unit} cannot be compared with {unit}") from None
        scaled = ARITHMETIC.divide(ARITHMETIC.multiply(self.value, Decimal(a)), Decimal(b))
        if c == 0:
            return scaled
        return ARITHMETIC.add(scaled, ARITHMETIC.divide(Decimal(c), Decimal(d)))


@dataclass(frozen=True, slots=True)
class Duration:
    """A calendar span such as ``14 days``."""

    amount: int
    unit: str


def order(left: Any, right: Any) -> int | None:
    """Return -1, 0, 1 or None for two known values of like kind."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return (left > right) - (left < right)
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        other = right.to(left.unit)
        return (left.value > other) - (left.value < other)
    if isinstance(left, Moment | TimeOfDay) and type(right) is type(left):
        return compare(left, right)
    raise EvaluationError(f"{_name(left)} cannot be compared with {_name(right)}")


def equal(left: Any, right: Any) -> bool | None:
    """Return whether two known values are the same; None when not known precisely enough."""
    kind = type(left)
    if kind is Coded:
        if type(right) is Coded:
            return bool(left.code == right.code and left.system == right.system)
        return False if type(right) is str else _mismatch(left, right)
    if kind is str and type(right) in {str, Coded}:
        return bool(left == right)
    if kind is bool and type(right) is bool:
        return left is right
    found = order(left, right)
    return None if found is None else found == 0


def _mismatch(left: Any, right: Any) -> bool:
    raise EvaluationError(f"{_name(left)} cannot be compared with {_name(right)}")


_NAMES = {
    Decimal: "a number",
    str: "text",
    bool: "yes/no",
    Coded: "a code",
    Quantity: "a quantity",
    Moment: "a date",
    TimeOfDay: "a time",
    Duration: "a span of time",
    list: "several answers",
}


def _name(value: Any) -> str:
    return _NAMES.get(type(value), "an unknown value")


def plain(value: Any) -> Any:
    """Return a value as JSON: the form in which vectors, logs of tests and answers show it."""
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, Quantity):
        return {"value": number_text(value.value), "unit": value.unit}
    if isinstance(value, Coded):
        return {"system": value.system, "code": value.code}
    if isinstance(value, Moment | TimeOfDay):
        return str(value)
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def number_text(value: Decimal) -> str:
    """Return a decimal without exponent and without superfluous zeros: ``1.50`` is ``1.5``."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
