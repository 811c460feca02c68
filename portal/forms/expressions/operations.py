"""Arithmetic on known values, and how comparisons treat several answers."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from portal.forms.expressions import decimals
from portal.forms.expressions.moments import Moment, add
from portal.forms.expressions.values import ARITHMETIC, Duration, EvaluationError, Quantity, order


def plus(left: Any, right: Any) -> Any:
    """Add numbers, quantities, or a span of time to a date."""
    if type(left) is Decimal and type(right) is Decimal:
        return decimals.bounded(ARITHMETIC.add(left, right))
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return amount_of(ARITHMETIC.add(left.value, right.to(left.unit)), left.unit)
    if isinstance(left, Moment) and isinstance(right, Duration):
        return add(left, right.amount, right.unit)
    raise EvaluationError("these values cannot be added")


def minus(left: Any, right: Any) -> Any:
    """Subtract; a span of time moves a date back."""
    if isinstance(right, Duration):
        return plus(left, Duration(-right.amount, right.unit))
    return plus(left, negative(right))


def negative(value: Any) -> Any:
    """Return the opposite of a number or quantity."""
    if type(value) is Decimal:
        return ARITHMETIC.minus(value)
    if isinstance(value, Quantity):
        return Quantity(ARITHMETIC.minus(value.value), value.unit)
    raise EvaluationError("this value has no opposite")


def amount_of(value: Decimal | None, unit: str) -> Quantity | None:
    """Return a quantity, or None when its number is unknown or out of range."""
    checked = None if value is None else decimals.bounded(value)
    return None if checked is None else Quantity(checked, unit)


def times(left: Any, right: Any) -> Any:
    """Multiply numbers, or a quantity by a number."""
    if isinstance(left, Quantity) and type(right) is Decimal:
        return amount_of(ARITHMETIC.multiply(left.value, right), left.unit)
    if isinstance(right, Quantity) and type(left) is Decimal:
        return times(right, left)
    if type(left) is Decimal and type(right) is Decimal:
        return decimals.bounded(ARITHMETIC.multiply(left, right))
    raise EvaluationError("these values cannot be multiplied")


def over(left: Any, right: Any) -> Any:
    """Divide numbers; quantities by numbers or by each other."""
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return decimals.divide(left.value, right.to(left.unit))
    if isinstance(left, Quantity) and type(right) is Decimal:
        return amount_of(decimals.divide(left.value, right), left.unit)
    if type(left) is Decimal and type(right) is Decimal:
        return decimals.divide(left, right)
    raise EvaluationError("these values cannot be divided")


def power(left: Any, right: Any) -> Any:
    """Raise a number to a power."""
    if type(left) is Decimal and type(right) is Decimal:
        return decimals.power(left, right)
    raise EvaluationError("only numbers can be raised to a power")


def at_least_one(test: Callable[[Any, Any], bool | None]) -> Callable[[Any, Any], bool | None]:
    """Lift a comparison to lists: true when it holds for at least one pair."""

    def lifted(left: Any, right: Any) -> bool | None:
        lefts = left if isinstance(left, list) else [left]
        rights = right if isinstance(right, list) else [right]
        found = [
            None if one is None or other is None else test(one, other)
            for one in lefts
            for other in rights
        ]
        if True in found:
            return True
        return None if None in found or not found else False

    return lifted


def flatten(values: list[Any]) -> list[Any]:
    """Return nested lists as one list."""
    result: list[Any] = []
    for value in values:
        result.extend(flatten(value) if isinstance(value, list) else [value])
    return result


def ordering(wanted: Callable[[int], bool]) -> Callable[[Any, Any], bool | None]:
    """Return a test on the order (-1, 0, 1) of two values; unknown stays unknown."""

    def test(left: Any, right: Any) -> bool | None:
        found = order(left, right)
        return None if found is None else wanted(found)

    return test
