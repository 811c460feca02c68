"""An installed release as a code system for the FHIR operations."""

from collections.abc import Iterator, Sequence

from portal.terminology.candidates import Restriction
from portal.terminology.errors import QueryError
from portal.terminology.fhir.languages import Name
from portal.terminology.fhir.nodes import Criterion, Node
from portal.terminology.fhir.outcome import FhirError, Issue, Json
from portal.terminology.fhir.parameters import number_json
from portal.terminology.grammars import GrammarError, grammar
from portal.terminology.grammars.bcp47 import Bcp47
from portal.terminology.index import ConceptRow, Index
from portal.terminology.membership import filter_condition
from portal.terminology.packs import Pack
from portal.terminology.search import search_release
from portal.terminology.valuesets import OPERATORS, Filter

_USES = {
    "preferred": (
        "preferredForLanguage",
        "http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra",
    ),
    "fsn": ("900000000000003001", "http://snomed.info/sct"),
    "synonym": ("900000000000013009", "http://snomed.info/sct"),
}
_KINDS = {"boolean": "Boolean", "code": "Code", "integer": "Integer", "decimal": "Decimal"}


class IndexedSystem:
    """Answers from the release's index; nothing is held in memory."""

    def __init__(self, pack: Pack, index: Index | None) -> None:
        self.pack = pack
        self.index = index
        self.url = pack.canonical
        self.version = index.version if index else ""
        self.name = pack.id.upper()
        self.title = pack.name()
        self.language = "en"
        self.content = "complete"
        self.status = "active"
        self.standards_status = ""
        self.experimental = False
        self.case_sensitive = pack.case_sensitive
        self.version_needed = False
        self.supplements: list[str] = []
        self._extra: dict[str, list[Name]] = {}

    def supplement(self, resource: Json) -> None:
        """Add the designations of a supplement."""
        url, version = str(resource.get("url", "")), str(resource.get("version", ""))
        self.supplements.append(f"{url}|{version}" if version else url)
        for concept in resource.get("concept", []):
            extra = self._extra.setdefault(str(concept.get("code", "")), [])
            for entry in concept.get("designation", []):
                extra.append(Name(str(entry.get("value", "")), str(entry.get("language", ""))))

    def locate(self, code: str) -> Node | None:
        """Return a listed concept, or an expression that the pack's grammar accepts."""
        concept = self.index.concept(code) if self.index else None
        if concept is None and self.index and not self.case_sensitive:
            ids = [number for number, kind in self.index.by_form(code) if kind == "code"]
            concept = next(iter(self.index.concepts(ids).values()), None)
        if concept is not None:
            return self._node(concept)
        if not self.pack.grammar:
            return None
        try:
            parsed = grammar(self.pack.grammar, self.index).parse(code)
        except GrammarError:
            return None
        return Node(parsed.code, [Name(parsed.display, "en", is_display=True)])

    def _node(self, concept: ConceptRow) -> Node:
        index = self.index
        if index is None:
            return Node(concept.code)
        names = [Name(concept.display, self._display_language(concept), is_display=True)]
        for name in index.names(concept.id):
            if name.text != concept.display:
                use, system = _USES.get(name.use, ("", ""))
                if system == "http://snomed.info/sct" != self.pack.canonical:
                    use, system = "", ""
                names.append(Name(name.text, name.lang, use, system))
        near = {way: index.related(concept.id, way) for way in ("parents", "children")}
        known = index.concepts(number for ids in near.values() for number in ids)
        return Node(
            code=concept.code,
            names=[*names, *self._extra.get(concept.code, [])],
            definition=concept.definition,
            properties=[_property(*entry) for entry in index.properties(concept.id)],
            parents=[known[number].code for number in near["parents"]],
            children=[known[number].code for number in near["children"]],
            inactive=not concept.active,
            abstract=not concept.selectable,
            status="" if concept.active else "inactive",
        )

    def _display_language(self, concept: ConceptRow) -> str:
        names = self.index.names(concept.id) if self.index else []
        return next((name.lang for name in names if name.text == concept.display), "en")

    def _condition(self, criteria: Sequence[Criterion]) -> Restriction:
        parts, values = ["1"], list[object]()
        for criterion in criteria:
            if criterion.op not in OPERATORS or self.index is None:
                raise _cannot(self.url, criterion)
            try:
                found = filter_condition(
                    self.index, Filter(criterion.property, criterion.op, criterion.value)
                )
            except QueryError as error:
                issue = Issue("error", "invalid", "vs-invalid", str(error))
                raise FhirError(422, issue) from error
            parts.append(found.sql)
            values += found.values
        return Restriction(f"({' AND '.join(parts)})", tuple(values))

    def select(self, criteria: Sequence[Criterion]) -> Iterator[Node]:
        """Yield concepts lazily, in the publisher's order."""
        if self.index is None:
            raise _endless(self.url)
        where = self._condition(criteria)
        sql = f"SELECT c.id FROM concept c WHERE {where.sql} ORDER BY c.id"  # noqa: S608
        for (number,) in self.index.connection().execute(sql, where.values):
            yield self._node(self.index.concepts([number])[number])

    def count(self, criteria: Sequence[Criterion]) -> int:
        """Count in the index."""
        if self.index is None:
            raise _endless(self.url)
        where = self._condition(criteria)
        sql = f"SELECT count(*) FROM concept c WHERE {where.sql}"  # noqa: S608
        return int(self.index.rows(sql, where.values)[0][0])

    def fulfils(self, node: Node, criteria: Sequence[Criterion]) -> bool:
        """Ask the index about one concept."""
        if not criteria:
            return True
        if self.index is None:
            return False
        where = self._condition(criteria)
        sql = f"SELECT 1 FROM concept c WHERE c.code=? AND {where.sql}"  # noqa: S608
        return bool(self.index.rows(sql, (node.code, *where.values)))

    def search(self, text: str, criteria: Sequence[Criterion], limit: int) -> list[Node]:
        """Return the portal's own ranking."""
        if self.index is None:
            return []
        where = self._condition(criteria) if criteria else Restriction()
        hits = search_release(self.index, text, ["en"], where, limit)
        found = (self.index.concept(hit.code) for hit in hits)
        return [self._node(concept) for concept in found if concept is not None]

    def is_below(self, code: str, ancestor: str) -> bool:
        """Look into the closure, or ask the grammar of language tags."""
        if self.pack.grammar == "bcp47":
            return Bcp47(self.index).is_below(code, ancestor)
        if self.index is None:
            return False
        below, above = self.index.concept(code), self.index.concept(ancestor)
        return bool(below and above and self.index.is_below(below.id, above.id))

    def property_uri(self, code: str) -> str:
        """Return nothing: installed packs declare no URIs for their properties."""
        del code
        return ""


def _property(name: str, value: str, kind: str) -> Json:
    typed: object = value
    if kind == "boolean":
        typed = value == "true"
    elif kind in ("integer", "decimal"):
        typed = number_json(value)
    return {"code": name, f"value{_KINDS.get(kind, 'String')}": typed}


def _cannot(url: str, criterion: Criterion) -> FhirError:
    text = (
        f'The filter "{criterion.property} {criterion.op} {criterion.value}" is not known to {url}'
    )
    return FhirError(422, Issue("error", "not-supported", "vs-invalid", text))


def _endless(url: str) -> FhirError:
    text = f"The code system '{url}' is a grammar: it has no list of all its codes to expand"
    return FhirError(422, Issue("error", "too-costly", "", text, "VALUESET_TOO_COSTLY"))
