"""What can be done to documents: attach, describe, vouch for, withdraw; and reading, put on record."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.documents import limits, scanning
from portal.documents.categories import CATEGORIES, proposed
from portal.documents.checking import Verdict, check
from portal.documents.cleaning import cleaned
from portal.documents.errors import DocumentRefusedError
from portal.documents.models import HELD, READY, Document
from portal.documents.naming import tidy, without_identity
from portal.documents.reading import BlobFile
from portal.kernel import blobs, clock, db
from portal.kernel.blobs import BlobRef, Readable
from portal.kernel.errors import InvalidInputError, NotFoundError
from portal.kernel.uow import writes
from portal.patients.models import Patient
from portal.patients.service import require_unlocked

LONGEST_NOTE = 500
LONGEST_REASON = 300


@dataclass(frozen=True)
class Upload:
    """A file on its way in. An empty ``category`` is proposed from the format."""

    name: str
    stream: Readable
    category: str = ""
    document_date: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Received:
    """What became of an upload. ``duplicate``: the same content was there already."""

    id: str
    name: str
    words: str
    size: int
    duplicate: bool
    concerns: tuple[str, ...] = ()


def attach(actor: Actor, patient_id: str, upload: Upload) -> str:
    """Attach a file to the patient's case and return the document's id. See :func:`receive`."""
    return receive(actor, patient_id, upload).id


def receive(actor: Actor, patient_id: str, upload: Upload) -> Received:
    """Store, check and attach a file.

    The bytes are durable before the record is written. Raises ``DocumentRefusedError`` for content
    that is not accepted, ``BlobTooLargeError`` past the limit; what was stored until then is swept
    up within a day, because nothing refers to it.
    """
    name = name_for(actor, patient_id, upload.name)
    _check_details(upload.category, upload.note)
    db.session.rollback()  # a slow upload must not hold a connection to the database
    ref = blobs.store().put(cleaned(upload.stream), size_limit=limits.most_bytes())
    return keep(actor, patient_id, upload, ref, judge(name, ref))


def judge(name: str, ref: BlobRef) -> Verdict:
    """Return the verdict on stored bytes: what they are, and what the virus scanner says."""
    store = blobs.store()
    verdict = check(name, BlobFile(store, ref.key, ref.size), ref.size)
    scanned = scanning.scan(store.open(ref.key))
    if scanned.found:
        raise DocumentRefusedError(
            name,
            f"The virus scanner found {scanned.found} in the file.",
            hint="Nothing was kept. Have the computer that it comes from looked at.",
        )
    if not scanned.answered:
        return replace(verdict, concerns=(*verdict.concerns, scanning.UNSCANNED))
    return verdict


def name_for(actor: Actor, patient_id: str, name: str) -> str:
    """Return the name under which a file would be kept; raise when nothing may be attached."""
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_EDIT)
    require_unlocked(patient)
    return without_identity(tidy(name), patient)


@writes
def keep(actor: Actor, patient_id: str, upload: Upload, ref: BlobRef, verdict: Verdict) -> Received:
    """Write the record of stored and checked bytes; the same content twice is one document."""
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_EDIT)
    require_unlocked(patient)
    kind = verdict.format
    known = db.session.scalar(
        select(Document).where(
            Document.patient_id == patient_id,
            Document.sha256 == ref.sha256,
            Document.withdrawn_at.is_(None),
        )
    )
    if known is not None:
        return Received(known.id, known.name, kind.words, ref.size, duplicate=True)
    document = Document(
        patient_id=patient_id,
        name=verdict.name,
        kind=kind.key,
        media_type=kind.media_type,
        size=ref.size,
        sha256=ref.sha256,
        blob=ref.key,
        category=upload.category or proposed(kind.key, kind.group),
        document_date=upload.document_date,
        note=upload.note.strip(),
        state=HELD if verdict.concerns else READY,
        concerns="; ".join(verdict.concerns)[:300],
        uploaded_by=actor.person_id,
        uploaded_at=clock.now(),
    )
    db.session.add(document)
    db.session.flush()
    _record(actor, document, "document.attached", {"kind": kind.key, "size": ref.size})
    return Received(
        document.id, document.name, kind.words, ref.size, duplicate=False, concerns=verdict.concerns
    )


@writes
def describe(
    actor: Actor, document_id: str, *, category: str, document_date: date | None, note: str
) -> None:
    """Change what is said about a document: category, its own date, a note."""
    document = _editable(actor, document_id)
    _check_details(category, note, document_date)
    document.category, document.document_date, document.note = category, document_date, note.strip()
    _record(actor, document, "document.described", {"category": category})


@writes
def release(actor: Actor, document_id: str, reason: str) -> None:
    """Vouch for a document that was held back, so that the people on the panels can open it."""
    document = _editable(actor, document_id)
    if document.state != HELD:
        return
    document.released_reason = _reason(reason, "Say why the document is safe to show.")
    document.state, document.released_by = READY, actor.person_id
    _record(actor, document, "document.released")


@writes
def withdraw(actor: Actor, document_id: str, reason: str) -> None:
    """Take a document out of the case. Its record stays, with the reason; nobody can open it."""
    document = _editable(actor, document_id)
    if document.withdrawn_at is not None:
        return
    document.withdrawn_reason = _reason(reason, "Say why the document is taken out.")
    document.withdrawn_at, document.withdrawn_by = clock.now(), actor.person_id
    _record(actor, document, "document.withdrawn")


@writes
def note_opened(actor: Actor, document_id: str, way: str) -> None:
    """Put on record that somebody looked at a document or took a copy (``way``)."""
    document = access_document(actor, document_id, Permission.PATIENT_SEE)
    _record(actor, document, f"document.{way}")


def access_document(actor: Actor, document_id: str, permission: Permission) -> Document:
    """Return a document if the actor may do ``permission`` to its patient; otherwise raise."""
    found = db.session.execute(
        select(Document, Patient)
        .join(Patient, Patient.id == Document.patient_id)
        .where(Document.id == document_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    document, patient = found
    guard.keep(patient)
    guard.require(actor, permission, patient)
    return document


def _editable(actor: Actor, document_id: str) -> Document:
    document = access_document(actor, document_id, Permission.PATIENT_EDIT)
    require_unlocked(guard.access(actor, Patient, document.patient_id, Permission.PATIENT_EDIT))
    return document


def _check_details(category: str, note: str, document_date: date | None = None) -> None:
    problems = {}
    if category and category not in CATEGORIES:
        problems["category"] = "Choose one of: " + ", ".join(CATEGORIES.values()) + "."
    if len(note) > LONGEST_NOTE:
        problems["note"] = f"The note is longer than {LONGEST_NOTE} letters."
    if document_date and document_date > clock.today():
        problems["document_date"] = "The date of the document lies in the future."
    if problems:
        raise InvalidInputError("Please check these answers.", fields=problems)


def _reason(reason: str, asked: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        text = asked if not reason else f"The reason is longer than {LONGEST_REASON} letters."
        raise InvalidInputError("A reason is needed.", fields={"reason": text})
    return reason


def _record(
    actor: Actor, document: Document, action: str, detail: dict[str, object] | None = None
) -> None:
    audit.record(
        actor,
        action,
        f"document:{document.id}",
        stream=f"patient:{document.patient_id}",
        detail=detail,
    )
