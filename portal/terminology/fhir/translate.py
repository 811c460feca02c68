"""ConceptMap $translate: by the maps of the request, then by those of the installed packs."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.terminology.fhir import versions
from portal.terminology.fhir.compose import Member, Members, view_of
from portal.terminology.fhir.conceptmaps import (
    FROM_R4,
    TO_R4,
    Coding,
    Row,
    Translation,
    ordered,
    scope,
)
from portal.terminology.fhir.library import Library
from portal.terminology.fhir.outcome import FhirError, Issue, Json, invalid
from portal.terminology.fhir.parameters import Parameters, element, resource
from portal.terminology.fhir.settings import Rules
from portal.terminology.records import INVERSE


@dataclass(frozen=True)
class Question:
    """What is asked. ``backwards``: the codes are of the target, the answers of the source."""

    codes: tuple[Coding, ...]
    answer_system: str
    code_scope: str
    answer_scope: str
    backwards: bool = False


def translate(library: Library, parameters: Parameters, *, r4: bool) -> Json:
    """Return the correspondences of a code in another system.

    The request names a concept (``sourceCode`` + ``sourceSystem`` or ``system`` + ``code``, a
    Coding or a CodeableConcept; or the target's, to be answered backwards) and optionally a system
    to answer in, value sets on both sides, and one map.
    """
    question = _question(parameters, r4=r4)
    members = Members(library, Rules.of(parameters))
    nominated = bool(parameters.text("url") or parameters.resource("conceptMap"))
    everything = library.concept_maps()
    out: list[Json] = []
    rows: list[Row] = []
    for code in question.codes:
        if not _in_scope(members, code, question.code_scope):
            continue
        maps = _applicable(members, question, code, _candidates(library, parameters))
        found = Translation(everything, code, question.answer_system)
        for entry in ordered(maps):
            if question.backwards:
                found.backwards(entry)
            else:
                found.forwards(entry)
        out += [element("used-conceptmap", "Uri", name) for name in found.used]
        rows += found.rows
        if not nominated:
            rows += _installed(library, question, code)
    return _answer(rows, out, r4=r4)


def _answer(rows: list[Row], extra: list[Json], *, r4: bool) -> Json:
    good = any(row.positive for row in rows)
    out = [element("result", "Boolean", good), *extra, *(_match(row, r4=r4) for row in rows)]
    if not rows:
        out.append(element("message", "String", "No correspondence is known for this code"))
    return resource(out)


def _question(parameters: Parameters, *, r4: bool) -> Question:
    scopes = parameters.text("sourceScope", "source"), parameters.text("targetScope", "target")
    target_system = parameters.text("targetSystem", "targetsystem")
    flipped = parameters.flag("reverse")
    if flipped is not None and not r4:
        text = "R5 has no parameter 'reverse': name the target with targetCode or targetCoding"
        raise FhirError(400, Issue("error", "not-supported", "invalid-data", text))
    codes = _codes(
        parameters, ("sourceCoding", "coding"), ("sourceCodeableConcept", "codeableConcept")
    )
    code = parameters.text("sourceCode", "code")
    if code:
        codes.append(Coding(parameters.text("sourceSystem", "system"), code))
    if codes:
        _complete(codes, "sourceSystem", "sourceCode")
        if flipped:
            return Question(tuple(codes), target_system, scopes[1], scopes[0], backwards=True)
        return Question(tuple(codes), target_system, *scopes)
    codes = _codes(parameters, ("targetCoding",), ("targetCodeableConcept",))
    code = parameters.text("targetCode", "targetcode")
    if code:
        codes.append(Coding(target_system, code))
    _complete(codes, "targetSystem", "targetCode")
    answer = parameters.text("sourceSystem", "system")
    return Question(tuple(codes), answer, scopes[1], scopes[0], backwards=True)


def _codes(
    parameters: Parameters, codings: tuple[str, ...], concepts: tuple[str, ...]
) -> list[Coding]:
    found = [parameters.resource(name) for name in codings]
    for name in concepts:
        entries = (parameters.resource(name) or {}).get("coding", [])
        found += entries if isinstance(entries, list) else []
    return [
        Coding(str(coding.get("system", "")), str(coding.get("code", "")))
        for coding in found
        if isinstance(coding, dict)
    ]


def _complete(codes: list[Coding], system: str, code: str) -> None:
    if not codes or not all(coding.system and coding.code for coding in codes):
        raise invalid(f"Name the concept: '{system}' and '{code}', or a coding with both")


def _candidates(library: Library, parameters: Parameters) -> list[Json]:
    inline = parameters.resource("conceptMap")
    if inline is not None:
        library.add(inline)
        return [inline]
    url, version = versions.split(parameters.text("url"))
    version = version or parameters.text("conceptMapVersion")
    maps = library.concept_maps()
    if not url:
        return maps
    named = [
        found
        for found in maps
        if found.get("url") == url and version in ("", str(found.get("version", "")))
    ]
    if not named:
        text = f"A definition for the ConceptMap '{versions.joined(url, version)}' is not here"
        raise FhirError(404, Issue("error", "not-found", "not-found", text))
    return named


def _applicable(members: Members, question: Question, code: Coding, maps: list[Json]) -> list[Json]:
    """Return the maps whose own scope has the code, and that answer in the scope asked for."""
    near, far = ("target", "source") if question.backwards else ("source", "target")
    wanted = versions.split(question.answer_scope)[0]
    out = []
    for found in maps:
        other = versions.split(scope(found, far))[0]
        if wanted and other and other != wanted:
            continue
        if _in_scope(members, code, scope(found, near)):
            out.append(found)
    return out


def _in_scope(members: Members, code: Coding, canonical: str) -> bool:
    """Say whether a value set has a code; where the scope is a whole system, every code of it."""
    if not canonical:
        return True
    value_set = members.library.value_set(canonical)
    if value_set is None:
        if versions.split(canonical)[0] == code.system:
            return True
        text = f"The value set '{canonical}', the scope of the translation, could not be found"
        raise FhirError(404, Issue("error", "not-found", "not-found", text))
    system = members.library.system(code.system, members.rules.decided(code.system, ""))
    node = system.locate(code.code) if system else None
    if system is None or node is None:
        return False
    view = view_of(value_set)
    return members.holds(view, Member(system, node, {}), [view.canonical])


def _installed(library: Library, question: Question, code: Coding) -> Iterator[Row]:
    """Return what the maps of the installed packs say."""
    terms = library.terms
    pack = terms.names.find(code.system)
    wanted = terms.names.find(question.answer_system) if question.answer_system else None
    if pack is None or (question.answer_system and wanted is None):
        return
    for view in terms.maps(pack.id, code.code, wanted.id if wanted else ""):
        other = Coding(view.target_system, view.code, view.display)
        origin = f"urn:portal:map:{view.origin or view.target}"
        if question.backwards:
            yield Row(other, code, INVERSE.get(view.relation, view.relation), origin)
        else:
            yield Row(code, other, view.relation, origin)


def _match(row: Row, *, r4: bool) -> Json:
    part = []
    if row.target is None:
        part.append(element("noMap", "Boolean", value=True))
    else:
        part.append(element("concept", "Coding", row.target.as_json()))
        if row.relation and r4:
            word = row.said if row.said in FROM_R4 else TO_R4.get(row.relation, row.said)
            part.append(element("equivalence", "Code", word))
        elif row.relation:
            part.append(element("relationship", "Code", row.relation))
    part.append(element("sourceConcept", "Coding", row.source.as_json()))
    if row.source_comment:
        part.append(element("sourceComment", "String", row.source_comment))
    if row.target_comment:
        part.append(element("targetComment", "String", row.target_comment))
    part += [_product(entry) for entry in row.products]
    kind = "Uri" if r4 and not row.origin.startswith("http") else "Canonical"
    part.append(element("originMap", kind, row.origin))
    part.sort(key=lambda entry: str(entry["name"]))
    return {"name": "match", "part": part}


def _product(entry: Json) -> Json:
    coding = {"system": str(entry.get("system", "")), "code": str(entry.get("value", ""))}
    name = str(entry.get("property") or entry.get("attribute") or "")
    if isinstance(entry.get("valueCoding"), dict):
        coding = entry["valueCoding"]
    return {
        "name": "product",
        "part": [element("element", "String", name), element("concept", "Coding", coding)],
    }
