"""Files that arrive in pieces and survive a broken connection: the state behind tus 1.0.

Each piece is a blob of its own, sealed like all others, and listed in order in the upload's row. The
row moves on by compare-and-set on the offset, so that two senders cannot both add the same bytes.
The last piece, the document and the end of the upload are one commit.
"""

import base64
import binascii
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.documents import limits, service
from portal.documents.cleaning import cleaned
from portal.documents.errors import (
    DocumentRefusedError,
    UploadChecksumError,
    UploadConflictError,
    UploadGoneError,
)
from portal.documents.models import DocumentUpload
from portal.documents.naming import tidy
from portal.documents.service import Received, Upload
from portal.kernel import blobs, clock, db
from portal.kernel.blobs import BlobTooLargeError, Readable
from portal.kernel.errors import InvalidInputError, NotFoundError
from portal.kernel.uow import writes
from portal.patients.models import Patient
from portal.patients.service import require_unlocked

KEPT_FOR = timedelta(hours=24)
PIECE = 8 * 1024 * 1024
CHECKSUMS = ("sha1", "sha256", "sha512")
MOST_OPEN = 50


@dataclass(frozen=True)
class Standing:
    """Where an upload stands. ``document_id`` is filled when it has become a document."""

    id: str
    offset: int
    length: int
    expires_at: datetime
    document_id: str = ""


@dataclass(frozen=True)
class NewUpload:
    """What a sender announces. ``fingerprint`` (name, size, time) finds it again after a reload."""

    name: str
    length: int
    fingerprint: str = ""
    category: str = ""
    document_date: date | None = None
    note: str = ""


@writes
def begin(actor: Actor, patient_id: str, new: NewUpload) -> Standing:
    """Open an upload, or take up an unfinished one of the same person, file and patient."""
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_EDIT)
    require_unlocked(patient)
    if new.length > limits.most_bytes():
        raise BlobTooLargeError(limits.most_bytes())
    if new.length <= 0:
        raise DocumentRefusedError(new.name, "The file is empty.")
    open_ones = _open_uploads(actor, patient_id)
    for row in open_ones:
        if new.fingerprint and (row.fingerprint, row.length) == (new.fingerprint, new.length):
            return _standing(row)
    if len(open_ones) >= MOST_OPEN:
        raise InvalidInputError(
            "Too many uploads are open at once.",
            hint="Wait until some are finished, or cancel them.",
        )
    details = {
        "category": new.category,
        "document_date": new.document_date.isoformat() if new.document_date else "",
        "note": new.note,
    }
    row = DocumentUpload(
        patient_id=patient_id,
        person_id=actor.person_id,
        name=tidy(new.name),
        fingerprint=new.fingerprint[:120],
        details=details,
        length=new.length,
        offset=0,
        parts=[],
        created_at=clock.now(),
        expires_at=clock.now() + KEPT_FOR,
    )
    db.session.add(row)
    db.session.flush()
    return _standing(row)


def standing(actor: Actor, upload_id: str) -> Standing:
    """Return where an upload stands; only its sender may ask."""
    return _standing(_mine(actor, upload_id))


def append(
    actor: Actor, upload_id: str, offset: int, stream: Readable, checksum: str = ""
) -> Standing:
    """Add the bytes of ``stream`` at ``offset``.

    Bytes are kept in pieces of 8 MiB, so that a connection that breaks loses little. With a
    ``checksum`` (``sha256 base64``) all of the bytes are kept, or none. Raises
    ``UploadConflictError`` when the upload stands elsewhere.
    """
    row = _mine(actor, upload_id)
    if row.offset != offset:
        raise UploadConflictError(row.offset)
    now = _standing(row)
    source = io.BytesIO(_verified(stream, checksum)) if checksum else stream
    while now.offset < now.length:
        left = now.length - now.offset
        data = _read_piece(source, PIECE if left > PIECE else left + 1)
        if len(data) > left:
            raise BlobTooLargeError(now.length)
        if not data:
            break
        now = _add(actor, upload_id, now, data)
    return now


def _read_piece(source: Readable, size: int) -> bytes:
    pieces: list[bytes] = []
    while size:
        try:
            piece = source.read(size)
        except OSError:  # the sender went away: what has come is kept
            break
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _verified(stream: Readable, checksum: str) -> bytes:
    method, _, expected = checksum.strip().partition(" ")
    if method not in CHECKSUMS:
        raise InvalidInputError(
            f"Unknown checksum '{method}'.", hint=f"Known: {', '.join(CHECKSUMS)}."
        )
    data = _read_piece(stream, 2 * PIECE + 1)
    if len(data) > 2 * PIECE:
        raise BlobTooLargeError(2 * PIECE)
    try:
        wanted = base64.b64decode(expected, validate=True)
    except binascii.Error:
        raise InvalidInputError("The checksum is not base64.") from None
    if hashlib.new(method, data).digest() != wanted:
        raise UploadChecksumError("The piece was damaged on the way.", hint="Send it again.")
    return data


def _add(actor: Actor, upload_id: str, now: Standing, data: bytes) -> Standing:
    db.session.rollback()  # no connection is held while bytes travel
    ref = blobs.store().put(io.BytesIO(data), size_limit=len(data))
    end = now.offset + len(data)
    if end < now.length:
        return _advance(actor, upload_id, now.offset, [ref.key, ref.size])
    return _complete(actor, upload_id, now.offset, [ref.key, ref.size])


@writes
def _advance(actor: Actor, upload_id: str, offset: int, part: list[Any]) -> Standing:
    row = access_upload(actor, upload_id)
    _move(row, offset, part)
    return _standing(row)


def _complete(actor: Actor, upload_id: str, offset: int, part: list[Any]) -> Standing:
    """Put the pieces together, judge the whole, and end the upload as a document."""
    row = _mine(actor, upload_id)
    parts = [*row.parts, part]
    details = row.details
    upload = Upload(
        row.name,
        _Pieces(iter(parts)),
        category=details["category"],
        document_date=date.fromisoformat(details["document_date"])
        if details["document_date"]
        else None,
        note=details["note"],
    )
    patient_id = row.patient_id
    try:
        name = service.name_for(actor, patient_id, upload.name)
        db.session.rollback()
        ref = blobs.store().put(cleaned(upload.stream), size_limit=limits.most_bytes())
        verdict = service.judge(name, ref)
    except DocumentRefusedError:
        give_up(actor, upload_id)
        raise
    return _finish(
        actor,
        upload_id,
        offset,
        part,
        lambda: service.keep(actor, patient_id, upload, ref, verdict),
    )


@writes
def _finish(actor: Actor, upload_id: str, offset: int, part: list[Any], keep: Any) -> Standing:
    row = access_upload(actor, upload_id)
    _move(row, offset, part)
    received: Received = keep()
    row.document_id = received.id
    return _standing(row)


@writes
def give_up(actor: Actor, upload_id: str) -> None:
    """Forget an upload; its pieces are swept up within a day."""
    db.session.delete(access_upload(actor, upload_id))


def access_upload(actor: Actor, upload_id: str) -> DocumentUpload:
    """Return the actor's own upload if they may still attach to its patient; otherwise raise."""
    row = _mine(actor, upload_id)
    patient = guard.access(actor, Patient, row.patient_id, Permission.PATIENT_EDIT)
    require_unlocked(patient)
    return row


def _mine(actor: Actor, upload_id: str) -> DocumentUpload:
    row = db.session.get(DocumentUpload, upload_id)
    if row is None or row.person_id != actor.person_id:
        raise NotFoundError("There is no such upload.")
    guard.access(actor, Patient, row.patient_id, Permission.PATIENT_EDIT)
    if row.expires_at < clock.now():
        raise UploadGoneError("The upload has expired.", hint="Send the file again.")
    return row


def _move(row: DocumentUpload, offset: int, part: list[Any]) -> None:
    """Compare-and-set: a second sender of the same bytes finds the offset moved."""
    moved = db.session.execute(
        update(DocumentUpload)
        .where(DocumentUpload.id == row.id, DocumentUpload.offset == offset)
        .values(
            offset=offset + part[1], parts=[*row.parts, part], expires_at=clock.now() + KEPT_FOR
        )
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(row)
    if getattr(moved, "rowcount", 0) != 1:
        raise UploadConflictError(row.offset)


def _open_uploads(actor: Actor, patient_id: str) -> list[DocumentUpload]:
    return list(
        db.session.scalars(
            select(DocumentUpload).where(
                DocumentUpload.patient_id == patient_id,
                DocumentUpload.person_id == actor.person_id,
                DocumentUpload.document_id.is_(None),
                DocumentUpload.expires_at > clock.now(),
            )
        )
    )


def _standing(row: DocumentUpload) -> Standing:
    return Standing(row.id, row.offset, row.length, row.expires_at, row.document_id or "")


class _Pieces:
    """The stored pieces of an upload, one after the other, as a stream."""

    def __init__(self, parts: Iterator[list[Any]]) -> None:
        self._bytes = (data for key, _ in parts for data in blobs.store().open(key))
        self._buffer = b""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes."""
        if not self._buffer:
            self._buffer = next(self._bytes, b"")
        end = len(self._buffer) if size < 0 else size
        taken, self._buffer = self._buffer[:end], self._buffer[end:]
        return taken
