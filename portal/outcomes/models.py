"""Outcomes: the structured, versioned answer of a panel, its signatures and the sealed PDF."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified


class Outcome(Identified):
    """One version of a panel's outcome: draft, then in signature, then sealed or replaced."""

    __tablename__ = "outcome"
    __table_args__ = (UniqueConstraint("panel_id", "number"),)
    access_kind = "outcome"
    panel_id: Mapped[str] = mapped_column(ForeignKey("panel.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(String(20), default="draft")
    version: Mapped[int] = mapped_column(default=0)
    diagnosis: Mapped[list[Any]] = mapped_column(default=list)
    findings: Mapped[str] = mapped_column(Text, default="")
    recommendations: Mapped[dict[str, Any]] = mapped_column(default=dict)
    agreement: Mapped[str] = mapped_column(String(20), default="")
    minority_view: Mapped[str] = mapped_column(Text, default="")
    references: Mapped[str] = mapped_column(Text, default="")
    patient_summary: Mapped[str] = mapped_column(Text, default="")
    follow_up_on: Mapped[date | None]
    drafted_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None]
    replaces_id: Mapped[str | None] = mapped_column(ForeignKey("outcome.id"))


class Signature(Identified):
    """One signer's decision on one exact version: signed, or objected with a remark."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("outcome_id", "person_id", "outcome_hash"),)
    outcome_id: Mapped[str] = mapped_column(ForeignKey("outcome.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    outcome_hash: Mapped[str] = mapped_column(String(64))
    decision: Mapped[str] = mapped_column(String(20))
    remark: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class SealedDocument(Base):
    """The PDF of a sealed outcome: rendered once, kept with its hash."""

    __tablename__ = "sealed_document"
    outcome_id: Mapped[str] = mapped_column(ForeignKey("outcome.id"), primary_key=True)
    variant: Mapped[str] = mapped_column(String(20), primary_key=True, default="clinician")
    language: Mapped[str] = mapped_column(String(8), primary_key=True, default="en")
    blob: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    verification_code: Mapped[str] = mapped_column(String(40), unique=True)
    rendered_at: Mapped[datetime]
