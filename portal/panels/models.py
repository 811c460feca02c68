"""Panels: the question, who is asked, what they answer, and everything that happened."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base, Identified


class Panel(Identified):
    """One consultation. ``phase`` is a phase of the workflow ``workflow`` at ``workflow_version``."""

    __tablename__ = "panel"
    __table_args__ = (
        # Every list is newest first: each index ends with the id, so that none is sorted.
        Index("ix_panel_network_id_id", "network_id", "id"),
        Index("ix_panel_network_phase_id", "network_id", "phase", "id"),
        Index("ix_panel_centre_id_id", "centre_id", "id"),
        Index("ix_panel_requester_id_id", "requester_id", "id"),
        Index("ix_panel_lead_id_id", "lead_id", "id"),
        Index("ix_panel_due_on", "due_on"),
        Index("ix_panel_urgent_id", "urgent", "network_id", "id"),
    )
    access_kind = "panel"
    number: Mapped[str] = mapped_column(String(40), unique=True)
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"))
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("patient.id"), index=True)
    area_id: Mapped[str | None] = mapped_column(ForeignKey("thematic_area.id"))
    requester_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(String(200))
    question: Mapped[str] = mapped_column(Text)
    urgent: Mapped[bool] = mapped_column(default=False)
    urgent_reason: Mapped[str] = mapped_column(String(300), default="")
    wanted_by: Mapped[date | None]
    due_on: Mapped[date | None]
    phase: Mapped[str] = mapped_column(String(40), default="draft")
    phase_since: Mapped[datetime]
    workflow: Mapped[str] = mapped_column(String(60), default="consultation")
    workflow_version: Mapped[str] = mapped_column(String(80), default="")
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    suspended_from: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime]
    # Loaded once per panel and read by every relation of the policy: a panel has a dozen people.
    members: Mapped[list["PanelMember"]] = relationship(
        back_populates="panel", order_by="PanelMember.id"
    )


class PanelWord(Base):
    """A word of a panel's number or title, for the search box; see ``indexing.py``."""

    __tablename__ = "panel_word"
    __table_args__ = (Index("ix_panel_word_panel_id_word", "panel_id", "word"),)
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"), primary_key=True)
    word: Mapped[str] = mapped_column(
        String(40).with_variant(String(40, collation="C"), "postgresql"), primary_key=True
    )  # by code point on both databases, so that a range is a beginning
    panel_id: Mapped[str] = mapped_column(ForeignKey("panel.id"), primary_key=True)


class PanelNumber(Base):
    """The last number given per network and year."""

    __tablename__ = "panel_number"
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class PanelMember(Identified):
    """A person asked to a panel: invited, accepted, declined, lapsed or removed.

    ``role`` is lead, member, guest or observer. The lead has a row too, so that everybody who reads
    the case stands in one table; ``Panel.lead_id`` says who it is.
    """

    __tablename__ = "panel_member"
    __table_args__ = (UniqueConstraint("panel_id", "person_id"),)
    access_kind = "panel_member"
    panel_id: Mapped[str] = mapped_column(ForeignKey("panel.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default="member")
    status: Mapped[str] = mapped_column(String(20), default="invited")
    invited_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    message: Mapped[str] = mapped_column(String(1000), default="")
    panel: Mapped[Panel] = relationship(back_populates="members")


class Contribution(Identified):
    """A member's opinion. A draft is seen by its author only."""

    __tablename__ = "contribution"
    access_kind = "contribution"
    panel_id: Mapped[str] = mapped_column(ForeignKey("panel.id"), index=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(Text, default="")
    diagnosis: Mapped[dict[str, Any] | None]
    recommendation: Mapped[str] = mapped_column(Text, default="")
    effort_minutes: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(20), default="draft")
    version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Agreement(Base):
    """A person agrees with a contribution, silently."""

    __tablename__ = "agreement"
    contribution_id: Mapped[str] = mapped_column(ForeignKey("contribution.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[datetime]


class InformationRequest(Identified):
    """Something a member needs to know before giving an opinion, with a due date."""

    __tablename__ = "information_request"
    access_kind = "information_request"
    panel_id: Mapped[str] = mapped_column(ForeignKey("panel.id"), index=True)
    asked_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    obligatory: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date | None]
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]


class Comment(Identified):
    """A remark in the panel's discussion."""

    __tablename__ = "comment"
    panel_id: Mapped[str] = mapped_column(ForeignKey("panel.id"), index=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class TimelineEntry(Identified):
    """One thing that happened in a panel, in words made from ``kind`` and ``facts``."""

    __tablename__ = "timeline_entry"
    __table_args__ = (Index("ix_timeline_panel_id_id", "panel_id", "id"),)
    panel_id: Mapped[str] = mapped_column(ForeignKey("panel.id"))
    at: Mapped[datetime]
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(String(1000), default="")
