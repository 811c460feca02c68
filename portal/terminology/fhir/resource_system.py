"""A code system that came as a FHIR CodeSystem resource with the request."""

from collections.abc import Iterator, Sequence
from typing import Any

from portal.terminology import patterns
from portal.terminology.errors import QueryError
from portal.terminology.fhir.languages import Name
from portal.terminology.fhir.nodes import Criterion, Node
from portal.terminology.fhir.outcome import FhirError, Issue, Json
from portal.terminology.words import plain

CONCEPT_PROPERTIES = "http://hl7.org/fhir/concept-properties#"
STANDARDS_STATUS = "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status"
MAX_CONCEPTS = 50_000


class ResourceSystem:
    """Concepts in memory; built once per request."""

    def __init__(self, resource: Json) -> None:
        self.resource = resource
        self.url = str(resource.get("url", ""))
        self.version = str(resource.get("version", ""))
        self.name = str(resource.get("name", ""))
        self.title = str(resource.get("title", ""))
        self.language = str(resource.get("language", ""))
        self.content = str(resource.get("content", "complete"))
        self.status = str(resource.get("status", ""))
        self.experimental = bool(resource.get("experimental"))
        self.standards_status = extension_value(resource, STANDARDS_STATUS)
        self.case_sensitive = resource.get("caseSensitive") is not False
        self.version_needed = bool(resource.get("versionNeeded"))
        self.supplements: list[str] = []
        self._codes = {
            str(p.get("uri", "")): str(p.get("code", "")) for p in resource.get("property", [])
        }
        self._declared = {str(p.get("code", "")): p for p in resource.get("property", [])}
        self._nodes: dict[str, Node] = {}
        self._folded: dict[str, str] = {}
        for concept in resource.get("concept", []):
            self._add(concept, "")
        self._link()

    def _special(self, name: str) -> str:
        """Return the property code that stands for a concept property such as notSelectable."""
        return self._codes.get(CONCEPT_PROPERTIES + name, name)

    def _add(self, concept: Json, parent: str) -> None:
        if len(self._nodes) >= MAX_CONCEPTS:
            raise _invalid(f"The code system {self.url} has more than {MAX_CONCEPTS} concepts")
        code = str(concept.get("code", ""))
        properties = list(concept.get("property", []))
        status = _first(properties, self._special("status"))
        status = status or extension_value(concept, STANDARDS_STATUS)
        node = Node(
            code=code,
            names=_names(concept, self.language),
            definition=str(concept.get("definition", "")),
            properties=properties,
            extensions=list(concept.get("extension", [])),
            parents=[parent] if parent else [],
            inactive=_first(properties, self._special("inactive")) == "true"
            or status in {"retired", "inactive", "withdrawn"},
            abstract=_first(properties, self._special("notSelectable")) == "true",
            status=status,
        )
        self._nodes[code] = node
        self._folded.setdefault(code.casefold(), code)
        for child in concept.get("concept", []):
            self._add(child, code)

    def _link(self) -> None:
        """Join parents and children, of the nesting and of the properties parent and child."""
        up, down = self._special("parent"), self._special("child")
        for node in self._nodes.values():
            for parent in _all(node.properties, up):
                if parent not in node.parents:
                    node.parents.append(parent)
            for child in _all(node.properties, down):
                if child in self._nodes and node.code not in self._nodes[child].parents:
                    self._nodes[child].parents.append(node.code)
        for node in self._nodes.values():
            for parent in node.parents:
                if parent in self._nodes:
                    self._nodes[parent].children.append(node.code)

    def supplement(self, resource: Json) -> None:
        """Add the designations, properties and extensions of a supplement."""
        url, version = str(resource.get("url", "")), str(resource.get("version", ""))
        self.supplements.append(f"{url}|{version}" if version else url)
        language = str(resource.get("language", ""))
        for declared in resource.get("property", []):
            self._declared.setdefault(str(declared.get("code", "")), declared)
        for concept in _flat(resource.get("concept", [])):
            node = self._nodes.get(str(concept.get("code", "")))
            if node is None:
                continue
            extra = _names({**concept, "display": ""}, language)
            if concept.get("display"):
                extra.append(Name(str(concept["display"]), language))
            node.names = [*node.names, *extra]
            node.properties = [*node.properties, *concept.get("property", [])]
            node.extensions = [*node.extensions, *concept.get("extension", [])]

    def locate(self, code: str) -> Node | None:
        """Return the concept, in any case when the system is not case sensitive."""
        found = self._nodes.get(code)
        if found is None and not self.case_sensitive:
            found = self._nodes.get(self._folded.get(code.casefold(), ""))
        return found

    def select(self, criteria: Sequence[Criterion]) -> Iterator[Node]:
        """Yield in document order."""
        tests = [self._test(criterion) for criterion in criteria]
        for node in self._nodes.values():
            if all(test(node) for test in tests):
                yield node

    def count(self, criteria: Sequence[Criterion]) -> int:
        """Count by looking."""
        return sum(1 for _ in self.select(criteria))

    def fulfils(self, node: Node, criteria: Sequence[Criterion]) -> bool:
        """Test one concept."""
        return all(self._test(criterion)(node) for criterion in criteria)

    def search(self, text: str, criteria: Sequence[Criterion], limit: int) -> list[Node]:
        """Return concepts with a name or code in which every typed word begins a word."""
        typed = plain(text).split()
        found = [node for node in self.select(criteria) if _answers(node, typed, text)]
        return found[:limit]

    def is_below(self, code: str, ancestor: str) -> bool:
        """Walk up the parents."""
        seen: set[str] = set()
        todo = list(self._nodes[code].parents) if code in self._nodes else []
        while todo:
            current = todo.pop()
            if current == ancestor:
                return True
            if current not in seen and current in self._nodes:
                seen.add(current)
                todo += self._nodes[current].parents
        return False

    def property_uri(self, code: str) -> str:
        """Return the URI from CodeSystem.property."""
        return str(self._declared.get(code, {}).get("uri", ""))

    def _test(self, criterion: Criterion) -> Any:
        from portal.terminology.fhir.criteria import test_of

        known = self._declared.keys() | {"parent", "child", "inactive", "notSelectable", "status"}
        return test_of(self, criterion, known)


def _invalid(text: str) -> FhirError:
    return FhirError(422, Issue("error", "too-costly", "", text))


def value_text(entry: Json) -> str:
    """Return the value of a FHIR property or extension as text."""
    for key, value in entry.items():
        if key.startswith("value"):
            if isinstance(value, bool):
                return "true" if value else "false"
            if isinstance(value, dict):
                return str(value.get("code", ""))
            return str(value)
    return ""


def extension_value(element: Json, url: str) -> str:
    """Return the value of the first extension with this URL as text."""
    for extension in element.get("extension", []):
        if extension.get("url") == url:
            return value_text(extension)
    return ""


def _all(properties: list[Json], code: str) -> list[str]:
    return [value_text(entry) for entry in properties if entry.get("code") == code]


def _first(properties: list[Json], code: str) -> str:
    return next(iter(_all(properties, code)), "")


def _names(concept: Json, language: str) -> list[Name]:
    names = []
    if concept.get("display"):
        names.append(Name(str(concept["display"]), language, is_display=True))
    names += [designation(entry) for entry in concept.get("designation", [])]
    return names


def designation(entry: Json) -> Name:
    """Return a FHIR designation as a name."""
    use = entry.get("use", {})
    status = extension_value(entry, STANDARDS_STATUS)
    return Name(
        str(entry.get("value", "")),
        str(entry.get("language", "")),
        str(use.get("code", "")),
        str(use.get("system", "")),
        status=status if status in {"withdrawn", "deprecated"} else "",
    )


def _flat(concepts: list[Json]) -> Iterator[Json]:
    for concept in concepts:
        yield concept
        yield from _flat(concept.get("concept", []))


def _answers(node: Node, typed: list[str], text: str) -> bool:
    if text.casefold() in node.code.casefold():
        return True
    for name in node.names:
        words = plain(name.text).split()
        if typed and all(any(word.startswith(part) for word in words) for part in typed):
            return True
    return False


def bounded_pattern(text: str) -> Any:
    """Compile a regular expression, or refuse it as FHIR says."""
    try:
        return patterns.bounded(text)
    except QueryError as error:
        issue = Issue("error", "invalid", "vs-invalid", f"The regex '{text}' is refused: {error}")
        raise FhirError(422, issue) from error
