"""The case behind a panel: the form in short, and the documents, as the actor may see them."""

from dataclasses import dataclass, field

from portal.access.actor import Actor
from portal.documents import queries as documents
from portal.documents.queries import DocumentRow
from portal.kernel.errors import ForbiddenError, NotFoundError
from portal.panels.queries.shapes import LeftRow

SHOWN_DOCUMENTS = 8


@dataclass(frozen=True)
class Section:
    """A section of the form: its title and the answered questions with their answers."""

    title: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True)
class Material:
    """What stands beside the question; empty when the patient is closed to the reader."""

    documents: list[DocumentRow] = field(default_factory=list)
    more_documents: int = 0
    closed: bool = False
    facts: list[tuple[str, str]] = field(default_factory=list)
    history: list[dict[str, str]] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    percent: int | None = None
    form_url: str = ""
    left: list[LeftRow] = field(default_factory=list)


def of_patient(actor: Actor, patient_id: str | None) -> Material:
    """Return the material of a patient; ``closed`` when the policy does not open it to the actor."""
    if patient_id is None:
        return Material()
    try:
        rows = [row for row in documents.for_patient(actor, patient_id) if not row.withdrawn]
    except (NotFoundError, ForbiddenError):
        return Material(closed=True)
    return Material(rows[:SHOWN_DOCUMENTS], max(0, len(rows) - SHOWN_DOCUMENTS))
