"""Medical documents: what was attached to a patient's case and where its bytes are."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Identified

READY = "ready"
HELD = "held"


class Document(Identified):
    """A file of a patient's case. ``blob`` is the content-addressed key in the blob store.

    ``state`` is ``ready``, or ``held`` while somebody has to vouch for it; ``concerns`` say why.
    """

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_patient_id_id", "patient_id", "id"),)
    access_kind = "document"
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(40))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    blob: Mapped[str] = mapped_column(String(200), index=True)
    category: Mapped[str] = mapped_column(String(40), default="other")
    document_date: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(20), default=READY)
    concerns: Mapped[str] = mapped_column(String(300), default="")
    released_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    released_reason: Mapped[str] = mapped_column(String(300), default="")
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")


class DocumentUpload(Identified):
    """A file that is arriving in pieces. ``parts`` are ``[blob key, size]`` in order."""

    __tablename__ = "document_upload"
    access_kind = "document_upload"
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(120), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    length: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
    parts: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
