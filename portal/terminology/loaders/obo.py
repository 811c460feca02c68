"""OBO 1.2/1.4 (HPO, MONDO): a line reader, about six times faster than the general libraries."""

import re
from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader

_SYNONYM = re.compile(r'^"((?:[^"\\]|\\.)*)"\s+(EXACT|NARROW|BROAD|RELATED)?\s*([^\[\s]*)')
_QUOTED = re.compile(r'^"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": " ", "W": " "}
_VERSION = re.compile(r"(\d{4}-\d{2}-\d{2})")
_SCOPES = {"EXACT": r.SYNONYM, "NARROW": r.NARROW, "BROAD": r.BROAD, "RELATED": r.RELATED}
_TYPES = {
    "layperson": r.LAYPERSON, "abbreviation": r.ABBREVIATION, "obsolete_synonym": r.RELATED,
}  # fmt: skip


def unescape(text: str) -> str:
    r"""Undo OBO escapes: ``\"`` is a quote, ``\n`` a line break, ``\W`` a blank."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text)


class OboLoader(BaseLoader):
    """Terms of one OBO file; the option ``prefix`` keeps only codes that start with it."""

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield header, concepts, names, is_a edges, replacements, xref maps."""
        stanza, start, tags, first = "", 0, list[tuple[str, str, int]](), True
        for number, line in file.lines():
            if first and line.strip():
                self._check_start(file.name, line, number)
                first = False
            if line.startswith("["):
                yield from self._stanza(file.name, stanza, start, tags)
                stanza, start, tags = line.strip("[] "), number, []
            elif line and not line.startswith("!"):
                tag, colon, value = line.partition(":")
                if not colon:
                    raise LoadError(
                        f"expected 'tag: value', found '{line[:40]}'", file=file.name, line=number
                    )
                tags.append((tag, value.strip(), number))
        yield from self._stanza(file.name, stanza, start, tags)

    def _check_start(self, name: str, line: str, number: int) -> None:
        if not line.startswith(("format-version", "data-version", "ontology", "[")):
            raise LoadError(
                f"an OBO file begins with 'format-version:', found '{line[:40]}'",
                file=name,
                line=number,
            )

    def _stanza(
        self, name: str, stanza: str, start: int, tags: list[tuple[str, str, int]]
    ) -> Iterator[r.Record]:
        if not stanza:
            for tag, value, _line in tags:
                if tag == "data-version":
                    found = _VERSION.search(value)
                    yield r.Header(found[1] if found else value)
        elif stanza == "Term":
            code = next((value for tag, value, _ in tags if tag == "id"), "")
            if not code:
                raise LoadError("this [Term] has no id", file=name, line=start)
            prefix = self.context.options.get("prefix") or self.context.pack.code_prefix
            if code.startswith(prefix):
                yield from self._term(code, tags, name)

    def _term(self, code: str, tags: list[tuple[str, str, int]], name: str) -> Iterator[r.Record]:
        label, definition, active = "", "", True
        for tag, value, line in tags:
            if tag == "name":
                label = unescape(value)
            elif tag == "def":
                definition = _quoted(value)
            elif tag == "is_obsolete":
                active = value != "true"
            elif tag == "synonym":
                yield self._synonym(code, value, name, line)
            else:
                found = self._link(code, tag, value)
                if found is not None:
                    yield found
        label = label.removeprefix("obsolete ") if not active else label
        yield r.Concept(code, label or code, active=active, definition=definition)

    def _synonym(self, code: str, value: str, name: str, line: int) -> r.Designation:
        match = _SYNONYM.match(value)
        if not match:
            raise LoadError(
                f"this synonym has no closing quote: {value[:60]}", file=name, line=line
            )
        use = _SCOPES[match[2] or "RELATED"]
        if use in (r.SYNONYM, r.RELATED) and match[3] in _TYPES:
            use = _TYPES[match[3]] if use == r.SYNONYM else r.RELATED
        return r.Designation(code, unescape(match[1]), "en", use)

    def _link(self, code: str, tag: str, value: str) -> r.Record | None:
        bare = value.split(" ", 1)[0]
        if tag == "is_a":
            return r.Edge(code, bare)
        if tag == "replaced_by":
            return r.Replacement(code, bare, r.REPLACED_BY)
        if tag == "consider":
            return r.Replacement(code, bare, r.CONSIDER)
        if tag == "alt_id":
            return r.Replacement(bare, code, r.ALTERNATIVE)
        if tag == "xref" and ":" in bare:
            prefix, local = bare.split(":", 1)
            target = self.context.pack_of_curie(prefix) or prefix
            relation = r.EQUIVALENT if "MONDO:equivalentTo" in value else r.RELATED_TO
            return r.MapRow(code, target, local, relation, "xref")
        return None


def _quoted(value: str) -> str:
    match = _QUOTED.match(value)
    return unescape(match[1]) if match else value
