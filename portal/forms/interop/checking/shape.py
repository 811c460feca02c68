"""Whether a resource has the shape that R4 gives it: names, lists, types, formats, needed parts."""

from collections.abc import Callable
from typing import Any

from portal.forms.interop.access import Json, shown, text, value_of
from portal.forms.interop.checking.primitives import decoded_size, fault
from portal.forms.interop.findings import Findings
from portal.forms.interop.standard.structure import Element, elements, kind_known
from portal.kernel.errors import nearest

MAX_LEVELS = 160
_ITEM = "QuestionnaireResponse.item"


class ShapeCheck:
    """Walks one resource; ``findings`` receives what is wrong, with the item around it."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def resource(self, resource: Json) -> None:
        """Check a resource of a known kind."""
        kind = text(resource, "resourceType")
        body = {key: value for key, value in resource.items() if key != "resourceType"}
        self.object(body, kind, "", 0)

    def object(self, node: Json, kind: str, link_id: str, level: int) -> None:
        """Check a complex element and everything below it."""
        if level > MAX_LEVELS:
            self.findings.error("structure", link_id, "nested too deeply")
            return
        if kind == _ITEM:
            link_id = text(node, "linkId") or link_id
        if not node:
            self.findings.error("structure", link_id, f"an empty {kind}: nothing says nothing")
        known = elements(kind)
        for name, value in node.items():
            self._member(node, kind, name, value, (link_id, level))
        for name, element in known.items():
            if element.needed and name not in node and f"_{name}" not in node:
                self.findings.error("required", link_id, f"{kind} has no '{name}'")
        invariant = _INVARIANTS.get(kind)
        for message in invariant(node) if invariant else []:
            self.findings.error("invariant", link_id, message)

    def _member(self, node: Json, kind: str, name: str, value: Any, place: tuple[str, int]) -> None:
        link_id, level = place
        known = elements(kind)
        if name.startswith("_") and name[1:] in known:
            self._beside(value, known[name[1:]], link_id, level)
            return
        element = known.get(name)
        if element is None:
            near = nearest(name, known)
            hint = f" Did you mean '{near}'?" if near else ""
            self.findings.error(
                "structure", link_id, f"{kind} has no property '{shown(name)}'.{hint}"
            )
            return
        if element.listed != isinstance(value, list):
            wanted = "a list" if element.listed else "a single value"
            self.findings.error("structure", link_id, f"'{name}' must be {wanted}")
            return
        if value == []:
            self.findings.error("structure", link_id, f"'{name}' is an empty list")
        shadow = node.get(f"_{name}")
        for index, one in enumerate(value if element.listed else [value]):
            beside = shadow[index] if isinstance(shadow, list) and index < len(shadow) else shadow
            if one is None and element.listed and isinstance(beside, dict):
                continue
            self._value(name, one, element, link_id, level)

    def _beside(self, value: Any, element: Element, link_id: str, level: int) -> None:
        """Check what stands beside a primitive value (its id and extensions)."""
        for one in value if element.listed and isinstance(value, list) else [value]:
            if isinstance(one, dict):
                self.object(one, "Element", link_id, level + 1)
            elif one is not None or not element.listed:
                self.findings.error("structure", link_id, "an object was expected beside a value")

    def _value(self, name: str, value: Any, element: Element, link_id: str, level: int) -> None:
        if element.kind == "Resource":
            if elements(text(value, "resourceType")):
                inner = {key: one for key, one in value.items() if key != "resourceType"}
                self.object(inner, text(value, "resourceType"), link_id, level + 1)
            elif not text(value, "resourceType"):
                self.findings.error("structure", link_id, f"'{name}' must be a resource")
            return
        if kind_known(element.kind) or element.kind == "Element":
            if isinstance(value, dict):
                self.object(value, element.kind, link_id, level + 1)
            else:
                self.findings.error("structure", link_id, f"'{name}' must be an object")
            return
        message = fault(element.kind, value)
        if not message and element.allowed and value not in element.allowed:
            near = nearest(value, element.allowed)
            known = ", ".join(sorted(element.allowed)[:12])
            hint = f" Did you mean '{near}'?" if near else ""
            message = f"'{shown(value)}' is not one of: {known}.{hint}"
        if message:
            self.findings.error("value", link_id, f"{name}: {message}")


def _several_values(node: Json) -> list[str]:
    values = [key for key in node if key.startswith("value") and key[5:6].isupper()]
    return [f"only one value is possible, found {', '.join(values)}"] if len(values) > 1 else []


def _attachment(node: Json) -> list[str]:
    if "data" in node and not text(node, "contentType"):
        return ["an attachment with data needs its contentType"]
    return []


def _quantity(node: Json) -> list[str]:
    if text(node, "code") and not text(node, "system"):
        return ["a quantity with a unit code needs the code's system"]
    return []


def _extension(node: Json) -> list[str]:
    if "extension" in node and value_of(node)[0]:
        return ["an extension holds a value or other extensions, not both"]
    shadowed = any(key.startswith("_value") for key in node)
    if "extension" not in node and not value_of(node)[0] and not shadowed:
        return ["an extension holds a value or other extensions"]
    return _several_values(node)


def _item(node: Json) -> list[str]:
    both = node.get("item") and node.get("answer")
    return ["items stand below the item or below its answer, not both"] if both else []


_INVARIANTS: dict[str, Callable[[Json], list[str]]] = {
    "Attachment": _attachment,
    "Quantity": _quantity,
    "Extension": _extension,
    "QuestionnaireResponse.item": _item,
    "QuestionnaireResponse.item.answer": _several_values,
}


def attachment_size_fault(node: Json) -> str:
    """Return the fault of an attachment whose stated size is not that of its data."""
    data, stated = text(node, "data"), node.get("size")
    actual = decoded_size(data) if data else None
    if actual is None or not isinstance(stated, int) or stated == actual:
        return ""
    return f"the attachment says it has {stated:,} bytes, its data has {actual:,}"
