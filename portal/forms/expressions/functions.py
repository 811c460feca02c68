"""The functions of the expression language: names, arguments, results, and what they compute.

A function receives known values only (``None`` never reaches it) unless it is an aggregate:
those receive flat lists in which ``None`` stands for an unanswered operand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.forms.expressions import decimals
from portal.forms.expressions.moments import Moment, between
from portal.forms.expressions.values import (
    ARITHMETIC,
    Coded,
    EvaluationError,
    Quantity,
    order,
)
from portal.forms.patterns import Pattern


@dataclass(frozen=True)
class Function:
    """One function. ``takes`` are type names per argument (the last repeats when ``more``)."""

    name: str
    takes: tuple[str, ...]
    gives: str
    call: Callable[..., Any] | None = None
    more: bool = False
    optional: int = 0
    aggregate: bool = False
    help: str = ""


def _round(value: Any, places: Decimal = Decimal(0)) -> Any:
    if isinstance(value, Quantity):
        number = decimals.rounded(value.value, int(places))
        return None if number is None else Quantity(number, value.unit)
    return decimals.rounded(value, int(places))


def _abs(value: Any) -> Any:
    return Quantity(abs(value.value), value.unit) if isinstance(value, Quantity) else abs(value)


def _in_unit(value: Quantity, unit: str) -> Decimal | None:
    return decimals.bounded(value.to(unit))


def _between(unit: str) -> Callable[[Moment, Moment], Decimal | None]:
    def count(start: Moment, end: Moment) -> Decimal | None:
        found = between(start, end, unit)
        return None if found is None else Decimal(found)

    return count


def _score(value: Any) -> Any:
    if isinstance(value, list):
        return [_score(one) for one in value]
    return value.score if isinstance(value, Coded) else None


def _matches(text: str, pattern: str) -> bool:
    return Pattern.of(pattern).matches(text)


def _before(text: str, mark: str) -> str:
    return text.partition(mark)[0] if mark else text


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark else ""


def _known(values: list[Any], *, every: bool) -> list[Any] | None:
    found = [value for value in values if value is not None]
    return None if not found or (every and len(found) < len(values)) else found


def _sum(values: list[Any], *, every: bool = False) -> Any:
    known = _known(values, every=every)
    return None if known is None else _total(known)


def _total(known: list[Any]) -> Any:
    first = known[0]
    if isinstance(first, Quantity):
        total = first.value
        for value in known[1:]:
            if not isinstance(value, Quantity):
                raise EvaluationError("a quantity cannot be added to a plain number")
            total = ARITHMETIC.add(total, value.to(first.unit))
        return Quantity(total, first.unit)
    total = Decimal(0)
    for value in known:
        if not isinstance(value, Decimal):
            raise EvaluationError("only numbers can be added up")
        total = ARITHMETIC.add(total, value)
    return total


def _mean(values: list[Any], *, every: bool = False) -> Any:
    known = _known(values, every=every)
    if known is None:
        return None
    total, count = _total(known), Decimal(len(known))
    if isinstance(total, Quantity):
        return Quantity(ARITHMETIC.divide(total.value, count), total.unit)
    return decimals.divide(total, count)


def _extreme(sign: int) -> Callable[..., Any]:
    def choose(values: list[Any], *, every: bool = False) -> Any:
        known = _known(values, every=every)
        best = None
        for value in known or []:
            compared = 0 if best is None else order(value, best)
            if compared is None:
                return None
            if best is None or compared * sign > 0:
                best = value
        return best

    return choose


def _count(values: list[Any], *, every: bool = False) -> Decimal:  # noqa: ARG001
    return Decimal(sum(value is not None for value in values))


def _count_where(values: list[Any], *, every: bool = False) -> Decimal:  # noqa: ARG001
    return Decimal(sum(value is True for value in values))


def _any(values: list[Any], *, every: bool = False) -> bool | None:  # noqa: ARG001
    if True in values:
        return True
    return None if None in values else False


def _all(values: list[Any], *, every: bool = False) -> bool | None:  # noqa: ARG001
    if False in values:
        return False
    return None if None in values else True


def _first(values: list[Any], *, every: bool = False) -> Any:  # noqa: ARG001
    return next((value for value in values if value is not None), None)


def _last(values: list[Any], *, every: bool = False) -> Any:  # noqa: ARG001
    return next((value for value in reversed(values) if value is not None), None)


def _agg(name: str, takes: str, gives: str, call: Callable[..., Any], text: str) -> Function:
    return Function(name, (takes,), gives, call, more=True, aggregate=True, help=text)


FUNCTIONS: dict[str, Function] = {
    f.name: f
    for f in (
        _agg("sum", "amount", "same", _sum, "total of the known values; unknown when none is"),
        _agg("mean", "amount", "same", _mean, "average of the known values"),
        _agg("min", "ordered", "same", _extreme(-1), "the least known value"),
        _agg("max", "ordered", "same", _extreme(1), "the greatest known value"),
        _agg("count", "any", "number", _count, "how many are answered, or how often it holds"),
        _agg("count_where", "bool", "number", _count_where, "how often a condition holds"),
        _agg("any", "bool", "bool", _any, "whether it holds at least once"),
        _agg("all", "bool", "bool", _all, "whether it always holds (true for no rows)"),
        _agg("first", "any", "same", _first, "the first known value"),
        _agg("last", "any", "same", _last, "the last known value"),
        Function("round", ("amount", "number"), "same", _round, optional=1, help="half up"),
        Function("abs", ("amount",), "same", _abs, help="without its sign"),
        Function("sqrt", ("number",), "number", decimals.square_root, help="square root"),
        Function("ln", ("number",), "number", decimals.natural_log, help="natural logarithm"),
        Function("exp", ("number",), "number", decimals.exponential, help="e to the power"),
        Function("if", ("bool", "any", "any"), "second", help="the second when the first holds"),
        Function("default", ("any", "any"), "first", help="the second when the first is unknown"),
        Function("years_between", ("moment", "moment"), "number", _between("years")),
        Function("months_between", ("moment", "moment"), "number", _between("months")),
        Function("days_between", ("moment", "moment"), "number", _between("days")),
        Function("today", (), "date", help="the day of the evaluation"),
        Function("visit_date", (), "date", help="the day the answers are about"),
        Function("in_unit", ("quantity", "text"), "number", _in_unit, help="converted by UCUM"),
        Function("length", ("text",), "number", lambda text: Decimal(len(text))),
        Function("lower", ("text",), "text", str.lower),
        Function("upper", ("text",), "text", str.upper),
        Function("trim", ("text",), "text", lambda text: text.strip(" \t\r\n")),
        Function("contains", ("text", "text"), "bool", lambda text, part: part in text),
        Function("starts_with", ("text", "text"), "bool", str.startswith),
        Function("matches", ("text", "text"), "bool", _matches, help="the whole text"),
        Function("concat", ("text",), "text", lambda *parts: "".join(parts), more=True),
        Function("before", ("text", "text"), "text", _before, help="up to the first mark"),
        Function("after", ("text", "text"), "text", _after, help="from the first mark on"),
        Function("score", ("coded",), "number", _score, help="the score of the chosen option"),
    )
}

INTERNAL = frozenset({"count_where"})
PUBLIC = tuple(sorted(FUNCTIONS.keys() - INTERNAL))
