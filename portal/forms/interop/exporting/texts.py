"""Texts in several languages: the author's in the element, the others as ``translation``."""

from typing import Any

from portal.forms.definition import Text
from portal.forms.interop.access import TRANSLATION, Json


def put_text(node: Json, key: str, text: Text, language: str) -> None:
    """Set a text member, with its translations beside it."""
    if not text:
        return
    node[key] = text.get(language) or next(iter(text.values()))
    translations = _translations(text, language)
    if translations:
        node[f"_{key}"] = {"extension": translations}


def text_extension(url: str, text: Text, language: str) -> Json:
    """Return an extension that holds a text."""
    found: Json = {"url": url}
    put_text(found, "valueString", text, language)
    return found


def _translations(text: Text, language: str) -> list[Json]:
    own = language if language in text else next(iter(text), "")
    return [_translation(other, words) for other, words in text.items() if other != own]


def _translation(language: str, words: str) -> Json:
    parts: list[Any] = [
        {"url": "lang", "valueCode": language},
        {"url": "content", "valueString": words},
    ]
    return {"url": TRANSLATION, "extension": parts}
