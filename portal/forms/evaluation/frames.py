"""Rows of answers as frames of values; malformed rows become issues and are left out."""

import re
from collections.abc import Mapping
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.evaluation.results import AnswerIssue
from portal.forms.expressions import Frame

ROW_ID = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)
MAX_ROWS = 2_000
MAX_ISSUES = 500


class Run:
    """The state of one evaluation."""

    __slots__ = (
        "computed",
        "context",
        "form",
        "frames",
        "issues",
        "language",
        "needed",
        "options_off",
        "scopes",
    )

    def __init__(self, form: CompiledForm, context: Mapping[str, Any], language: str) -> None:
        self.form = form
        self.context = context
        self.language = language
        self.issues: list[AnswerIssue] = []
        self.frames: dict[str, Frame] = {}
        self.scopes: dict[tuple[str, ...], list[Frame]] = {}
        self.computed: dict[tuple[str, str], Any] = {}
        self.needed: dict[str, set[str]] = {}
        self.options_off: dict[str, set[str]] = {}

    def report(
        self,
        item: CompiledItem | None,
        code: str,
        row: str = "",
        params: Mapping[str, Any] | None = None,
    ) -> None:
        """Note one issue; an endless flood of them is cut off."""
        if len(self.issues) >= MAX_ISSUES:
            return
        name = item.id if item else str((params or {}).get("item", ""))
        self.issues.append(
            AnswerIssue(
                name,
                code,
                row,
                section=item.section if item else "",
                params=params or {},
                order=item.order if item else -1,
            )
        )


def build_frames(run: Run, answers: Any) -> Frame:
    """Return the frame of the form, with the frames of all rows below it."""
    root = Frame(run.context)
    run.frames[""] = root
    run.scopes[()] = [root]
    if not isinstance(answers, Mapping):
        run.report(None, "shape")
        return root
    root.answers = answers
    _check_names(run, answers, ())
    for repeat in run.form.repeats():
        frames: list[Frame] = []
        for frame in run.scopes.get(repeat.scope, ()):
            frames += _rows(run, repeat, frame)
        run.scopes[*repeat.scope, repeat.id] = frames
    return root


def _rows(run: Run, repeat: CompiledItem, frame: Frame) -> list[Frame]:
    given = frame.answers.get(repeat.id)
    if given is None:
        return []
    if not isinstance(given, list | tuple):
        run.report(repeat, "shape", frame.row)
        return []
    rows: list[Frame] = []
    for entry in given:
        row = entry.get("row") if isinstance(entry, Mapping) else None
        if not isinstance(row, str) or not ROW_ID.fullmatch(row) or row in run.frames:
            run.report(repeat, "unknown_row", frame.row)
            continue
        if len(run.frames) > MAX_ROWS:
            run.report(repeat, "too_many", frame.row)
            break
        inner = Frame(run.context, frame, row)
        inner.answers = entry
        run.frames[row] = inner
        rows.append(inner)
        _check_names(run, entry, (*repeat.scope, repeat.id))
    frame.rows[repeat.id] = rows
    return rows


def _check_names(run: Run, answers: Mapping[str, Any], scope: tuple[str, ...]) -> None:
    """Report answers to questions that do not exist here."""
    items = run.form.items
    for name in answers:
        item = items.get(name)
        if item is None or item.scope != scope or not (item.kind.answers or item.is_repeat):
            if name == "row" and scope:
                continue
            run.report(None, "unknown_item", params={"item": str(name)[:64]})
