"""Resolved trees into Python closures: ``fn(frame) -> value``, ``None`` meaning unknown.

Comparison and arithmetic with unknown give unknown; ``and`` / ``or`` are Kleene's: ``false and
unknown`` is false, ``true or unknown`` is true. Several answers compare as « at least one ».
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from portal.forms.expressions import decimals
from portal.forms.expressions.functions import FUNCTIONS
from portal.forms.expressions.moments import Moment, add, moment, time_of_day
from portal.forms.expressions.parser import Ast
from portal.forms.expressions.values import (
    ARITHMETIC,
    Coded,
    Duration,
    EvaluationError,
    Quantity,
    equal,
    order,
)


class Frame:
    """The values of one row, or of the form outside any row.

    ``values`` holds what is known (hidden and unanswered items are absent); ``rows`` the frames
    of each repeat in this row; ``context`` is shared by all frames of one evaluation.
    """

    __slots__ = ("answers", "context", "row", "rows", "up", "values", "visible")

    def __init__(
        self, context: Mapping[str, Any], up: "Frame | None" = None, row: str = ""
    ) -> None:
        self.context = context
        self.up = up
        self.row = row
        self.values: dict[str, Any] = {}
        self.rows: dict[str, list[Frame]] = {}
        self.answers: Mapping[str, Any] = {}
        self.visible: set[str] = set()


Closure = Callable[[Frame], Any]


def compile_tree(tree: Ast) -> Closure:
    """Compile a resolved tree; the closure raises ``EvaluationError`` for values that clash."""
    return _COMPILERS[tree[0]](tree)


def _constant(value: Any) -> Closure:
    return lambda _frame: value


def _ref(tree: Ast) -> Closure:
    _, up, name = tree
    if up == 0:
        return lambda frame: frame.values.get(name)
    if up == 1:
        return lambda frame: frame.up.values.get(name)  # type: ignore[union-attr]

    def outer(frame: Frame) -> Any:
        return climb(frame, up).values.get(name)

    return outer


def climb(frame: Frame, steps: int) -> Frame:
    """Return the frame some steps up; the resolver has made sure that it exists."""
    for _ in range(steps):
        frame = frame.up or frame
    return frame


def _each(tree: Ast) -> Closure:
    _, up, path, body = tree
    inner = compile_tree(body)

    def each(frame: Frame) -> list[Any]:
        frames = [climb(frame, up)]
        for repeat in path:
            frames = [row for one in frames for row in one.rows.get(repeat, ())]
        return [inner(row) for row in frames]

    return each


def _and(tree: Ast) -> Closure:
    parts = [compile_tree(part) for part in tree[1:]]

    def both(frame: Frame) -> bool | None:
        result: bool | None = True
        for part in parts:
            value = part(frame)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return both


def _or(tree: Ast) -> Closure:
    parts = [compile_tree(part) for part in tree[1:]]

    def either(frame: Frame) -> bool | None:
        result: bool | None = False
        for part in parts:
            value = part(frame)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return either


def _not(tree: Ast) -> Closure:
    inner = compile_tree(tree[1])

    def negated(frame: Frame) -> bool | None:
        value = inner(frame)
        return None if value is None else not value

    return negated


def _answered(tree: Ast) -> Closure:
    inner = compile_tree(tree[1])

    def answered(frame: Frame) -> bool:
        value = inner(frame)
        if isinstance(value, list):
            return any(one is not None for one in value)
        return value is not None

    return answered


def _several(test: Callable[[Any, Any], bool | None]) -> Callable[[Any, Any], bool | None]:
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


def _compare(tree: Ast, test: Callable[[Any, Any], bool | None]) -> Closure:
    left, right = compile_tree(tree[1]), compile_tree(tree[2])
    several = _several(test)

    def compared(frame: Frame) -> bool | None:
        one, other = left(frame), right(frame)
        if one is None or other is None:
            return None
        if isinstance(one, list) or isinstance(other, list):
            return several(one, other)
        return test(one, other)

    return compared


def _ordering(wanted: Callable[[int], bool]) -> Callable[[Any, Any], bool | None]:
    def test(left: Any, right: Any) -> bool | None:
        found = order(left, right)
        return None if found is None else wanted(found)

    return test


def _is_not(tree: Ast) -> Closure:
    """Hold when no answer equals the other side, also when nothing was answered."""
    left, same = compile_tree(tree[1]), _compare(tree, equal)
    right = compile_tree(tree[2])

    def differs(frame: Frame) -> bool | None:
        if right(frame) is None:
            return None
        one = left(frame)
        if one is None or one == []:
            return True
        found = same(frame)
        return None if found is None else not found

    return differs


def _in(tree: Ast) -> Closure:
    left = compile_tree(tree[1])
    members = [compile_tree(part) for part in tree[2][1:]]
    several = _several(equal)

    def inside(frame: Frame) -> bool | None:
        value = left(frame)
        return None if value is None else several(value, [member(frame) for member in members])

    return inside


def _plus(left: Any, right: Any) -> Any:
    if type(left) is Decimal and type(right) is Decimal:
        return decimals.bounded(ARITHMETIC.add(left, right))
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return _amount(ARITHMETIC.add(left.value, right.to(left.unit)), left.unit)
    if isinstance(left, Moment) and isinstance(right, Duration):
        return add(left, right.amount, right.unit)
    raise EvaluationError("these values cannot be added")


def _minus(left: Any, right: Any) -> Any:
    if isinstance(right, Duration):
        return _plus(left, Duration(-right.amount, right.unit))
    return _plus(left, _negative(right))


def _negative(value: Any) -> Any:
    if type(value) is Decimal:
        return ARITHMETIC.minus(value)
    if isinstance(value, Quantity):
        return Quantity(ARITHMETIC.minus(value.value), value.unit)
    raise EvaluationError("this value has no opposite")


def _amount(value: Decimal | None, unit: str) -> Quantity | None:
    checked = None if value is None else decimals.bounded(value)
    return None if checked is None else Quantity(checked, unit)


def _times(left: Any, right: Any) -> Any:
    if isinstance(left, Quantity) and type(right) is Decimal:
        return _amount(ARITHMETIC.multiply(left.value, right), left.unit)
    if isinstance(right, Quantity) and type(left) is Decimal:
        return _times(right, left)
    if type(left) is Decimal and type(right) is Decimal:
        return decimals.bounded(ARITHMETIC.multiply(left, right))
    raise EvaluationError("these values cannot be multiplied")


def _over(left: Any, right: Any) -> Any:
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return decimals.divide(left.value, right.to(left.unit))
    if isinstance(left, Quantity) and type(right) is Decimal:
        return _amount(decimals.divide(left.value, right), left.unit)
    if type(left) is Decimal and type(right) is Decimal:
        return decimals.divide(left, right)
    raise EvaluationError("these values cannot be divided")


def _power(left: Any, right: Any) -> Any:
    if type(left) is Decimal and type(right) is Decimal:
        return decimals.power(left, right)
    raise EvaluationError("only numbers can be raised to a power")


def _arithmetic(tree: Ast, apply: Callable[..., Any]) -> Closure:
    parts = [compile_tree(part) for part in tree[1:]]

    def computed(frame: Frame) -> Any:
        values = []
        for part in parts:
            value = part(frame)
            if value is None:
                return None
            if isinstance(value, list):
                raise EvaluationError("several answers need sum(…), max(…) or first(…) here")
            values.append(value)
        return apply(*values)

    return computed


def _call(tree: Ast) -> Closure:
    name = tree[1]
    if name in _SPECIAL:
        return _SPECIAL[name](tree)
    options = tree[-1] if isinstance(tree[-1], dict) else {}
    parts = [compile_tree(part) for part in tree[2:] if not isinstance(part, dict)]
    function = FUNCTIONS[name]
    apply = function.call
    if apply is None:
        raise EvaluationError(f"{name}(…) cannot be computed here")
    if not function.aggregate:
        return _scalar_call(parts, apply, several=name == "score")
    every = bool(options.get("all"))

    def aggregated(frame: Frame) -> Any:
        flat: list[Any] = []
        for part in parts:
            value = part(frame)
            if isinstance(value, list):
                flat.extend(_flatten(value))
            else:
                flat.append(value)
        return apply(flat, every=every)

    return aggregated


def _flatten(values: list[Any]) -> list[Any]:
    result: list[Any] = []
    for value in values:
        result.extend(_flatten(value) if isinstance(value, list) else [value])
    return result


def _scalar_call(
    parts: list[Closure], apply: Callable[..., Any], *, several: bool = False
) -> Closure:
    def called(frame: Frame) -> Any:
        values = [part(frame) for part in parts]
        if None in values:
            return None
        if not several and any(isinstance(value, list) for value in values):
            raise EvaluationError("several answers need first(…), any(…) or all(…) here")
        return apply(*values)

    return called


def _if(tree: Ast) -> Closure:
    condition, then, otherwise = (compile_tree(part) for part in tree[2:])

    def chosen(frame: Frame) -> Any:
        holds = condition(frame)
        if holds is None:
            return None
        return then(frame) if holds else otherwise(frame)

    return chosen


def _default(tree: Ast) -> Closure:
    value, fallback = (compile_tree(part) for part in tree[2:])

    def known(frame: Frame) -> Any:
        found = value(frame)
        return fallback(frame) if found is None or found == [] else found

    return known


def _context(name: str) -> Closure:
    return lambda frame: frame.context.get(name)


_SPECIAL: dict[str, Callable[[Ast], Closure]] = {
    "if": _if,
    "default": _default,
    "today": lambda _tree: _context("today"),
    "visit_date": lambda _tree: _context("visit_date"),
}

_COMPILERS: dict[str, Callable[[Ast], Closure]] = {
    "num": lambda tree: _constant(Decimal(tree[1])),
    "str": lambda tree: _constant(tree[1]),
    "bool": lambda tree: _constant(tree[1]),
    "code": lambda tree: _constant(Coded(tree[1], tree[2])),
    "qty": lambda tree: _constant(Quantity(Decimal(tree[1]), tree[2])),
    "dur": lambda tree: _constant(Duration(int(tree[1]), tree[2])),
    "date": lambda tree: _constant(moment(tree[1])),
    "time": lambda tree: _constant(time_of_day(tree[1])),
    "ref": _ref,
    "ctx": lambda tree: _context(tree[1]),
    "each": _each,
    "and": _and,
    "or": _or,
    "not": _not,
    "answered": _answered,
    "=": lambda tree: _compare(tree, equal),
    "is_not": _is_not,
    "<": lambda tree: _compare(tree, _ordering(lambda found: found < 0)),
    "<=": lambda tree: _compare(tree, _ordering(lambda found: found <= 0)),
    ">": lambda tree: _compare(tree, _ordering(lambda found: found > 0)),
    ">=": lambda tree: _compare(tree, _ordering(lambda found: found >= 0)),
    "in": _in,
    "+": lambda tree: _arithmetic(tree, _plus),
    "-": lambda tree: _arithmetic(tree, _minus),
    "*": lambda tree: _arithmetic(tree, _times),
    "/": lambda tree: _arithmetic(tree, _over),
    "^": lambda tree: _arithmetic(tree, _power),
    "neg": lambda tree: _arithmetic(tree, _negative),
    "call": _call,
}
