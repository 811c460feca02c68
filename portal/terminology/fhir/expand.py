"""ValueSet $expand: the codes of a value set with their names, in pages or as a tree."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from portal.kernel import clock
from portal.terminology.fhir import contains as entries
from portal.terminology.fhir.compose import Member, Members, Part, View, view_of
from portal.terminology.fhir.contains import Showing
from portal.terminology.fhir.library import Library
from portal.terminology.fhir.nodes import Node, System
from portal.terminology.fhir.outcome import FhirError, Issue, Json, unknown_for_expansion
from portal.terminology.fhir.parameters import Parameters, element
from portal.terminology.fhir.settings import (
    Rules,
    apply_supplements,
    expansion_parameters,
    find_value_set,
    wanted_languages,
)
from portal.terminology.fhir.status import expansion_warnings
from portal.terminology.fhir.versions import joined, split

LIMIT = 1000
MAX_COUNT = 10_000
_KEPT = (
    "id", "language", "url", "identifier", "version", "name", "title", "status", "experimental",
    "date", "publisher",
)  # fmt: skip
_FLAGS = ("activeOnly", "excludeNested", "includeDefinition", "includeDesignations")
_VERSIONS = ("system-version", "check-system-version", "force-system-version")


def expand(library: Library, parameters: Parameters, header: str) -> Json:
    """Return the value set of a request with its expansion; raise FhirError when it cannot be."""
    return _Expansion(library, parameters, header).resource()


@dataclass
class _Page:
    """Which part of the expansion is asked for."""

    count: int | None
    offset: int
    text: str

    @property
    def end(self) -> int:
        return self.offset + (LIMIT + 1 if self.count is None else self.count)


class _Expansion:
    def __init__(self, library: Library, parameters: Parameters, header: str) -> None:
        self.rules = Rules.of(parameters)
        self.value_set = find_value_set(library, parameters, self.rules)
        own = Parameters(
            [
                {"name": name, "valueString": value}
                for name, value in expansion_parameters(self.value_set)
            ]
        )
        self.parameters = parameters.plus(own)
        apply_supplements(library, self.parameters, self.value_set)
        self.library = library
        self.languages = wanted_languages(self.parameters, self.value_set, header, others=True)
        self.members = Members(library, self.rules)
        count = self.parameters.number("count")
        self.page = _Page(
            None if count is None else min(count, MAX_COUNT),
            self.parameters.number("offset") or 0,
            self.parameters.text("filter"),
        )
        self.view = view_of(self.value_set)
        self.active_only = self.view.active_only or bool(self.parameters.flag("activeOnly"))
        self.systems: dict[str, System] = {}
        self.excluded = set(self.parameters.texts("exclude-system"))

    def resource(self) -> Json:
        members, total = self._members()
        showing = Showing(self.parameters, self.languages, self.value_set)
        shown = members[self.page.offset : self.page.end]
        nested = self._nested()
        flat = [(member, showing.entry(member)) for member in shown]
        contains = entries.tree(flat) if nested else [entry for _member, entry in flat]
        out = {name: self.value_set[name] for name in _KEPT if name in self.value_set}
        if self.parameters.flag("includeDefinition"):
            out["compose"] = self.value_set.get("compose", {})
        expansion: Json = {
            "identifier": f"urn:uuid:{uuid.uuid4()}",
            "timestamp": clock.now().isoformat(timespec="seconds"),
        }
        if total is not None:
            expansion["total"] = total
        if self.parameters.number("offset") is not None:
            expansion["offset"] = self.page.offset
        expansion["parameter"] = self._echo()
        properties = showing.declared(self.systems.values())
        if properties:
            expansion["property"] = properties
        if contains:
            expansion["contains"] = contains
        return {"resourceType": "ValueSet", **out, "expansion": expansion}

    def _nested(self) -> bool:
        """Say whether the hierarchy is to be shown: one unlisted include, no page, no search."""
        whole = self.page.count is None and not self.page.offset and not self.page.text
        simple = len(self.view.includes) == 1 and not self.view.excludes
        listed = simple and (self.view.includes[0].concepts or self.view.includes[0].value_sets)
        return whole and simple and not listed and self.parameters.flag("excludeNested") is not True

    def _members(self) -> tuple[list[Member], int | None]:
        """Return the members up to the end of the page, and how many there are if that is known."""
        if self.view.expanded:
            found = [m for m in self._pre_expanded() if self._kept(m)]
            return found, len(found)
        known_total = self._simple_total()
        wanted = self.page.end if known_total is not None else MAX_COUNT + self.page.end
        found = list(islice(self._walk(self.view, [self.view.canonical]), wanted))
        total = known_total if known_total is not None else len(found)
        if self.page.count is None and total > LIMIT:
            raise self._too_costly()
        if self.page.text:
            return found, None
        complete = known_total is not None or total < MAX_COUNT + self.page.end
        return found, total if complete else None

    def _simple_total(self) -> int | None:
        """Count without walking, where the value set is one include that nothing narrows."""
        simple = len(self.view.includes) == 1 and not self.view.excludes and not self.page.text
        part = self.view.includes[0] if simple else None
        if part is None or not part.system or part.concepts or part.value_sets:
            return None
        if self.active_only or part.system in self.excluded:
            return None
        return self._system(part).count(part.criteria)

    def _too_costly(self) -> FhirError:
        text = (
            f"The value set '{self.view.canonical}' expansion has too many codes to produce "
            f"(>{LIMIT})"
        )
        return FhirError(422, Issue("error", "too-costly", "", text, "VALUESET_TOO_COSTLY"), text)

    def _pre_expanded(self) -> Iterator[Member]:
        for entry in self.view.expanded:
            system = self.library.system(
                str(entry.get("system", "")), str(entry.get("version", ""))
            )
            node = system.locate(str(entry.get("code", ""))) if system else None
            if system is not None and node is not None:
                self._use(system)
                yield Member(system, node, entry)

    def _walk(self, view: View, path: list[str]) -> Iterator[Member]:
        """Yield members once each, without the excluded and the unwanted."""
        seen: set[tuple[str, str, str]] = set()
        excludes = list(view.excludes)
        for part in excludes:
            self._check_imports(part, path)
            if part.system:
                self._system(part)
        for part in view.includes:
            for member in self._part(part, path):
                key = (member.system.url, member.system.version, member.node.code)
                if key in seen or not self._kept(member):
                    continue
                if any(self.members.part_holds(found, member, path) for found in excludes):
                    continue
                seen.add(key)
                yield member

    def _check_imports(self, part: Part, path: list[str]) -> None:
        """Follow every import once, so that circles and missing value sets are told at once."""
        for url in part.value_sets:
            view, longer = self.members.imported(part, url, path)
            for inner in (*view.includes, *view.excludes):
                self._check_imports(inner, longer)

    def _kept(self, member: Member) -> bool:
        if member.system.url in self.excluded:
            return False
        return not (self.active_only and member.node.inactive)

    def _part(self, part: Part, path: list[str]) -> Iterator[Member]:
        self._check_imports(part, path)
        if not part.system:
            view, longer = self.members.imported(part, part.value_sets[0], path)
            for member in self._walk(view, longer):
                if self.members.part_holds(part, member, path):
                    yield member
            return
        system = self._system(part)
        for node, entry in self._nodes(part, system):
            member = Member(system, node, entry)
            if not part.value_sets or self.members.part_holds(part, member, path):
                yield member

    def _nodes(self, part: Part, system: System) -> Iterator[tuple[Node, Json]]:
        text = self.page.text
        if part.concepts:
            found = None
            if text:
                found = {node.code for node in system.search(text, (), MAX_COUNT)}
            for entry in part.concepts:
                node = system.locate(str(entry.get("code", "")))
                if node is not None and (found is None or node.code in found):
                    yield node, entry
        elif text:
            for node in system.search(text, part.criteria, self.page.end):
                yield node, {}
        else:
            for node in system.select(part.criteria):
                yield node, {}

    def _system(self, part: Part) -> System:
        version = self.rules.decided(part.system, part.version)
        system = self.library.system(part.system, version)
        if system is None:
            raise unknown_for_expansion(
                part.system, version, self.library.known_versions(part.system)
            )
        refusal = self.rules.refusal(part.system, system.version)
        if refusal is not None:
            raise FhirError(422, refusal)
        self._use(system)
        return system

    def _use(self, system: System) -> None:
        self.systems[joined(system.url, system.version)] = system

    def _echo(self) -> list[Json]:
        """Return the parameters that shaped the expansion, in alphabetical order."""
        out = [
            element(name, "Boolean", flag)
            for name in _FLAGS
            if (flag := self.parameters.flag(name)) is not None
        ]
        for name in ("count", "offset"):
            number = self.parameters.number(name)
            if number is not None:
                out.append(element(name, "Integer", number))
        if self.page.text:
            out.append(element("filter", "String", self.page.text))
        if self.languages.text:
            out.append(element("displayLanguage", "Code", self.languages.text))
        designations = self.parameters.texts("designation")
        out += [element("designation", "String", text) for text in designations]
        for name in (*_VERSIONS, "default-valueset-version", "exclude-system"):
            out += [element(name, "Uri", text) for text in self.parameters.texts(name)]
        out += self._used()
        return sorted(out, key=lambda entry: (entry["name"], str(entry)))

    def _used(self) -> list[Json]:
        out = []
        for canonical, system in self.systems.items():
            out.append(element("used-codesystem", "Uri", canonical))
            out += [element("used-supplement", "Uri", name) for name in system.supplements]
            out += expansion_warnings(system, canonical, self.value_set)
        own = self.view.canonical
        out += [element("used-valueset", "Uri", name) for name in self.members.used if name != own]
        out += expansion_warnings(None, own, self.value_set)
        for name in self.members.used:
            imported = self.library.value_set(name)
            if imported and name != own and split(name)[0]:
                out += expansion_warnings(None, name, imported)
        return out
