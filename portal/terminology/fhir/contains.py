"""One entry of an expansion: display, designations, properties, and the tree of entries."""

from collections.abc import Iterable

from portal.terminology.fhir.compose import Member
from portal.terminology.fhir.languages import Languages, Name, choose
from portal.terminology.fhir.nodes import Node, System
from portal.terminology.fhir.outcome import Json
from portal.terminology.fhir.parameters import Parameters, number_json
from portal.terminology.fhir.resource_system import (
    CONCEPT_PROPERTIES,
    STANDARDS_STATUS,
    designation,
    value_text,
)

_BASE = "http://hl7.org/fhir/StructureDefinition/"
_AS_PROPERTY = {
    f"{_BASE}codesystem-label": "label",
    f"{_BASE}valueset-label": "label",
    f"{_BASE}codesystem-conceptOrder": "order",
    f"{_BASE}valueset-conceptOrder": "order",
    f"{_BASE}itemWeight": "weight",
    f"{_BASE}ordinalValue": "weight",
    f"{_BASE}codesystem-ordinalValue": "weight",
}
_KEPT = {
    f"{_BASE}rendering-style",
    f"{_BASE}rendering-xhtml",
    f"{_BASE}valueset-deprecated",
    f"{_BASE}codesystem-alternate",
    f"{_BASE}valueset-concept-definition",
    STANDARDS_STATUS,
}
_URIS = {"label": "label", "order": "order", "weight": "itemWeight"}
_DECIMAL = {"order", "weight"}
_BCP47 = "urn:ietf:bcp:47"


def names_of(node: Node, entry: Json) -> list[Name]:
    """Return a concept's names, those that the value set gives it first."""
    own = [designation(found) for found in entry.get("designation", [])]
    if entry.get("display"):
        language = next((name.language for name in node.names if name.is_display), "")
        rest = [name for name in node.names if not name.is_display]
        return [Name(str(entry["display"]), language, is_display=True), *own, *rest]
    return [*node.names, *own]


class Showing:
    """How entries are to look: the request's languages, designations and properties."""

    def __init__(self, parameters: Parameters, languages: Languages, value_set: Json) -> None:
        self.languages = languages
        self.designations = parameters.flag("includeDesignations") is True
        self.only = parameters.texts("designation")
        compose = value_set.get("compose", {})
        self.properties = [
            name
            for text in (*parameters.texts("property"), *compose.get("property", []))
            for name in str(text).split(",")
        ]
        self._seen: dict[str, None] = dict.fromkeys(name for name in self.properties if name != "*")
        self._filled: set[str] = set()

    def entry(self, member: Member) -> Json:
        """Return the FHIR element for one member."""
        node, listed = member.node, member.entry
        names = names_of(node, listed)
        shown = choose(names, self.languages)
        out: Json = {}
        extensions = [
            e for e in (*node.extensions, *listed.get("extension", [])) if e.get("url") in _KEPT
        ]
        if extensions:
            out["extension"] = extensions
        out["system"] = member.system.url
        if node.abstract:
            out["abstract"] = True
        if node.inactive:
            out["inactive"] = True
        out["code"] = node.code
        if shown is not None and shown.text:
            out["display"] = shown.text
        found = self._designations(names, shown)
        if found:
            out["designation"] = found
        properties = self._properties(node, listed)
        if properties:
            out["property"] = properties
        return out

    def _designations(self, names: list[Name], shown: Name | None) -> list[Json]:
        if not self.designations:
            return []
        rest = [name for name in names if name is not shown and self._asked(name)]
        return [_designation(name) for name in rest]

    def _asked(self, name: Name) -> bool:
        if not self.only:
            return True
        for token in self.only:
            system, _, code = token.rpartition("|")
            if system in ("", _BCP47) and name.language.lower() == code.lower():
                return True
            if (system, code) == (name.use_system, name.use) and code:
                return True
        return False

    def _properties(self, node: Node, listed: Json) -> list[Json]:
        out: list[Json] = []
        everything = "*" in self.properties
        if "definition" in self.properties and node.definition:
            out.append({"code": "definition", "valueString": node.definition})
        out += [
            {key: value for key, value in entry.items() if key != "extension"}
            for entry in node.properties
            if everything or entry.get("code") in self.properties
        ]
        if node.status and node.status != "active" and not any(e["code"] == "status" for e in out):
            out.append({"code": "status", "valueCode": node.status})
        for extension in (*node.extensions, *listed.get("extension", [])):
            name = _AS_PROPERTY.get(str(extension.get("url", "")), "")
            if name:
                text = value_text(extension)
                kind = "valueDecimal" if name in _DECIMAL else "valueString"
                out.append({"code": name, kind: number_json(text) if name in _DECIMAL else text})
        for entry in out:
            self._filled.add(str(entry["code"]))
        return out

    def declared(self, systems: Iterable[System]) -> list[Json]:
        """Return the declarations of the properties that entries carry."""
        out = []
        known = list(systems)
        for code in sorted(self._filled | (set(self._seen) - {"*"})):
            uri = next((found for s in known if (found := s.property_uri(code))), "")
            if code in ("definition", "status", *_URIS):
                uri = f"{CONCEPT_PROPERTIES}{_URIS.get(code, code)}"
            if uri:
                out.append({"code": code, "uri": uri})
        return out


def _designation(name: Name) -> Json:
    out: Json = {}
    if name.status:
        out["extension"] = [{"url": STANDARDS_STATUS, "valueCode": name.status}]
    if name.language:
        out["language"] = name.language
    if name.use:
        out["use"] = (
            {"system": name.use_system, "code": name.use} if name.use_system else {"code": name.use}
        )
    return {**out, "value": name.text}


def tree(flat: list[tuple[Member, Json]]) -> list[Json]:
    """Hang each entry below the first of its parents that is there; the others stay at the top."""
    by_code = {(member.system.url, member.node.code): entry for member, entry in flat}
    top = []
    for member, entry in flat:
        above = next(
            (
                by_code[member.system.url, code]
                for code in member.node.parents
                if (member.system.url, code) in by_code
            ),
            None,
        )
        if above is None:
            top.append(entry)
        else:
            above.setdefault("contains", []).append(entry)
    return top
