"""What the browser's script receives: resolved trees, options, units; no text, no answers."""

from collections.abc import Mapping
from typing import Any

from portal.forms.compiled import CompiledItem, CompiledRule, Expression
from portal.forms.definition import FormDefinition
from portal.forms.definition.reading import ALIASES
from portal.forms.definition.vocabulary import REGISTERED
from portal.forms.expressions.units import is_unit, unit
from portal.forms.kinds.texts import TextKind
from portal.forms.names import CONTEXT


def browser_form(
    definition: FormDefinition,
    items: Mapping[str, CompiledItem],
    lets: Mapping[str, Expression],
    rules: tuple[CompiledRule, ...],
    steps: tuple[str, ...],
) -> dict[str, Any]:
    """Return the JSON that ``assets/src/forms/expressions.js`` works from.

    Short keys, because it travels with every page: ``t`` type, ``p`` parent, ``s`` scope,
    ``show``, ``value``, ``req``, ``m`` multiple, ``o`` options as [system, code, score].
    """
    entries = {item_id: _entry(item) for item_id, item in items.items()}
    own = [e for item in items.values() for e in (item.show, item.value, item.required_if) if e]
    trees = [e.tree for e in (*own, *lets.values(), *(rule.check for rule in rules))]
    units = _units(items, trees)
    return {
        "form": definition.form,
        "version": definition.version,
        "items": entries,
        "lets": {name: {"s": list(e.scope), "v": e.tree} for name, e in lets.items()},
        "steps": list(steps),
        "rules": [_rule(rule) for rule in rules],
        "units": units,
        "facts": CONTEXT,
        "aliases": ALIASES,
    }


def _entry(item: CompiledItem) -> dict[str, Any]:
    definition = item.item
    entry: dict[str, Any] = {"t": REGISTERED.get(definition.type, definition.type)}
    optional: dict[str, Any] = {
        "p": item.parent,
        "s": list(item.scope),
        "show": item.show.tree if item.show else None,
        "value": item.value.tree if item.value else None,
        "req": item.required_if.tree if item.required_if else definition.required,
        "m": item.multiple,
        "r": item.is_repeat,
        "d": definition.decimals,
        "u": list(filter(None, (definition.unit, *definition.units))),
        "o": [[o.system, o.code, *([o.score] if o.score else [])] for o in item.options],
        "x": [[o.system, o.code] for o in item.options if o.exclusive],
        "os": [[*key, e.tree] for key, e in item.option_shows.items()],
        "ot": definition.other,
        "from": bool(definition.options_from),
        "uo": definition.units_open,
        "pr": definition.precision,
        "nl": definition.min_length,
        "xl": _longest(item),
        "pt": definition.pattern,
        "lo": item.limits.get("min"),
        "hi": item.limits.get("max"),
        "max": definition.at_most,
    }
    entry.update(
        {key: value for key, value in optional.items() if value or (value == 0 and key == "d")}
    )
    return entry


def _longest(item: CompiledItem) -> int:
    limit = item.kind.limit if isinstance(item.kind, TextKind) else 0
    return item.item.max_length or limit


def _rule(rule: CompiledRule) -> dict[str, Any]:
    return {
        "id": rule.rule.id,
        "c": rule.check.tree,
        "s": list(rule.scope),
        "at": rule.at,
        "sev": rule.rule.severity,
        "msg": rule.rule.message,
    }


def _units(items: Mapping[str, CompiledItem], trees: list[Any]) -> dict[str, list[str]]:
    """Return, for every unit in use, its factor (two integers), dimension and offset."""
    codes = {u for item in items.values() for u in (item.item.unit, *item.item.units) if u}
    shows = [e.tree for item in items.values() for e in item.option_shows.values()]
    codes |= units_in([*trees, *shows])
    return {code: unit_entry(code) for code in sorted(codes) if is_unit(code)}


def units_in(trees: list[Any]) -> set[str]:
    """Return every unit that resolved trees mention."""
    codes: set[str] = set()
    todo = list(trees)
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            if node and node[0] == "qty":
                codes.add(node[2])
            if node[:2] == ["call", "in_unit"]:
                codes.add(node[3][1])
            todo += node
    return codes


def unit_entry(code: str) -> list[str]:
    """Return ``[numerator, denominator, dimension]`` and, for temperatures, the offset."""
    found = unit(code)
    entry = [str(found.factor.numerator), str(found.factor.denominator), found.dimension]
    if found.offset:
        entry += [str(found.offset.numerator), str(found.offset.denominator)]
    return entry
