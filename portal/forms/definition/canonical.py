"""Canonical JSON of a definition and the hash that identifies what a user saw."""

import hashlib
import json
import unicodedata
from typing import Any

import msgspec

from portal.forms.definition.model import FormDefinition


def _nfc(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {_nfc(key): _nfc(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_nfc(inner) for inner in value]
    return value


def canonical_json(value: Any) -> str:
    """Return JSON with sorted keys, no blanks and NFC text: equal content, equal text."""
    plain = _nfc(msgspec.to_builtins(value))
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(definition: FormDefinition) -> str:
    """Return the SHA-256 (hexadecimal) over the canonical JSON of an assembled definition."""
    return hashlib.sha256(canonical_json(definition).encode()).hexdigest()


def from_json(text: str | bytes) -> FormDefinition:
    """Rebuild a definition from its (canonical) JSON; raises ``msgspec.ValidationError``."""
    return msgspec.json.decode(text, type=FormDefinition)
