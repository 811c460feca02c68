"""Reader of whole files: forms and section files, with their includes resolved."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from portal.forms.definition import blocks, shapes
from portal.forms.definition.items import item, items
from portal.forms.definition.model import FormDefinition, Item
from portal.forms.definition.prefixing import with_prefix
from portal.forms.definition.reading import Place, Reading
from portal.forms.definition.source import Mapping, Node, Scalar, Sequence, read_tree
from portal.forms.definition.vocabulary import (
    FORM_KEYWORDS,
    SECTION_FILE_KEYWORDS,
    SHORTHANDS,
)
from portal.kernel.errors import DefinitionError, Issue, nearest

MAX_INCLUDES = 200


class Library(Protocol):
    """Where includes are found: section files beside the form, then forms by name."""

    def find(self, name: str, beside: str) -> tuple[str, str] | None:
        """Return (file label, text) of an include named in the file ``beside``, or None."""

    def names(self, beside: str) -> list[str]:
        """Return the names that could be included from the file ``beside``."""


class Nowhere:
    """A library without content: for forms that stand alone."""

    def find(self, name: str, beside: str) -> tuple[str, str] | None:  # noqa: ARG002
        """Find nothing."""
        return None

    def names(self, beside: str) -> list[str]:  # noqa: ARG002
        """Know nothing."""
        return []


@dataclass
class Source:
    """A definition that was read: the model (None when unusable), issues, places of keywords.

    ``compiled`` keeps what was compiled from it, by the overlays that were applied.
    """

    definition: FormDefinition | None
    issues: list[Issue] = field(default_factory=list)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    compiled: dict[tuple[str, ...], object] = field(default_factory=dict)

    def required(self) -> FormDefinition:
        """Return the definition, or raise ``DefinitionError`` with every issue found."""
        errors = [issue for issue in self.issues if issue.severity == "error"]
        if self.definition is None or errors:
            raise DefinitionError(self.issues)
        return self.definition


_MERGED = ("lists", "let", "due", "retired", "views")
_JOINED = ("rules", "checks", "migrations")


@dataclass
class _Assembly:
    """What one form collects while its own file and its includes are read."""

    library: Library
    issues: list[Issue]
    places: dict[tuple[str, str], Place]
    parts: dict[str, Any] = field(default_factory=dict)
    assembled_from: list[str] = field(default_factory=list)
    chain: tuple[str, ...] = ()

    def merge(self, reading: Reading, name: str, value: Any, line: int) -> None:
        """Add a block to the form; the same name with other content is an issue."""
        if name in _JOINED:
            self.parts[name] = (*self.parts.get(name, ()), *value)
            return
        known = self.parts.setdefault(name, {})
        for key, content in value.items():
            if key in known and known[key] != content:
                message = f"'{key}' is already defined under '{name}:' with other content"
                reading.report(line, name, message)
            known.setdefault(key, content)

    def include(self, reading: Reading, node: Mapping) -> tuple[Item, ...]:
        """Read what an ``include`` entry names and return its items."""
        shapes.check_keys(reading, node, ("include", "as"), "an include")
        target = node.get("include")
        name = reading.scalar(target, "include", "the name of a section file") if target else None
        found = self._locate(reading, node, name or "") if name else None
        if found is None:
            return ()
        file, text = found
        alias = node.get("as")
        prefix = shapes.identifier(reading, alias, "as") if alias else None
        inner = _Assembly(self.library, self.issues, self.places, chain=(*self.chain, reading.file))
        read = inner.section_file(reading, file, text)
        inner.parts["items"] = read
        parts = with_prefix(inner.parts, prefix) if prefix else inner.parts
        for block in (*_MERGED, *_JOINED):
            if parts.get(block):
                self.merge(reading, block, parts[block], node.line)
        # Section files are pieces of this form; only other forms, pinned to a version, are named.
        self.assembled_from += [*([name] if name and "@" in name else []), *inner.assembled_from]
        return tuple(parts["items"])

    def _locate(self, reading: Reading, node: Mapping, name: str) -> tuple[str, str] | None:
        found = self.library.find(name, reading.file)
        if found is None:
            near = nearest(name, self.library.names(reading.file))
            message = f"there is no section file or form named '{name}' to include"
            reading.report(node.line_of("include"), "include", message, near)
            return None
        if found[0] in (*self.chain, reading.file):
            loop = " → ".join(Path(f).name for f in (*self.chain, reading.file, found[0]))
            reading.report(node.line_of("include"), "include", f"includes go in a circle: {loop}")
            return None
        if len(self.assembled_from) > MAX_INCLUDES:
            reading.report(node, "include", f"more than {MAX_INCLUDES} includes")
            return None
        return found

    def section_file(self, outer: Reading, file: str, text: str) -> tuple[Item, ...]:
        """Read an included file: one section, a bare list of items, or a whole form."""
        tree, issues = read_tree(text, file)
        self.issues += issues
        reading = Reading(file, outer.languages, dict(outer.codes), self.issues, self.places)
        reading.rules_named = Path(file).stem.lower().replace("_", "-")
        if isinstance(tree, Sequence):
            return items(reading, tree, self.include)
        if not isinstance(tree, Mapping):
            if tree is not None:
                reading.report(tree, "", "a section file begins with 'section:' or 'items:'")
            return ()
        _preamble(reading, tree)
        is_item = any(name.text in SHORTHANDS or name.text == "id" for name, _ in tree.entries)
        own = FORM_KEYWORDS.keys() - ({"rules"} if is_item else set())
        for name, value in tree.entries:
            if name.text in SECTION_FILE_KEYWORDS | {"rules"} and name.text in own:
                self.block(reading, name, value)
            elif not is_item and name.text not in FORM_KEYWORDS:
                reading.unknown(name, FORM_KEYWORDS, "a section file")
        if is_item:
            one = item(reading, tree, self.include, skip=SECTION_FILE_KEYWORDS)
            return (one,) if one else ()
        body = tree.get("items")
        if body is None:
            reading.report(tree, "items", "this file holds neither 'section:' nor 'items:'")
        return items(reading, body, self.include) if body is not None else ()

    def block(self, reading: Reading, name: Scalar, value: Node) -> None:
        """Read one of the blocks that may stand beside items."""
        readers: dict[str, Any] = {
            "lists": blocks.lists,
            "rules": blocks.rules,
            "checks": blocks.checks,
            "migrations": blocks.migrations,
            "retired": blocks.retired,
            "views": blocks.views,
        }
        if name.text in readers:
            read = readers[name.text](reading, value, name.text)
        elif name.text in {"let", "due"}:
            read = shapes.pairs(reading, value, name.text, "'name: expression' lines")
            self._note_expressions(reading, name.text, value)
        else:
            return
        if read:
            self.merge(reading, name.text, read, name.line)

    @staticmethod
    def _note_expressions(reading: Reading, owner: str, value: Node) -> None:
        for name, _ in value.entries if isinstance(value, Mapping) else []:
            if owner == "let":
                shapes.identifier(reading, name, "let")
            reading.note(f"{owner}:{name.text}", "", name.line)


def _preamble(reading: Reading, tree: Mapping) -> None:
    """Read languages and code prefixes first: every text and code below depends on them."""
    listed = tree.get("languages")
    if listed is not None:
        found = shapes.strings(reading, listed, "languages") or ()
        for language in found:
            if not shapes.LANGUAGE.fullmatch(language):
                reading.report(listed, "languages", f"'{language}' is not a language code (en, de)")
        reading.languages = found or reading.languages
    declared = tree.get("codes")
    if declared is not None:
        reading.codes |= shapes.pairs(reading, declared, "codes", "'PREFIX: address' lines") or {}


def read_definition(
    text: str | bytes, file: str = "form.yaml", library: Library | None = None
) -> Source:
    """Read a form. Never raises for bad input: ``Source.issues`` says what is wrong, and where."""
    tree, issues = read_tree(text, file)
    places: dict[tuple[str, str], Place] = {}
    reading = Reading(file, issues=issues, places=places)
    if not isinstance(tree, Mapping):
        if tree is not None:
            reading.report(tree, "form", "a form begins with 'form: name'")
        return Source(None, issues, places)
    _preamble(reading, tree)
    assembly = _Assembly(library or Nowhere(), issues, places)
    fields = _form_fields(reading, tree, assembly)
    if not fields.get("form") or not fields.get("version"):
        return Source(None, issues, places)
    return Source(FormDefinition(**fields), issues, places)


def _form_fields(reading: Reading, tree: Mapping, assembly: _Assembly) -> dict[str, Any]:
    fields: dict[str, Any] = {"languages": reading.languages, "codes": reading.codes}
    for name, value in tree.entries:
        word = FORM_KEYWORDS.get(name.text)
        if word is None:
            reading.unknown(name, FORM_KEYWORDS, "a form")
        elif name.text == "items":
            fields["items"] = items(reading, value, assembly.include)
        elif word.shape in {"text", "words"}:
            reader = shapes.text if word.shape == "text" else shapes.words
            fields[name.text] = reader(reading, value, name.text) or (
                {} if word.shape == "text" else ""
            )
        elif name.text == "fhir":
            fields["fhir"] = shapes.fhir(reading, value, "fhir") or {}
        elif name.text in {"form", "version", "status"}:
            fields[name.text] = _heading(reading, name.text, value, word.choices)
        else:
            assembly.block(reading, name, value)
    for needed in ("form", "version", "items"):
        if tree.get(needed) is None:
            reading.report(tree, needed, f"the form has no '{needed}'")
    fields["assembled_from"] = tuple(assembly.assembled_from)
    return fields | assembly.parts


def _heading(reading: Reading, key: str, node: Node, choices: tuple[str, ...]) -> str:
    written = reading.scalar(node, key, "one word") or ""
    fault = ""
    if key == "form" and not (shapes.NAME.fullmatch(written) and len(written) <= 80):
        fault = f"'{written[:80]}' cannot name a form: small letters, digits, - and _"
    if key == "version" and not shapes.SEMVER.fullmatch(written):
        fault = f"'{written}' is not a version; write three numbers, as in 1.0.0"
    if choices and written not in choices:
        fault = f"'{written}' is not one of: {', '.join(choices)}"
    if fault:
        reading.report(node, key, fault)
        return ""
    return written
