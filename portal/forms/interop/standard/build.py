"""Builds ``structure.json`` and ``codes.json`` from the definitions that HL7 publishes with FHIR R4.

``python -m portal.forms.interop.standard.build FOLDER`` reads ``profiles-types.json``,
``profiles-resources.json``, ``valuesets.json``, ``v2-tables.json`` and ``v3-codesystems.json`` of
the specification (HL7 places its content in the public domain, CC0). Needed only when the standard
itself changes.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RESOURCES = ("Questionnaire", "QuestionnaireResponse", "ValueSet", "CodeSystem", "Bundle")
BUNDLES = ("valuesets.json", "v2-tables.json", "v3-codesystems.json")
OWN = ("http://hl7.org/fhir/", "http://terminology.hl7.org/CodeSystem/")
MAX_CODES = 400
Json = dict[str, Any]


def _entries(folder: Path, *names: str) -> Iterator[Json]:
    for name in names:
        bundle = json.loads((folder / name).read_text(encoding="utf-8"))
        yield from (entry["resource"] for entry in bundle["entry"])


def structure(folder: Path, codes: Json) -> Json:
    """Return ``{type: {element: [type, list?, required?, allowed codes]}}``."""
    found = {
        r["id"]: r
        for r in _entries(folder, "profiles-types.json", "profiles-resources.json")
        if r["resourceType"] == "StructureDefinition" and r.get("derivation") != "constraint"
    }
    types: Json = {}
    todo = [*RESOURCES, "Element"]
    while todo:
        name = todo.pop()
        if name in types or name not in found or found[name]["kind"] == "primitive-type":
            continue
        types[name] = {}
        for element in found[name]["snapshot"]["element"][1:]:
            _element(types, element, codes)
        todo += [one[0] for own in types.values() for one in own.values() if one[0] not in types]
    primitives = [name for name, r in found.items() if r["kind"] == "primitive-type"]
    resources = [n for n, r in found.items() if r["kind"] == "resource" and not r.get("abstract")]
    return {"types": types, "primitives": sorted(primitives), "resources": sorted(resources)}


def _element(types: Json, element: Json, codes: Json) -> None:
    owner, _, name = element["path"].rpartition(".")
    if element["max"] == "0" or owner not in types:
        return
    listed, needed = element["max"] != "1", element["min"] > 0
    if "contentReference" in element:
        kinds = [element["contentReference"].lstrip("#")]
    else:
        kinds = [one["code"].rpartition("/")[2] for one in element["type"]]
    if kinds in (["BackboneElement"], ["Element"]):
        kinds = [element["path"]]
        types[element["path"]] = {}
    binding = element.get("binding", {})
    allowed: list[str] = []
    if kinds == ["code"] and binding.get("strength") == "required":
        allowed = _codes_of(codes, binding["valueSet"].partition("|")[0])
    for written in kinds:
        kind = "string" if written == "System.String" else written
        label = name.replace("[x]", kind[:1].upper() + kind[1:]) if "[x]" in name else name
        needed = needed and "[x]" not in name
        types[owner][label] = [kind, listed, needed, *([allowed] if allowed else [])]


def _codes_of(codes: Json, address: str) -> list[str]:
    found: set[str] = set()
    for system, listed, *_ in codes["sets"].get(address, {}).get("include", []):
        found |= set(listed or codes["systems"][system]["codes"])
    return sorted(found)


def terminology(folder: Path) -> Json:
    """Return the code systems that the standard defines itself and the value sets made of them."""
    every = list(_entries(folder, *BUNDLES))
    systems = {
        r["url"]: {"name": r.get("name", ""), "codes": _concepts(r)}
        for r in every
        if r["resourceType"] == "CodeSystem"
        and r.get("content") == "complete"
        and r["url"].startswith(OWN)
        and 0 < len(_concepts(r)) <= MAX_CODES
    }
    raw = {r["url"]: r for r in every if r["resourceType"] == "ValueSet"}
    sets: Json = {}
    for address, resource in raw.items():
        include = _expanded(resource, systems, raw)
        if include:
            sets[address] = {"name": resource.get("name", ""), "include": include}
    used = {part[0] for one in sets.values() for part in one["include"]}
    return {"systems": {u: s for u, s in systems.items() if u in used}, "sets": sets}


def _concepts(system: Json) -> Json:
    """Return code to display, or to [display, parent, selectable]."""
    found: Json = {}
    todo = [(concept, "") for concept in reversed(system.get("concept", []))]
    while todo:
        concept, parent = todo.pop()
        given = {p["code"]: p for p in concept.get("property", [])}
        abstract = given.get("notSelectable", given.get("abstract", {})).get("valueBoolean", False)
        display = concept.get("display", "")
        parent = parent or given.get("subsumedBy", {}).get("valueCode", "")
        plain = not parent and not abstract
        found[concept["code"]] = display if plain else [display, parent, not abstract]
        todo += [(child, concept["code"]) for child in reversed(concept.get("concept", []))]
    return found


def _expanded(resource: Json, systems: Json, raw: Json, depth: int = 0) -> list[Any]:
    """Return ``[[system, codes or None, displays]]``; empty when a part cannot be listed."""
    compose = resource.get("compose", {})
    displays: dict[str, dict[str, str]] = {}
    found: dict[str, set[str] | None] = {}
    for part in compose.get("include", []):
        inner = _inner(part, systems, raw, depth) if part.get("valueSet") else None
        chosen = _chosen(part, systems) if inner is None else None
        if not inner and chosen is None:
            return []
        for system, codes in inner or ([chosen] if chosen else []):
            for concept in part.get("concept", []):
                if concept.get("display"):
                    displays.setdefault(system, {})[concept["code"]] = concept["display"]
            found[system] = None if codes is None else codes | (found.get(system) or set())
    for part in compose.get("exclude", []):
        chosen = _chosen(part, systems)
        if chosen is None or chosen[0] not in found:
            return []
        every = found[chosen[0]] or set(systems[chosen[0]]["codes"])
        found[chosen[0]] = every - (chosen[1] or set())
    return [
        [system, None if codes is None else sorted(codes), *_named(systems, displays, system)]
        for system, codes in found.items()
    ]


def _inner(part: Json, systems: Json, raw: Json, depth: int) -> list[tuple[str, Any]]:
    """Return what an include takes from another value set; empty when that cannot be listed."""
    if depth > 5 or part.get("system") or part["valueSet"][0] not in raw:
        return []
    found = _expanded(raw[part["valueSet"][0]], systems, raw, depth + 1)
    return [(system, None if codes is None else set(codes)) for system, codes, *_ in found]


def _named(systems: Json, displays: dict[str, dict[str, str]], system: str) -> list[Any]:
    """Return the displays that differ from the code system's own."""
    own = systems[system]["codes"]
    found = {
        code: text
        for code, text in displays.get(system, {}).items()
        if text != (own.get(code) if isinstance(own.get(code), str) else (own.get(code) or [""])[0])
    }
    return [found] if found else []


def _chosen(part: Json, systems: Json) -> tuple[str, set[str] | None] | None:
    system = part.get("system", "")
    if system not in systems:
        return None
    if part.get("concept"):
        return system, {concept["code"] for concept in part["concept"]}
    codes: set[str] | None = None
    for rule in part.get("filter", []):
        kept = _filtered(rule, systems[system]["codes"])
        if kept is None:
            return None
        codes = kept if codes is None else codes & kept
    return system, codes


def _filtered(rule: Json, concepts: Json) -> set[str] | None:
    if rule["op"] not in {"is-a", "descendent-of"}:
        return None
    top = rule["value"]
    below = {top}
    while True:
        more = {c for c, own in concepts.items() if isinstance(own, list) and own[1] in below}
        if more <= below:
            break
        below |= more
    return below if rule["op"] == "is-a" else below - {top}


def main(folder: Path) -> None:
    """Write both tables beside this module."""
    codes = terminology(folder)
    here = Path(__file__).parent
    for name, table in (("codes", codes), ("structure", structure(folder, codes))):
        text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        lines = text.replace('},"', '},\n"')
        (here / f"{name}.json").write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
