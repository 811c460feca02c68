"""Responses to forms: the answers as they stand, and the history of each answer."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified


class FormResponse(Identified):
    """One filled form about a patient. ``version`` counts saves; ``form_hash`` is what the user saw."""

    __tablename__ = "form_response"
    __table_args__ = (Index("ix_form_response_patient", "patient_id", "form"),)
    access_kind = "form_response"
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    form: Mapped[str] = mapped_column(String(120))
    form_version: Mapped[str] = mapped_column(String(20))
    form_hash: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8), default="en")
    status: Mapped[str] = mapped_column(String(20), default="in-progress")
    version: Mapped[int] = mapped_column(default=0)
    completeness: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime | None]
    saved_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))


class FormText(Base):
    """The assembled definition behind a hash, as canonical JSON: what the user saw. Immutable."""

    __tablename__ = "form_text"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    form: Mapped[str] = mapped_column(String(120))
    version: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime]


class FormVersion(Identified):
    """A released version of a form: what the number stands for, for ever.

    ``network`` is the code of a network for a form with its overlays, empty for the form that all
    share. ``published_by`` is a person's id, or the name of the system actor at a console.
    """

    __tablename__ = "form_version"
    __table_args__ = (UniqueConstraint("form", "network", "version"),)
    form: Mapped[str] = mapped_column(String(120))
    network: Mapped[str] = mapped_column(String(40), default="")
    version: Mapped[str] = mapped_column(String(20))
    hash: Mapped[str] = mapped_column(String(64), index=True)
    definition: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(60))


class FormAnswer(Base):
    """One answer, addressed by item and stable row, never by its place in the form.

    ``version`` is the response's version at the save that set it, so that one number orders all
    changes of a response. The rows of a repeat are an answer too: the list of row ids. An answer
    that was taken back stays as null, with its version. ``!rule`` holds the reason why the
    warning of a rule may stand.
    """

    __tablename__ = "form_answer"
    response_id: Mapped[str] = mapped_column(ForeignKey("form_response.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    row_id: Mapped[str] = mapped_column(String(80), primary_key=True, default="")
    value: Mapped[Any] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(ForeignKey("person.id"))


class FormAnswerChange(Identified):
    """What an answer was, became, by whom, when and why."""

    __tablename__ = "form_answer_change"
    __table_args__ = (UniqueConstraint("response_id", "item_id", "row_id", "version"),)
    response_id: Mapped[str] = mapped_column(ForeignKey("form_response.id"))
    item_id: Mapped[str] = mapped_column(String(64))
    row_id: Mapped[str] = mapped_column(String(80), default="")
    version: Mapped[int]
    before: Mapped[Any] = mapped_column(JSON)
    after: Mapped[Any] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))


class FormParked(Identified):
    """A page that was sent after the login had ended: kept for its writer until the next login."""

    __tablename__ = "form_parked"
    access_kind = "form_parked"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"))
    section: Mapped[str] = mapped_column(String(64))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(index=True)
