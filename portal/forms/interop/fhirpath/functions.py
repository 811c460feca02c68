"""The functions of FHIRPath that questionnaires use."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from portal.forms.interop.access import EXTENSION, objects, shown, value_of
from portal.forms.interop.fhirpath.evaluate import (
    MAX_STEPS,
    RUNNERS,
    Focus,
    World,
    distinct,
    members,
    of_type,
    run,
)
from portal.forms.interop.fhirpath.numbers import NUMBERS
from portal.forms.interop.fhirpath.operators import logic, single
from portal.forms.interop.fhirpath.parser import Node, PathError
from portal.forms.interop.fhirpath.texts import TEXTS, Plain
from portal.forms.interop.fhirpath.values import (
    Collection,
    Stamp,
    numeric,
    ordered,
    same,
    typed,
)

Lazy = Callable[[Collection, tuple[Node, ...], Focus, World], Collection]
WEIGHTS = (f"{EXTENSION}itemWeight", f"{EXTENSION}ordinalValue")


def call(node: Node, focus: Focus, world: World) -> Collection:
    """Call a function; raises :class:`PathError` for one that is not known here."""
    _, base, name, arguments = node
    around = focus.this if base is None else run(base, focus, world)
    try:
        if name in LAZY:
            return LAZY[name](around, arguments, focus, world)
        if name in PLAIN:
            given = [run(argument, focus, world) for argument in arguments]
            return PLAIN[name](around, given, world)
    except (IndexError, ValueError) as fault:
        if isinstance(fault, PathError):
            raise
        raise PathError(f"{shown(name)}(…) cannot be used like this") from None
    raise PathError(f"the function '{shown(name)}' is not supported")


def _each(around: Collection, condition: Node, world: World) -> list[tuple[Any, Collection]]:
    return [(one, run(condition, Focus([one], index), world)) for index, one in enumerate(around)]


def _true(found: Collection) -> bool:
    return bool(found) and found[0] is True


def _where(around: Collection, given: tuple[Node, ...], _focus: Focus, world: World) -> Collection:
    return [one for one, found in _each(around, given[0], world) if _true(found)]


def _select(around: Collection, given: tuple[Node, ...], _focus: Focus, world: World) -> Collection:
    return [value for _, found in _each(around, given[0], world) for value in found]


def _all(around: Collection, given: tuple[Node, ...], _focus: Focus, world: World) -> Collection:
    return [all(_true(found) for _, found in _each(around, given[0], world))]


def _exists(around: Collection, given: tuple[Node, ...], focus: Focus, world: World) -> Collection:
    return [bool(_where(around, given, focus, world) if given else around)]


def _repeat(around: Collection, given: tuple[Node, ...], _focus: Focus, world: World) -> Collection:
    found: Collection = []
    seen: set[int] = set()
    todo = list(around)
    while todo:
        fresh: Collection = []
        for value in [v for _, more in _each(todo, given[0], world) for v in more]:
            world.steps += 1
            if world.steps > MAX_STEPS:
                raise PathError("the evaluation takes too long")
            if id(value) not in seen:
                seen.add(id(value))
                fresh.append(value)
        found += fresh
        todo = fresh
    return found


def _iif(around: Collection, given: tuple[Node, ...], focus: Focus, world: World) -> Collection:
    inner = Focus(around, focus.index, focus.total)
    condition = single(run(given[0], inner, world))
    if condition is True:
        return run(given[1], inner, world)
    return run(given[2], inner, world) if len(given) > 2 else []


def _aggregate(
    around: Collection, given: tuple[Node, ...], focus: Focus, world: World
) -> Collection:
    total = run(given[1], focus, world) if len(given) > 1 else []
    for index, one in enumerate(around):
        total = run(given[0], Focus([one], index, total), world)
    return total


def _of_type(
    around: Collection, given: tuple[Node, ...], _focus: Focus, _world: World
) -> Collection:
    return of_type(around, str(given[0][-1]))


def _is(around: Collection, given: tuple[Node, ...], _focus: Focus, _world: World) -> Collection:
    return [bool(of_type(around, str(given[0][-1])))] if around else []


LAZY: dict[str, Lazy] = {
    "where": _where,
    "select": _select,
    "all": _all,
    "exists": _exists,
    "repeat": _repeat,
    "iif": _iif,
    "aggregate": _aggregate,
    "ofType": _of_type,
    "as": _of_type,
    "is": _is,
}


def children(collection: Collection, world: World) -> Collection:
    """Return the values of every member of every object."""
    found: Collection = []
    for one in collection:
        if isinstance(one, dict):
            for key, value in one.items():
                world.steps += 1
                kind = key.removeprefix("value") if key.startswith("value") else ""
                listed = value if isinstance(value, list) else [value]
                found += [typed(kind, v) for v in listed if v is not None]
    return found


def _descendants(around: Collection, _given: list[Collection], world: World) -> Collection:
    found: Collection = []
    level = children(around, world)
    while level:
        found += level
        if world.steps > MAX_STEPS:
            raise PathError("the evaluation takes too long")
        level = children(level, world)
    return found


def _numbers(around: Collection) -> list[Decimal]:
    found = [numeric(one) for one in around]
    if None in found:
        raise PathError("only numbers can be added up")
    return [one for one in found if one is not None]


def _extreme(sign: int) -> Plain:
    def chosen(around: Collection, _given: list[Collection], _world: World) -> Collection:
        best: Collection = []
        for one in around:
            order = ordered(one, best[0]) if best else sign
            if order is not None and order * sign > 0:
                best = [one]
        return best

    return chosen


def _to_text(around: Collection, _given: list[Collection], _world: World) -> Collection:
    value = single(around)
    if value is None or isinstance(value, dict):
        return []
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def _extension(around: Collection, given: list[Collection], _world: World) -> Collection:
    address = single(given[0])
    return [
        one for node in around for one in objects(node, "extension") if one.get("url") == address
    ]


def _weight(around: Collection, _given: list[Collection], _world: World) -> Collection:
    found: Collection = []
    for node in around:
        for one in objects(node, "extension"):
            if one.get("url") in WEIGHTS:
                found.append(value_of(one)[1])
    return [value for value in found if value is not None]


def _not(around: Collection, _given: list[Collection], _world: World) -> Collection:
    value = single(around)
    return [] if value is None else [value is not True]


def _count_true(every: bool, wanted: bool) -> Plain:  # noqa: FBT001
    def found(around: Collection, _given: list[Collection], _world: World) -> Collection:
        return [(all if every else any)(one is wanted for one in around)]

    return found


def _kept(around: Collection, others: Collection, *, inside: bool) -> Collection:
    return [o for o in around if any(same(o, other) is True for other in others) == inside]


PLAIN: dict[str, Plain] = {
    **TEXTS,
    **NUMBERS,
    "empty": lambda a, _g, _w: [not a],
    "not": _not,
    "count": lambda a, _g, _w: [Decimal(len(a))],
    "first": lambda a, _g, _w: a[:1],
    "last": lambda a, _g, _w: a[-1:],
    "tail": lambda a, _g, _w: a[1:],
    "single": lambda a, _g, _w: [] if single(a) is None else a,
    "skip": lambda a, g, _w: a[max(int(g[0][0]), 0) :],
    "take": lambda a, g, _w: a[: max(int(g[0][0]), 0)],
    "distinct": lambda a, _g, w: distinct(a, w),
    "isDistinct": lambda a, _g, w: [len(distinct(a, w)) == len(a)],
    "union": lambda a, g, w: distinct([*a, *g[0]], w),
    "combine": lambda a, g, _w: [*a, *g[0]],
    "intersect": lambda a, g, w: distinct(_kept(a, g[0], inside=True), w),
    "exclude": lambda a, g, _w: _kept(a, g[0], inside=False),
    "subsetOf": lambda a, g, _w: [not _kept(a, g[0], inside=False)],
    "supersetOf": lambda a, g, _w: [not _kept(g[0], a, inside=False)],
    "allTrue": _count_true(every=True, wanted=True),
    "anyTrue": _count_true(every=False, wanted=True),
    "allFalse": _count_true(every=True, wanted=False),
    "anyFalse": _count_true(every=False, wanted=False),
    "children": lambda a, _g, w: children(a, w),
    "descendants": _descendants,
    "sum": lambda a, _g, _w: [sum(_numbers(a), Decimal(0))] if a else [],
    "avg": lambda a, _g, _w: [sum(_numbers(a), Decimal(0)) / len(a)] if a else [],
    "min": _extreme(-1),
    "max": _extreme(1),
    "toString": _to_text,
    "toDate": lambda a, _g, _w: [Stamp(str(single(a))[:10])] if a else [],
    "toDateTime": lambda a, _g, _w: [Stamp(str(single(a)))] if a else [],
    "join": lambda a, g, _w: [(str(g[0][0]) if g else "").join(str(one) for one in a)],
    "extension": _extension,
    "weight": _weight,
    "ordinal": _weight,
    "answers": lambda a, _g, w: members(
        [one for one in _descendants(a, [], w) if isinstance(one, dict)], "answer", w
    ),
    "hasValue": lambda a, _g, _w: [len(a) == 1 and not isinstance(a[0], dict)],
    "getValue": lambda a, _g, _w: a if len(a) == 1 and not isinstance(a[0], dict) else [],
    "trace": lambda a, _g, _w: a,
    "today": lambda _a, _g, w: [Stamp(w.today[:10])] if w.today else [],
    "now": lambda _a, _g, w: [Stamp(w.today)] if w.today else [],
    "xor": lambda a, g, _w: [v] if (v := logic("xor", single(a), single(g[0]))) is not None else [],
}

RUNNERS["call"] = call
