"""FHIR JSON: CodeSystem (also supplements), ValueSet (a system's published subset), ConceptMap."""

import json
from collections.abc import Iterator
from typing import Any

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader
from portal.terminology.loaders.rf2 import split_tag

_USES = {
    "900000000000003001": r.FULLY_SPECIFIED,
    "900000000000013009": r.SYNONYM,
    "preferredForLanguage": r.PREFERRED,
    "display": r.PREFERRED,
    "consumer": r.LAYPERSON,
}
_RELATIONS = {
    "equivalent": r.EQUIVALENT,
    "equal": r.EQUIVALENT,
    "wider": r.NARROWER,
    "subsumes": r.NARROWER,
    "narrower": r.BROADER,
    "specializes": r.BROADER,
    "unmatched": r.NOT_RELATED,
    "disjoint": r.NOT_RELATED,
}
_REPLACED = {"replacedBy", "replaced-by", "consider"}


class FhirLoader(BaseLoader):
    """One resource per file, or a Bundle of them. Resources of other systems give nothing.

    The option ``tags: true`` takes a trailing ``(finding)`` off each display as its semantic tag.
    """

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the records of one file; raise LoadError when it is not a FHIR JSON resource."""
        try:
            document = json.loads(file.content())
        except ValueError as error:
            line = getattr(error, "lineno", 0)
            raise LoadError(f"not valid JSON: {error}", file=file.name, line=line) from error
        yield from self._resource(document, file.name)

    def _resource(self, document: Any, name: str) -> Iterator[r.Record]:
        kind = document.get("resourceType") if isinstance(document, dict) else None
        if kind == "Bundle":
            for entry in document.get("entry", []):
                yield from self._resource(entry.get("resource", {}), name)
        elif kind == "CodeSystem":
            yield from self._code_system(document, name)
        elif kind == "ValueSet":
            yield from self._value_set(document)
        elif kind == "ConceptMap":
            yield from self._concept_map(document)
        else:
            raise LoadError(
                f"expected a CodeSystem, ValueSet or ConceptMap, found '{kind}'", file=name
            )

    def _mine(self, uri: str) -> bool:
        pack = self.context.pack
        return uri.rstrip("/") in {name.rstrip("/") for name in (pack.canonical, *pack.aliases)}

    def _code_system(self, document: dict[str, Any], name: str) -> Iterator[r.Record]:
        supplement = document.get("content") == "supplement"
        about = str(document.get("supplements" if supplement else "url", "")).split("|")[0]
        if not self._mine(about):
            raise LoadError(
                f"this is about '{about}', the pack expects '{self.context.pack.canonical}'",
                file=name,
            )
        if not supplement:
            yield r.Header(str(document.get("version", "")), str(document.get("title", "")))
        language = str(document.get("language", "en"))
        for concept in document.get("concept", []):
            yield from self._concept(concept, "", language, supplement=supplement)

    def _concept(
        self, concept: dict[str, Any], parent: str, language: str, *, supplement: bool
    ) -> Iterator[r.Record]:
        code = str(concept["code"])
        properties = {p["code"]: _value(p) for p in concept.get("property", []) if "code" in p}
        display, tag = str(concept.get("display", "")), ""
        if self.context.options.get("tags") == "true":
            display, tag = split_tag(display)
        if not supplement:
            yield r.Concept(
                code,
                display or code,
                active=_is_active(properties),
                selectable=properties.get("notSelectable", ("false", ""))[0] != "true",
                kind=tag,
                definition=str(concept.get("definition", "")),
                lang=language,
            )
        elif display:
            yield r.Designation(code, display, language, r.PREFERRED)
        yield from _designations(code, concept)
        yield from _properties(code, concept.get("property", []))
        if parent:
            yield r.Edge(code, parent)
        for child in concept.get("concept", []):
            yield from self._concept(child, code, language, supplement=supplement)

    def _value_set(self, document: dict[str, Any]) -> Iterator[r.Record]:
        yield r.Header(str(document.get("version", "")), str(document.get("title", "")))
        language = str(document.get("language", "en"))
        for include in document.get("compose", {}).get("include", []):
            if self._mine(str(include.get("system", ""))):
                for concept in include.get("concept", []):
                    yield from self._concept(concept, "", language, supplement=False)
        for concept in document.get("expansion", {}).get("contains", []):
            if self._mine(str(concept.get("system", ""))):
                yield from self._concept({**concept, "concept": []}, "", language, supplement=False)

    def _concept_map(self, document: dict[str, Any]) -> Iterator[r.Record]:
        origin = str(document.get("title") or document.get("name") or "ConceptMap")
        for group in document.get("group", []):
            if not self._mine(str(group.get("source", "")).split("|")[0]):
                continue
            for element in group.get("element", []):
                for target in element.get("target", []):
                    said = str(target.get("relationship") or target.get("equivalence") or "")
                    relation = _RELATIONS.get(said, said if said.startswith("source-") else "")
                    yield r.MapRow(
                        str(element["code"]),
                        str(group.get("target", "")),
                        str(target.get("code", "")),
                        relation or r.RELATED_TO,
                        origin,
                        str(target.get("display", "")),
                    )


def _is_active(properties: dict[str, tuple[str, str]]) -> bool:
    status = properties.get("status", ("active", ""))[0]
    inactive = properties.get("inactive", ("false", ""))[0]
    return inactive != "true" and status not in {"retired", "inactive"}


def _value(entry: dict[str, Any]) -> tuple[str, str]:
    for key, value in entry.items():
        if key.startswith("value"):
            if isinstance(value, bool):
                return ("true" if value else "false"), "boolean"
            if isinstance(value, dict):
                return str(value.get("code", "")), "code"
            kind = key.removeprefix("value")
            return str(value), kind[:1].lower() + kind[1:]
    return "", "string"


def _designations(code: str, concept: dict[str, Any]) -> Iterator[r.Record]:
    for entry in concept.get("designation", []):
        use = _USES.get(str(entry.get("use", {}).get("code", "")), r.SYNONYM)
        language = str(entry.get("language", "en"))
        if entry.get("value"):
            yield r.Designation(code, str(entry["value"]), language, use)


def _properties(code: str, entries: list[dict[str, Any]]) -> Iterator[r.Record]:
    for entry in entries:
        name, (value, kind) = str(entry.get("code", "")), _value(entry)
        if name in {"parent", "subsumedBy"}:
            yield r.Edge(code, value)
        elif name == "child":
            yield r.Edge(value, code)
        elif name in _REPLACED:
            relation = r.CONSIDER if name == "consider" else r.REPLACED_BY
            yield r.Replacement(code, value, relation)
        elif value:
            yield r.Property(code, name, value, kind)
