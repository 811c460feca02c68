"""Resolved trees into Python closures: ``fn(frame) -> value``, ``None`` meaning unknown.

Comparison and arithmetic with unknown give unknown; ``and`` / ``or`` are Kleene's: ``false and
unknown`` is false, ``true or unknown`` is true. Several answers compare as « at least one ».
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from portal.forms.expressions.frames import Frame, climb
from portal.forms.expressions.functions import FUNCTIONS
from portal.forms.expressions.moments import moment, time_of_day
from portal.forms.expressions.operations import (
    at_least_one,
    flatten,
    minus,
    negative,
    ordering,
    over,
    plus,
    power,
    times,
)
from portal.forms.expressions.parser import Ast
from portal.forms.expressions.values import (
    Coded,
    Duration,
    EvaluationError,
    Quantity,
    equal,
)

__all__ = ["Closure", "Frame", "climb", "compile_tree"]

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


def _compare(tree: Ast, test: Callable[[Any, Any], bool | None]) -> Closure:
    left, right = compile_tree(tree[1]), compile_tree(tree[2])
    some = at_least_one(test)

    def compared(frame: Frame) -> bool | None:
        one, other = left(frame), right(frame)
        if one is None or other is None:
            return None
        if isinstance(one, list) or isinstance(other, list):
            return some(one, other)
        return test(one, other)

    return compared


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
    some = at_least_one(equal)

    def inside(frame: Frame) -> bool | None:
        value = left(frame)
        return None if value is None else some(value, [member(frame) for member in members])

    return inside


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
                flat.extend(flatten(value))
            else:
                flat.append(value)
        return apply(flat, every=every)

    return aggregated


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
    "<": lambda tree: _compare(tree, ordering(lambda found: found < 0)),
    "<=": lambda tree: _compare(tree, ordering(lambda found: found <= 0)),
    ">": lambda tree: _compare(tree, ordering(lambda found: found > 0)),
    ">=": lambda tree: _compare(tree, ordering(lambda found: found >= 0)),
    "in": _in,
    "+": lambda tree: _arithmetic(tree, plus),
    "-": lambda tree: _arithmetic(tree, minus),
    "*": lambda tree: _arithmetic(tree, times),
    "/": lambda tree: _arithmetic(tree, over),
    "^": lambda tree: _arithmetic(tree, power),
    "neg": lambda tree: _arithmetic(tree, negative),
    "call": _call,
}
