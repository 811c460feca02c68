"""The namespace of a plugin: its own ids get ``plugin.`` in front, and so do their mentions."""

from typing import Any

import msgspec

from portal.forms.definition import Item, walk
from portal.forms.definition.prefixing import renamed
from portal.forms.expressions.parser import rename
from portal.forms.overlays.model import (
    Add,
    AddRules,
    Change,
    Hide,
    Move,
    Op,
    Overlay,
    Replace,
)

Names = dict[str, str]


def added_names(op: Op) -> list[str]:
    """Return the ids, as written, of everything an operation adds."""
    return [item.id for item in walk([op.item])] if isinstance(op, Add | Replace) else []


def own_names(overlay: Overlay) -> Names:
    """Return {as written: as stored} for everything the overlay adds."""
    written = [name for op in overlay.ops for name in added_names(op)]
    prefix = f"{overlay.plugin}."
    every = [*written, *overlay.let]
    return {name: name if name.startswith(prefix) else prefix + name for name in every}


def with_names(overlay: Overlay, names: Names) -> Overlay:
    """Return the overlay as it is stored: own ids, lists and rules in the plugin's namespace."""
    lists = {name: f"{overlay.plugin}.{name}" for name in overlay.lists}
    return msgspec.structs.replace(
        overlay,
        lists={lists[name]: options for name, options in overlay.lists.items()},
        let={names[name]: rename(text, names) for name, text in overlay.let.items()},
        due={names.get(name, name): rename(text, names) for name, text in overlay.due.items()},
        views={
            name: tuple(names.get(member, member) for member in members)
            for name, members in overlay.views.items()
        },
        checks=tuple(
            msgspec.structs.replace(
                check, given=_keys(check.given, names), expect=_keys(check.expect, names)
            )
            for check in overlay.checks
        ),
        ops=tuple(_op(op, overlay.plugin, names, lists) for op in overlay.ops),
    )


def _op(op: Op, plugin: str, names: Names, lists: Names) -> Op:
    if isinstance(op, Add):
        after = tuple(names.get(anchor, anchor) for anchor in op.after)
        item = _item(op.item, names, lists)
        return Add(item=item, after=after, into=names.get(op.into, op.into), line=op.line)
    if isinstance(op, Move):
        after = tuple(names.get(anchor, anchor) for anchor in op.after)
        into = names.get(op.into, op.into)
        return Move(id=names.get(op.id, op.id), after=after, into=into, line=op.line)
    if isinstance(op, Change):
        return Change(id=op.id, fields=_fields(op.fields, names, lists), line=op.line)
    if isinstance(op, Hide):
        return op
    if isinstance(op, Replace):
        return Replace(id=op.id, item=_item(op.item, names, lists), line=op.line)
    return AddRules(
        rules=tuple(
            msgspec.structs.replace(
                rule,
                id=f"{plugin}.{rule.id}",
                check=rename(rule.check, names),
                at=names.get(rule.at, rule.at),
            )
            for rule in op.rules
        ),
        line=op.line,
    )


def _item(item: Item, names: Names, lists: Names) -> Item:
    return _listed(renamed(item, names), lists)


def _listed(item: Item, lists: Names) -> Item:
    return msgspec.structs.replace(
        item,
        option_list=lists.get(item.option_list, item.option_list),
        items=tuple(_listed(child, lists) for child in item.items),
    )


def _fields(fields: dict[str, Any], names: Names, lists: Names) -> dict[str, Any]:
    result = dict(fields)
    for keyword in ("required_if", "min", "max"):
        if keyword in result:
            result[keyword] = rename(result[keyword], names)
    if result.get("option_list"):
        result["option_list"] = lists.get(result["option_list"], result["option_list"])
    return result


def _keys(value: Any, names: Names) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): _keys(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_keys(inner, names) for inner in value]
    return value
