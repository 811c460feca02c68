"""The JSON Schema of form files, for editors that complete and check while one types.

Editors know less than the reader: the schema checks words and shapes, the reader also meanings.
"""

from typing import Any

from portal.forms.definition.model import CONTAINERS
from portal.forms.definition.shapes import DECIMAL, ID, NAME, SEMVER
from portal.forms.definition.vocabulary import (
    CHECK_KEYWORDS,
    CONTROLS,
    FORM_KEYWORDS,
    ITEM_KEYWORDS,
    MIGRATION_KEYWORDS,
    OPTION_KEYWORDS,
    PREFILL_KEYWORDS,
    RETIRED_KEYWORDS,
    RULE_KEYWORDS,
    SHORTHANDS,
    Keyword,
    known_types,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_WORD: dict[str, Any] = {"type": "string"}
_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
_FREE: dict[str, Any] = {"type": "object"}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _list_of(shape: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": shape}


def _one_or_list(shape: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [shape, _list_of(shape)]}


def _map_of(shape: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": shape}


def _shapes() -> dict[str, dict[str, Any]]:
    return {
        "id": _ref("id"),
        "ids": _one_or_list(_ref("id")),
        "name": {"type": "string", "pattern": f"^{NAME.pattern}$"},
        "version": {"type": "string", "pattern": f"^{SEMVER.pattern}$"},
        "type": {"enum": sorted(known_types())},
        "flag": {"type": "boolean"},
        "whole": {"type": "integer", "minimum": 0},
        "decimal": {
            "anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^{DECIMAL.pattern}$"}]
        },
        "text": _ref("text"),
        "words": _SCALAR,
        "expression": _SCALAR,
        "bound": _SCALAR,
        "pattern": _WORD,
        "unit": _SCALAR,
        "units": _one_or_list(_SCALAR),
        "codings": _one_or_list(_WORD),
        "options": {"anyOf": [_ref("id"), _list_of(_ref("option"))]},
        "sources": _one_or_list(_WORD),
        "strings": {"anyOf": [{"type": "boolean"}, _WORD, _list_of(_WORD)]},
        "percent": {"anyOf": [{"type": "integer", "minimum": 10, "maximum": 100}, _WORD]},
        "size": {"type": "string", "pattern": "^[1-9][0-9]{0,5} ?(kB|MB|GB)$"},
        "prefill": {"anyOf": [_WORD, _closed(dict.fromkeys(PREFILL_KEYWORDS, _WORD))]},
        "json": {"anyOf": [{"const": True}, _FREE]},
        "fhir": _FREE,
        "default": {},
        "rules": _list_of(_ref("rule")),
        "rule_id": _WORD,
        "items": _list_of(_ref("item")),
        "include": _WORD,
        "languages": _one_or_list(_WORD),
        "codes": _map_of(_WORD),
        "lists": _map_of(_list_of(_ref("option"))),
        "expressions": _map_of(_SCALAR),
        "views": _map_of(_list_of(_ref("id"))),
        "checks": _list_of(_closed({name: {} for name in CHECK_KEYWORDS})),
        "migrations": _list_of(_closed({name: {} for name in MIGRATION_KEYWORDS})),
        "retired": _map_of(_closed(dict.fromkeys(RETIRED_KEYWORDS, _SCALAR))),
    }


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _property(word: Keyword) -> dict[str, Any]:
    shape = {"enum": list(word.choices)} if word.choices else _shapes()[word.shape]
    described = [word.help] if word.help else []
    return {**shape, "description": "; ".join([*described, f"FHIR: {word.fhir}"])}


def _properties(words: dict[str, Keyword]) -> dict[str, Any]:
    return {name: _property(word) for name, word in words.items()}


def json_schema() -> dict[str, Any]:
    """Return the schema of a form file (draft 2020-12)."""
    form = _closed(_properties(FORM_KEYWORDS))
    option = _closed(_properties(OPTION_KEYWORDS))
    item = _closed(_properties(ITEM_KEYWORDS))
    item["anyOf"] = [{"required": [word]} for word in ("id", "include", *SHORTHANDS)]
    item["allOf"] = [
        _control_rule(kind, allowed) for kind, allowed in CONTROLS.items() if kind not in CONTAINERS
    ]
    return {
        "$schema": DIALECT,
        "title": "Form definition",
        **form,
        "required": ["form", "version", "items"],
        "$defs": {
            "id": {"type": "string", "pattern": f"^{ID.pattern}$", "maxLength": 64},
            "text": {"anyOf": [_SCALAR, _map_of(_WORD)]},
            "item": item,
            "option": {"anyOf": [_SCALAR, {**option, "required": ["code"]}, _named_option()]},
            "rule": {**_closed(_properties(RULE_KEYWORDS)), "required": ["check", "message"]},
        },
    }


def _named_option() -> dict[str, Any]:
    """Return the shape of ``- CODE Label: {exclusive: true}``."""
    return {"type": "object", "minProperties": 1, "maxProperties": 1}


def _control_rule(kind: str, allowed: tuple[str, ...]) -> dict[str, Any]:
    """Return the rule that a control fits the type."""
    return {
        "if": {"properties": {"type": {"const": kind}}, "required": ["type", "control"]},
        "then": {"properties": {"control": {"enum": list(allowed)}}},
    }
