"""Sentences for changes."""

from typing import Any

from portal.forms.definition import Coding, Item, Option, Prefill, in_language
from portal.forms.diff.keywords import PHRASES


def name_of(item: Item, language: str) -> str:
    """Return an item as people know it: label and id."""
    label = in_language(item.label, language, language)
    return f"'{label}' ({item.id})" if label else f"'{item.id}'"


def shown(value: Any) -> str:
    """Return a keyword's value in a few words."""
    if value in (None, "", (), {}, 0):
        return "nothing"
    if isinstance(value, tuple | list):
        return ", ".join(shown(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {shown(one)}" for key, one in value.items())
    return _single(value)


def _single(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Coding):
        return f"{value.code} ({value.system})"
    if isinstance(value, Prefill):
        return value.expression or f"last {value.last.code if value.last else ''} {value.within}"
    text = value.code if isinstance(value, Option) else str(value)
    return f"'{text if len(text) <= 80 else text[:77] + '…'}'"


def sentence(name: str, keyword: str, before: Any, after: Any) -> str:
    """Return one sentence about the change of a keyword."""
    if keyword in PHRASES:
        return f"{name} {PHRASES[keyword][0 if after else 1]}."
    word = keyword.replace("_", " ")
    if before in (None, "", (), {}, 0):
        return f"{name}: {word} is now {shown(after)}."
    if after in (None, "", (), {}, 0):
        return f"{name}: {word} {shown(before)} was removed."
    return f"{name}: {word} changed from {shown(before)} to {shown(after)}."
