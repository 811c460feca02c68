"""FHIRPath evaluated over JSON resources: enough of it for questionnaires, within a step budget.

Whatever is not supported raises :class:`PathError`; callers then say « not checkable » instead of
guessing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portal.forms.expressions.values import Quantity
from portal.forms.interop.access import shown
from portal.forms.interop.fhirpath.operators import operate, single
from portal.forms.interop.fhirpath.parser import Node, PathError, parse
from portal.forms.interop.fhirpath.values import (
    Collection,
    Span,
    Stamp,
    numeric,
    same,
    typed,
)

MAX_STEPS = 400_000
MAX_NESTED = 120


@dataclass
class World:
    """What an evaluation may look at. ``variables`` are expressions, evaluated when needed."""

    resource: Any
    context: Any = None
    today: str = ""
    values: Mapping[str, Collection] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    steps: int = 0
    depth: int = 0
    open_variables: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Focus:
    """The ``$this``, ``$index`` and ``$total`` of one point of evaluation."""

    this: Collection
    index: int = 0
    total: Collection = field(default_factory=list)


def evaluate(written: str, world: World) -> Collection:
    """Evaluate an expression with the world's context as focus; raises :class:`PathError`."""
    focus = world.context if world.context is not None else world.resource
    return run(parse(written), Focus([focus]), world)


def holds(written: str, world: World) -> bool:
    """Evaluate a condition: true only for a single true (or any single other value)."""
    found = evaluate(written, world)
    if len(found) > 1:
        raise PathError("a condition gave several values")
    return bool(found) and (found[0] if isinstance(found[0], bool) else True)


def run(node: Node, focus: Focus, world: World) -> Collection:
    """Evaluate one node of the tree."""
    world.steps += 1
    if world.steps > MAX_STEPS:
        raise PathError("the evaluation takes too long")
    world.depth += 1
    if world.depth > MAX_NESTED:
        raise PathError("the evaluation is nested too deeply")
    try:
        found = RUNNERS[node[0]](node, focus, world)
    finally:
        world.depth -= 1
    world.steps += len(found)
    return found


def _literal(node: Node, _focus: Focus, _world: World) -> Collection:
    _, kind, value = node
    if kind == "number":
        return [Decimal(value)]
    if kind in {"datetime", "time"}:
        return [Stamp(value)]
    if kind == "quantity":
        return [Quantity(Decimal(value[0]), value[1])]
    if kind == "duration":
        return [Span(int(Decimal(value[0])), value[1])]
    return [value]


def _environment(node: Node, _focus: Focus, world: World) -> Collection:
    name = node[1]
    if name in {"resource", "rootResource"}:
        return [world.resource]
    if name == "context":
        return [world.context if world.context is not None else world.resource]
    if name in world.values:
        return list(world.values[name])
    if name == "ucum":
        return ["http://unitsofmeasure.org"]
    if name not in world.variables:
        raise PathError(f"there is no variable '{shown(name)}'")
    if name in world.open_variables:
        raise PathError(f"the variable '{shown(name)}' depends on itself")
    world.open_variables.append(name)
    try:
        return run(parse(world.variables[name]), Focus([world.resource]), world)
    finally:
        world.open_variables.pop()


def members(collection: Collection, name: str, world: World) -> Collection:
    """Return the values of a member of every object; ``value`` finds ``valueCoding`` and the like."""
    found: Collection = []
    for one in collection:
        if not isinstance(one, dict):
            continue
        world.steps += 1
        if name in one:
            kind = name.removeprefix("value") if name.startswith("value") else ""
            _extend(found, one[name], kind)
        elif name == "value":
            for key, value in one.items():
                if key.startswith("value") and key[5:6].isupper():
                    _extend(found, value, key[5:])
    return found


def _extend(found: Collection, value: Any, kind: str) -> None:
    listed = value if isinstance(value, list) else [value]
    found += [typed(kind, one) for one in listed if one is not None]


def _member(node: Node, focus: Focus, world: World) -> Collection:
    _, base, name = node
    around = focus.this if base is None else run(base, focus, world)
    if base is None:
        named = [one for one in around if isinstance(one, dict) and one.get("resourceType") == name]
        if named:
            return named
    return members(around, name, world)


def _at(node: Node, focus: Focus, world: World) -> Collection:
    found, index = run(node[1], focus, world), run(node[2], focus, world)
    position = numeric(index[0]) if len(index) == 1 else None
    if position is None:
        return []
    return found[int(position) : int(position) + 1] if position >= 0 else []


def _negative(node: Node, focus: Focus, world: World) -> Collection:
    found = single(run(node[1], focus, world))
    value = numeric(found)
    if found is None:
        return []
    if value is None:
        raise PathError("only a number has a sign")
    return [-value]


_TYPES: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda v: isinstance(v, bool),
    "string": lambda v: isinstance(v, str),
    "code": lambda v: isinstance(v, str),
    "uri": lambda v: isinstance(v, str),
    "integer": lambda v: numeric(v) is not None and numeric(v) == int(numeric(v) or 0),
    "decimal": lambda v: numeric(v) is not None,
    "date": lambda v: isinstance(v, Stamp) and "T" not in v.written and ":" not in v.written,
    "dateTime": lambda v: isinstance(v, Stamp) and ":" not in v.written[:3],
    "time": lambda v: isinstance(v, Stamp) and ":" in v.written[:3],
    "Coding": lambda v: isinstance(v, dict) and ("code" in v or "display" in v),
    "Quantity": lambda v: isinstance(v, Quantity) or (isinstance(v, dict) and "value" in v),
    "Reference": lambda v: isinstance(v, dict) and "reference" in v,
    "Attachment": lambda v: isinstance(v, dict) and "contentType" in v,
}
_ALIASES = {"Boolean": "boolean", "String": "string", "Integer": "integer", "Decimal": "decimal"}


def of_type(collection: Collection, name: str) -> Collection:
    """Return the values that are of a type."""
    test = _TYPES.get(_ALIASES.get(name, name))
    if test is None:
        return [o for o in collection if isinstance(o, dict) and o.get("resourceType") == name]
    return [one for one in collection if test(one)]


def _type(node: Node, focus: Focus, world: World) -> Collection:
    _, operator, inner, name = node
    found = run(inner, focus, world)
    kept = of_type(found, name)
    return ([bool(kept)] if found else []) if operator == "is" else kept


def _operate(node: Node, focus: Focus, world: World) -> Collection:
    left, right = run(node[2], focus, world), run(node[3], focus, world)
    if node[1] == "|":
        return distinct([*left, *right], world)
    return operate(node[1], left, right)


def distinct(collection: Collection, world: World) -> Collection:
    """Return the collection without repeated values."""
    found: Collection = []
    for one in collection:
        world.steps += len(found)
        if world.steps > MAX_STEPS:
            raise PathError("the evaluation takes too long")
        if not any(same(one, other) is True for other in found):
            found.append(one)
    return found


RUNNERS: dict[str, Callable[[Node, Focus, World], Collection]] = {
    "lit": _literal,
    "empty": lambda _node, _focus, _world: [],
    "env": _environment,
    "this": lambda _node, focus, _world: list(focus.this),
    "index": lambda _node, focus, _world: [Decimal(focus.index)],
    "total": lambda _node, focus, _world: list(focus.total),
    "member": _member,
    "at": _at,
    "neg": _negative,
    "type": _type,
    "op": _operate,
}
"""Node kind to evaluation; ``functions`` adds ``call``."""
