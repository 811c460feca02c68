"""The case in short: headline facts, then everything that was answered, section by section."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.forms import answers as shapes
from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.evaluate import Evaluation, completed_answers
from portal.forms.evaluation.results import SectionLeft
from portal.forms.pedigree.text import Told, told
from portal.forms.queries.history import as_text
from portal.forms.queries.loading import opened_for

SUMMARY = "summary"
# What a panel looks at first, where the form itself names no view « summary ».
HEADLINE = (
    "dx_status",
    "dx",
    "undiagnosed_signs",
    "onset_kind",
    "onset",
    "onset_age",
    "height",
    "weight",
    "bmi",
    "genetic_tested",
)
ORPHANET = "orpha"


@dataclass(frozen=True)
class Fact:
    """A headline fact. ``code`` is ``ORPHA:558`` where the answer is a coded disease."""

    item: str
    label: str
    value: str
    code: str = ""


@dataclass(frozen=True)
class SummaryAnswer:
    """A question with its answer as people read it."""

    item: str
    label: str
    display: str
    computed: bool = False


@dataclass(frozen=True)
class SummaryTable:
    """The rows of a repeat: column labels, and one text per cell."""

    item: str
    label: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class SummarySection:
    """A section of which something was answered."""

    id: str
    title: str
    answers: tuple[SummaryAnswer, ...]
    tables: tuple[SummaryTable, ...]


@dataclass(frozen=True)
class CaseSummary:
    """The case in short. Without a form everything is empty and ``response_id`` too."""

    response_id: str = ""
    form: str = ""
    status: str = ""
    headline: tuple[Fact, ...] = ()
    sections: tuple[SummarySection, ...] = ()
    completeness: int = 0
    left: tuple[SectionLeft, ...] = ()
    saved_at: datetime | None = None
    family: Told | None = None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The headline as pairs of label and text."""
        return [
            (fact.label, f"{fact.value} ({fact.code})" if fact.code else fact.value)
            for fact in self.headline
        ]


def summary(actor: Actor, patient_id: str) -> CaseSummary:
    """Return the case in short for those who see the patient; hidden answers are left out."""
    opened = opened_for(actor, patient_id, Permission.PATIENT_SEE)
    if opened is None:
        return CaseSummary()
    flat = opened.flat
    evaluation = opened.evaluated(flat, actor.language)
    answers = completed_answers(opened.form, shapes.nest(opened.form, flat), evaluation)
    writer = _Writer(opened.form, answers, evaluation, actor.language)
    return CaseSummary(
        response_id=opened.response.id,
        form=opened.form.title(actor.language),
        status=opened.response.status,
        headline=writer.headline(),
        sections=writer.sections(),
        completeness=evaluation.completeness.percent,
        left=evaluation.left,
        saved_at=opened.response.saved_at,
        family=told(answers),
    )


class _Writer:
    def __init__(
        self,
        form: CompiledForm,
        answers: Mapping[str, Any],
        evaluation: Evaluation,
        language: str,
    ) -> None:
        self.form = form
        self.answers = answers
        self.evaluation = evaluation
        self.language = language

    def headline(self) -> tuple[Fact, ...]:
        """Return the facts of the form's own view « summary », or of the usual items."""
        wanted = self.form.definition.views.get(SUMMARY) or HEADLINE
        facts = []
        for item_id in wanted:
            item = self.form.items.get(item_id)
            value = self.answers.get(item_id)
            if item is None or item.is_repeat or value is None or not item.kind.answers:
                continue
            text = as_text(item, value, self.language)
            facts.append(Fact(item_id, self.label(item), text, orpha_code(value)))
        return tuple(facts)

    def sections(self) -> tuple[SummarySection, ...]:
        """Return what was answered, in the order of the form."""
        found = []
        for section in self.form.sections:
            answers: list[SummaryAnswer] = []
            tables: list[SummaryTable] = []
            for item_id in section.all_items:
                item = self.form.items[item_id]
                value = self.answers.get(item_id)
                if item.scope or value is None or value == []:
                    continue
                if item.is_repeat:
                    tables.append(self.table(item, value))
                elif item.kind.answers:
                    text = as_text(item, value, self.language)
                    computed = item.value is not None
                    answers.append(SummaryAnswer(item_id, self.label(item), text, computed))
            if tables or any(not one.computed for one in answers):
                title = section.title(self.language, self.form.language)
                found.append(SummarySection(section.id, title, tuple(answers), tuple(tables)))
        return tuple(found)

    def table(self, repeat: CompiledItem, rows: list[Mapping[str, Any]]) -> SummaryTable:
        """Return the rows of a repeat; columns that nobody has filled in are left out."""
        inner = (*repeat.scope, repeat.id)
        columns = [
            item
            for item in self.form.items.values()
            if item.scope == inner
            and (item.kind.answers or item.is_repeat)
            and any(row.get(item.id) is not None for row in rows)
        ]
        return SummaryTable(
            repeat.id,
            self.label(repeat),
            tuple(self.label(item) for item in columns),
            tuple(
                tuple(as_text(item, row.get(item.id), self.language) for item in columns)
                for row in rows
            ),
        )

    def label(self, item: CompiledItem) -> str:
        """Return an item's label in the reader's language."""
        return item.label(self.language)


def orpha_code(value: Any) -> str:
    """Return ``ORPHA:558`` for an answer that is coded by Orphanet, else nothing."""
    if not isinstance(value, dict) or ORPHANET not in str(value.get("system", "")).lower():
        return ""
    code = str(value.get("code", ""))
    return code if code.upper().startswith("ORPHA") else f"ORPHA:{code}" if code else ""
