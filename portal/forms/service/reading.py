"""What a request wants to change: posted fields or values, checked, as answers one by one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.forms import answers as shapes
from portal.forms.answers import Key
from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.evaluation.frames import MAX_ROWS, ROW_ID
from portal.forms.kinds import AnswerError
from portal.forms.messages import message
from portal.forms.posted import field_name, read_posted
from portal.forms.prefill import row_defaults
from portal.kernel.errors import nearest

LARGEST_ANSWER = 100_000  # letters of JSON
MOST_CHANGES = 2_000
LONGEST_TYPED = 2_000


@dataclass
class Wanted:
    """Changes that can be read, and problems by name (``item@row``) for those that cannot."""

    changes: dict[Key, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


def from_values(form: CompiledForm, flat: Mapping[Key, Any], values: Mapping[str, Any]) -> Wanted:
    """Read stored values by name, as the API and imports send them; null takes an answer back."""
    wanted = Wanted()
    rows = set(shapes.rows_of(form, {**flat, **_new_rows(form, values)}))
    for name, value in list(values.items())[:MOST_CHANGES]:
        item_id, row = shapes.split(name)
        item = form.items.get(item_id)
        try:
            _check_place(item, item_id, row, rows)
            assert item is not None  # noqa: S101 - _check_place raises otherwise
            wanted.changes[item_id, row] = _value(item, value)
        except AnswerError as fault:
            near = nearest(item_id[:64], form.items) if fault.code == "unknown_item" else ""
            wanted.problems[name[:160]] = f"{fault} Did you mean '{near}'?" if near else str(fault)
    return wanted


def _new_rows(form: CompiledForm, values: Mapping[str, Any]) -> dict[Key, Any]:
    """Rows that come with the same request count as known."""
    found = {}
    for name, value in values.items():
        key = shapes.split(name)
        if key[0] in form.items and form.items[key[0]].is_repeat:
            found[key] = value
    return found


def _check_place(item: CompiledItem | None, item_id: str, row: str, rows: set[str]) -> None:
    if item is None or not (item.is_repeat or item.kind.answers):
        raise AnswerError("unknown_item", item=item_id[:64])
    if bool(item.scope) != bool(row) or (row and row not in rows):
        raise AnswerError("unknown_row")
    if item.read_only:
        raise AnswerError("shape")


def _value(item: CompiledItem, value: Any) -> Any:
    if item.is_repeat:
        return _row_list(value)
    if value is None or value == []:
        return None
    if not item.multiple:
        return _bounded(item.kind.coerce(item, value))
    if not isinstance(value, list):
        value = [value]
    return _bounded([item.kind.coerce(item, one) for one in value])


def _bounded(value: Any) -> Any:
    size = len(json.dumps(value, ensure_ascii=False))
    if size > LARGEST_ANSWER:
        raise AnswerError("max_length", most=LARGEST_ANSWER, found=size)
    return value


def _row_list(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MAX_ROWS:
        raise AnswerError("shape")
    rows = [one for one in dict.fromkeys(value) if isinstance(one, str) and ROW_ID.fullmatch(one)]
    if len(rows) != len([one for one in value if one]):
        raise AnswerError("unknown_row")
    return rows


def from_fields(
    form: CompiledForm,
    flat: Mapping[Key, Any],
    fields: Mapping[str, Sequence[str]],
    *,
    section: str = "",
) -> Wanted:
    """Read posted fields. With ``section`` they are a whole page of it, else single answers."""
    wanted = Wanted()
    names = {name.partition("~")[0] for name in fields}
    rows = shapes.rows_of(form, flat)
    if not section:
        names -= _read_singles(form, flat, fields, names, rows, wanted)
        if not names:
            return wanted
    before = shapes.nest(form, flat)
    data = {name: list(values) for name, values in fields.items()}
    if not section:
        _name_rows(form, flat, names, data, rows)
    after = before
    for one in _sections(form, names, section):
        posted = read_posted(form, one, data, after)
        after = posted.answers
        wanted.problems |= posted.problems
        wanted.typed |= posted.typed
    _compare(form, shapes.flatten(form, before), shapes.flatten(form, after), wanted)
    if not section:
        known = {shapes.joined(key) for key in wanted.changes} | set(wanted.problems)
        _note_unknown(form, names, known, wanted, rows)
    return wanted


def _read_singles(
    form: CompiledForm,
    flat: Mapping[Key, Any],
    fields: Mapping[str, Sequence[str]],
    names: set[str],
    rows: Mapping[str, Key],
    wanted: Wanted,
) -> set[str]:
    """Read single answers at their known places directly: what nearly every autosave brings.

    Returns the names that are done with; lists, rows and unknown names are left to the page reader.
    """
    done = set()
    for name in names:
        item_id, row = shapes.split(name)
        item = form.items.get(item_id)
        if item is None or item.multiple or item.is_repeat or item.read_only:
            continue
        if not item.kind.answers or bool(item.scope) != bool(row) or (row and row not in rows):
            continue
        done.add(name)
        parts = {
            part: list(fields[field_name(item_id, row, part)])
            for part in item.kind.parts
            if field_name(item_id, row, part) in fields
        }
        try:
            value = _bounded(item.kind.parse(item, parts)) if parts else None
        except AnswerError as fault:
            wanted.problems[name] = str(fault)
            wanted.typed[name] = next((t for t in parts.get("", []) if t), "")[:LONGEST_TYPED]
            continue
        if value != flat.get((item_id, row)):
            wanted.changes[item_id, row] = value
    return done


def _sections(form: CompiledForm, names: set[str], section: str) -> list[str]:
    if section:
        return [section]
    found = {form.items[i].section for name in names if (i := shapes.split(name)[0]) in form.items}
    return [one.id for one in form.sections if one.id in found]


def _name_rows(
    form: CompiledForm,
    flat: Mapping[Key, Any],
    names: set[str],
    data: dict[str, list[str]],
    rows: dict[str, Key],
) -> None:
    """An answer in a row is read only if the page names the row: name those that are meant."""
    for name in names:
        item_id, row = shapes.split(name)
        while row in rows:
            key = rows[row]
            data.setdefault(shapes.joined(key), [str(one) for one in flat.get(key) or []])
            row = key[1]
        item = form.items.get(item_id)
        if row and item is not None and len(item.scope) == 1 and ROW_ID.fullmatch(row):
            listed = data.setdefault(
                item.scope[0], [str(one) for one in flat.get((item.scope[0], "")) or []]
            )
            if row not in listed:  # a row that this request is the first to speak of
                listed.append(row)


def _compare(
    form: CompiledForm, before: Mapping[Key, Any], after: dict[Key, Any], wanted: Wanted
) -> None:
    for key, value in after.items():
        if before.get(key) != value:
            _note(form, key, value, before, wanted)
    rows_left = {"", *shapes.rows_of(form, after)}
    for key in before:
        if key not in after and key[1] in rows_left:
            wanted.changes[key] = [] if form.items[key[0]].is_repeat else None


def _note(
    form: CompiledForm, key: Key, value: Any, before: Mapping[Key, Any], wanted: Wanted
) -> None:
    item = form.items[key[0]]
    try:
        wanted.changes[key] = value if item.is_repeat else _bounded(value)
    except AnswerError as fault:
        wanted.problems[shapes.joined(key)] = str(fault)
        return
    if item.is_repeat:
        for row in value:
            if row not in (before.get(key) or []):
                for item_id, default in row_defaults(form, item.id).items():
                    wanted.changes.setdefault((item_id, row), default)


def _note_unknown(
    form: CompiledForm, names: set[str], known: set[str], wanted: Wanted, rows: dict[str, Key]
) -> None:
    """Say which names mean nothing here; a form that has changed meanwhile is no reason to fall over."""
    for name in names - known:
        item_id, row = shapes.split(name)
        if item_id not in form.items:
            text = {"item": item_id[:64]}
            wanted.problems[name[:160]] = message("unknown_item", text)
        elif row and row not in rows and not form.items[item_id].scope:
            wanted.problems[name[:160]] = message("unknown_row")
