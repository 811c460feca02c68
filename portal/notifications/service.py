"""What a person does with their notices: read them, mute a subject."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import InvalidInputError
from portal.kernel.uow import writes
from portal.notifications.models import MutedSubject, Notice

PAGE = 25


@dataclass(frozen=True)
class NoticeRow:
    """A line of the notification list."""

    id: str
    text: str
    url: str
    at: datetime
    unread: bool


@dataclass(frozen=True)
class NoticePage:
    """Some notices, newest first; ``next`` is the id to continue before, or empty."""

    rows: list[NoticeRow]
    next: str


class Own:
    """The actor's own notices as a thing of the policy: nobody else's are ever touched."""

    access_kind = "person"

    def __init__(self, actor: Actor) -> None:
        self.id = actor.person_id


def notices(actor: Actor, before: str = "") -> NoticePage:
    """Return the actor's notices, 25 at a time."""
    statement = select(Notice).where(Notice.person_id == actor.person_id)
    if before:
        statement = statement.where(Notice.id < before)
    rows = db.session.scalars(statement.order_by(Notice.id.desc()).limit(PAGE + 1)).all()
    shown = [NoticeRow(n.id, n.text, n.url, n.at, n.read_at is None) for n in rows[:PAGE]]
    return NoticePage(shown, shown[-1].id if len(rows) > PAGE else "")


def count_unread(actor: Actor) -> int:
    """Return how many notices the actor has not read."""
    unread = (
        select(func.count())
        .select_from(Notice)
        .where(Notice.person_id == actor.person_id, Notice.read_at.is_(None))
    )
    return db.session.scalar(unread) or 0


@writes
def read_all(actor: Actor) -> None:
    """Mark the actor's notices as read."""
    guard.require(actor, Permission.PERSON_SEE, Own(actor))
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == actor.person_id, Notice.read_at.is_(None))
        .values(read_at=clock.now())
    )


@writes
def mute(actor: Actor, subject: str, muted: bool = True) -> None:  # noqa: FBT001, FBT002 - a switch
    """Leave a subject (``panel:id``) out of the actor's digest, or take it in again."""
    guard.require(actor, Permission.PERSON_SEE, Own(actor))
    if not subject or len(subject) > 80 or ":" not in subject:
        raise InvalidInputError("Expected a subject such as panel:id.")
    row = db.session.get(MutedSubject, (actor.person_id, subject))
    if muted and row is None:
        db.session.add(MutedSubject(person_id=actor.person_id, subject=subject, since=clock.now()))
    elif not muted and row is not None:
        db.session.delete(row)


def muted_subjects(actor: Actor) -> list[tuple[str, datetime]]:
    """Return what the actor has muted, newest first."""
    rows = db.session.scalars(
        select(MutedSubject)
        .where(MutedSubject.person_id == actor.person_id)
        .order_by(MutedSubject.since.desc())
        .limit(200)
    )
    return [(row.subject, row.since) for row in rows]
