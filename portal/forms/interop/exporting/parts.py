"""Single parts of an exported item: codes, controls, values, what is our own."""

import json
from decimal import Decimal
from typing import Any

from portal.forms.compiled import CompiledItem
from portal.forms.definition import Coding
from portal.forms.interop.access import Json
from portal.forms.interop.exporting import addresses as a


def own_extensions(item: CompiledItem) -> list[Json]:
    """Return what FHIR has no word for."""
    asked = item.item
    found: list[Json] = []
    if asked.weight:
        found.append({"url": a.OWN_WEIGHT, "valueDecimal": Decimal(asked.weight)})
    found += [{"url": a.OWN_SENSITIVE, "valueString": word} for word in asked.sensitive]
    found += [{"url": a.OWN_WAS, "valueString": former} for former in asked.was]
    if asked.replaceable:
        found.append({"url": a.OWN_REPLACEABLE, "valueBoolean": True})
    if asked.type == "section" and item.parent:
        found.append({"url": a.OWN_TYPE, "valueCode": "section"})
    kept = asked.fhir or {}
    looped = asked.repeats or asked.required or kept.get("repeats") or kept.get("required")
    if asked.type == "group" and not item.parent and not looped:
        found.append({"url": a.OWN_TYPE, "valueCode": "group"})
    if asked.extract:
        if "observation" in asked.extract:
            found.append({"url": a.EXTRACT, "valueBoolean": True})
        if asked.extract != {"observation": True}:
            written = json.dumps(asked.extract, ensure_ascii=False, sort_keys=True)
            found.append({"url": a.OWN_EXTRACT, "valueString": written})
    return found


def coding(code: Coding) -> Json:
    """Return a code."""
    found = {
        "system": code.system,
        "version": code.version,
        "code": code.code,
        "display": code.display,
    }
    return {key: value for key, value in found.items() if value}


def control_extensions(item: CompiledItem) -> list[Json]:
    """Return how the item is shown: a control, or a category of display."""
    asked = item.item
    kept = asked.fhir.get("as", {})
    if isinstance(kept, dict) and kept.get("control"):
        return [control_extension(str(kept["control"]))]
    control = asked.control or ("table" if asked.type == "table" else "")
    if control == "table" and asked.repeats:
        control = "gtable"
    if asked.type == "note" and control in a.CATEGORIES:
        return [category_extension(a.CATEGORIES[control])]
    return [control_extension(a.CONTROLS.get(control, control))] if control else []


def control_extension(code: str) -> Json:
    """Return ``itemControl``."""
    concept = {"coding": [{"system": a.CONTROL_SYSTEM, "code": code}]}
    return {"url": a.ITEM_CONTROL, "valueCodeableConcept": concept}


def category_extension(code: str) -> Json:
    """Return ``displayCategory``."""
    concept = {"coding": [{"system": a.CATEGORY_SYSTEM, "code": code}]}
    return {"url": a.DISPLAY_CATEGORY, "valueCodeableConcept": concept}


def valued(kind: str, value: Any) -> Json:
    """Return ``{"value[x]": value}``; a pair is the value and what stands beside it."""
    if isinstance(value, tuple):
        return {f"value{kind}": value[0], f"_value{kind}": value[1]}
    return {f"value{kind}": value}
