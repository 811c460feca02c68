"""Two Questionnaires compared by what they mean: order of extensions and spelt-out defaults aside."""

import json
from typing import Any

from portal.forms.interop.exporting.expressions import SOURCE
from portal.forms.interop.fhirpath import parse

FALSE = frozenset({"repeats", "required", "readOnly", "initialSelected"})
UNORDERED = frozenset({"extension"})


def normal(node: Any, key: str = "") -> Any:
    """Return an element without what says nothing."""
    if isinstance(node, list):
        parts = [normal(one, key) for one in node]
        if key == "item":
            return [p for p in parts if is_help(p)] + [p for p in parts if not is_help(p)]
        return (
            sorted(parts, key=lambda one: json.dumps(one, sort_keys=True))
            if key in UNORDERED
            else parts
        )
    if not isinstance(node, dict):
        return node
    found = {k: normal(v, k) for k, v in node.items() if not (k in FALSE and v is False)}
    found.pop("resourceType", None) if key == "" else None
    if "extension" in found:
        found["extension"] = [one for one in found["extension"] if one.get("url") != SOURCE]
        if not found["extension"]:
            del found["extension"]
    for condition in found.get("enableWhen", ()):
        if "answerCoding" in condition:
            condition["answerCoding"].pop("display", None)
    if len(found.get("enableWhen", ())) == 1:
        found.pop("enableBehavior", None)
    if found.get("language") == "text/fhirpath" and "expression" in found:
        found["expression"] = "FHIRPath" if parse(found["expression"]) else ""
    return {k: v for k, v in found.items() if v not in ([], {})}


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
