"""The family as FHIR R4: a Bundle with a FamilyMemberHistory for each relative."""

from typing import Any

from portal.forms.pedigree.model import Pedigree
from portal.forms.pedigree.person import Person

_PARENT = "http://hl7.org/fhir/StructureDefinition/family-member-history-genetics-parent"
_SNOMED = "http://snomed.info/sct"
_GENDER = "http://hl7.org/fhir/administrative-gender"
_ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_ROLES = {
    "maternal_grandmother": "MGRMTH",
    "maternal_grandfather": "MGRFTH",
    "paternal_grandmother": "PGRMTH",
    "paternal_grandfather": "PGRFTH",
    "maternal_aunt": "MAUNT",
    "maternal_uncle": "MUNCLE",
    "paternal_aunt": "PAUNT",
    "paternal_uncle": "PUNCLE",
    "cousin": "COUSN",
    "grandchild": "GRNDCHILD",
    "partner": "SPS",
}
Json = dict[str, Any]


def family_history(family: Pedigree, patient_id: str) -> Json:
    """Return a collection; the patient is referred to as ``Patient/<id>`` and not part of it."""
    relatives = [one for one in family.people if not one.proband]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {
                "fullUrl": f"urn:portal:relative:{one.number}",
                "resource": _history(one, family, patient_id),
            }
            for one in relatives
        ],
    }


def _history(one: Person, family: Pedigree, patient_id: str) -> Json:
    found: Json = {
        "resourceType": "FamilyMemberHistory",
        "id": f"relative-{one.number}",
        "status": "completed",
        "patient": {"reference": f"Patient/{patient_id}"},
        "relationship": _relationship(one),
    }
    people = family.by_number
    parents = [
        _parent(role, number)
        for role, number in (("father", one.father), ("mother", one.mother))
        if number and not people[number].proband
    ]
    if parents:
        found["extension"] = parents
    if one.sex in {"female", "male"}:
        found["sex"] = {"coding": [{"system": _GENDER, "code": one.sex}]}
    if one.deceased and one.age is not None:
        found["deceasedAge"] = _age(one.age)
    else:
        found["deceasedBoolean"] = one.deceased
        if one.age is not None:
            found["ageAge"] = _age(one.age)
    if one.condition:
        found["condition"] = [_condition(one)]
    return found


def _relationship(one: Person) -> Json:
    concept: Json = {"text": one.relation_text or "relative"}
    if one.relation.get("system") == _SNOMED:
        concept["coding"] = [{"system": _SNOMED, "code": one.code}]
    elif one.code in _ROLES:
        concept["coding"] = [{"system": _ROLE, "code": _ROLES[one.code]}]
    return concept


def _parent(role: str, number: str) -> Json:
    code = "MTH" if role == "mother" else "FTH"
    return {
        "url": _PARENT,
        "extension": [
            {"url": "type", "valueCodeableConcept": {"coding": [{"system": _ROLE, "code": code}]}},
            {
                "url": "reference",
                "valueReference": {"reference": f"FamilyMemberHistory/relative-{number}"},
            },
        ],
    }


def _condition(one: Person) -> Json:
    concept: Json = {"text": one.condition_text}
    if one.condition.get("code"):
        coding = {
            k: one.condition[k] for k in ("system", "code", "display") if one.condition.get(k)
        }
        concept["coding"] = [coding]
    found: Json = {"code": concept}
    if one.onset_age is not None:
        found["onsetAge"] = _age(one.onset_age)
    return found


def _age(years: int) -> Json:
    return {"value": years, "unit": "years", "system": "http://unitsofmeasure.org", "code": "a"}
