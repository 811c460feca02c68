"""What people read about documents: lists for a case, one document, its content."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.documents import limits
from portal.documents.categories import CATEGORIES
from portal.documents.errors import DocumentGoneError, HeldBackError
from portal.documents.formats import BY_KEY
from portal.documents.models import HELD, Document
from portal.kernel import blobs, db
from portal.kernel.errors import NotFoundError
from portal.patients.models import Patient
from portal.people.models import Person

_Withdrawer = aliased(Person)


@dataclass(frozen=True)
class DocumentRow:
    """A document in a list. ``may_open`` says whether the reader may see its content now."""

    id: str
    patient_id: str
    name: str
    kind: str
    kind_words: str
    group: str
    preview: str
    media_type: str
    size: int
    sha256: str
    blob: str
    category: str
    category_label: str
    document_date: date | None
    note: str
    concerns: str
    held: bool
    released_reason: str
    uploaded_by: str
    uploaded_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_reason: str
    may_open: bool

    @property
    def size_words(self) -> str:
        """The size for people."""
        return limits.in_words(self.size)

    @property
    def withdrawn(self) -> bool:
        """Whether it was taken out of the case."""
        return self.withdrawn_at is not None


@dataclass(frozen=True)
class Content:
    """Where the bytes are and how to present them."""

    key: str
    name: str
    kind: str
    media_type: str
    size: int
    sha256: str

    def pieces(self, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the bytes, or a range of them."""
        return blobs.store().open(self.key, offset, length)


def for_patient(actor: Actor, patient_id: str) -> list[DocumentRow]:
    """Return the documents of a case, newest first; withdrawn ones only for those who edit it."""
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_SEE)
    edits = guard.allows(actor, Permission.PATIENT_EDIT, patient)
    statement = _rows().where(Document.patient_id == patient_id).order_by(Document.id.desc())
    if not edits:
        statement = statement.where(Document.withdrawn_at.is_(None))
    return [_row(*row, edits=edits) for row in db.session.execute(statement)]


def document(actor: Actor, document_id: str) -> DocumentRow:
    """Return one document; a stranger gets not found."""
    statement = _rows().add_columns(Patient).join(Patient, Patient.id == Document.patient_id)
    found = db.session.execute(statement.where(Document.id == document_id)).one_or_none()
    if found is None:
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    stored, by, withdrawn_by, patient = found
    guard.keep(patient)
    guard.require(actor, Permission.PATIENT_SEE, patient)
    edits = guard.allows(actor, Permission.PATIENT_EDIT, patient)
    if stored.withdrawn_at is not None and not edits:
        raise DocumentGoneError("This document was taken out of the case.")
    return _row(stored, by, withdrawn_by, edits=edits)


def content(actor: Actor, document_id: str) -> Content:
    """Return what is needed to send the bytes. Withdrawn and held back documents are refused."""
    return content_of(document(actor, document_id))


def content_of(row: DocumentRow) -> Content:
    """Return the same for a document that was read already."""
    if row.withdrawn:
        raise DocumentGoneError(
            "This document was taken out of the case.", hint=row.withdrawn_reason
        )
    if not row.may_open:
        raise HeldBackError(
            "This document is held back.",
            hint=f"Because {row.concerns}. The clinician of the patient can release it.",
        )
    return Content(row.blob, row.name, row.kind, row.media_type, row.size, row.sha256)


def _rows() -> Select[Any, Any, Any]:
    return (
        select(Document, Person, _Withdrawer)
        .join(Person, Person.id == Document.uploaded_by)
        .outerjoin(_Withdrawer, _Withdrawer.id == Document.withdrawn_by)
    )


def _row(stored: Document, by: Person, withdrawn_by: Person | None, *, edits: bool) -> DocumentRow:
    kind = BY_KEY[stored.kind]
    held = stored.state == HELD
    return DocumentRow(
        id=stored.id,
        patient_id=stored.patient_id,
        name=stored.name,
        kind=stored.kind,
        kind_words=kind.words,
        group=kind.group,
        preview=kind.preview,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        blob=stored.blob,
        category=stored.category,
        category_label=CATEGORIES.get(stored.category, stored.category),
        document_date=stored.document_date,
        note=stored.note,
        concerns=stored.concerns,
        held=held,
        released_reason=stored.released_reason,
        uploaded_by=by.name,
        uploaded_at=stored.uploaded_at,
        withdrawn_at=stored.withdrawn_at,
        withdrawn_by=withdrawn_by.name if withdrawn_by else "",
        withdrawn_reason=stored.withdrawn_reason,
        may_open=stored.withdrawn_at is None and (edits or not held),
    )
