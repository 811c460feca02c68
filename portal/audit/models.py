"""The audit record: append-only, one hash chain per stream."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified


class AuditEvent(Identified):
    """Who did what to which thing, when, with which outcome. Never clinical text."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("stream", "sequence"),
        Index("ix_audit_event_entity", "entity"),
        Index("ix_audit_event_actor", "actor_id", "id"),
    )
    stream: Mapped[str] = mapped_column(String(60))
    sequence: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(String(26))
    acting_for_id: Mapped[str] = mapped_column(String(26), default="")
    action: Mapped[str] = mapped_column(String(60))
    entity: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(12), default="success")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditStream(Base):
    """The head of a stream: the last sequence number and hash, locked while appending.

    ``mac`` is their keyed digest (``seals.head_mac``); ``sealed`` the sequence of the last seal.
    """

    __tablename__ = "audit_stream"
    stream: Mapped[str] = mapped_column(String(60), primary_key=True)
    sequence: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default="")
    mac: Mapped[str] = mapped_column(String(64), default="")
    sealed: Mapped[int] = mapped_column(default=0)
