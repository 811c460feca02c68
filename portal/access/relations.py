"""Relations between an actor and a thing, each with two faces.

``holds(actor, thing)`` answers for one thing; ``criterion(actor)`` is the SQL for a list. Features
register theirs at set-up (``panels/relations.py`` knows what a lead is); a property test holds the
two faces together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select

from portal.access.actor import Actor
from portal.kernel.errors import nearest


@dataclass(frozen=True)
class Relation:
    """``kind`` is the kind of thing, ``name`` the word used in the policy, ``words`` plain English.

    A relation to few things out of very many may give ``ids``, selects of their identifiers, instead
    of a criterion: lists then begin with those few and never look at the others.
    """

    kind: str
    name: str
    words: str
    holds: Callable[[Actor, Any], bool]
    criterion: Callable[[Actor], ColumnElement[bool]] | None = None
    ids: Callable[[Actor], list[Select[Any]]] | None = None


_registry: dict[tuple[str, str], Relation] = {}
_keys: dict[str, Any] = {}


def register(*relations: Relation) -> None:
    """Make ``relations`` known to the policy. Registering again replaces (tests build several apps)."""
    for relation in relations:
        _registry[relation.kind, relation.name] = relation


def register_key(kind: str, column: Any) -> None:
    """Say in which column the identifiers of a kind stand, for relations that give ``ids``."""
    _keys[kind] = column


def key(kind: str) -> Any:
    """Return the column of a kind's identifiers."""
    return _keys[kind]


def get(kind: str, name: str) -> Relation:
    """Return the relation, or fail at start-up naming the nearest one."""
    try:
        return _registry[kind, name]
    except KeyError:
        near = nearest(name, [n for k, n in _registry if k == kind])
        hint = f"; did you mean '{near}'?" if near else ""
        raise LookupError(f"no relation '{name}' for kind '{kind}'{hint}") from None


def all_relations() -> list[Relation]:
    """Return every registered relation."""
    return list(_registry.values())
