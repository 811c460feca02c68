"""What R4 spells differently: properties of an expansion are extensions there."""

from portal.terminology.fhir.outcome import Json

_BASE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion"


def to_r4(resource: Json) -> Json:
    """Return an expanded value set as an R4 client expects it; other resources as they are."""
    expansion = resource.get("expansion")
    if resource.get("resourceType") != "ValueSet" or not isinstance(expansion, dict):
        return resource
    out = dict(expansion)
    declared = out.pop("property", [])
    if declared:
        out["extension"] = [
            _extension(f"{_BASE}.property", entry, {"code": "valueCode", "uri": "valueUri"})
            for entry in declared
        ]
    if "contains" in out:
        out["contains"] = [_entry(entry) for entry in out["contains"]]
    return {**resource, "expansion": out}


def _extension(url: str, entry: Json, kinds: dict[str, str]) -> Json:
    parts = [{"url": name, kind: entry[name]} for name, kind in kinds.items() if name in entry]
    return {"extension": parts, "url": url}


def _entry(entry: Json) -> Json:
    out = dict(entry)
    properties = out.pop("property", [])
    if properties:
        made = []
        for found in properties:
            kind = next((key for key in found if key.startswith("value")), "valueString")
            parts = [
                {"url": "code", "valueCode": found["code"]},
                {"url": "value", kind: found.get(kind)},
            ]
            made.append({"extension": parts, "url": f"{_BASE}.contains.property"})
        out["extension"] = [*out.get("extension", []), *made]
    if "contains" in out:
        out["contains"] = [_entry(inner) for inner in out["contains"]]
    return out
