"""Readers of the blocks beside items: rules, checks, migrations, retired ids, prefill, lists."""

from typing import Any

from portal.forms.definition import shapes
from portal.forms.definition.model import (
    Check,
    Migration,
    Option,
    Prefill,
    Retired,
    Rule,
)
from portal.forms.definition.options import options
from portal.forms.definition.reading import Reading
from portal.forms.definition.source import Mapping, Node, Scalar, plain_value
from portal.forms.definition.vocabulary import (
    CHECK_KEYWORDS,
    MIGRATION_KEYWORDS,
    PREFILL_KEYWORDS,
    RETIRED_KEYWORDS,
    RULE_KEYWORDS,
)


def rules(reading: Reading, node: Node, key: str, owner: str = "") -> tuple[Rule, ...] | None:
    """Read a list of cross-field rules; ``owner`` is the item under which they stand."""
    listed = reading.sequence(node, key, "rules")
    if listed is None:
        return None
    found = [_rule(reading, entry, owner) for entry in listed.items]
    return tuple(one for one in found if one is not None)


def _rule(reading: Reading, node: Node, owner: str) -> Rule | None:
    mapping = reading.mapping(node, "rules", "a rule with 'check' and 'message'")
    if mapping is None:
        return None
    fields: dict[str, Any] = {"id": reading.rule_name(owner), "at": owner}
    for name, value in mapping.entries:
        word = RULE_KEYWORDS.get(name.text)
        if word is None:
            reading.unknown(name, RULE_KEYWORDS, "a rule")
            continue
        read = _rule_value(reading, name, value, word.choices)
        if read is not None:
            fields[name.text] = read
    for needed in ("check", "message"):
        if not fields.get(needed):
            reading.report(mapping, "rules", f"this rule has no '{needed}'")
    if not fields.get("check") or not fields.get("message"):
        return None
    reading.note(fields["id"], "check", mapping.line_of("check"))
    return Rule(**fields)


def _rule_value(reading: Reading, name: Scalar, value: Node, choices: tuple[str, ...]) -> Any:
    if name.text == "message":
        return shapes.text(reading, value, "message")
    if name.text == "at":
        return shapes.identifier(reading, value, "at")
    written = shapes.words(reading, value, name.text)
    if written is None:
        return None
    if choices and written not in choices:
        reading.report(value, name.text, f"'{written}' is not one of: {', '.join(choices)}")
        return None
    if name.text == "id" and not shapes.RULE_ID.fullmatch(written):
        reading.report(value, "id", f"'{written}' cannot name a rule: small letters, digits, -")
        return None
    return written


def prefill(reading: Reading, node: Node, key: str) -> Prefill | None:
    """Read an expression, or ``{last: CODE, within: 6 months}``."""
    if isinstance(node, Scalar):
        return Prefill(expression=node.text)
    mapping = reading.mapping(node, key, "an expression or {last: CODE, within: 6 months}")
    if mapping is None:
        return None
    shapes.check_keys(reading, mapping, PREFILL_KEYWORDS, "prefill")
    last = mapping.get("last")
    if last is None:
        reading.report(mapping, key, "prefill needs 'last: CODE' or a single expression")
        return None
    within = mapping.get("within")
    span = reading.scalar(within, "within", "a span such as 6 months") if within else ""
    code = shapes.coding(reading, last, "last")
    return None if code is None else Prefill(last=code, within=span or "")


def lists(reading: Reading, node: Node, key: str) -> dict[str, tuple[Option, ...]] | None:
    """Read named option lists."""
    mapping = reading.mapping(node, key, "lists of options by name")
    if mapping is None:
        return None
    result = {}
    for name, value in mapping.entries:
        found = options(reading, value, name.text)
        if shapes.identifier(reading, name, key) is not None and found is not None:
            result[name.text] = found[0]
    return result


def checks(reading: Reading, node: Node, key: str) -> tuple[Check, ...] | None:
    """Read the author's tests."""
    listed = reading.sequence(node, key, "checks")
    found = [_check(reading, entry) for entry in listed.items] if listed else []
    return tuple(one for one in found if one is not None)


def _check(reading: Reading, node: Node) -> Check | None:
    mapping = reading.mapping(node, "checks", "a check with 'given' and 'expect'")
    if mapping is None:
        return None
    shapes.check_keys(reading, mapping, CHECK_KEYWORDS, "a check")
    parts: dict[str, Any] = {"given": {}, "expect": None, "context": {}}
    for part in parts:
        value = mapping.get(part)
        if value is None:
            continue
        if not isinstance(value, Mapping):
            reading.report(value, part, "'id: value' lines were expected here")
            continue
        parts[part] = plain_value(value)
    if parts["expect"] is None:
        reading.report(mapping, "checks", "this check expects nothing; add 'expect: {…}'")
        return None
    name = mapping.get("name")
    title = reading.scalar(name, "name", "text") if name else ""
    return Check(name=title or f"line {mapping.line}", **parts)


def migrations(reading: Reading, node: Node, key: str) -> tuple[Migration, ...] | None:
    """Read how older answers become today's."""
    listed = reading.sequence(node, key, "migrations")
    found = [_migration(reading, entry) for entry in listed.items] if listed else []
    return tuple(one for one in found if one is not None)


def _migration(reading: Reading, node: Node) -> Migration | None:
    mapping = reading.mapping(node, "migrations", "a migration with 'from'")
    if mapping is None:
        return None
    shapes.check_keys(reading, mapping, MIGRATION_KEYWORDS, "a migration")
    fields: dict[str, Any] = {}
    for name, value in mapping.entries:
        if name.text in {"recode", "split"}:
            fields[name.text] = _nested_pairs(reading, value, name.text)
        elif name.text in {"rename", "join", "convert_unit", "drop"}:
            fields[name.text] = shapes.pairs(reading, value, name.text, "'id: text' lines") or {}
    start = mapping.get("from")
    versions = reading.scalar(start, "from", "versions such as <3.0.0") if start else None
    if not versions:
        reading.report(mapping, "migrations", 'say from which versions, as in from: "<3.0.0"')
        return None
    return Migration(from_versions=versions, **fields)


def _nested_pairs(reading: Reading, node: Node, key: str) -> dict[str, dict[str, str]]:
    mapping = reading.mapping(node, key, "'id: {old: new}' lines")
    entries = mapping.entries if mapping else []
    found = {name.text: shapes.pairs(reading, value, key, "'old: new'") for name, value in entries}
    return {name: value for name, value in found.items() if value is not None}


def retired(reading: Reading, node: Node, key: str) -> dict[str, Retired] | None:
    """Read the tombstones of removed ids."""
    mapping = reading.mapping(node, key, "'id: {until: …, reason: …}' lines")
    if mapping is None:
        return None
    result = {}
    for name, value in mapping.entries:
        body = reading.mapping(value, name.text, "{until: …, reason: …}")
        if body is None:
            continue
        shapes.check_keys(reading, body, RETIRED_KEYWORDS, "a retired id")
        fields = shapes.pairs(reading, body, name.text, "{until: …, reason: …}") or {}
        result[name.text] = Retired(**{k: v for k, v in fields.items() if k in RETIRED_KEYWORDS})
    return result


def views(reading: Reading, node: Node, key: str) -> dict[str, tuple[str, ...]] | None:
    """Read named selections of items, such as the short form of a consultation."""
    mapping = reading.mapping(node, key, "'name: [item, …]' lines")
    result = {}
    for name, value in mapping.entries if mapping else []:
        found = shapes.identifiers(reading, value, name.text)
        if found is not None:
            result[name.text] = found
            reading.note(f"views:{name.text}", "", name.line)
    return result
