"""FHIR XML into the JSON shape of the same resource. No entities, no network, no document type."""

from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from portal.forms.interop.access import Json, number
from portal.forms.interop.standard.structure import Element, element_of, kind_known

FHIR = "{http://hl7.org/fhir}"
XHTML = "{http://www.w3.org/1999/xhtml}"
MAX_LEVELS = 160
_OLDER: dict[tuple[str, str], Element] = {
    (owner, name): Element(kind, listed=name == "option", needed=False, allowed=frozenset())
    for owner, name, kind in (
        ("Questionnaire.item", "option", "Questionnaire.item.answerOption"),
        ("Questionnaire.item", "options", "Reference"),
        ("Questionnaire.item.enableWhen", "hasAnswer", "boolean"),
    )
}
"""Elements that STU3 had and R4 has not."""
_NUMBERS = frozenset({"integer", "positiveInt", "unsignedInt", "decimal"})


def from_xml(written: str) -> Json:
    """Return the resource; raises ``ValueError`` with what is wrong."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(written.encode(), parser)
    except etree.XMLSyntaxError as fault:
        raise ValueError(str(fault.msg)) from None
    if root.getroottree().docinfo.doctype:
        raise ValueError("a document type declaration is not allowed")
    return _resource(root, 0)


def _local(node: Any) -> str:
    return str(etree.QName(node).localname)


def _resource(node: Any, level: int) -> Json:
    kind = _local(node)
    if not node.tag.startswith(FHIR):
        raise ValueError(f"<{kind}> is not in the FHIR name space")
    return {"resourceType": kind, **_object(node, kind, level + 1)}


def _object(node: Any, kind: str, level: int) -> Json:
    """Return the members of a complex element."""
    if level > MAX_LEVELS:
        raise ValueError(f"nested more than {MAX_LEVELS} levels deep")
    found: Json = {key: value for key, value in node.attrib.items() if key in {"id", "url"}}
    for part in node:
        name = _local(part)
        element = element_of(kind, name) or _OLDER.get((kind, name))
        inner = element.kind if element else ""
        listed = bool(element and element.listed)
        if part.tag.startswith(XHTML):
            _put(found, name, etree.tostring(part, encoding="unicode"), listed=False)
        elif inner == "Resource":
            _put(found, name, _resource(part[0], level) if len(part) else {}, listed=listed)
        elif "value" in part.attrib or _is_primitive(part, inner):
            _primitive(found, name, part, inner, listed=listed, level=level)
        else:
            _put(found, name, _object(part, inner, level + 1), listed=listed, known=bool(element))
    return found


def _is_primitive(node: Any, kind: str) -> bool:
    """Whether an element without a value is a primitive one (with extensions only)."""
    inner = {_local(part) for part in node}
    return bool(kind) and not kind_known(kind) and inner <= {"extension"}


def _primitive(found: Json, name: str, node: Any, kind: str, *, listed: bool, level: int) -> None:
    """Add a primitive value, and what stands beside it (id, extensions) under ``_name``."""
    beside = _object(node, "Element", level + 1)
    _put(found, name, _value(node.get("value"), kind), listed=listed)
    if not listed:
        if beside:
            found[f"_{name}"] = beside
        if found[name] is None:
            del found[name]
    elif beside or f"_{name}" in found:
        shadow = found.setdefault(f"_{name}", [])
        shadow += [None] * (len(found[name]) - 1 - len(shadow))
        shadow.append(beside or None)


def _value(written: str | None, kind: str) -> Any:
    if written is None:
        return None
    if kind == "boolean" and written in {"true", "false"}:
        return written == "true"
    exact = number(written) if kind in _NUMBERS else None
    if exact is None:
        return written
    return exact if kind == "decimal" or "." in written else int(exact)


def _put(found: Json, name: str, value: Any, *, listed: bool, known: bool = True) -> None:
    """Add a member; an element that R4 does not know becomes a list when it stands here again."""
    if listed:
        found.setdefault(name, []).append(value)
    elif name in found and known:
        raise ValueError(f"<{name}> stands here twice")
    elif name in found:
        before = found[name] if isinstance(found[name], list) else [found[name]]
        found[name] = [*before, value]
    else:
        found[name] = value
