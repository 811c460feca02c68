"""What browsers send: a page's fields, or the messages of the autosave script."""

from collections.abc import Mapping
from typing import Any

from flask import Request, request

from portal.forms.service import SaveAnswers
from portal.kernel.errors import InvalidInputError
from portal.kernel.idempotency import LONGEST_KEY

LARGEST_MESSAGE = 2 * 1024 * 1024
MOST_ITEMS = 500


def fields_of_page(section: str) -> SaveAnswers:
    """Return the save of a whole page; fields that begin with ``_`` are the page's own."""
    fields = {
        name: values
        for name, values in request.form.lists()
        if not name.startswith("_") and name != "csrf_token"
    }
    version = request.form.get("_version", "")
    key = request.form.get("_key", "")[:LONGEST_KEY]
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
    return SaveAnswers(fields=fields, section=section, version=seen, key=key)


def message_of(incoming: Request) -> SaveAnswers:
    """Return the save that the script asks for; raise when the message has another shape."""
    if (incoming.content_length or 0) > LARGEST_MESSAGE:
        raise InvalidInputError("The message is too large.", hint="Save fewer answers at once.")
    body = incoming.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("changes"), dict):
        raise InvalidInputError("Expected an object with 'changes', 'base', 'version' and 'key'.")
    changes = body["changes"]
    if len(changes) > MOST_ITEMS:
        raise InvalidInputError(f"More than {MOST_ITEMS} answers in one message.")
    fields: dict[str, list[str]] = {}
    for item, value in changes.items():
        fields |= _fields(str(item), value)
    return SaveAnswers(
        fields=fields,
        base=_versions(body.get("base")),
        version=_number(body.get("version")),
        key=_text(incoming.headers.get("Idempotency-Key") or body.get("key"))[:LONGEST_KEY],
        reason=_text(body.get("reason"))[:300],
    )


def _fields(item: str, value: Any) -> dict[str, list[str]]:
    """One field is a text, several picks are a list, several fields an object of both."""
    if isinstance(value, Mapping):
        return {str(name): _texts(one) for name, one in value.items()}
    return {item: _texts(value)}


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [_text(one) for one in value]
    return [_text(value)]


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return value if isinstance(value, str) else str(value)


def _versions(value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        return {}
    found = {str(name): _number(one) for name, one in value.items()}
    return {name: one for name, one in found.items() if one is not None}


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
