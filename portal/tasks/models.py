"""What a person must do: one row per person and thing, gone only by an act."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Identified


class Task(Identified):
    """Something to do. ``subject`` is ``kind:id`` of what it is about; it never names a patient."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_person_done", "person_id", "done_at"),
        Index("ix_task_subject", "subject", "kind"),
    )
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    network_id: Mapped[str | None] = mapped_column(ForeignKey("network.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(300), default="")
    url: Mapped[str] = mapped_column(String(300))
    urgent: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
