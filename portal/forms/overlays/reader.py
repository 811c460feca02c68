"""Reader of overlay files: the same strictness as for forms."""

import re
from dataclasses import dataclass, field
from typing import Any

from portal.forms.definition import Place, blocks, shapes
from portal.forms.definition.items import SHAPES, item
from portal.forms.definition.model import Item
from portal.forms.definition.reading import Reading
from portal.forms.definition.source import Mapping, Node, Scalar, Sequence, read_tree
from portal.forms.definition.vocabulary import ITEM_KEYWORDS
from portal.forms.overlays.model import (
    END,
    Add,
    AddRules,
    Change,
    Hide,
    Move,
    Op,
    Overlay,
    Replace,
)
from portal.forms.overlays.tighten import CHANGEABLE
from portal.forms.semver import RangeError, version_range
from portal.kernel.errors import DefinitionError, Issue

_NAME = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_-]*")
_KEYWORDS = (
    "overlay",
    "extends",
    "priority",
    "version",
    "title",
    "languages",
    "codes",
    "lists",
    "let",
    "due",
    "views",
    "checks",
    "ops",
)
_OPS = ("add", "change", "hide", "move", "replace", "rules")
_PLACING = ("after", "into")


@dataclass
class OverlaySource:
    """An overlay that was read: the overlay (None when unusable), issues, places of keywords."""

    overlay: Overlay | None
    issues: list[Issue] = field(default_factory=list)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)

    def required(self) -> Overlay:
        """Return the overlay, or raise ``DefinitionError`` with every issue found."""
        if self.overlay is None or any(issue.severity == "error" for issue in self.issues):
            raise DefinitionError(self.issues)
        return self.overlay


def read_overlay(text: str | bytes, file: str = "overlay.yaml") -> OverlaySource:
    """Read an overlay file. Never raises for bad input: the issues say what is wrong."""
    tree, issues = read_tree(text, file)
    places: dict[tuple[str, str], Place] = {}
    reading = Reading(file, issues=issues, places=places, any_language=True)
    if not isinstance(tree, Mapping):
        if tree is not None:
            reading.report(tree, "overlay", "an overlay begins with 'overlay: plugin/form'")
        return OverlaySource(None, issues, places)
    shapes.check_keys(reading, tree, _KEYWORDS, "an overlay")
    fields = _heading(reading, tree)
    fields |= _blocks(reading, tree)
    body = tree.get("ops")
    empty = body is None or (isinstance(body, Scalar) and not body.text)
    listed = reading.sequence(body, "ops", "operations") if body is not None and not empty else None
    ops = [_op(reading, entry) for entry in listed.items] if listed else []
    fields["ops"] = tuple(op for op in ops if op is not None)
    if not fields["name"] or not fields["base"]:
        return OverlaySource(None, issues, places)
    return OverlaySource(Overlay(file=file, **fields), issues, places)


def _heading(reading: Reading, tree: Mapping) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": "", "base": "", "range": ""}
    listed = tree.get("languages")
    if listed is not None:
        reading.languages = shapes.strings(reading, listed, "languages") or reading.languages
        fields["languages"] = reading.languages
    name = tree.get("overlay")
    written = reading.scalar(name, "overlay", "plugin/form") if name else None
    if written and _NAME.fullmatch(written):
        fields["name"] = written
    else:
        reading.report(
            tree, "overlay", "name the overlay as plugin/form, as in ern_eye/consultation"
        )
    fields |= _base(reading, tree)
    priority = tree.get("priority")
    if priority is not None:
        fields["priority"] = shapes.whole(reading, priority, "priority") or 0
    own = tree.get("version")
    if own is not None:
        fields["version"] = shapes.words(reading, own, "version") or ""
    return fields


def _base(reading: Reading, tree: Mapping) -> dict[str, str]:
    node = tree.get("extends")
    written = reading.scalar(node, "extends", "a form and its versions") if node else None
    base, _, versions = (written or "").partition(" ")
    try:
        version_range(versions)
    except RangeError as fault:
        reading.report(
            tree.line_of("extends"),
            "extends",
            f"say which versions, as in consultation ^3.2: {fault}",
        )
    return {"base": base, "range": versions.strip()}


def _blocks(reading: Reading, tree: Mapping) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    declared = tree.get("codes")
    if declared is not None:
        fields["codes"] = shapes.pairs(reading, declared, "codes", "'PREFIX: address' lines") or {}
        reading.codes |= fields["codes"]
    readers: dict[str, Any] = {
        "title": shapes.text,
        "lists": blocks.lists,
        "views": blocks.views,
        "checks": blocks.checks,
        "let": lambda r, n, k: shapes.pairs(r, n, k, "'name: expression' lines"),
        "due": lambda r, n, k: shapes.pairs(r, n, k, "'name: expression' lines"),
    }
    for name, read in readers.items():
        node = tree.get(name)
        found = read(reading, node, name) if node is not None else None
        if found:
            fields[name] = found
    return fields


def _op(reading: Reading, node: Node) -> Op | None:
    mapping = reading.mapping(node, "ops", "an operation")
    if mapping is None:
        return None
    kinds = [name for name, _ in mapping.entries if name.text in _OPS]
    if len(kinds) != 1:
        known = ", ".join(_OPS)
        reading.report(mapping, "ops", f"an operation is one of: {known}")
        return None
    kind = kinds[0].text
    extra = {"add": _PLACING, "replace": ("with",)}.get(kind, ())
    shapes.check_keys(reading, mapping, (kind, *extra), f"the operation '{kind}'")
    body = mapping.get(kind)
    if body is None:
        return None
    reader = {
        "add": _add,
        "change": _change,
        "hide": _hide,
        "move": _move,
        "replace": _replace,
        "rules": _rules,
    }[kind]
    found: Op | None = reader(reading, mapping, body)
    return found


def _item(reading: Reading, node: Node) -> Item | None:
    mapping = reading.mapping(node, "add", "an item")

    def refuse(inner: Reading, entry: Mapping) -> tuple[Item, ...]:
        inner.report(entry, "include", "an overlay holds its items itself; it includes no files")
        return ()

    return item(reading, mapping, refuse) if mapping else None


def _placing(reading: Reading, mapping: Mapping) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    after, into = mapping.get("after"), mapping.get("into")
    if after is not None:
        fields["after"] = shapes.identifiers(reading, after, "after") or ()
    if into is not None:
        fields["into"] = shapes.identifier(reading, into, "into") or ""
    if not fields:
        reading.report(
            mapping, "after", f"say where: 'after: id', 'into: id', or 'after: {END}' for the end"
        )
    return fields


def _add(reading: Reading, mapping: Mapping, body: Node) -> Op | None:
    found = _item(reading, body)
    placing = _placing(reading, mapping)
    return Add(item=found, line=mapping.line, **placing) if found else None


def _change(reading: Reading, mapping: Mapping, body: Node) -> Op | None:
    fields = reading.mapping(body, "change", "{id: …, keyword: value}")
    target = fields.get("id") if fields else None
    name = shapes.identifier(reading, target, "id") if target else None
    if fields is None or name is None:
        reading.report(body, "change", "a change needs the 'id' of the item it changes")
        return None
    changed: dict[str, Any] = {}
    for key, value in fields.entries:
        if key.text == "id":
            continue
        if key.text not in CHANGEABLE:
            reading.unknown(key, CHANGEABLE, "a change (it may relabel, translate or tighten)")
            continue
        changed |= _changed(reading, key, value)
    return Change(id=name, fields=changed, line=mapping.line)


def _changed(reading: Reading, key: Scalar, value: Node) -> dict[str, Any]:
    word = ITEM_KEYWORDS[key.text]
    if word.choices:
        text = reading.scalar(value, key.text, "one word")
        if text is not None and text not in word.choices:
            reading.report(value, key.text, f"'{text}' is not one of: {', '.join(word.choices)}")
            return {}
        return {} if text is None else {key.text: text}
    read = SHAPES[word.shape](reading, value, key.text)
    if read is None:
        return {}
    if key.text == "options":
        return {"options": read[0], "option_list": read[1]}
    return {key.text: read}


def _hide(reading: Reading, mapping: Mapping, body: Node) -> Op | None:
    name = shapes.identifier(reading, body, "hide")
    return Hide(id=name, line=mapping.line) if name else None


def _move(reading: Reading, mapping: Mapping, body: Node) -> Op | None:
    fields = reading.mapping(body, "move", "{id: …, after: …}")
    target = fields.get("id") if fields else None
    name = shapes.identifier(reading, target, "id") if target else None
    if fields is None or name is None:
        reading.report(body, "move", "a move needs the 'id' of the item it moves")
        return None
    shapes.check_keys(reading, fields, ("id", *_PLACING), "a move")
    return Move(id=name, line=mapping.line, **_placing(reading, fields))


def _replace(reading: Reading, mapping: Mapping, body: Node) -> Op | None:
    name = shapes.identifier(reading, body, "replace")
    new = mapping.get("with")
    found = _item(reading, new) if new is not None else None
    if name is None or found is None:
        reading.report(mapping, "replace", "write 'replace: section' and 'with: {section: …}'")
        return None
    return Replace(id=name, item=found, line=mapping.line)


def _rules(reading: Reading, mapping: Mapping, body: Node) -> Op | None:
    if not isinstance(body, Sequence):
        reading.report(body, "rules", "a list of rules was expected")
        return None
    found = blocks.rules(reading, body, "rules") or ()
    return AddRules(rules=found, line=mapping.line)
