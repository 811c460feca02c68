"""ConceptMap $translate: by the maps of the request, then by those of the installed packs."""

from collections.abc import Iterator

from portal.terminology.fhir import versions
from portal.terminology.fhir.library import Library
from portal.terminology.fhir.outcome import Json, invalid
from portal.terminology.fhir.parameters import Parameters, element, resource
from portal.terminology.fhir.settings import canonical_of
from portal.terminology.records import BROADER, EQUIVALENT, NARROWER, NOT_RELATED, RELATED_TO

_FROM_R4 = {
    "equivalent": EQUIVALENT, "equal": EQUIVALENT, "wider": NARROWER, "subsumes": BROADER,
    "narrower": BROADER, "specializes": NARROWER, "inexact": RELATED_TO, "relatedto": RELATED_TO,
    "unmatched": NOT_RELATED, "disjoint": NOT_RELATED,
}  # fmt: skip
_TO_R4 = {
    EQUIVALENT: "equivalent", NARROWER: "wider", BROADER: "narrower", RELATED_TO: "relatedto",
    NOT_RELATED: "unmatched",
}  # fmt: skip


def translate(library: Library, parameters: Parameters, *, r4: bool) -> Json:
    """Return the correspondences of a code in another system.

    The request names a concept (``sourceCode`` + ``sourceSystem`` or ``system`` + ``code``, a
    Coding or a CodeableConcept) and optionally a target system and one map.
    """
    matches = []
    for system, code in _sources(parameters):
        matches += list(_sent(library, parameters, system, code, r4=r4))
        matches += list(_installed(library, parameters, system, code, r4=r4))
    good = any(_is_positive(match) for match in matches)
    out = [element("result", "Boolean", good), *matches]
    if not matches:
        out.append(element("message", "String", "No correspondence is known for this code"))
    return resource(out)


def _sources(parameters: Parameters) -> list[tuple[str, str]]:
    codings = [parameters.resource("coding"), parameters.resource("sourceCoding")]
    for name in ("codeableConcept", "sourceCodeableConcept"):
        codings += (parameters.resource(name) or {}).get("coding", [])
    found = [
        (str(coding.get("system", "")), str(coding.get("code", ""))) for coding in codings if coding
    ]
    code = parameters.text("sourceCode", "code")
    if code:
        found.append((parameters.text("sourceSystem", "system"), code))
    if not found or not all(system and code for system, code in found):
        raise invalid("Name the concept: 'sourceSystem' and 'sourceCode', or a coding with both")
    return found


def _sent(
    library: Library, parameters: Parameters, system: str, code: str, *, r4: bool
) -> Iterator[Json]:
    url, version = versions.split(parameters.text("url"))
    inline = parameters.resource("conceptMap")
    for found in [inline] if inline else library.concept_maps():
        if url and found.get("url") != url:
            continue
        if version and found.get("version") != version:
            continue
        for group in found.get("group", []):
            if versions.split(str(group.get("source", "")))[0] == system:
                yield from _group(found, group, code, _target(parameters), r4=r4)


def _target(parameters: Parameters) -> str:
    return parameters.text("targetSystem", "targetsystem")


def _group(found: Json, group: Json, code: str, target: str, *, r4: bool) -> Iterator[Json]:
    system = versions.split(str(group.get("target", "")))[0]
    if target and system != target:
        return
    for entry in group.get("element", []):
        if entry.get("code") != code:
            continue
        for row in entry.get("target", []):
            said = str(row.get("relationship") or row.get("equivalence") or "")
            coding = {"system": system, "code": str(row.get("code", ""))}
            if row.get("display"):
                coding["display"] = str(row["display"])
            relation = _FROM_R4.get(said, said)
            yield _match(coding, relation, canonical_of(found), r4=r4)


def _installed(
    library: Library, parameters: Parameters, system: str, code: str, *, r4: bool
) -> Iterator[Json]:
    terms, target = library.terms, _target(parameters)
    pack = terms.names.find(system)
    wanted = terms.names.find(target) if target else None
    if pack is None or (target and wanted is None) or parameters.text("url"):
        return
    for view in terms.maps(pack.id, code, wanted.id if wanted else ""):
        coding = {"system": view.target_system, "code": view.code}
        if view.display:
            coding["display"] = view.display
        yield _match(coding, view.relation, f"urn:portal:map:{view.origin or view.target}", r4=r4)


def _match(coding: Json, relation: str, origin: str, *, r4: bool) -> Json:
    part = [element("concept", "Coding", coding)]
    if r4:
        part.append(element("equivalence", "Code", _TO_R4.get(relation, relation)))
    else:
        part.append(element("relationship", "Code", relation))
    kind = "Uri" if r4 and not origin.startswith("http") else "Canonical"
    return {"name": "match", "part": [*part, element("originMap", kind, origin)]}


def _is_positive(match: Json) -> bool:
    codes = {str(part.get("valueCode", "")) for part in match["part"]}
    return not codes & {NOT_RELATED, "unmatched"}
