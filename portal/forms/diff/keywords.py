"""How large the change of one keyword is. One small judge per keyword, one table."""

from collections.abc import Callable
from typing import Any

from portal.forms.definition import Item
from portal.forms.diff.model import Level
from portal.forms.expressions import ExpressionError, Frame, compile_tree, parse
from portal.forms.expressions.values import EvaluationError, order
from portal.forms.kinds.links import accepts, bytes_of

Judge = Callable[[Item, Item, Any, Any], Level]


def always(level: Level) -> Judge:
    """Judge every change alike."""
    return lambda _old, _new, _before, _after: level


def switched(on: Level, off: Level) -> Judge:
    """Judge a flag or an expression by whether it appears, changes or disappears."""
    return lambda _old, _new, _before, after: on if after else off


def appeared(first: Level, changed: Level, removed: Level) -> Judge:
    """Judge by whether something is new, different or gone."""

    def judge(_old: Item, _new: Item, before: Any, after: Any) -> Level:
        if not before:
            return first
        return changed if after else removed

    return judge


def number(narrower: int, *, unset: Any) -> Judge:
    """Judge a limit: ``narrower`` is the sign of the direction in which it gets stricter."""

    def judge(_old: Item, _new: Item, before: Any, after: Any) -> Level:
        if before == unset:
            return Level.MAJOR
        if after == unset:
            return Level.MINOR
        return Level.MAJOR if (after - before) * narrower > 0 else Level.MINOR

    return judge


def bound(narrower: int) -> Judge:
    """Judge ``min`` and ``max``; what cannot be compared counts as stricter."""

    def judge(old: Item, new: Item, before: str, after: str) -> Level:
        if not after:
            return Level.MINOR
        if not before:
            return Level.MAJOR
        try:
            found = order(constant(new, after), constant(old, before))
        except (ExpressionError, EvaluationError):
            return Level.MAJOR
        return Level.MAJOR if found is None or found * narrower > 0 else Level.MINOR

    return judge


def constant(item: Item, text: str) -> Any:
    """Return the value of a constant bound; raises ``ExpressionError`` for others."""
    tree = parse(text)
    unit = item.unit or next(iter(item.units), "")
    if tree[0] == "num" and item.type == "quantity" and unit:
        tree = ["qty", tree[1], unit]
    if tree[0] == "num" and item.type in {"date", "datetime"}:
        tree = ["date", tree[1]]
    if tree[0] not in {"num", "qty", "date", "time", "neg"}:
        raise ExpressionError("not a constant")
    return compile_tree(tree)(Frame({}))


def members(_old: Item, _new: Item, before: tuple[str, ...], after: tuple[str, ...]) -> Level:
    """Judge a set of allowed things: fewer is major, more is minor, another order a patch."""
    if set(before) - set(after):
        return Level.MAJOR
    return Level.MINOR if set(after) - set(before) else Level.PATCH


def narrowing_list(
    _old: Item, _new: Item, before: tuple[str, ...], after: tuple[str, ...]
) -> Level:
    """Judge file kinds: an empty list means that everything is allowed."""
    if not after:
        return Level.MINOR
    fits = before and all(any(accepts(wide, kind) for wide in after) for kind in before)
    return Level.MINOR if fits else Level.MAJOR


def max_size(_old: Item, _new: Item, before: str, after: str) -> Level:
    """Judge the size of files."""
    if not after:
        return Level.MINOR
    return Level.MINOR if before and bytes_of(after) > bytes_of(before) else Level.MAJOR


def precision(_old: Item, _new: Item, before: str, after: str) -> Level:
    """Judge how precise a date must be."""
    rank = {"any": 1, "year": 1, "month": 2, "day": 3, "": 3}
    if rank[before] == rank[after]:
        return Level.PATCH
    return Level.MAJOR if rank[after] > rank[before] else Level.MINOR


JUDGES: dict[str, Judge] = {
    "type": always(Level.MAJOR),
    "multiple": always(Level.MAJOR),
    "repeats": always(Level.MAJOR),
    "required": switched(Level.MAJOR, Level.MINOR),
    "required_if": appeared(Level.MAJOR, Level.MAJOR, Level.MINOR),
    "show_if": appeared(Level.MAJOR, Level.MAJOR, Level.MINOR),
    "value": always(Level.MAJOR),
    "code": appeared(Level.PATCH, Level.MAJOR, Level.MAJOR),
    "min": bound(1),
    "max": bound(-1),
    "decimals": number(-1, unset=None),
    "min_length": number(1, unset=0),
    "max_length": number(-1, unset=0),
    "at_least": number(1, unset=0),
    "at_most": number(-1, unset=0),
    "pattern": appeared(Level.MAJOR, Level.MAJOR, Level.MINOR),
    "precision": precision,
    "options_from": members,
    "other": switched(Level.MINOR, Level.MAJOR),
    "units": members,
    "units_open": switched(Level.MINOR, Level.MAJOR),
    "accept": narrowing_list,
    "max_size": max_size,
    "of": narrowing_list,
}
"""Keywords that are not here (help, layout, prefill, weight …) change nothing for answers: patch."""

PHRASES: dict[str, tuple[str, str]] = {
    "required": ("is now required", "is no longer required"),
    "read_only": ("can only be read now", "can be changed again"),
    "hidden": ("is hidden now", "is shown again"),
    "other": ("accepts other answers in words now", "no longer accepts other answers in words"),
    "units_open": ("accepts any unit now", "accepts the listed units only now"),
    "multiple": ("takes several answers now", "takes one answer only now"),
    "repeats": ("has rows now", "has no rows any more"),
    "replaceable": ("may be replaced by overlays", "may no longer be replaced by overlays"),
}
