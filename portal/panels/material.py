"""The case behind a panel: the form in short, and the documents, as the actor may see them."""

from dataclasses import dataclass, field

from portal.access.actor import Actor
from portal.documents import queries as documents
from portal.documents.queries import DocumentRow
from portal.forms import queries as forms
from portal.forms.queries import CaseSummary, SummaryTable
from portal.kernel.errors import ForbiddenError, NotFoundError
from portal.panels.queries.shapes import LeftRow

SHOWN_DOCUMENTS = 8


@dataclass(frozen=True)
class Section:
    """A section of the form: its title, the answered questions with their answers, its tables."""

    title: str
    facts: list[tuple[str, str]]
    tables: tuple[SummaryTable, ...]


@dataclass(frozen=True)
class Material:
    """What stands beside the question; empty when the patient is closed to the reader."""

    documents: list[DocumentRow] = field(default_factory=list)
    more_documents: int = 0
    closed: bool = False
    facts: list[tuple[str, str]] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    percent: int | None = None
    left: list[LeftRow] = field(default_factory=list)


def of_patient(actor: Actor, patient_id: str | None) -> Material:
    """Return the material of a patient; ``closed`` when the policy does not open it to the actor."""
    if patient_id is None:
        return Material()
    try:
        rows = [row for row in documents.for_patient(actor, patient_id) if not row.withdrawn]
        summary = forms.summary(actor, patient_id)
    except (NotFoundError, ForbiddenError):
        return Material(closed=True)
    return Material(
        documents=rows[:SHOWN_DOCUMENTS],
        more_documents=max(0, len(rows) - SHOWN_DOCUMENTS),
        facts=summary.pairs,
        sections=[
            Section(s.title, [(a.label, a.display) for a in s.answers], s.tables)
            for s in summary.sections
        ],
        percent=summary.completeness if summary.response_id else None,
        left=[_form_line(summary, patient_id), _documents_line(rows, patient_id)],
    )


def _form_line(summary: CaseSummary, patient_id: str) -> LeftRow:
    url = f"/patient/{patient_id}/form/"
    if not summary.response_id:
        return LeftRow("Case form", "Not begun", url=url)
    done = not summary.left
    return LeftRow(
        "Case form", "" if done else f"{summary.completeness} % filled", done=done, url=url
    )


def _documents_line(rows: list[DocumentRow], patient_id: str) -> LeftRow:
    url = f"/patient/{patient_id}/documents/"
    number = len(rows)
    words = f"{number} document" + ("" if number == 1 else "s") if number else "None yet"
    return LeftRow("Documents", words, done=number > 0, url=url)
