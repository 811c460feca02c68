"""The parts of a value set: includes and excludes, read strictly and evaluated one by one."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.terminology.fhir import versions
from portal.terminology.fhir.library import Library
from portal.terminology.fhir.nodes import Criterion, Node, System
from portal.terminology.fhir.outcome import FhirError, Issue, Json, missing_value_set
from portal.terminology.fhir.settings import Rules, canonical_of, circular

OPERATORS = {
    "=", "is-a", "descendent-of", "is-not-a", "regex", "in", "not-in", "generalizes", "child-of",
    "descendent-leaf", "exists",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One include or exclude. ``place`` is its FHIRPath, ``owner`` the value set it stands in."""

    place: str
    system: str
    version: str
    concepts: tuple[Json, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    value_sets: tuple[str, ...] = ()
    owner: str = ""

    def listed(self, code: str) -> Json | None:
        """Return the entry that lists a code, or None."""
        return next((entry for entry in self.concepts if entry.get("code") == code), None)


@dataclass
class View:
    """A value set as its parts. ``active_only``: it says itself that inactive codes stay out."""

    resource: Json
    includes: list[Part] = field(default_factory=list)
    excludes: list[Part] = field(default_factory=list)
    active_only: bool = False
    expanded: list[Json] = field(default_factory=list)

    @property
    def canonical(self) -> str:
        """``url|version``."""
        return canonical_of(self.resource)


def view_of(resource: Json) -> View:
    """Read a ValueSet resource; raise FhirError for a compose that means nothing."""
    compose = resource.get("compose")
    view = View(resource)
    if isinstance(compose, dict):
        view.active_only = compose.get("inactive") is False
        for kind, parts in (("include", view.includes), ("exclude", view.excludes)):
            for number, entry in enumerate(compose.get(kind, [])):
                place = f"ValueSet.compose.{kind}[{number}]"
                parts.append(_part(entry, place, canonical_of(resource)))
    elif "expansion" in resource:
        view.expanded = list(_flat(resource["expansion"].get("contains", [])))
    return view


def _flat(contains: list[Json]) -> Iterator[Json]:
    for entry in contains:
        yield entry
        yield from _flat(entry.get("contains", []))


def _part(entry: Json, place: str, owner: str) -> Part:
    system = str(entry.get("system", ""))
    imports = tuple(str(url) for url in entry.get("valueSet", []))
    concepts = tuple(entry.get("concept", []))
    if not system and (concepts or entry.get("filter") or not imports):
        text = f"The value set {owner} has a part without a system and without other value sets"
        raise FhirError(422, Issue("error", "invalid", "vs-invalid", text, "", place))
    criteria = tuple(
        _criterion(found, f"{place}.filter[{number}]", system)
        for number, found in enumerate(entry.get("filter", []))
    )
    return Part(place, system, str(entry.get("version", "")), concepts, criteria, imports, owner)


def _criterion(entry: Json, place: str, system: str) -> Criterion:
    name, op = str(entry.get("property", "")), str(entry.get("op", ""))
    value = str(entry.get("value", ""))
    if not value:
        text = f"The system {system} filter with property = {name}, op = {op} has no value"
        identity = "UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE"
        raise FhirError(
            422, Issue("error", "invalid", "vs-invalid", text, identity, f"{place}.value")
        )
    if op not in OPERATORS:
        text = f"The filter operator '{op}' is not known"
        raise FhirError(422, Issue("error", "not-supported", "vs-invalid", text, "", f"{place}.op"))
    return Criterion(name, op, value)


@dataclass(frozen=True)
class Member:
    """A concept of a value set with the system it came from and the entry that lists it."""

    system: System
    node: Node
    entry: Json


class Members:
    """Answers whether a value set holds a code, and which it holds. Follows imports."""

    def __init__(self, library: Library, rules: Rules) -> None:
        self.library = library
        self.rules = rules
        self.used: dict[str, None] = {}
        self._views: dict[str, View] = {}

    def imported(self, part: Part, url: str, path: list[str]) -> tuple[View, list[str]]:
        """Return the view of a value set that a part refers to, with the path to it."""
        resource = self._contained(part, url)
        if resource is None:
            default = self.rules.value_sets.get(versions.split(url)[0], "")
            resource = self.library.value_set(url, default)
        if resource is None:
            wanted = self.rules.value_sets.get(url, "")
            raise missing_value_set(versions.joined(url, wanted) if wanted else url)
        key = str(resource["url"]) if url.startswith("#") else url
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = view_of(resource)
        name = view.canonical or url
        if name in path:
            raise circular(name, path)
        if not url.startswith("#"):
            self.used[name] = None
        return view, [*path, name]

    def _contained(self, part: Part, url: str) -> Json | None:
        if not url.startswith("#"):
            return None
        root = versions.split(part.owner)[0].partition("#")[0]
        owner = self.library.value_set(root) or {}
        for resource in owner.get("contained", []):
            if resource.get("id") == url[1:]:
                return {**resource, "url": f"{root}{url}", "version": ""}
        return None

    def holds(self, view: View, member: Member, path: list[str]) -> bool:
        """Say whether a value set holds a concept of a certain system version."""
        if view.expanded:
            return any(
                entry.get("system") == member.system.url and entry.get("code") == member.node.code
                for entry in view.expanded
            )
        inside = any(self.part_holds(part, member, path) for part in view.includes)
        return inside and not any(self.part_holds(part, member, path) for part in view.excludes)

    def part_holds(self, part: Part, member: Member, path: list[str]) -> bool:
        """Say whether one include or exclude holds a concept."""
        if part.system:
            if part.system != member.system.url:
                return False
            wanted = self.rules.decided(part.system, part.version)
            if wanted and not versions.matches(wanted, member.system.version):
                return False
            if part.concepts:
                if part.listed(member.node.code) is None:
                    return False
            elif not member.system.fulfils(member.node, part.criteria):
                return False
        for url in part.value_sets:
            view, longer = self.imported(part, url, path)
            if not self.holds(view, member, longer):
                return False
        return True
