"""Names of ours for names of others: ids, variables, code systems, forms."""

import hashlib
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from portal.forms.definition import same_system
from portal.forms.definition.reading import SYSTEMS
from portal.forms.definition.shapes import ID, LANGUAGE, MAX_ID, NAME
from portal.forms.interop.access import Json, objects, text, walk
from portal.forms.names import CONTEXT

RESERVED = frozenset(
    {"and", "or", "not", "in", "is", "is_not", "answered", "true", "false", "yes", "no", "row"}
    | {*CONTEXT}
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PREFIX = re.compile(r"[A-Z][A-Za-z0-9_-]*")


def identifier(written: str, taken: Container[str], begin: str = "q") -> str:
    """Return an id of ours: the name itself where it is one, else as near as possible, unique."""
    found = written if ID.fullmatch(written) and len(written) <= MAX_ID else _slug(written, begin)
    if found in RESERVED:
        found += "_q"
    if found not in taken:
        return found
    for number in range(2, 100_000):
        tail = f"_{number}"
        one = f"{found[: MAX_ID - len(tail)].rstrip('_.')}{tail}"
        if one not in taken:
            return one
    raise ValueError(written)


def _slug(written: str, begin: str) -> str:
    word = re.sub(r"[^a-z0-9.]+", "_", _CAMEL.sub("_", written).lower()).strip("_.")
    word = re.sub(r"_*\._*|\.+", ".", word)
    if any(not part[:1].isalpha() for part in word.split(".")):
        word = word.replace(".", "_")
    if not word[:1].isalpha():
        word = f"{begin}{word}" if word else begin
    if len(word) > MAX_ID:
        mark = hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:8]
        word = f"{word[: MAX_ID - 9].rstrip('_.')}_{mark}"
    return word if ID.fullmatch(word) else begin


def form_name(*candidates: str) -> str:
    """Return a name for a form: the first candidate that is one, else made from the first."""
    for one in candidates:
        if NAME.fullmatch(one) and len(one) <= 80:
            return one
    for one in candidates:
        word = re.sub(r"[^a-z0-9]+", "_", _CAMEL.sub("_", one).lower()).strip("_")[:80]
        word = word if word[:1].isalpha() else f"form_{word}".rstrip("_")
        if one and NAME.fullmatch(word):
            return word
    return "imported"


def prefixes(
    systems: Iterable[str], given: Mapping[str, str] | None = None
) -> tuple[dict[str, str], dict[str, str]]:
    """Return (system → prefix, ``codes:`` of the form) for code systems in order of appearance.

    ``given`` are prefixes that the form brings along.
    """
    declared: dict[str, str] = dict(given or {})
    named = {**SYSTEMS, **declared}
    known = {same_system(address): name for name, address in named.items()}
    found: dict[str, str] = {}
    for system in systems:
        if not system or system in found:
            continue
        if system in known:
            found[system] = known[system]
            continue
        word = re.sub(r"[^A-Za-z0-9]", "", system.rstrip("/").rpartition("/")[2]).upper()[:12]
        word = word if _PREFIX.fullmatch(word) else "CS"
        taken = {*SYSTEMS, *declared}
        name = word if word not in taken else ""
        number = 2
        while not name:
            name = "" if f"{word}{number}" in taken else f"{word}{number}"
            number += 1
        found[system] = name
        declared[name] = system
    return found, declared


_CODED_MEMBERS = (
    ("answerOption", "valueCoding"),
    ("initial", "valueCoding"),
    ("enableWhen", "answerCoding"),
)


def systems_in(questionnaire: Json) -> Iterator[str]:
    """Yield the code systems that a Questionnaire uses, in order of appearance."""
    for item in walk(questionnaire):
        yield from (same_system(text(code, "system")) for code in objects(item, "code"))
        for member, value in _CODED_MEMBERS:
            for one in objects(item, member):
                yield same_system(text(one.get(value), "system"))
    for resource in objects(questionnaire, "contained"):
        for part in objects(resource.get("compose"), "include"):
            yield same_system(text(part, "system"))


def resource_id(name: str) -> str:
    """Return a form's name as the id of a resource: letters, digits, hyphens and dots."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", name)[:64]


def machine_name(name: str) -> str:
    """Return a form's name as FHIR wants names for machines: ``IntakeForm``."""
    parts = [part for part in re.split(r"[^A-Za-z0-9]", name) if part]
    return "".join(part[:1].upper() + part[1:] for part in parts)


def languages_in(content: Any) -> Iterator[str]:
    """Yield the languages of the translations and designations in an element."""
    todo = [content]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo += node
        elif isinstance(node, dict):
            found = [node.get("valueCode")] if node.get("url") == "lang" else []
            found += [text(one, "language") for one in objects(node, "designation")]
            yield from (one for one in found if isinstance(one, str) and LANGUAGE.fullmatch(one))
            todo += node.values()
