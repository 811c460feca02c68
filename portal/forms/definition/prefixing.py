"""Renaming inside definitions: ids and every expression that mentions them."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from portal.forms.definition.model import Check, Item, Option, Prefill, Rule
from portal.forms.expressions.parser import rename


def walk(items: Iterable[Item]) -> Iterator[Item]:
    """Yield every item of a tree, parents before children, in document order."""
    for item in items:
        yield item
        yield from walk(item.items)


def with_prefix(parts: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return the parts of an include with all ids below ``prefix.``; lists keep their names."""
    known = [item.id for item in walk(parts.get("items", ()))]
    known += list(parts.get("let", {}))
    names = {name: f"{prefix}.{name}" for name in known}
    return {
        **parts,
        "items": tuple(renamed(item, names) for item in parts.get("items", ())),
        "let": {names[k]: rename(v, names) for k, v in parts.get("let", {}).items()},
        "due": {names.get(k, k): rename(v, names) for k, v in parts.get("due", {}).items()},
        "rules": tuple(
            _rule(msgspec.structs.replace(rule, id=f"{prefix}.{rule.id}"), names)
            for rule in parts.get("rules", ())
        ),
        "checks": tuple(_check(check, names) for check in parts.get("checks", ())),
        "retired": {f"{prefix}.{k}": v for k, v in parts.get("retired", {}).items()},
    }


def renamed(item: Item, names: dict[str, str]) -> Item:
    """Return an item, and all below it, with ids and references renamed."""
    prefill = item.prefill
    if prefill is not None and prefill.expression:
        prefill = Prefill(expression=rename(prefill.expression, names))
    return msgspec.structs.replace(
        item,
        id=names.get(item.id, item.id),
        show_if=rename(item.show_if, names),
        required_if=rename(item.required_if, names),
        value=rename(item.value, names),
        min=rename(item.min, names),
        max=rename(item.max, names),
        prefill=prefill,
        options=tuple(_option(option, names) for option in item.options),
        rules=tuple(_rule(rule, names) for rule in item.rules),
        items=tuple(renamed(child, names) for child in item.items),
    )


def _option(option: Option, names: dict[str, str]) -> Option:
    if not option.show_if:
        return option
    return msgspec.structs.replace(option, show_if=rename(option.show_if, names))


def _rule(rule: Rule, names: dict[str, str]) -> Rule:
    return msgspec.structs.replace(
        rule, check=rename(rule.check, names), at=names.get(rule.at, rule.at)
    )


def _check(check: Check, names: dict[str, str]) -> Check:
    return msgspec.structs.replace(
        check, given=_keys(check.given, names), expect=_keys(check.expect, names)
    )


def _keys(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): _keys(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_keys(inner, names) for inner in value]
    return value
