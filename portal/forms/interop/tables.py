"""Answers as CSV: one line per response; rows of repeats in files of their own or numbered columns.

Text that a spreadsheet would take for a formula gets an apostrophe in front.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.kinds.base import label_of

RESPONSE, ROW = "response", "row"
MAIN = "answers.csv"
MAX_COLUMNS = 16_000
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_NUMERIC = frozenset({"integer", "decimal"})
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Filled:
    """One response: its name in the table, and its answers (completed ones, if so wished)."""

    identity: str
    answers: Answers


@dataclass(frozen=True)
class Column:
    """One column: where the value lies (repeat and number, from outside in) and how it is shown."""

    name: str
    steps: tuple[tuple[str, int], ...]
    item: CompiledItem
    show: Callable[[CompiledItem, Any], str]


def safe(cell: str) -> str:
    """Return a text cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in _FORMULA else cell


def answer_tables(
    form: CompiledForm, responses: Iterable[Filled], *, language: str = "", rows: str = "files"
) -> dict[str, str]:
    """Return file names with their CSV text.

    ``rows="files"`` gives each repeat a file (``answers.<repeat>.csv``, tied to the others by
    response and row); ``rows="columns"`` puts them side by side: ``variants.1.variants.gene``.
    """
    filled = list(responses)
    writer = _Tables(form, language or form.language)
    if rows == "columns":
        return {MAIN: writer.wide(filled)}
    found = {MAIN: writer.long(filled, ())}
    for repeat in form.repeats():
        found[f"answers.{repeat.id}.csv"] = writer.long(filled, (*repeat.scope, repeat.id))
    return found


class _Tables:
    def __init__(self, form: CompiledForm, language: str) -> None:
        self.form = form
        self.language = language

    def columns(
        self, scope: tuple[str, ...], steps: tuple[tuple[str, int], ...] = ()
    ) -> Iterator[Column]:
        """Yield the columns of the items directly in a scope."""
        front = "".join(f"{repeat}.{number}." for repeat, number in steps)
        for item in self.form.items.values():
            if item.scope != scope or not item.kind.answers:
                continue
            for tail, show in self.shows(item):
                yield Column(f"{front}{item.id}{tail}", steps, item, show)

    def shows(self, item: CompiledItem) -> Iterator[tuple[str, Callable[[CompiledItem, Any], str]]]:
        """Yield the columns of one item: code and label of a choice, number and unit of a quantity."""
        kind = item.item.type
        if kind == "choice":
            yield "", _code
            yield ":label", self.label
        elif kind == "quantity":
            yield "", lambda _item, value: str(value["value"])
            yield ":unit", lambda _item, value: safe(str(value["unit"]))
        elif kind == "yes_no":
            yield "", lambda _item, value: "true" if value else "false"
        elif kind in _NUMERIC:
            yield "", lambda _item, value: str(value)
        elif kind == "reference":
            yield "", lambda _item, value: safe(f"{value['type']}/{value['id']}")
        else:
            yield "", lambda item, value: safe(item.kind.display(item, value, self.language))

    def label(self, item: CompiledItem, value: Any) -> str:
        """Return the label of a choice in the language of the table."""
        for option in item.options:
            if (option.system, option.code) == (value.get("system", ""), value.get("code")):
                return safe(label_of(option, self.language, item.language))
        return safe(str(value.get("text") or value.get("display") or ""))

    def long(self, filled: list[Filled], scope: tuple[str, ...]) -> str:
        """Return one line per response, or per row of a repeat."""
        columns = list(self.columns(scope))
        keys = [RESPONSE, *(f"{ROW}:{repeat}" for repeat in scope)]
        lines = [[*keys, *(safe(column.name) for column in columns)]]
        for one in filled:
            for names, answers in _rows(one.answers, scope):
                cells = [_cell(column, answers) for column in columns]
                lines.append([safe(one.identity), *(safe(name) for name in names), *cells])
        return _csv(lines)

    def wide(self, filled: list[Filled]) -> str:
        """Return one line per response with the rows of repeats as numbered columns."""
        columns = list(self._numbered(filled, (), ()))[:MAX_COLUMNS]
        lines = [[RESPONSE, *(safe(column.name) for column in columns)]]
        for one in filled:
            cells = [_cell(column, _at(one.answers, column.steps)) for column in columns]
            lines.append([safe(one.identity), *cells])
        return _csv(lines)

    def _numbered(
        self, filled: list[Filled], scope: tuple[str, ...], steps: tuple[tuple[str, int], ...]
    ) -> Iterator[Column]:
        yield from self.columns(scope, steps)
        for repeat in self.form.repeats():
            if repeat.scope != scope:
                continue
            counts = [len(_listed(_at(one.answers, steps).get(repeat.id))) for one in filled]
            for number in range(1, max(counts, default=0) + 1):
                inner = (*steps, (repeat.id, number))
                yield from self._numbered(filled, (*scope, repeat.id), inner)


def _listed(value: Any) -> list[Any]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _rows(answers: Answers, scope: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Answers]]:
    """Yield (row ids, answers) of every row of a scope; the answers themselves outside any."""
    if not scope:
        yield (), answers
        return
    for row in _listed(answers.get(scope[0])):
        for names, inner in _rows(row, scope[1:]):
            yield (str(row.get("row", "")), *names), inner


def _at(answers: Answers, steps: tuple[tuple[str, int], ...]) -> Answers:
    """Return the answers of a numbered row, empty where there is none."""
    for repeat, number in steps:
        rows = _listed(answers.get(repeat))
        answers = rows[number - 1] if number <= len(rows) else {}
    return answers


def _cell(column: Column, answers: Answers) -> str:
    """Return one cell; several answers are joined, what cannot be read stays empty."""
    value = answers.get(column.item.id)
    listed = value if isinstance(value, list) else [] if value is None else [value]
    shown = []
    for one in listed:
        try:
            shown.append(column.show(column.item, one))
        except (AttributeError, KeyError, TypeError):
            continue
    return "; ".join(shown)


def _code(_item: CompiledItem, value: Any) -> str:
    """Return ``system|code``, or the bare code of the form's own options; nothing for words."""
    if "text" in value:
        return ""
    system, code = value.get("system", ""), str(value["code"])
    return safe(f"{system}|{code}" if system else code)


def _csv(lines: list[list[str]]) -> str:
    target = io.StringIO()
    csv.writer(target, lineterminator="\r\n").writerows(lines)
    return target.getvalue()
