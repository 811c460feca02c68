"""Posted fields of a section into answers.

Field names are ``item`` or ``item@row``; further parts of one answer follow a tilde
(``height~unit``, ``dx@r1~code``). A repeat posts its row ids under its own name, and the
buttons that work without JavaScript post ``variants~add`` and ``variants~remove``. Only fields
that are present change answers: a page may hold any part of a section.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.evaluation.frames import MAX_ROWS, ROW_ID
from portal.forms.kinds import AnswerError
from portal.forms.kinds.base import Posted as Parts
from portal.forms.messages import Translator, untranslated
from portal.forms.prefill import row_defaults
from portal.kernel.ids import new_id


@dataclass(frozen=True)
class Posted:
    """What a page brought: all answers with the page's changes, and what could not be read.

    ``problems`` and ``typed`` are by field name: the message, and the text as it was typed. An
    answer that could not be read keeps its stored value.
    """

    answers: dict[str, Any]
    problems: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


def field_name(item_id: str, row: str = "", part: str = "") -> str:
    """Return the name of an input: ``item``, ``item@row``, ``item@row~part``."""
    name = f"{item_id}@{row}" if row else item_id
    return f"{name}~{part}" if part else name


def as_lists(data: Any) -> dict[str, list[str]]:
    """Return posted data (a MultiDict or a mapping of texts or lists) as lists of texts."""
    if hasattr(data, "lists"):
        return {str(key): list(values) for key, values in data.lists()}
    return {
        str(key): [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
        for key, value in data.items()
    }


def read_posted(
    form: CompiledForm,
    section_id: str,
    data: Any,
    answers: Mapping[str, Any] | None = None,
    translate: Translator = untranslated,
) -> Posted:
    """Apply one page of posted fields to the answers given so far (which are not changed).

    Raises ``KeyError`` for an unknown section. Read-only and calculated items are never taken
    from a page.
    """
    section = form.section(section_id)
    reader = _PostReader(form, as_lists(data), translate)
    result = dict(answers or {})
    reader.level(result, [form.items[item_id] for item_id in section.all_items], (), "")
    return Posted(result, reader.problems, reader.typed)


class _PostReader:
    def __init__(
        self, form: CompiledForm, data: Mapping[str, list[str]], translate: Translator
    ) -> None:
        self.form = form
        self.translate = translate
        self.data = data
        self.problems: dict[str, str] = {}
        self.typed: dict[str, str] = {}

    def level(
        self,
        target: dict[str, Any],
        items: Iterable[CompiledItem],
        scope: tuple[str, ...],
        row: str,
    ) -> None:
        """Read every item of one scope into ``target``."""
        listed = list(items)
        for item in listed:
            if item.scope != scope:
                continue
            if item.is_repeat:
                self.rows(target, item, listed, row)
            elif item.kind.answers and not item.read_only:
                self.answer(target, item, row)

    def answer(self, target: dict[str, Any], item: CompiledItem, row: str) -> None:
        """Read one answer, if the page holds its field at all."""
        parts = self.parts(item, row)
        if not parts:
            return
        name = field_name(item.id, row)
        try:
            value = _several(item, parts) if item.multiple else item.kind.parse(item, parts)
        except AnswerError as fault:
            self.problems[name] = fault.said(self.translate)
            self.typed[name] = next((text for text in parts.get("", []) if text), "")[:2000]
            return
        dropped = self.data.get(f"{name}~drop")
        if dropped and isinstance(value, list):
            value = [
                one
                for one in value
                if item.kind.texts(item, one)[""] not in dropped and one.get("text") not in dropped
            ]
        if value is None or value == []:
            target.pop(item.id, None)
        else:
            target[item.id] = value

    def parts(self, item: CompiledItem, row: str) -> dict[str, list[str]]:
        """Return the posted parts of an answer; empty when none is there."""
        found = {}
        for part in item.kind.parts:
            values = self.data.get(field_name(item.id, row, part))
            if values is not None:
                found[part] = values
        return found

    def rows(
        self, target: dict[str, Any], item: CompiledItem, items: list[CompiledItem], row: str
    ) -> None:
        """Read the rows of a repeat: those named, minus the one removed, plus the one added."""
        name = field_name(item.id, row)
        named = self.data.get(name)
        added = self.data.get(f"{name}~add")
        removed = set(self.data.get(f"{name}~remove", ()))
        if named is None and added is None and not removed:
            return
        before = target.get(item.id)
        known = {
            one["row"]: one
            for one in (before if isinstance(before, list) else [])
            if isinstance(one, dict) and isinstance(one.get("row"), str)
        }
        wanted = list(known) if named is None else list(dict.fromkeys(filter(None, named)))
        rows = []
        for row_id in wanted[:MAX_ROWS]:
            if row_id in removed or not ROW_ID.fullmatch(row_id):
                continue
            entry = {**known.get(row_id, {}), "row": row_id}
            self.level(entry, items, (*item.scope, item.id), row_id)
            rows.append(entry)
        if added:
            rows.append({"row": new_id(), **row_defaults(self.form, item.id)})
        if rows:
            target[item.id] = rows
        else:
            target.pop(item.id, None)


def _several(item: CompiledItem, parts: Parts) -> list[Any]:
    """Read several answers: each pick, each searched code and each free text is one."""
    values: list[Any] = []
    for single in _singles(parts):
        value = item.kind.parse(item, single)
        if value is not None and value not in values:
            values.append(value)
    return values


def _singles(parts: Parts) -> Iterable[Parts]:
    picks = parts.get("", [])
    side = {name: texts for name, texts in parts.items() if name not in {"", "text", "unit"}}
    if "unit" in parts:
        for index, text in enumerate(picks):
            units = parts["unit"]
            yield {"": [text], "unit": [units[index] if index < len(units) else ""]}
        return
    attached = "code" not in side
    for index, text in enumerate(picks):
        extra = {k: [v[index]] for k, v in side.items() if attached and index < len(v)}
        yield {"": [text], **extra}
    if not attached:
        for index in range(len(side["code"])):
            yield {k: [v[index]] for k, v in side.items() if index < len(v)}
    for text in parts.get("text", []):
        yield {"text": [text]}
