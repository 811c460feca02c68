"""Turns a value set into an SQL condition on the concepts of one release."""

import json

from portal.terminology import patterns
from portal.terminology.candidates import Restriction
from portal.terminology.errors import QueryError
from portal.terminology.index import Index
from portal.terminology.valuesets import Filter, Include, ValueSet, ValueSets

NOTHING = Restriction("0")
_COLUMNS = {"code": "c.code", "display": "c.display", "kind": "c.kind"}
_MAX_NESTING = 8


def condition(index: Index, value_set: ValueSet, sets: ValueSets, depth: int = 0) -> Restriction:
    """Return the condition that a concept of ``index`` belongs to ``value_set``.

    The condition is ``0`` when no include speaks of this pack (or of this version of it).
    """
    if depth > _MAX_NESTING:
        raise QueryError(f"The value set '{value_set.id}' refers to itself, directly or by others.")
    inside = [_include(index, part, sets, depth) for part in value_set.include]
    wanted = _join("OR", [part for part in inside if part != NOTHING])
    if wanted is None:
        return NOTHING
    outside = [_include(index, part, sets, depth) for part in value_set.exclude]
    unwanted = _join("OR", [part for part in outside if part != NOTHING])
    if unwanted is None:
        return wanted
    return Restriction(f"({wanted.sql} AND NOT {unwanted.sql})", (*wanted.values, *unwanted.values))


def _join(word: str, parts: list[Restriction]) -> Restriction | None:
    if not parts:
        return None
    sql = f" {word} ".join(part.sql for part in parts)
    values = tuple(value for part in parts for value in part.values)
    return Restriction(f"({sql})", values)


def _include(index: Index, part: Include, sets: ValueSets, depth: int) -> Restriction:
    if part.pack and (part.pack != index.pack.id or part.version not in ("", index.version)):
        return NOTHING
    conditions = [condition(index, sets.get(name), sets, depth + 1) for name in part.value_sets]
    if part.codes:
        conditions.append(_listed(part.codes))
    elif part.pack:
        conditions.append(Restriction("c.active=1"))
        conditions += [filter_condition(index, found) for found in part.filters]
    if NOTHING in conditions:
        return NOTHING
    return _join("AND", conditions) or NOTHING


def _listed(codes: tuple[str, ...]) -> Restriction:
    return Restriction("c.code IN (SELECT value FROM json_each(?))", (json.dumps(codes),))


def filter_condition(index: Index, found: Filter) -> Restriction:
    """Return the condition of one filter; raise QueryError for an operator that does not fit."""
    if found.op in (
        "is-a",
        "descendent-of",
        "is-not-a",
        "child-of",
        "descendent-leaf",
        "generalizes",
    ):
        return _hierarchical(index, found)
    if found.op == "regex":
        return _regex(index, found)
    if found.op == "exists":
        return _exists(found)
    values = [found.value]
    if found.op in ("in", "not-in"):
        values = [part.strip() for part in found.value.split(",")]
    inside = _equals(found.property, values)
    return _not(inside) if found.op == "not-in" else inside


_HAS_PROPERTY = "EXISTS(SELECT 1 FROM property p WHERE p.concept=c.id AND p.name=?)"
_HAS_VALUE = (
    "EXISTS(SELECT 1 FROM property p WHERE p.concept=c.id AND p.name=? "
    "AND p.value IN (SELECT value FROM json_each(?)))"
)
_HAS_PARENT = (
    "EXISTS(SELECT 1 FROM edge e JOIN concept p ON p.id=e.parent WHERE e.child=c.id "
    "AND p.code IN (SELECT value FROM json_each(?)))"
)
_IN = {
    "code": "(c.code IN (SELECT value FROM json_each(?)))",
    "concept": "(c.code IN (SELECT value FROM json_each(?)))",
    "display": "(c.display IN (SELECT value FROM json_each(?)))",
    "kind": "(c.kind IN (SELECT value FROM json_each(?)))",
    "parent": _HAS_PARENT,
}


def _not(part: Restriction) -> Restriction:
    return Restriction(f"NOT {part.sql}", part.values)


def _equals(name: str, values: list[str]) -> Restriction:
    if name == "inactive":
        return Restriction("(c.active=0)" if "true" in values else "(c.active=1)")
    listed = json.dumps(values)
    if name in _IN:
        return Restriction(_IN[name], (listed,))
    return Restriction(_HAS_VALUE, (name, listed))


def _exists(found: Filter) -> Restriction:
    has = Restriction(_HAS_PROPERTY, (found.property,))
    return has if found.value == "true" else _not(has)


def _hierarchical(index: Index, found: Filter) -> Restriction:
    if not index.has_hierarchy and found.value in index.pack.tags:
        return _tagged(index, found)
    root = index.concept(found.value)
    if root is None:
        return Restriction("1") if found.op == "is-not-a" else NOTHING
    below = "EXISTS(SELECT 1 FROM closure x WHERE x.ancestor=? AND x.descendant=c.id)"
    above = "EXISTS(SELECT 1 FROM closure x WHERE x.descendant=? AND x.ancestor=c.id)"
    leaf = "NOT EXISTS(SELECT 1 FROM edge y WHERE y.parent=c.id)"
    number = root.id
    return {
        "is-a": Restriction(f"(c.id=? OR {below})", (number, number)),
        "is-not-a": Restriction(f"NOT (c.id=? OR {below})", (number, number)),
        "descendent-of": Restriction(below, (number,)),
        "descendent-leaf": Restriction(f"({below} AND {leaf})", (number,)),
        "generalizes": Restriction(f"(c.id=? OR {above})", (number, number)),
        "child-of": Restriction(
            "EXISTS(SELECT 1 FROM edge x WHERE x.parent=? AND x.child=c.id)", (number,)
        ),
    }[found.op]


def _tagged(index: Index, found: Filter) -> Restriction:
    """Stand in for a hierarchy that the release lacks: the kinds that the pack names for a root."""
    kinds = Restriction(_IN["kind"], (json.dumps(index.pack.tags[found.value]),))
    return _not(kinds) if found.op == "is-not-a" else kinds


def _regex(index: Index, found: Filter) -> Restriction:
    pattern = patterns.bounded(found.value)
    column = _COLUMNS.get("code" if found.property == "concept" else found.property)
    if column:
        rows = index.rows(f"SELECT c.id, {column} FROM concept c")  # noqa: S608
    else:
        sql = "SELECT concept, value FROM property WHERE name=?"
        rows = index.rows(sql, (found.property,))
    fitting = sorted({number for number, text in rows if patterns.matches(pattern, text)})
    return Restriction("c.id IN (SELECT value FROM json_each(?))", (json.dumps(fitting),))
