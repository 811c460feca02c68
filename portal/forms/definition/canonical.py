"""Canonical JSON of a definition and the hash that identifies what a user saw."""

import hashlib
import json
import unicodedata
from functools import cache
from typing import Any

import msgspec

from portal.forms.definition.model import FormDefinition


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, Any], ...]:
    """Return (attribute, name in JSON, default) of a struct; {} stands for an empty default."""
    found = []
    for field in msgspec.structs.fields(kind):
        default = field.default
        if default is msgspec.NODEFAULT and field.default_factory is not msgspec.NODEFAULT:
            default = {}
        found.append((field.name, field.encode_name, default))
    return tuple(found)


def plain(value: Any) -> Any:
    """Return structs and texts as JSON values: defaults left out, NFC text.

    msgspec leaves a default out only when it is the very same object; equal content must give
    equal text here, however it was made.
    """
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, msgspec.Struct):
        kept = {
            name: inner
            for attribute, name, default in _fields(type(value))
            if (inner := getattr(value, attribute)) != default
        }
        tag = value.__struct_config__.tag
        named = {value.__struct_config__.tag_field: tag} if tag is not None else {}
        return {**named, **{name: plain(inner) for name, inner in kept.items()}}
    if isinstance(value, dict):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def canonical_json(value: Any) -> str:
    """Return JSON with sorted keys, no blanks and NFC text: equal content, equal text."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(definition: FormDefinition) -> str:
    """Return the SHA-256 (hexadecimal) over the canonical JSON of an assembled definition."""
    return hashlib.sha256(canonical_json(definition).encode()).hexdigest()


def from_json(text: str | bytes) -> FormDefinition:
    """Rebuild a definition from its (canonical) JSON; raises ``msgspec.ValidationError``."""
    return msgspec.json.decode(text, type=FormDefinition)
