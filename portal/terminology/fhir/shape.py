"""The shape of resources that strangers send: lists where lists belong, objects, texts."""

from typing import Any

from portal.terminology.fhir.outcome import FhirError, Issue, Json, invalid

_LISTS = {
    "concept", "include", "exclude", "filter", "designation", "extension", "contains", "group",
    "element", "target", "contained", "coding", "parameter",
}  # fmt: skip
_OBJECTS = {"compose", "expansion", "use"}
_TEXTS = {
    "resourceType", "url", "version", "code", "display", "system", "name", "title", "status",
    "language", "content", "definition", "op", "id", "supplements", "uri", "relationship",
    "equivalence",
}  # fmt: skip
_MIXED = {"property", "valueSet", "source", "target"}
_CHANGING = {"modifierExtension", "implicitRules"}
_MAX_DEPTH = 60


def check(resource: Json) -> None:
    """Raise FhirError (400) with the place of the first thing that has the wrong shape."""
    _object(resource, str(resource.get("resourceType", "resource")), 0)


def _object(value: Any, place: str, depth: int) -> None:
    if not isinstance(value, dict):
        raise invalid(f"{place} is an object in FHIR JSON")
    if depth > _MAX_DEPTH:
        raise invalid(f"{place[:60]}… is nested more than {_MAX_DEPTH} deep")
    for key, inner in value.items():
        where = f"{place}.{key}"
        if key in _CHANGING and inner:
            text = f"{where} may change the meaning of the resource; it is not understood here"
            raise FhirError(422, Issue("error", "business-rule", "vs-invalid", text, "", where))
        if key in _MIXED:
            _mixed(inner, where, depth)
        elif key in _LISTS:
            _list(inner, where, depth)
        elif key in _OBJECTS:
            _object(inner, where, depth + 1)
        elif key in _TEXTS and not isinstance(inner, str):
            raise invalid(f"{where} is a text in FHIR JSON")


def _list(value: Any, place: str, depth: int) -> None:
    if not isinstance(value, list):
        raise invalid(f"{place} is a list in FHIR JSON")
    for number, inner in enumerate(value):
        _object(inner, f"{place}[{number}]", depth + 1)


def _mixed(value: Any, place: str, depth: int) -> None:
    """Check a name that holds objects in one resource and texts in another."""
    owner, _, name = place.rpartition(".")
    is_text = owner.endswith(".compose") or owner.rpartition(".")[2].startswith("filter[")
    if name == "property" and not is_text:
        _list(value, place, depth)
        return
    for number, inner in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(inner, dict):
            _object(inner, f"{place}[{number}]", depth + 1)
        elif not isinstance(inner, str):
            raise invalid(f"{place} holds texts or objects in FHIR JSON")
