"""Answers as the table keeps them (one by one) and as the engine wants them (one object).

A flat answer is ``(item id, row id) → stored value``; a repeat's is the list of its row ids. Rows
that no list names, and items that the form does not know, stay in the table and are not part of the
object: moving to another version of a form loses nothing.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem

Key = tuple[str, str]
Flat = Mapping[Key, Any]
REASON = "!"


@lru_cache(maxsize=64)
def _by_scope(form: CompiledForm) -> dict[tuple[str, ...], tuple[CompiledItem, ...]]:
    found: dict[tuple[str, ...], list[CompiledItem]] = {}
    for item in form.items.values():
        if item.is_repeat or item.kind.answers:
            found.setdefault(item.scope, []).append(item)
    return {scope: tuple(items) for scope, items in found.items()}


def nest(form: CompiledForm, flat: Flat) -> dict[str, Any]:
    """Return the answers as one object. The cost follows the answers, not the form."""
    by_row: dict[str, dict[str, Any]] = {}
    for (item_id, row), value in flat.items():
        if value is None or value == []:
            continue
        item = form.items.get(item_id)
        if item is not None and bool(item.scope) == bool(row):
            by_row.setdefault(row, {})[item_id] = value
    return _level(form, by_row, "", ())


def _level(
    form: CompiledForm, by_row: Mapping[str, dict[str, Any]], row: str, scope: tuple[str, ...]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item_id, value in by_row.get(row, {}).items():
        item = form.items[item_id]
        if item.scope != scope:
            continue
        if item.item.repeats:
            inner = (*scope, item_id)
            found[item_id] = [
                {"row": one, **_level(form, by_row, one, inner)} for one in _row_ids(value)
            ]
        elif item.kind.answers:
            found[item_id] = value
    return found


def _row_ids(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def flatten(form: CompiledForm, answers: Mapping[str, Any]) -> dict[Key, Any]:
    """Return the answers one by one; what the form does not know is left out."""
    return dict(_walk(_by_scope(form), answers, (), ""))


def _walk(
    items: Mapping[tuple[str, ...], tuple[CompiledItem, ...]],
    answers: Mapping[str, Any],
    scope: tuple[str, ...],
    row: str,
) -> Iterator[tuple[Key, Any]]:
    for item in items.get(scope, ()):
        value = answers.get(item.id)
        if value is None or value == []:
            continue
        if not item.is_repeat:
            yield (item.id, row), value
            continue
        rows = [
            one for one in value if isinstance(one, Mapping) and isinstance(one.get("row"), str)
        ]
        yield (item.id, row), [one["row"] for one in rows]
        for one in rows:
            yield from _walk(items, one, (*scope, item.id), one["row"])


def reasons(flat: Flat) -> dict[str, str]:
    """Return the stored reasons for warnings, by ``rule`` or ``rule@row``, as ``evaluate`` wants."""
    return {
        f"{item[1:]}@{row}" if row else item[1:]: str(value)
        for (item, row), value in flat.items()
        if item.startswith(REASON) and value
    }


def split(name: str) -> Key:
    """Return item and row of a name as pages use it: ``item`` or ``item@row``."""
    item, _, row = name.partition("@")
    return item, row


def joined(key: Key) -> str:
    """Return the name of an answer as pages use it."""
    item, row = key
    return f"{item}@{row}" if row else item


def rows_of(form: CompiledForm, flat: Flat) -> dict[str, Key]:
    """Return, for each row in force, the repeat that holds it and that repeat's own row."""
    return {
        one: key
        for key, value in flat.items()
        if key[0] in form.items and form.items[key[0]].is_repeat
        for one in _row_ids(value)
    }
