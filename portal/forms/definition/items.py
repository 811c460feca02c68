"""Reader of items: sections, groups, repeats, notes and questions, and what stands on them."""

from collections.abc import Callable
from typing import Any

from portal.forms.definition import blocks, shapes
from portal.forms.definition.model import Item
from portal.forms.definition.options import options
from portal.forms.definition.reading import Reading
from portal.forms.definition.source import Mapping, Node, Scalar, Sequence, plain_value
from portal.forms.definition.vocabulary import (
    CONTROLS,
    ITEM_KEYWORDS,
    SHORTHANDS,
    Keyword,
    keywords_for,
    known_types,
)
from portal.kernel.errors import nearest

Include = Callable[[Reading, Mapping], tuple[Item, ...]]
Reader = Callable[[Reading, Node, str], Any]

_ALIASES = {
    "string": "text",
    "boolean": "yes_no",
    "number": "decimal",
    "float": "decimal",
    "int": "integer",
    "select": "choice",
    "checkbox": "choice",
    "display": "note",
    "attachment": "file",
    "textarea": "long_text",
}


def _sources(reading: Reading, node: Node, key: str) -> tuple[str, ...] | None:
    """Read ``valueset:NAME`` or ``pack:NAME`` (one or a list), or a value set's address."""
    found = shapes.strings(reading, node, key) or ()
    for source in found:
        kind, _, name = source.partition(":")
        if kind not in {"valueset", "pack", "http", "https", "urn"} or not name:
            reading.report(
                node, key, f"'{source}' is not a source; write valueset:NAME or pack:NAME"
            )
    return found


def _units(reading: Reading, node: Node, key: str) -> tuple[str, ...] | None:
    found = shapes.strings(reading, node, key)
    if found is not None and len(set(found)) < len(found):
        reading.report(node, key, "a unit stands in this list twice")
    return found


def _prefill(reading: Reading, node: Node, key: str) -> Any:
    return blocks.prefill(reading, node, key)


SHAPES: dict[str, Reader] = {
    "id": shapes.identifier,
    "ids": shapes.identifiers,
    "flag": shapes.flag,
    "whole": shapes.whole,
    "decimal": shapes.decimal,
    "text": shapes.text,
    "words": shapes.words,
    "expression": shapes.words,
    "bound": shapes.words,
    "pattern": shapes.words,
    "unit": shapes.words,
    "units": _units,
    "codings": shapes.codings,
    "options": options,
    "sources": _sources,
    "strings": shapes.strings,
    "percent": shapes.percent,
    "size": shapes.size,
    "prefill": _prefill,
    "json": shapes.json_value,
    "fhir": shapes.fhir,
    "default": lambda _reading, node, _key: plain_value(node),
}


def items(reading: Reading, node: Node, include: Include) -> tuple[Item, ...]:
    """Read a list of items; an ``include`` entry is replaced by what it names."""
    if isinstance(node, Scalar) and not node.text:
        return ()
    listed = reading.sequence(node, "items", "items")
    result: list[Item] = []
    for entry in listed.items if listed else []:
        mapping = reading.mapping(entry, "items", "an item")
        if mapping is None:
            continue
        if mapping.get("include") is not None:
            result.extend(include(reading, mapping))
        else:
            found = item(reading, mapping, include)
            if found is not None:
                result.append(found)
    return tuple(result)


def item(
    reading: Reading, node: Mapping, include: Include, *, skip: frozenset[str] = frozenset()
) -> Item | None:
    """Read one item; ``skip`` are keywords that the caller reads itself."""
    fields = _identity(reading, node)
    if fields is None:
        return None
    owner, allowed = fields["id"], keywords_for(fields["type"])
    for name, value in node.entries:
        if name.text in skip or name.text in SHORTHANDS or name.text in {"id", "type"}:
            continue
        word = ITEM_KEYWORDS.get(name.text)
        if word is None:
            reading.unknown(name, ITEM_KEYWORDS, "an item")
        elif name.text not in allowed:
            _misplaced(reading, name, fields["type"])
        else:
            reading.note(owner, name.text, name.line)
            _read_keyword(reading, word, value, fields, include)
    _needs(reading, node, fields)
    return Item(**fields)


def _identity(reading: Reading, node: Mapping) -> dict[str, Any] | None:
    short = [name for name, _ in node.entries if name.text in SHORTHANDS]
    fields: dict[str, Any] = {}
    if len(short) > 1:
        reading.report(short[1], short[1].text, f"'{short[0].text}' already says what this is")
    holder = node.get(short[0].text) if short else node.get("id")
    if holder is None:
        names = [name for name, _ in node.entries]
        near = next((nearest(n.text, ["id", *SHORTHANDS]) for n in names), "")
        reading.report(node, "id", "this item has no 'id'; every item needs one of its own", near)
        return None
    if short and node.get("id") is not None:
        reading.report(node.line_of("id"), "id", f"'{short[0].text}' already gives the id")
    found = shapes.identifier(reading, holder, short[0].text if short else "id")
    if found is None:
        return None
    fields["id"] = found
    if short:
        fields["type"] = SHORTHANDS[short[0].text]
        fields["repeats"] = short[0].text == "repeat"
    kind = _type(reading, node, fields.get("type", ""))
    if kind is None:
        return None
    reading.note(found, "", node.line)
    return {**fields, "type": kind}


def _type(reading: Reading, node: Mapping, implied: str) -> str | None:
    written = node.get("type")
    if written is None:
        if not implied:
            reading.report(
                node, "type", f"this item has no 'type'; one of {', '.join(sorted(known_types()))}"
            )
        return implied or None
    text = reading.scalar(written, "type", "a type")
    if text is None:
        return None
    if text not in known_types():
        near = _ALIASES.get(text) or nearest(text, known_types())
        reading.report(written, "type", f"'{text}' is not a type of item", near)
        return None
    if implied and text not in {implied, "table"}:
        reading.report(written, "type", f"this is a {implied} already; leave 'type' out")
    return text


def _misplaced(reading: Reading, name: Scalar, kind: str) -> None:
    where = ", ".join(sorted(ITEM_KEYWORDS[name.text].on)[:6])
    reading.report(
        name, name.text, f"'{name.text}' does not belong on a {kind} item (it stands on: {where})"
    )


def _read_keyword(
    reading: Reading, word: Keyword, value: Node, fields: dict[str, Any], include: Include
) -> None:
    if word.name == "items":
        fields["items"] = items(reading, value, include)
    elif word.name == "rules":
        fields["rules"] = blocks.rules(reading, value, "rules", fields["id"]) or ()
    elif word.choices:
        fields[word.name] = _choice(reading, word, value, fields["type"])
    elif word.name in {"include", "as"}:
        reading.report(value, word.name, f"'{word.name}' stands alone, not on an item")
    else:
        read = SHAPES[word.shape](reading, value, word.name)
        if read is not None and word.name == "options":
            fields["options"], fields["option_list"] = read
        elif read is not None:
            fields[word.name] = read


def _choice(reading: Reading, word: Keyword, node: Node, kind: str) -> str:
    text = reading.scalar(node, word.name, "one word")
    allowed = CONTROLS.get(kind, ()) if word.name == "control" else word.choices
    if text is None or text in allowed:
        return text or ""
    known = ", ".join(allowed) or "nothing for this type"
    message = f"'{text}' is not possible here; '{word.name}' can be: {known}"
    reading.report(node, word.name, message, nearest(text, allowed))
    return ""


def _needs(reading: Reading, node: Mapping, fields: dict[str, Any]) -> None:
    """Report what an item of this type cannot do without."""
    kind = fields["type"]
    if kind == "choice" and not (
        fields.get("options") or fields.get("option_list") or fields.get("options_from")
    ):
        reading.report(node, "options", "a choice needs 'options' or 'options_from'")
    if kind == "quantity" and not (
        fields.get("unit") or fields.get("units") or fields.get("units_open")
    ):
        reading.report(node, "unit", "a quantity needs 'unit' or 'units' (UCUM, as in kg or mg/dL)")
    if fields.get("control") == "search" and not fields.get("options_from"):
        reading.report(node, "control", "a search needs 'options_from'")
    if kind == "note" and fields.get("items"):
        reading.report(node, "items", "a note holds no items; use a group")
    if (
        fields.get("repeats")
        and isinstance(node.get("items"), Sequence | None)
        and not fields.get("items")
    ):
        reading.report(node, "items", "a repeat needs 'items': the columns of one row")
