"""What ConceptMaps say of one code: their groups, their order, and what they do when they say nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from portal.terminology.fhir import versions
from portal.terminology.fhir.outcome import FhirError, Issue, Json
from portal.terminology.fhir.settings import canonical_of
from portal.terminology.records import BROADER, EQUIVALENT, NARROWER, NOT_RELATED, RELATED_TO

# R4 speaks of the target ("the target is wider"), R5 of the source ("the source is narrower").
FROM_R4 = {
    "equivalent": EQUIVALENT, "equal": EQUIVALENT, "wider": NARROWER, "subsumes": NARROWER,
    "narrower": BROADER, "specializes": BROADER, "inexact": RELATED_TO, "relatedto": RELATED_TO,
    "unmatched": NOT_RELATED, "disjoint": NOT_RELATED,
}  # fmt: skip
TO_R4 = {
    EQUIVALENT: "equivalent", NARROWER: "wider", BROADER: "narrower", RELATED_TO: "relatedto",
    NOT_RELATED: "unmatched",
}  # fmt: skip
_COMMENT = "http://hl7.org/fhir/6.0/StructureDefinition/extension-ConceptMap.group.element.comment"
_SCOPES = {
    "source": ("sourceScopeCanonical", "sourceScopeUri", "sourceCanonical", "sourceUri"),
    "target": ("targetScopeCanonical", "targetScopeUri", "targetCanonical", "targetUri"),
}
_MODES = {"provided": "use-source-code", "otherMap": "other-map"}


@dataclass(frozen=True)
class Coding:
    """A code of a system."""

    system: str
    code: str
    display: str = ""

    def as_json(self) -> Json:
        """Return the FHIR element."""
        shown = {"display": self.display} if self.display else {}
        return {"system": self.system, "code": self.code, **shown}


@dataclass(frozen=True)
class Row:
    """One correspondence. ``target`` is None where the map says that there is none.

    ``said`` is R4's word for the relation when the map used one.
    """

    source: Coding
    target: Coding | None
    relation: str
    origin: str
    said: str = ""
    source_comment: str = ""
    target_comment: str = ""
    products: tuple[Json, ...] = ()

    @property
    def positive(self) -> bool:
        """Whether this is a translation, and not the statement that there is none."""
        return self.target is not None and self.relation != NOT_RELATED


def scope(found: Json, side: str) -> str:
    """Return the value set that limits a map on one side (``source`` or ``target``), or ''."""
    return next((str(found[name]) for name in _SCOPES[side] if found.get(name)), "")


def ordered(maps: Iterable[Json]) -> list[Json]:
    """Return maps newest first, but each before those that it defers to."""
    dated = sorted(maps, key=lambda found: str(found.get("date", "")), reverse=True)
    out: list[Json] = []
    waiting: list[Json] = []

    def place(found: Json) -> None:
        if found in out or found in waiting:
            return
        waiting.append(found)
        for other in dated:
            if any(_names(found, reference) for reference in _deferred(other)):
                place(other)
        waiting.remove(found)
        out.append(found)

    for found in dated:
        place(found)
    return out


def _names(found: Json, reference: str) -> bool:
    url, version = versions.split(reference)
    return url == found.get("url") and version in ("", str(found.get("version", "")))


def _deferred(found: Json) -> Iterator[str]:
    for group in found.get("group", []):
        unmapped = group.get("unmapped") or {}
        reference = unmapped.get("otherMap") or unmapped.get("url")
        if reference:
            yield str(reference)


@dataclass
class Translation:
    """Collects what maps say of one code. ``used``: further maps that the way led through."""

    maps: list[Json]
    code: Coding
    target_system: str = ""
    rows: list[Row] = field(default_factory=list)
    used: dict[str, None] = field(default_factory=dict)

    def forwards(self, found: Json, origin: str = "", way: tuple[str, ...] = ()) -> None:
        """Read a map from source to target; follow ``unmapped`` group by group."""
        name = canonical_of(found)
        for group in found.get("group", []):
            if _url(group, "source") != self.code.system:
                continue
            if self.target_system and _url(group, "target") != self.target_system:
                continue
            entries = [e for e in group.get("element", []) if e.get("code") == self.code.code]
            rows = [row for entry in entries for row in _rows(group, entry, origin or name)]
            for row in rows:
                self._add(row)
            if not rows:
                self._unmapped(found, group, origin or name, (*way, name))

    def backwards(self, found: Json) -> None:
        """Read a map from target to source."""
        for group in found.get("group", []):
            if _url(group, "target") != self.code.system:
                continue
            if self.target_system and _url(group, "source") != self.target_system:
                continue
            for entry in group.get("element", []):
                for row in _rows(group, entry, canonical_of(found)):
                    if row.target is not None and row.target.code == self.code.code:
                        self.rows.append(row)

    def _add(self, row: Row) -> None:
        if not any((row.source, row.target) == (old.source, old.target) for old in self.rows):
            self.rows.append(row)

    def _unmapped(self, found: Json, group: Json, origin: str, way: tuple[str, ...]) -> None:
        rule = group.get("unmapped")
        if not rule:
            return
        mode = _MODES.get(str(rule.get("mode", "")), str(rule.get("mode", "")))
        said = str(rule.get("relationship") or rule.get("equivalence") or "")
        target = _url(group, "target")
        if mode == "use-source-code":
            coding = Coding(target, self.code.code)
        elif mode == "fixed" and rule.get("code"):
            coding = Coding(target, str(rule["code"]), str(rule.get("display", "")))
        elif mode == "other-map":
            self._elsewhere(found, str(rule.get("otherMap") or rule.get("url") or ""), origin, way)
            return
        else:
            text = f"The ConceptMap {canonical_of(found)} has an 'unmapped' that means nothing here"
            raise FhirError(422, Issue("error", "not-supported", "", text))
        self._add(Row(self.code, coding, FROM_R4.get(said, said), origin, said))

    def _elsewhere(self, found: Json, reference: str, origin: str, way: tuple[str, ...]) -> None:
        other = next((m for m in self.maps if _names(m, reference)), None)
        if other is None:
            text = f"The ConceptMap {reference}, to which {canonical_of(found)} defers, is not here"
            raise FhirError(422, Issue("error", "not-found", "not-found", text))
        name = canonical_of(other)
        if name in way:
            text = (
                f"The ConceptMap {canonical_of(found)} has a circular reference to {name}: "
                "maps defer to each other in a circle"
            )
            raise FhirError(422, Issue("error", "business-rule", "vs-invalid", text))
        self.used[name] = None
        self.forwards(other, origin, way)


def _url(group: Json, side: str) -> str:
    return versions.split(str(group.get(side, "")))[0]


def _rows(group: Json, entry: Json, origin: str) -> Iterator[Row]:
    source = Coding(_url(group, "source"), str(entry.get("code", "")))
    comment = str(entry.get("comment") or _extension(entry))
    if entry.get("noMap") is True:
        yield Row(source, None, NOT_RELATED, origin, source_comment=comment)
        return
    for target in entry.get("target", []):
        said = str(target.get("relationship") or target.get("equivalence") or "")
        relation = FROM_R4.get(said, said)
        own = str(target.get("comment", ""))
        if not target.get("code"):
            # R4 has no ``noMap``: there a target without a code says the same.
            yield Row(source, None, NOT_RELATED, origin, said, comment or own)
            continue
        coding = Coding(_url(group, "target"), str(target["code"]), str(target.get("display", "")))
        products = tuple(target.get("product", []))
        yield Row(source, coding, relation, origin, said, comment, own, products)


def _extension(entry: Json) -> str:
    for extension in entry.get("extension", []):
        if extension.get("url") == _COMMENT:
            return str(extension.get("valueString", ""))
    return ""
