"""Answers in, meaning out: what is visible, calculated, wrong, and still to be done.

Answers are one JSON object: ``{item id: value}``; a repeat holds a list of rows, each a like
object with its stable id under ``row``. ``docs/forms.md`` shows the value of every type.
The function is pure: it takes the day as an argument and reads neither clock nor database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.forms.compiled import CompiledForm
from portal.forms.evaluation import completeness, issues
from portal.forms.evaluation.frames import Run, build_frames
from portal.forms.evaluation.results import AnswerIssue, Completeness, SectionLeft
from portal.forms.evaluation.steps import Plan, plan_of
from portal.forms.expressions import Frame
from portal.forms.expressions.moments import Moment, from_date, moment
from portal.forms.expressions.values import Coded, EvaluationError
from portal.forms.names import CONTEXT

__all__ = [
    "AnswerIssue",
    "Completeness",
    "Context",
    "Evaluation",
    "SectionLeft",
    "completed_answers",
    "evaluate",
]

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Context:
    """Facts around the form. ``values`` are named as in ``names.CONTEXT``, in stored form.

    ``visit_date`` is the day the answers are about; without one it is ``today``.
    """

    today: date
    visit_date: date | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def typed(self) -> dict[str, Any]:
        """Return the facts as expression values; facts that cannot be read are unknown."""
        known: dict[str, Any] = {
            "today": from_date(self.today),
            "visit_date": from_date(self.visit_date or self.today),
        }
        for name, value in self.values.items():
            typed = _fact(CONTEXT.get(name, "any"), value)
            if typed is not None:
                known[name] = typed
        return known


def _fact(kind: str, value: Any) -> Any:
    if isinstance(value, date):
        return from_date(value)
    if kind == "date" and isinstance(value, str):
        return moment(value)
    if kind == "coded" and isinstance(value, dict):
        return Coded(str(value.get("system", "")), str(value.get("code", "")))
    if kind == "bool":
        return value if isinstance(value, bool) else None
    return value if isinstance(value, str) and value else None


@dataclass(frozen=True)
class Evaluation:
    """The outcome for one set of answers.

    ``visible`` maps a row id (``""`` outside rows) to the ids visible there; ``computed`` maps
    ``(item id, row id)`` to the stored value, None where nothing can be calculated. ``needed``
    are the ids that a condition requires now; ``options_off`` the options (``item system|code``)
    that other answers rule out; both by row.
    """

    visible: Mapping[str, frozenset[str]]
    computed: Mapping[tuple[str, str], Any]
    issues: tuple[AnswerIssue, ...]
    completeness: Completeness
    sections: Mapping[str, Completeness]
    left: tuple[SectionLeft, ...]
    due: Mapping[str, str]
    needed: Mapping[str, set[str]]
    options_off: Mapping[str, set[str]]

    def is_visible(self, item_id: str, row: str = "") -> bool:
        """Whether an item is shown (in a row)."""
        return item_id in self.visible.get(row, ())

    @property
    def errors(self) -> tuple[AnswerIssue, ...]:
        """Everything that forbids completing the form."""
        return tuple(issue for issue in self.issues if issue.severity == "error")

    @property
    def draft_errors(self) -> tuple[AnswerIssue, ...]:
        """Errors in what was answered; leaves out what is merely missing."""
        return tuple(issue for issue in self.errors if not issue.is_gap)

    @property
    def open_warnings(self) -> tuple[AnswerIssue, ...]:
        """Warnings for which no reason has been given yet."""
        return tuple(i for i in self.issues if i.severity == "warning" and not i.reason)

    @property
    def can_complete(self) -> bool:
        """Whether the form can be completed: no error, and a reason for every warning."""
        return not self.errors and not self.open_warnings


def evaluate(
    form: CompiledForm,
    answers: Answers,
    context: Context,
    *,
    reasons: Mapping[str, str] | None = None,
    language: str = "",
) -> Evaluation:
    """Evaluate answers against a form.

    ``reasons`` are the stored overrides of warnings: ``rule id`` or ``rule id@row`` to text.
    Answers of any shape are safe: what cannot be read becomes an issue, never an exception.
    """
    plan = plan_of(form)
    run = Run(form, context.typed(), language or form.language)
    root = build_frames(run, answers)
    plan.execute(run, root)
    issues.check_rules(run, root, reasons or {})
    total, sections, left = completeness.measure(run, root)
    return Evaluation(
        visible={row: frozenset(frame.visible) for row, frame in run.frames.items()},
        computed=run.computed,
        issues=tuple(sorted(run.issues, key=lambda issue: issue.order)),
        completeness=total,
        sections=sections,
        left=left,
        due=_deadlines(form, root),
        needed=run.needed,
        options_off=run.options_off,
    )


def _deadlines(form: CompiledForm, root: Frame) -> dict[str, str]:
    found = {}
    for name, expression in form.due.items():
        if form.items[name].scope == () and name not in root.visible:
            continue
        try:
            value = expression.run(root)
        except EvaluationError:
            continue
        if isinstance(value, Moment):
            found[name] = str(Moment(value.parts[:3]))
    return found


def completed_answers(
    form: CompiledForm, answers: Answers, evaluation: Evaluation
) -> dict[str, Any]:
    """Return the answers to keep on completion: hidden ones dropped, calculated ones filled in."""
    return _completed(form, answers, evaluation, "", ())


def _completed(
    form: CompiledForm, answers: Answers, evaluation: Evaluation, row: str, scope: tuple[str, ...]
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    shown = evaluation.visible.get(row, frozenset())
    for item_id, item in form.items.items():
        if item_id not in shown or item.scope != scope:
            continue
        if item.is_repeat:
            inner = (*scope, item_id)
            rows = [
                {"row": one["row"], **_completed(form, one, evaluation, one["row"], inner)}
                for one in answers.get(item_id) or ()
            ]
            if rows:
                kept[item_id] = rows
        elif item.kind.answers:
            value = evaluation.computed.get((item_id, row)) if item.value else answers.get(item_id)
            if value is not None and value != []:
                kept[item_id] = value
    return kept


def plan(form: CompiledForm) -> Plan:
    """Return the evaluation plan of a form (built once per form)."""
    return plan_of(form)
