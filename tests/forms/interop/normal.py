"""Two Questionnaires compared by what they mean: order of extensions and spelt-out defaults aside."""

import json
from contextlib import suppress
from typing import Any

from portal.forms.interop.exporting.expressions import SOURCE
from portal.forms.interop.fhirpath import PathError, parse

FALSE = frozenset({"repeats", "required", "readOnly", "initialSelected"})
UNORDERED = frozenset({"extension", "contained"})


def normal(node: Any, key: str = "") -> Any:
    """Return an element without what says nothing."""
    if isinstance(node, list):
        return ordered([normal(one, key) for one in node], key)
    if not isinstance(node, dict):
        return "https://www.orpha.net" if node == "http://www.orpha.net" else node
    found = {k: normal(v, k) for k, v in node.items() if not (k in FALSE and v is False)}
    if not key:
        found.pop("resourceType", None)
    found["extension"] = [one for one in found.get("extension", ()) if one.get("url") != SOURCE]
    if str(found.get("url", "")).endswith(("minValue", "maxValue", "sliderStepValue")):
        found = {k.replace("valueInteger", "valueDecimal"): v for k, v in found.items()}
    normal_condition(found)
    return {k: v for k, v in found.items() if v not in ([], {})}


def ordered(parts: list[Any], key: str) -> list[Any]:
    """Return a list with what has no order in a fixed one."""
    if key == "item":
        return [p for p in parts if is_help(p)] + [p for p in parts if not is_help(p)]
    if key in UNORDERED:
        return sorted(parts, key=lambda one: json.dumps(one, sort_keys=True))
    return parts


def normal_condition(found: dict[str, Any]) -> None:
    """Reduce conditions to what decides; expressions are compared by their results elsewhere."""
    for condition in found.get("enableWhen", ()):
        if "answerCoding" in condition:
            condition["answerCoding"].pop("display", None)
        if "answerInteger" in condition:
            condition["answerDecimal"] = condition.pop("answerInteger")
    if len(found.get("enableWhen", ())) == 1:
        found.pop("enableBehavior", None)
    if found.get("language") == "text/fhirpath" and "expression" in found:
        with suppress(PathError):
            found["expression"] = "FHIRPath" if parse(found["expression"]) else ""


def is_help(item: Any) -> bool:
    """Whether an item is a help text: its place among its siblings says nothing."""
    return item.get("type") == "display" and '"help"' in json.dumps(item.get("extension", ""))


def differences(left: Any, right: Any, path: str = "") -> list[str]:
    """Return where two values differ."""
    if isinstance(left, dict) and isinstance(right, dict):
        found = []
        for key in {**left, **right}:
            place = f"{path}.{key}"
            if key not in left:
                found.append(f"{place}: only after: {json.dumps(right[key])[:200]}")
            elif key not in right:
                found.append(f"{place}: only before: {json.dumps(left[key])[:200]}")
            else:
                found += differences(left[key], right[key], place)
        return found
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        found = []
        for index, (one, other) in enumerate(zip(left, right, strict=True)):
            found += differences(one, other, f"{path}[{index}]")
        return found
    return (
        [] if left == right else [f"{path}: {json.dumps(left)[:300]} → {json.dumps(right)[:300]}"]
    )
