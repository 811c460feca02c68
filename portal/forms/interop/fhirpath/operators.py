"""The operators of FHIRPath on two collections."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from portal.forms.expressions.moments import add, moment
from portal.forms.interop.fhirpath.parser import PathError
from portal.forms.interop.fhirpath.values import (
    Collection,
    Span,
    Stamp,
    alike,
    numeric,
    ordered,
    same,
)


def single(collection: Collection) -> Any:
    """Return the only value, None for none; raises when there are several."""
    if len(collection) > 1:
        raise PathError("one value was expected, several were found")
    return collection[0] if collection else None


def truth(collection: Collection) -> bool | None:
    """Return a condition's value: a single value that is no boolean counts as true."""
    value = single(collection)
    return None if value is None else value if isinstance(value, bool) else True


Truth = bool | None


def logic(operator: str, left: Truth, right: Truth) -> Truth:
    """Combine two truths as Kleene does; None is unknown."""
    if operator == "implies":
        return logic("or", None if left is None else not left, right)
    if operator == "xor":
        return None if left is None or right is None else left != right
    decisive = operator == "or"
    if left is decisive or right is decisive:
        return decisive
    return None if left is None or right is None else not decisive


_ORDERS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def _equality(operator: str, left: Collection, right: Collection) -> Collection:
    if operator in {"~", "!~"}:
        found = len(left) == len(right) and all(
            any(alike(one, other) for other in right) for one in left
        )
        return [found == (operator == "~")]
    if not left or not right:
        return []
    if len(left) != len(right):
        return [operator == "!="]
    pairs = [same(one, other) for one, other in zip(left, right, strict=True)]
    if False in pairs:
        return [operator == "!="]
    return [] if None in pairs else [operator == "="]


def _written(value: Any) -> str:
    return "" if value is None else str(value)


def arithmetic(operator: str, left: Any, right: Any) -> Collection:
    """Compute with two single values; nothing where the result does not exist."""
    one, other = numeric(left), numeric(right)
    if one is None or other is None:
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return [left + right]
        if isinstance(left, Stamp) and isinstance(right, Span) and operator in {"+", "-"}:
            start = moment(left.written)
            amount = right.amount if operator == "+" else -right.amount
            moved = add(start, amount, right.unit) if start and right.unit != "second" else None
            return [Stamp(str(moved))] if moved else []
        raise PathError(f"'{operator}' does not work with these values")
    if operator in {"/", "div", "mod"} and other == 0:
        return []
    try:
        return [_ARITHMETIC[operator](one, other)]
    except ArithmeticError:
        return []


_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "div": lambda a, b: a // b,
    "mod": lambda a, b: a % b,
}


def _joined(operator: str, left: Collection, right: Collection) -> Collection:
    found = logic(operator, truth(left), truth(right))
    return [] if found is None else [found]


def _membership(operator: str, left: Collection, right: Collection) -> Collection:
    inner, outer = (left, right) if operator == "in" else (right, left)
    value = single(inner)
    return [] if value is None else [any(same(value, one) is True for one in outer)]


def _ordering(operator: str, left: Collection, right: Collection) -> Collection:
    if not left or not right:
        return []
    order = ordered(single(left), single(right))
    return [] if order is None else [_ORDERS[operator](order)]


def _glued(_operator: str, left: Collection, right: Collection) -> Collection:
    return [f"{_written(single(left))}{_written(single(right))}"]


def _computed(operator: str, left: Collection, right: Collection) -> Collection:
    if not left or not right:
        return []
    return arithmetic(operator, single(left), single(right))


_OPERATORS: dict[str, Callable[[str, Collection, Collection], Collection]] = {
    **dict.fromkeys(("and", "or", "xor", "implies"), _joined),
    **dict.fromkeys(("=", "!=", "~", "!~"), _equality),
    **dict.fromkeys(("in", "contains"), _membership),
    **dict.fromkeys(_ORDERS, _ordering),
    **dict.fromkeys(_ARITHMETIC, _computed),
    "&": _glued,
}


def operate(operator: str, left: Collection, right: Collection) -> Collection:
    """Apply an operator; raises :class:`PathError` for values that it does not work with."""
    return _OPERATORS[operator](operator, left, right)
