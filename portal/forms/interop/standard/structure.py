"""The elements of FHIR R4 resources and types, from ``structure.json``."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its type, whether it is a list, whether it must be there, allowed codes."""

    kind: str
    listed: bool
    needed: bool
    allowed: frozenset[str]


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (Path(__file__).parent / "structure.json").read_text(encoding="utf-8")
    )
    return found


@lru_cache(maxsize=256)
def elements(kind: str) -> dict[str, Element]:
    """Return the elements of a resource or complex type; empty for an unknown one."""
    return {
        name: Element(one[0], one[1], one[2], frozenset(one[3] if len(one) > 3 else ()))
        for name, one in _table()["types"].get(kind, {}).items()
    }


def element_of(kind: str, name: str) -> Element | None:
    """Return one element of a type, or None."""
    return elements(kind).get(name)


def kind_known(kind: str) -> bool:
    """Whether the type is a complex one of the table."""
    return kind in _table()["types"]


@lru_cache(maxsize=1)
def resource_names() -> frozenset[str]:
    """Return the names of all resources of R4."""
    return frozenset(_table()["resources"])
