"""Readers of single values: each takes a node and returns a clean value or None with an issue."""

import re
from typing import Any

from portal.forms.definition.model import Coding, Text
from portal.forms.definition.reading import SYSTEMS, Reading, same_system
from portal.forms.definition.source import Mapping, Node, Scalar, Sequence, plain_value
from portal.kernel.errors import nearest

ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
NAME = re.compile(r"[a-z][a-z0-9_]*([-./][a-z0-9_]+)*")
RULE_ID = re.compile(r"[a-z][a-z0-9_.-]*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
SEMVER = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})(-[0-9A-Za-z.-]+)?")
CURIE = re.compile(r"([A-Za-z][A-Za-z0-9_-]*):(\S+)(?:\s+(.+))?", re.DOTALL)
LOCAL_CODE = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.+-]*)(?:\s+(.+))?", re.DOTALL)
SIZE = re.compile(r"([1-9][0-9]{0,5})\s?(kB|MB|GB)")
MAX_ID = 64
MAX_TEXT = 20_000


def flag(reading: Reading, node: Node, key: str) -> bool | None:
    """Read ``true`` or ``false``."""
    text = reading.scalar(node, key, "true or false")
    if text in {"true", "false"}:
        return text == "true"
    if text is not None:
        reading.report(node, key, f"write true or false, not '{text}'")
    return None


def whole(reading: Reading, node: Node, key: str) -> int | None:
    """Read a whole number from 0 up."""
    text = reading.scalar(node, key, "a whole number")
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    reading.report(node, key, f"'{text}' is not a whole number (0, 1, 2 …)")
    return None


def decimal(reading: Reading, node: Node, key: str) -> str | None:
    """Read a decimal number and keep it as text, so that nothing is rounded."""
    text = reading.scalar(node, key, "a number")
    if text is None:
        return None
    if DECIMAL.fullmatch(text):
        return text
    reading.report(node, key, f"'{text}' is not a number (write 2 or 2.5)")
    return None


def words(reading: Reading, node: Node, key: str) -> str | None:
    """Read one line of text as it stands."""
    text = reading.scalar(node, key, "text")
    if text is not None and len(text) > MAX_TEXT:
        reading.report(node, key, f"longer than {MAX_TEXT:,} characters")
        return None
    return text


def strings(reading: Reading, node: Node, key: str) -> tuple[str, ...] | None:
    """Read one word or a list of words; ``true`` stands for the keyword's own name."""
    if isinstance(node, Scalar):
        if node.text in {"true", "false"} and node.plain:
            return (key,) if node.text == "true" else ()
        return (node.text,)
    listed = reading.sequence(node, key, "words")
    found = [words(reading, entry, key) for entry in listed.items] if listed else []
    return tuple(word for word in found if word is not None)


def identifier(reading: Reading, node: Node, key: str) -> str | None:
    """Read an id: small letters, digits, ``_`` and dots between parts, at most 64 characters."""
    text = reading.scalar(node, key, "an id")
    if text is None:
        return None
    if ID.fullmatch(text) and len(text) <= MAX_ID:
        return text
    suggestion = re.sub(r"[^a-z0-9_.]+", "_", text.lower()).strip("_.")[:MAX_ID]
    reading.report(
        node,
        key,
        f"'{text[:80]}' cannot be an id: small letters, digits and _ (a dot between parts), "
        f"beginning with a letter, at most {MAX_ID} characters",
        suggestion if ID.fullmatch(suggestion) else "",
    )
    return None


def identifiers(reading: Reading, node: Node, key: str) -> tuple[str, ...] | None:
    """Read one id or a list of ids."""
    nodes = node.items if isinstance(node, Sequence) else [node]
    found = [identifier(reading, entry, key) for entry in nodes]
    return tuple(one for one in found if one is not None)


def text(reading: Reading, node: Node, key: str) -> Text | None:
    """Read a text for people: one sentence, or one per language."""
    if isinstance(node, Scalar):
        sentence = words(reading, node, key)
        return None if sentence is None else {reading.languages[0]: sentence} if sentence else {}
    mapping = reading.mapping(node, key, "a text, or one text per language")
    if mapping is None:
        return None
    result: Text = {}
    for name, value in mapping.entries:
        known = name.text in reading.languages
        if not known and not (reading.any_language and LANGUAGE.fullmatch(name.text)):
            near = nearest(name.text, reading.languages)
            listed = ", ".join(reading.languages)
            reading.report(
                name, key, f"'{name.text}' is not a language of this form ({listed})", near
            )
            continue
        sentence = words(reading, value, key)
        if sentence:
            result[name.text] = sentence
    return result


def coding(reading: Reading, node: Node, key: str) -> Coding | None:
    """Read ``PREFIX:code label`` with a prefix from ``codes:`` or a well-known one."""
    written = reading.scalar(node, key, "a code such as LOINC:8302-2")
    if written is None:
        return None
    found = CURIE.fullmatch(written.strip())
    if not found:
        reading.report(
            node, key, f"'{written}' is not a code; write PREFIX:code, as in SCT:373066001"
        )
        return None
    prefix, code, label = found.groups()
    system = system_of(reading, node, key, prefix)
    return None if system is None else Coding(system=system, code=code, display=label or "")


def system_of(reading: Reading, node: Node, key: str, prefix: str) -> str | None:
    """Return the address behind a code prefix, or report the prefix with its nearest."""
    known = SYSTEMS | reading.codes
    if prefix in known:
        return same_system(known[prefix])
    reading.report(
        node,
        key,
        f"the code prefix '{prefix}' is not declared; add it under 'codes:' with its address",
        nearest(prefix, known),
    )
    return None


def codings(reading: Reading, node: Node, key: str) -> tuple[Coding, ...] | None:
    """Read one code or a list of codes."""
    nodes = node.items if isinstance(node, Sequence) else [node]
    found = [coding(reading, entry, key) for entry in nodes]
    return tuple(one for one in found if one is not None)


def percent(reading: Reading, node: Node, key: str) -> int | None:
    """Read a width between 10 and 100 percent (``50`` or ``50%``)."""
    written = reading.scalar(node, key, "a width in percent")
    number = (written or "").removesuffix("%")
    if number.isascii() and number.isdigit() and 10 <= int(number[:4]) <= 100:
        return int(number)
    if written is not None:
        reading.report(node, key, f"'{written}' is not a width between 10 and 100 percent")
    return None


def size(reading: Reading, node: Node, key: str) -> str | None:
    """Read a file size such as ``20 MB``."""
    written = reading.scalar(node, key, "a size such as 20 MB")
    if written is None or SIZE.fullmatch(written):
        return written
    reading.report(node, key, f"'{written}' is not a size; write for example 20 MB")
    return None


def json_value(reading: Reading, node: Node, key: str) -> dict[str, Any] | None:
    """Read a free mapping of plain values."""
    if isinstance(node, Scalar) and node.text == "true":
        return {key: True}
    mapping = reading.mapping(node, key, "a mapping")
    return None if mapping is None else plain_value(mapping)


def fhir(reading: Reading, node: Node, key: str) -> dict[str, Any] | None:
    """Read verbatim FHIR JSON (numbers with a point become numbers)."""
    mapping = reading.mapping(node, key, "FHIR content")
    return None if mapping is None else plain_value(mapping, floats=True)


def pairs(reading: Reading, node: Node, key: str, wanted: str) -> dict[str, str] | None:
    """Read ``name: text`` lines."""
    mapping = reading.mapping(node, key, wanted)
    if mapping is None:
        return None
    result = {}
    for name, value in mapping.entries:
        written = reading.scalar(value, name.text, "text")
        if written is not None:
            result[name.text] = written
    return result


def check_keys(reading: Reading, node: Mapping, known: tuple[str, ...], where: str) -> None:
    """Report every keyword of ``node`` that does not belong there."""
    for name, _ in node.entries:
        if name.text not in known:
            reading.unknown(name, known, where)
