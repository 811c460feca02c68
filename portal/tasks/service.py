"""Open and close tasks in the surrounding unit of work; list them for a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update

from portal.access.actor import Actor
from portal.kernel import clock, db
from portal.tasks.models import Task


@dataclass(frozen=True)
class TaskRow:
    """One line of "For me"."""

    id: str
    kind: str
    title: str
    reason: str
    url: str
    urgent: bool
    due_on: date | None
    created_at: datetime
    network_id: str | None

    @property
    def overdue(self) -> bool:
        """Whether the due date has passed."""
        return self.due_on is not None and self.due_on < clock.today()


def open_for(
    person_ids: Iterable[str],
    kind: str,
    subject: str,
    *,
    title: str,
    url: str,
    reason: str = "",
    network_id: str | None = None,
    urgent: bool = False,
    due_on: date | None = None,
) -> None:
    """Give each person one open task of ``kind`` about ``subject``; one that is open already stays."""
    wanted = set(person_ids)
    have = set(
        db.session.scalars(
            select(Task.person_id).where(
                Task.subject == subject,
                Task.kind == kind,
                Task.done_at.is_(None),
                Task.person_id.in_(wanted),
            )
        )
    )
    db.session.add_all(
        Task(
            person_id=person,
            kind=kind,
            subject=subject,
            title=title,
            reason=reason,
            url=url,
            network_id=network_id,
            urgent=urgent,
            due_on=due_on,
            created_at=clock.now(),
        )
        for person in sorted(wanted - have)
    )


def close(subject: str, *kinds: str, person_id: str | None = None, by: str | None = None) -> None:
    """Close the open tasks about ``subject`` of ``kinds`` (all kinds when none is named)."""
    statement = update(Task).where(Task.subject == subject, Task.done_at.is_(None))
    if kinds:
        statement = statement.where(Task.kind.in_(kinds))
    if person_id:
        statement = statement.where(Task.person_id == person_id)
    db.session.execute(statement.values(done_at=clock.now(), done_by=by))


def reschedule(subject: str, due_on: date | None, *kinds: str) -> None:
    """Give the open tasks about ``subject`` of ``kinds`` another due date."""
    db.session.execute(
        update(Task)
        .where(Task.subject == subject, Task.done_at.is_(None), Task.kind.in_(kinds))
        .values(due_on=due_on)
    )


def set_urgent(subject: str, *, urgent: bool) -> None:
    """Mark the open tasks about ``subject`` urgent, or take the mark back."""
    db.session.execute(
        update(Task).where(Task.subject == subject, Task.done_at.is_(None)).values(urgent=urgent)
    )


def list_open(actor: Actor, limit: int = 100, network_id: str | None = None) -> list[TaskRow]:
    """Return the actor's open tasks: urgent first, then by due date, then oldest first."""
    statement = select(Task).where(Task.person_id == actor.person_id, Task.done_at.is_(None))
    if network_id:
        statement = statement.where(Task.network_id == network_id)
    rows = db.session.scalars(
        statement.order_by(Task.urgent.desc(), Task.due_on.is_(None), Task.due_on, Task.id).limit(
            limit
        )
    )
    return [
        TaskRow(
            t.id, t.kind, t.title, t.reason, t.url, t.urgent, t.due_on, t.created_at, t.network_id
        )
        for t in rows
    ]


@dataclass(frozen=True)
class TaskGroup:
    """Tasks that belong together on the page."""

    key: str
    title: str
    rows: list[TaskRow]


def grouped(rows: Iterable[TaskRow]) -> list[TaskGroup]:
    """Return tasks by how soon they are due: overdue or urgent, this week, later; empty groups left out."""
    soon = clock.today() + timedelta(days=7)
    groups: dict[str, list[TaskRow]] = {"now": [], "week": [], "later": []}
    for row in rows:
        if row.overdue or row.urgent or row.due_on == clock.today():
            groups["now"].append(row)
        elif row.due_on is not None and row.due_on <= soon:
            groups["week"].append(row)
        else:
            groups["later"].append(row)
    titles = {"now": "Now", "week": "This week", "later": "Later"}
    return [TaskGroup(key, titles[key], found) for key, found in groups.items() if found]


def count_open(actor: Actor) -> int:
    """Return how many tasks are open for the actor."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Task)
            .where(Task.person_id == actor.person_id, Task.done_at.is_(None))
        )
        or 0
    )
