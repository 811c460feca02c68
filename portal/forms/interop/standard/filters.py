"""Filters of value sets, over a code system that is here completely."""

from collections.abc import Mapping
from typing import Any

from portal.forms.interop.access import Json, objects, text, value_of

_OF_CODES = frozenset({"concept", "code"})
_PARENTS = frozenset({"parent", "subsumedBy"})


def passes(part: Json, concepts: Mapping[str, Json], code: str) -> bool | None:
    """Whether a code passes every filter of an include; None where one is not supported.

    ``concepts`` are those of :func:`concepts_of`.
    """
    if code not in concepts:
        return False
    found = [_passes(one, concepts, code) for one in objects(part, "filter")]
    if False in found:
        return False
    return None if None in found else True


def _passes(one: Json, concepts: Mapping[str, Json], code: str) -> bool | None:
    name, operator, wanted = (text(one, key) for key in ("property", "op", "value"))
    if name in _OF_CODES and operator in {"is-a", "descendent-of", "is-not-a"}:
        below = wanted in _above(concepts, code)
        if operator == "descendent-of":
            return below
        return (below or code == wanted) == (operator == "is-a")
    if operator in {"in", "not-in"}:
        listed = {value.strip() for value in wanted.split(",")}
    elif operator == "=":
        listed = {wanted}
    else:
        return None
    values = {code} if name in _OF_CODES else _values(concepts[code], name)
    return bool(values & listed) != (operator == "not-in")


def _values(concept: Json, name: str) -> set[str]:
    """Return the values of a concept's property as text."""
    found: list[Any] = [
        value_of(one)[1] for one in objects(concept, "property") if text(one, "code") == name
    ]
    coded = [text(value, "code") if isinstance(value, dict) else value for value in found]
    return {str(v).lower() if isinstance(v, bool) else str(v) for v in coded}


def concepts_of(system: Json) -> dict[str, Json]:
    """Return every concept by its code; ``#above`` names the codes directly above it."""
    found: dict[str, Json] = {}
    todo: list[tuple[Json, str]] = [(one, "") for one in objects(system, "concept")]
    while todo:
        one, around = todo.pop()
        code = text(one, "code")
        above = {around} if around else set()
        for name in _PARENTS:
            above |= _values(one, name)
        found.setdefault(code, {**one, "#above": above})
        todo += [(inner, code) for inner in objects(one, "concept")]
    return found


def _above(concepts: Mapping[str, Json], code: str) -> set[str]:
    """Return every code above a code; circles end."""
    seen: set[str] = set()
    todo = [code]
    while todo:
        new = set(concepts.get(todo.pop(), {}).get("#above", ())) - seen
        seen |= new
        todo += new
    return seen
