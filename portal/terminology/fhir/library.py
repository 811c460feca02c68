"""Finds code systems, value sets and concept maps: those sent with the request, then our own."""

from collections.abc import Iterable
from typing import Any

from portal.terminology.errors import UnknownReleaseError
from portal.terminology.fhir import shape, versions
from portal.terminology.fhir.indexed_system import IndexedSystem
from portal.terminology.fhir.nodes import System
from portal.terminology.fhir.outcome import FhirError, Issue, Json
from portal.terminology.fhir.resource_system import ResourceSystem
from portal.terminology.service import Terminology
from portal.terminology.valuesets import Include, ValueSet

LOCAL = "urn:portal:value-set:"
MAX_RESOURCES = 500
_EMPTY = {"not-present", "example"}


class Library:
    """What one request can see. ``supplements`` are the canonicals that it wants applied."""

    def __init__(self, terms: Terminology, resources: Iterable[Json]) -> None:
        self.terms = terms
        self.supplements: list[str] = []
        self._sent: dict[str, dict[str, dict[str, Json]]] = {}
        self._supplements: list[Json] = []
        self._systems: dict[tuple[str, str], System] = {}
        for number, resource in enumerate(resources):
            if number >= MAX_RESOURCES:
                raise FhirError(
                    413, Issue("error", "too-costly", "", f"More than {MAX_RESOURCES} resources")
                )
            self.add(resource)

    def add(self, resource: Json) -> None:
        """Take one resource of the request; its shape is checked first."""
        shape.check(resource)
        kind, url = str(resource.get("resourceType", "")), str(resource.get("url", ""))
        if kind == "CodeSystem" and resource.get("content") == "supplement":
            self._supplements.append(resource)
            return
        if kind == "CodeSystem" and resource.get("content") in _EMPTY:
            # It has no codes to judge by (or only some, as an example): as good as not here.
            return
        by_url = self._sent.setdefault(kind, {}).setdefault(url, {})
        by_url[str(resource.get("version", ""))] = resource

    def known_versions(self, url: str) -> list[str]:
        """Return the versions of a code system that are here, oldest first."""
        found = set(self._sent.get("CodeSystem", {}).get(url, {}))
        pack = self.terms.names.find(url)
        if pack is not None:
            found |= {release.version for release in self.terms.releases(pack.id)}
            index = self.terms.index(pack.id)
            found |= {index.version} if index else {""}
        return sorted(found, key=versions.order_of)

    def system(self, url: str, version: str = "") -> System | None:
        """Return a code system in the newest version that ``version`` (a pattern) allows."""
        key = (url, version)
        if key not in self._systems:
            found = self._sent_system(url, version) or self._installed(url, version)
            if found is None:
                return None
            self._supplement(found)
            self._systems[key] = found
        return self._systems[key]

    def _sent_system(self, url: str, version: str) -> ResourceSystem | None:
        sent = self._sent.get("CodeSystem", {}).get(url, {})
        chosen = versions.best(version, sent)
        return ResourceSystem(sent[chosen]) if chosen is not None else None

    def _installed(self, url: str, version: str) -> IndexedSystem | None:
        pack = self.terms.names.find(url)
        if pack is None or url == pack.id:
            return None
        try:
            index = self.terms.index(pack.id)
            if version and (index is None or index.version != version):
                known = [release.version for release in self.terms.releases(pack.id)]
                chosen = versions.best(version, known)
                if chosen is None:
                    return None
                index = self.terms.index(pack.id, chosen)
        except UnknownReleaseError:
            return None
        system = IndexedSystem(pack, index)
        system.url = url
        return system

    def _supplement(self, system: Any) -> None:
        for resource in self._supplements:
            url, version = versions.split(str(resource.get("supplements", "")))
            fits = url == system.url and (not version or version == system.version)
            if fits and self._wanted(resource):
                system.supplement(resource)

    def _wanted(self, resource: Json) -> bool:
        url, own = str(resource.get("url", "")), str(resource.get("version", ""))
        for wanted in self.supplements:
            name, version = versions.split(wanted)
            if name == url and version in ("", own):
                return True
        return False

    def require_supplements(self, canonicals: Iterable[str]) -> None:
        """Apply supplements from now on; raise when one of them is not here."""
        for canonical in canonicals:
            if canonical in self.supplements:
                continue
            self.supplements.append(canonical)
            if not any(self._wanted(resource) for resource in self._supplements):
                text = f"Required supplement not found: {canonical}"
                issue = Issue(
                    "error", "not-found", "not-found", text, "VALUESET_SUPPLEMENT_MISSING"
                )
                raise FhirError(422, issue)
        self._systems.clear()

    def value_set(self, canonical: str, default_version: str = "") -> Json | None:
        """Return a value set by ``url|version``: sent, implied by a code system, or of the forms."""
        url, version = versions.split(canonical)
        sent = self._sent.get("ValueSet", {}).get(url, {})
        chosen = versions.best(version or default_version, sent)
        if chosen is not None:
            return sent[chosen]
        if sent:
            return None
        return self._implied(url) or self._of_forms(url)

    def has_value_set(self, url: str) -> bool:
        """Say whether a URL names a value set (somebody may have put it where a system belongs)."""
        return bool(self._sent.get("ValueSet", {}).get(url)) or self._of_forms(url) is not None

    def supplement_of(self, url: str) -> str:
        """Return ``url|version`` when a supplement has this URL, else ''."""
        for resource in self._supplements:
            if resource.get("url") == url:
                return versions.joined(url, str(resource.get("version", "")))
        return ""

    def _implied(self, url: str) -> Json | None:
        """Return the value set of a whole code system, or of everything below a code."""
        for by_version in self._sent.get("CodeSystem", {}).values():
            for resource in by_version.values():
                if resource.get("valueSet") == url:
                    return _whole(url, str(resource.get("url")), [])
        system, question, rest = url.partition("?fhir_vs")
        if not question or self.terms.names.find(system) is None:
            return None
        if not rest:
            return _whole(url, system, [])
        kind, _, code = rest.removeprefix("=").partition("/")
        if kind != "isa" or not code:
            return None
        return _whole(url, system, [{"property": "concept", "op": "is-a", "value": code}])

    def _of_forms(self, url: str) -> Json | None:
        name = url.removeprefix(LOCAL)
        for value_set in self.terms.value_sets.all():
            if value_set.id == name or (value_set.url and value_set.url == url):
                return self.as_resource(value_set)
        return None

    def as_resource(self, value_set: ValueSet) -> Json:
        """Return one of the forms' value sets as a FHIR resource."""
        compose: Json = {"include": [self._include(part) for part in value_set.include]}
        if value_set.exclude:
            compose["exclude"] = [self._include(part) for part in value_set.exclude]
        return {
            "resourceType": "ValueSet",
            "id": value_set.id,
            "url": value_set.url or f"{LOCAL}{value_set.id}",
            "name": value_set.id.replace("-", "_"),
            "title": value_set.title.get("en", value_set.id),
            "status": "active",
            "description": value_set.description,
            "compose": compose,
        }

    def _include(self, part: Include) -> Json:
        out: Json = {}
        if part.pack:
            out["system"] = self.terms.pack(part.pack).canonical
        if part.version:
            out["version"] = part.version
        if part.codes:
            out["concept"] = [{"code": code} for code in part.codes]
        if part.filters:
            out["filter"] = [
                {"property": f.property, "op": f.op, "value": f.value} for f in part.filters
            ]
        if part.value_sets:
            out["valueSet"] = [f"{LOCAL}{name}" for name in part.value_sets]
        return out

    def concept_maps(self) -> list[Json]:
        """Return the concept maps of the request."""
        sent = self._sent.get("ConceptMap", {})
        return [resource for by_version in sent.values() for resource in by_version.values()]

    def code_systems(self) -> list[tuple[str, list[str]]]:
        """Return (URL, versions) of the installed packs."""
        return [
            (pack.canonical, [v for v in self.known_versions(pack.canonical) if v])
            for pack in self.terms.packs.values()
        ]


def _whole(url: str, system: str, filters: list[Json]) -> Json:
    include: Json = {"system": system, **({"filter": filters} if filters else {})}
    return {
        "resourceType": "ValueSet",
        "url": url,
        "status": "active",
        "compose": {"include": [include]},
    }
