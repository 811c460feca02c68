"""Readers of options: ``SCT:373066001 Yes``, ``het Heterozygous``, or a mapping with keywords."""

from typing import Any

from portal.forms.definition import shapes
from portal.forms.definition.model import Option
from portal.forms.definition.reading import Reading
from portal.forms.definition.source import Mapping, Node, Scalar, Sequence
from portal.forms.definition.vocabulary import OPTION_KEYWORDS

_SHAPES = {
    "text": shapes.text,
    "decimal": shapes.decimal,
    "flag": shapes.flag,
    "expression": shapes.words,
    "fhir": shapes.fhir,
}


def options(reading: Reading, node: Node, key: str) -> tuple[tuple[Option, ...], str] | None:
    """Read a list of options, or the name of a list under ``lists:``; returns (options, name)."""
    if isinstance(node, Scalar):
        name = shapes.identifier(reading, node, key)
        return None if name is None else ((), name)
    listed = reading.sequence(node, key, "options")
    if listed is None:
        return None
    found = [option(reading, entry, key) for entry in listed.items]
    result = tuple(one for one in found if one is not None)
    _refuse_twins(reading, listed, key, result)
    return result, ""


def _refuse_twins(reading: Reading, node: Sequence, key: str, found: tuple[Option, ...]) -> None:
    seen: set[tuple[str, str]] = set()
    for one in found:
        if (one.system, one.code) in seen:
            reading.report(node, key, f"the option '{one.code}' stands in this list twice")
        seen.add((one.system, one.code))
    if not found and not node.items:
        reading.report(node, key, "an empty list of options: nobody could answer")


def option(reading: Reading, node: Node, key: str) -> Option | None:
    """Read one option in any of its three notations."""
    if isinstance(node, Scalar):
        return _short(reading, node, key, {})
    if isinstance(node, Sequence):
        reading.report(node, key, "an option is a code with a label, not a list")
        return None
    if node.get("code") is not None:
        return _long(reading, node, key)
    if len(node.entries) == 1:
        head, body = node.entries[0]
        return _short(reading, head, key, _body(reading, body, key))
    reading.report(
        node, key, "an option needs a code: write 'code: …', or '- CODE Label: {exclusive: true}'"
    )
    return None


def _body(reading: Reading, node: Node, key: str) -> dict[str, Any]:
    """Read what follows ``CODE Label:``: keywords, texts by language, or just the label."""
    if not isinstance(node, Mapping):
        label = shapes.text(reading, node, key)
        return {"label": label} if label else {}
    names = {name.text for name, _ in node.entries}
    if names and not names & set(OPTION_KEYWORDS) and names & set(reading.languages):
        label = shapes.text(reading, node, key)
        return {"label": label} if label else {}
    return _keywords(reading, node, skip=frozenset())


def _keywords(reading: Reading, node: Mapping, skip: frozenset[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in node.entries:
        if name.text in skip:
            continue
        word = OPTION_KEYWORDS.get(name.text)
        if word is None or word.shape == "words":
            reading.unknown(name, OPTION_KEYWORDS, "an option")
            continue
        read = _SHAPES[word.shape](reading, value, name.text)
        if read is not None:
            fields[name.text] = read
    return fields


def _long(reading: Reading, node: Mapping, key: str) -> Option | None:
    code = node.get("code")
    fields = _keywords(reading, node, skip=frozenset({"code"}))
    return None if code is None else _short(reading, code, key, fields)


def _short(reading: Reading, node: Node, key: str, fields: dict[str, Any]) -> Option | None:
    written = reading.scalar(node, key, "a code with a label")
    if written is None:
        return None
    system, code, label = split(reading, node, key, written)
    if code is None:
        return None
    if label and not fields.get("label"):
        fields = {**fields, "label": {reading.languages[0]: label}}
    return Option(system=system or "", code=code, **fields)


def split(
    reading: Reading, node: Node, key: str, written: str
) -> tuple[str | None, str | None, str]:
    """Split ``SCT:1 Yes`` or ``yes Yes`` into system (empty for local codes), code and label."""
    curie = shapes.CURIE.fullmatch(written.strip())
    if curie:
        prefix, code, label = curie.groups()
        system = shapes.system_of(reading, node, key, prefix)
        return system, code if system is not None else None, label or ""
    local = shapes.LOCAL_CODE.fullmatch(written.strip())
    if local:
        return "", local.group(1), local.group(2) or ""
    reading.report(
        node, key, f"'{written[:60]}' is not an option; write 'code Label' or 'PREFIX:code Label'"
    )
    return None, None, ""
