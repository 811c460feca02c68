"""Medical documents: what was attached to a patient's case and where its bytes are."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Identified


class Document(Identified):
    """A file of a patient's case. ``blob`` is the content-addressed key in the blob store."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_patient_id_id", "patient_id", "id"),)
    access_kind = "document"
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(40))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    blob: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(40), default="other")
    document_date: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")
