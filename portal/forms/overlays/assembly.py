"""Assembles a base and overlays into one definition: deterministic, without silent losses."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from portal.forms.definition import FormDefinition, Item, Rule, Source, walk
from portal.forms.definition.shapes import MAX_ID
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
from portal.forms.overlays.names import added_names, own_names, with_names
from portal.forms.overlays.tighten import TEXTS, fault_of
from portal.forms.overlays.tree import Tree
from portal.forms.semver import version_range
from portal.kernel.errors import Issue, nearest


def assemble(base: FormDefinition, overlays: Sequence[Overlay]) -> Source:
    """Return the assembled definition, or the issues that forbid it.

    The order in which overlays are handed over does not matter: they apply by priority, then by
    name. Assembling the same content gives the same hash on every machine.
    """
    assembly = _Assembly(base)
    ordered = sorted(overlays, key=lambda overlay: overlay.rank)
    for overlay in ordered:
        assembly.apply(overlay)
    if assembly.issues:
        return Source(None, assembly.issues)
    return Source(assembly.finish(ordered), [])


@dataclass
class _Assembly:
    base: FormDefinition
    issues: list[Issue] = field(default_factory=list)
    tree: Tree = field(init=False)
    originals: dict[str, Item] = field(init=False)
    rules: list[Rule] = field(default_factory=list)
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    checks: list[Any] = field(default_factory=list)
    changed: dict[tuple[str, str], tuple[str, Any]] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tree = Tree(self.base.items)
        self.originals = {item.id: item for item in walk(self.base.items)}
        self.languages = list(self.base.languages)
        self.parts = {
            name: dict(getattr(self.base, name))
            for name in ("codes", "lists", "let", "due", "views", "title")
        }

    def fault(self, overlay: Overlay, op: Op | None, message: str, near: str = "") -> None:
        """Note a fault of an overlay's operation."""
        line = op.line if op else 0
        self.issues.append(Issue(f"{overlay.name}: {message}", overlay.file, line, "", near))

    def apply(self, overlay: Overlay) -> None:
        """Apply one overlay, its names moved into the plugin's namespace first."""
        if overlay.base != self.base.form:
            self.fault(overlay, None, f"extends '{overlay.base}', this form is '{self.base.form}'")
            return
        if self.base.version not in version_range(overlay.range):
            self.fault(
                overlay,
                None,
                f"is made for {overlay.base} {overlay.range}, this is {self.base.version}",
            )
            return
        names = own_names(overlay)
        for op in overlay.ops:
            clashes = [name for name in added_names(op) if name in self.originals]
            for clash in clashes:
                message = f"'{clash}' is an id of the base; choose another for your own item"
                self.fault(overlay, op, message)
        own = with_names(overlay, names)
        self._blocks(own)
        for op in own.ops:
            self._op(own, op)

    def _blocks(self, overlay: Overlay) -> None:
        for name in ("codes", "lists", "let", "due", "title"):
            known = self.parts[name]
            for key, value in getattr(overlay, name).items():
                if key in known and known[key] != value and name != "title":
                    self.fault(overlay, None, f"'{key}' under '{name}:' has other content already")
                known[key] = value
        for name, members in overlay.views.items():
            self.parts["views"][name] = (*self.parts["views"].get(name, ()), *members)
        self.checks += overlay.checks
        self.languages += [one for one in overlay.languages if one not in self.languages]

    def _op(self, overlay: Overlay, op: Op) -> None:
        if isinstance(op, AddRules):
            self.rules += op.rules
        elif isinstance(op, Add):
            self._add(overlay, op, op.item, op.after, op.into)
        elif self._known(overlay, op, op.id):
            if isinstance(op, Change):
                self._change(overlay, op)
            elif isinstance(op, Hide):
                self._hide(overlay, op, op.id)
            elif isinstance(op, Move):
                self._move(overlay, op)
            else:
                self._replace(overlay, op)

    def _known(self, overlay: Overlay, op: Op, target: str) -> bool:
        if target in self.tree:
            return True
        if target in self.base.retired:
            reason = self.base.retired[target].reason or "no reason given"
            self.fault(overlay, op, f"'{target}' is retired in the base ({reason})")
        else:
            near = nearest(target, self.tree.ids())
            self.fault(overlay, op, f"there is no item '{target}' in the base", near)
        return False

    def _anchor(self, overlay: Overlay, op: Op, after: tuple[str, ...]) -> str:
        """Return the first anchor that exists; ``end`` only where it was written."""
        for anchor in after:
            if anchor == END or anchor in self.tree:
                return anchor
        tried = ", ".join(f"'{anchor}'" for anchor in after)
        near = nearest(after[0], self.tree.ids()) if after else ""
        self.fault(
            overlay, op, f"none of its anchors exists ({tried}); add a fallback, or 'end'", near
        )
        return ""

    def _add(self, overlay: Overlay, op: Op, item: Item, after: tuple[str, ...], into: str) -> None:
        for inner in walk([item]):
            if len(inner.id) > MAX_ID:
                self.fault(overlay, op, f"the id '{inner.id}' is longer than {MAX_ID} characters")
            if inner.id in self.tree:
                owner = self.tree.item(inner.id).origin or self.base.form
                self.fault(overlay, op, f"the id '{inner.id}' is used already, by {owner}")
                return
        marked = _marked(item, overlay.name)
        if into:
            if self._known(overlay, op, into) and self._container(overlay, op, into):
                self.tree.append(into, marked)
            return
        anchor = self._anchor(overlay, op, after)
        if anchor == END:
            self.tree.append("", marked)
        elif anchor:
            self.tree.insert_after(anchor, marked)

    def _container(self, overlay: Overlay, op: Op, target: str) -> bool:
        if self.tree.item(target).is_container:
            return True
        self.fault(overlay, op, f"'{target}' is not a section or group; use 'after: {target}'")
        return False

    def _claim(self, overlay: Overlay, op: Op, target: str, keyword: str, value: Any) -> bool:
        """Record who changes what; two who want different things are both named."""
        owner, before = self.changed.setdefault((target, keyword), (overlay.name, value))
        if owner == overlay.name or before == value:
            return True
        self.fault(overlay, op, f"changes '{keyword}' of '{target}' in another way than {owner}")
        return False

    def _change(self, overlay: Overlay, op: Change) -> None:
        item = self.tree.item(op.id)
        updates: dict[str, Any] = {}
        if (op.id, "hide") in self.changed:
            self.fault(
                overlay, op, f"changes '{op.id}', which {self.changed[op.id, 'hide'][0]} hides"
            )
        for keyword, value in op.fields.items():
            if keyword in TEXTS:
                updates[keyword] = self._text(overlay, op, item, keyword, value)
                continue
            if keyword == "option_list":
                continue
            if keyword == "options":
                value = self._options(op.fields)  # noqa: PLW2901 - lists are read as their options
                updates["option_list"] = ""
            fault = fault_of(self.base, self.originals.get(op.id, item), keyword, value)
            if fault:
                self.fault(overlay, op, f"'{keyword}' of '{op.id}': {fault}")
            elif self._claim(overlay, op, op.id, keyword, value):
                updates[keyword] = value
        if "units" in updates:
            updates["unit"] = ""
        if "options" in updates:
            updates["options"] = self._narrowed(item, updates["options"])
        self.tree.replace(op.id, msgspec.structs.replace(item, **updates))

    def _options(self, fields: dict[str, Any]) -> tuple[Any, ...]:
        if fields.get("option_list"):
            return tuple(self.parts["lists"].get(fields["option_list"], ()))
        return tuple(fields["options"])

    def _narrowed(self, item: Item, chosen: tuple[Any, ...]) -> tuple[Any, ...]:
        """Keep the base's scores and wording for the options that stay, unless reworded."""
        base = self.base.lists.get(item.option_list, ()) if item.option_list else item.options
        known = {(option.system, option.code): option for option in base}
        result = []
        for option in chosen:
            old = known[option.system, option.code]
            result.append(msgspec.structs.replace(old, label={**old.label, **option.label}))
        return tuple(result)

    def _text(
        self, overlay: Overlay, op: Op, item: Item, keyword: str, value: dict[str, str]
    ) -> dict[str, str]:
        for language, sentence in value.items():
            self._claim(overlay, op, item.id, f"{keyword} ({language})", sentence)
        return {**getattr(item, keyword), **value}

    def _hide(self, overlay: Overlay, op: Op, target: str) -> None:
        item = self.tree.item(target)
        needed = next((one for one in walk([item]) if _is_needed(one)), None)
        if needed is not None:
            self.fault(
                overlay, op, f"'{target}' cannot be hidden: '{needed.id}' is required by the base"
            )
            return
        others = {
            who for (one, key), (who, _) in self.changed.items() if one == target and key != "hide"
        }
        for other in sorted(others - {overlay.name}):
            self.fault(overlay, op, f"hides '{target}', which {other} changes")
        self._claim(overlay, op, target, "hide", value=True)
        self.tree.replace(target, _hidden(item))

    def _move(self, overlay: Overlay, op: Move) -> None:
        if not self._claim(overlay, op, op.id, "move", (op.after, op.into)):
            return
        scope = self.tree.scope(op.id)
        if op.into:
            if not (self._known(overlay, op, op.into) and self._container(overlay, op, op.into)):
                return
            target = self.tree.inner_scope(op.into)
        else:
            anchor = self._anchor(overlay, op, op.after)
            if not anchor:
                return
            target = () if anchor == END else self.tree.scope(anchor)
        if target != scope:
            self.fault(overlay, op, f"'{op.id}' cannot be moved into or out of a repeat")
            return
        if not self.tree.move(op.id, op.into, "" if op.into else anchor):
            self.fault(overlay, op, f"'{op.id}' cannot be moved into itself")

    def _replace(self, overlay: Overlay, op: Replace) -> None:
        if not self.tree.item(op.id).replaceable:
            self.fault(
                overlay,
                op,
                f"'{op.id}' is not marked 'replaceable: true' in the base; hide and add",
            )
            return
        self._hide(overlay, op, op.id)
        self._add(overlay, op, op.item, (op.id,), "")

    def finish(self, ordered: Sequence[Overlay]) -> FormDefinition:
        """Return the assembled definition with its own name."""
        plugins = [overlay.plugin.replace("_", "-") for overlay in ordered]
        stamps = [f"{o.name}@{o.version}" if o.version else o.name for o in ordered]
        return msgspec.structs.replace(
            self.base,
            form="--".join([self.base.form, *dict.fromkeys(plugins)]),
            languages=tuple(self.languages),
            items=self.tree.items(),
            rules=(*self.base.rules, *self.rules),
            checks=(*self.base.checks, *self.checks),
            assembled_from=(*self.base.assembled_from, *stamps),
            derived_from=f"{self.base.url or self.base.form}|{self.base.version}",
            **self.parts,
        )


def _marked(item: Item, origin: str) -> Item:
    children = tuple(_marked(child, origin) for child in item.items)
    return msgspec.structs.replace(item, origin=origin, items=children)


def _is_needed(item: Item) -> bool:
    return bool(item.required or item.required_if or item.at_least)


def _hidden(item: Item) -> Item:
    """Return the item hidden, counting for nothing, with everything in it."""
    children = tuple(_hidden(child) for child in item.items)
    return msgspec.structs.replace(item, hidden=True, weight="", items=children)
