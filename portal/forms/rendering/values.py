"""The answers as a template needs them: texts, ticks, hidden items and problems, row by row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.evaluate import Evaluation
from portal.forms.posted import field_name
from portal.forms.prefill import row_defaults


@dataclass(slots=True)
class RowView:
    """One row (or the form outside rows). ``s`` is the suffix of its names: ``@row`` or nothing."""

    id: str
    s: str
    number: int = 0
    text: dict[str, str] = field(default_factory=dict)
    picked: dict[str, frozenset[str]] = field(default_factory=dict)
    several: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    bad: dict[str, list[str]] = field(default_factory=dict)
    off: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=set)
    given: dict[str, str] = field(default_factory=dict)
    rows: dict[str, "list[RowView]"] = field(default_factory=dict)


@dataclass(frozen=True)
class Messages:
    """Messages by field name, and what was typed where it could not be read."""

    problems: Mapping[str, Sequence[str]]
    typed: Mapping[str, str]


class ViewBuilder:
    """Builds the view of one section."""

    def __init__(
        self,
        form: CompiledForm,
        evaluation: Evaluation,
        messages: Messages,
        language: str,
    ) -> None:
        self.form = form
        self.evaluation = evaluation
        self.messages = messages
        self.language = language

    def build(
        self,
        items: Sequence[CompiledItem],
        answers: Mapping[str, Any],
        scope: tuple[str, ...] = (),
        row: str = "",
        number: int = 0,
    ) -> RowView:
        """Return the view of one row of a scope, with the rows below it."""
        view = RowView(row, f"@{row}" if row else "", number)
        view.off = self.evaluation.options_off.get(row, set())
        view.needed = self.evaluation.needed.get(row, set())
        shown = self.evaluation.visible.get(row, frozenset())
        for item in items:
            if item.scope != scope:
                continue
            if item.id not in shown:
                view.hidden.add(item.id)
            self._messages(view, item, row)
            if item.is_repeat:
                view.rows[item.id] = self._rows(items, answers, item)
            elif item.kind.answers:
                self._answer(view, item, answers, row)
        return view

    def _messages(self, view: RowView, item: CompiledItem, row: str) -> None:
        found = self.messages.problems.get(field_name(item.id, row))
        if found:
            view.bad[item.id] = list(found)

    def _rows(
        self, items: Sequence[CompiledItem], answers: Mapping[str, Any], item: CompiledItem
    ) -> list[RowView]:
        given = answers.get(item.id)
        inner = (*item.scope, item.id)
        return [
            self.build(items, entry, inner, entry["row"], number)
            for number, entry in enumerate(given if isinstance(given, list) else [], 1)
            if isinstance(entry, Mapping) and isinstance(entry.get("row"), str)
        ]

    def _answer(
        self, view: RowView, item: CompiledItem, answers: Mapping[str, Any], row: str
    ) -> None:
        value = (
            self.evaluation.computed.get((item.id, row))
            if item.value is not None
            else answers.get(item.id)
        )
        typed = self.messages.typed.get(field_name(item.id, row))
        if item.multiple:
            self._several(view, item, value if isinstance(value, list) else [])
        elif item.value is not None or item.item.read_only:
            shown = "" if value is None else item.kind.display(item, value, self.language)
            view.text[item.id] = shown
            if item.value is None and value is not None:
                view.given[item.id] = json.dumps(value, ensure_ascii=False)
        else:
            self._single(view, item, value)
        if typed is not None:
            view.text[item.id] = typed

    def _single(self, view: RowView, item: CompiledItem, value: Any) -> None:
        try:
            texts = item.kind.texts(item, value)
        except (TypeError, KeyError, AttributeError):
            texts = {"": str(value)[:200]}
        for part, text in texts.items():
            view.text[f"{item.id}~{part}" if part else item.id] = text
        if texts.get(""):
            view.picked[item.id] = frozenset({texts[""]})
        elif texts.get("text"):
            view.picked[item.id] = frozenset({"~"})
        if item.kind.name == "choice":
            shown = isinstance(value, dict) and not item.kind.is_empty(value)
            label = item.kind.display(item, value, self.language) if shown else ""
            view.text[f"{item.id}~shown"] = label

    def _several(self, view: RowView, item: CompiledItem, values: list[Any]) -> None:
        entries: list[dict[str, str]] = []
        for value in values:
            if item.kind.is_empty(value):
                continue
            try:
                texts = item.kind.texts(item, value)
                shown = item.kind.display(item, value, self.language)
            except (TypeError, KeyError, AttributeError):
                continue
            entries.append({**texts, "value": texts.get("", ""), "shown": shown})
        view.several[item.id] = entries
        view.picked[item.id] = frozenset(entry["value"] for entry in entries if entry["value"])
        view.text[item.id] = ", ".join(entry["shown"] for entry in entries)


def blank_row(builder: ViewBuilder, items: Sequence[CompiledItem], repeat: CompiledItem) -> RowView:
    """Return the row from which the browser makes new ones; ``__row0__`` becomes its id.

    Defaults are filled in; columns that wait for a condition are hidden.
    """
    inner, name = (*repeat.scope, repeat.id), f"__row{len(repeat.scope)}__"
    view = builder.build(items, row_defaults(builder.form, repeat.id), inner, name)
    view.hidden = {item.id for item in items if item.scope == inner and item.show is not None}
    return view
