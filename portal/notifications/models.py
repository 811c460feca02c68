"""The outbox (messages to leave the house) and notices (shown in the page)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified


class OutboxMessage(Identified):
    """A message written in the same commit as its cause; ``key`` makes its effect happen once.

    It goes to a person, or to an ``address`` when nobody with that address is known yet: such a message
    holds a link that opens something, so its ``facts`` are emptied as soon as it has left.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_waiting", "sent_at", "id"),)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    address: Mapped[str] = mapped_column(String(254), default="")
    subject: Mapped[str] = mapped_column(String(80), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    delivery: Mapped[str] = mapped_column(String(12), default="immediate")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failed: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")


class Notice(Identified):
    """A short line in the person's notification list."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_person_id", "person_id", "id"),)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class MutedSubject(Base):
    """A person wants no digest lines about a subject (a panel); what asks them to act still comes."""

    __tablename__ = "muted_subject"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    since: Mapped[datetime]
