"""An overlay as data: which base, which operations, in which order they count."""

from typing import Any

import msgspec

from portal.forms.definition import Check, Item, Option, Rule, canonical_json
from portal.forms.definition.model import Text

END = "end"


class _Op(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="op"):
    """Base of operations; ``line`` is where it stands in the file (not part of its meaning)."""

    line: int = 0


class Add(_Op, frozen=True, tag="add"):
    """Add an item. ``after`` are anchors in order of preference; ``into`` a container."""

    item: Item
    after: tuple[str, ...] = ()
    into: str = ""


class Change(_Op, frozen=True, tag="change"):
    """Relabel, translate or tighten one item; ``fields`` by keyword."""

    id: str
    fields: dict[str, Any]


class Hide(_Op, frozen=True, tag="hide"):
    """Take an optional item out of sight."""

    id: str


class Move(_Op, frozen=True, tag="move"):
    """Put an item elsewhere in the same repeat (or outside all)."""

    id: str
    after: tuple[str, ...] = ()
    into: str = ""


class Replace(_Op, frozen=True, tag="replace"):
    """Put a section of one's own in the place of one that the base marks ``replaceable``."""

    id: str
    item: Item


class AddRules(_Op, frozen=True, tag="rules"):
    """Add cross-field rules."""

    rules: tuple[Rule, ...]


Op = Add | Change | Hide | Move | Replace | AddRules


class Overlay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One overlay. ``name`` is ``plugin/form``; ids of the plugin get ``plugin.`` in front."""

    name: str
    base: str
    range: str
    priority: int = 50
    version: str = ""
    file: str = ""
    title: Text = {}
    languages: tuple[str, ...] = ()
    codes: dict[str, str] = {}
    lists: dict[str, tuple[Option, ...]] = {}
    let: dict[str, str] = {}
    due: dict[str, str] = {}
    views: dict[str, tuple[str, ...]] = {}
    checks: tuple[Check, ...] = ()
    ops: tuple[Op, ...] = ()

    @property
    def plugin(self) -> str:
        """The plugin that contributes the overlay; it is the namespace of its ids."""
        return self.name.partition("/")[0]

    @property
    def rank(self) -> tuple[int, str]:
        """What decides the order of assembly."""
        return self.priority, self.name

    @property
    def key(self) -> str:
        """The content as text: two overlays with the same key do the same."""
        return canonical_json(self)

    def touched(self) -> set[str]:
        """Return every id of the base that the overlay changes or leans on."""
        found: set[str] = set()
        for op in self.ops:
            if isinstance(op, Change | Hide | Move | Replace):
                found.add(op.id)
            if isinstance(op, Add | Move):
                found |= {*op.after, op.into} - {END, ""}
        return found
