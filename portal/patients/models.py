"""Patients, their encrypted identities (apart) and their consents."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base, Identified


class Patient(Identified):
    """A patient under a nickname. Nothing here says who the patient is."""

    __tablename__ = "patient"
    __table_args__ = (Index("ix_patient_centre_id_id", "centre_id", "id"),)
    access_kind = "patient"
    nickname: Mapped[str] = mapped_column(String(60), unique=True)
    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"))
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    enrolled_by: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    recorded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    sex: Mapped[str] = mapped_column(String(10))
    birth_year: Mapped[int]
    country: Mapped[str] = mapped_column(String(2))
    status: Mapped[str] = mapped_column(String(20), default="enrolled")
    enrolled_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]
    consents: Mapped[list["Consent"]] = relationship(back_populates="patient")


class PatientIdentity(Base):
    """Who the patient is: every value AES-GCM ciphertext, bound to this row and column."""

    __tablename__ = "patient_identity"
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    given_name: Mapped[str] = mapped_column(Text)
    family_name: Mapped[str] = mapped_column(Text)
    birth_date: Mapped[str] = mapped_column(Text)
    birth_place: Mapped[str] = mapped_column(Text)
    local_number: Mapped[str] = mapped_column(Text)
    name_index: Mapped[str] = mapped_column(String(64), index=True)
    birth_date_index: Mapped[str] = mapped_column(String(64), index=True)
    local_number_index: Mapped[str] = mapped_column(String(64), index=True)


class Consent(Identified):
    """A decision of the patient, or the guardian, on one purpose."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("patient_id", "purpose", "recorded_at"),)
    access_kind = "consent"
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    given: Mapped[bool]
    signer: Mapped[str] = mapped_column(String(20))
    signed_on: Mapped[date]
    language: Mapped[str] = mapped_column(String(8), default="en")
    template: Mapped[str] = mapped_column(String(80))
    recorded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="")
    patient: Mapped[Patient] = relationship(back_populates="consents")
