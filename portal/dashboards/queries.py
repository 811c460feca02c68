"""What the global dashboard shows besides the cards of features."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal import tasks
from portal.access.actor import PROFILES, Actor
from portal.kernel import db
from portal.notifications.models import Notice
from portal.tasks.service import TaskRow

SHOWN_TASKS = 5
SHOWN_NOTICES = 6


@dataclass(frozen=True)
class Place:
    """A network or centre of the actor, with the profiles held there in words."""

    kind: str
    code: str
    name: str
    profiles: tuple[str, ...]


@dataclass(frozen=True)
class NoticeRow:
    """A line of the notification list; ``when`` is for people, ``at`` the ISO moment."""

    text: str
    url: str
    when: str
    at: str
    quiet: bool


@dataclass(frozen=True)
class Waiting:
    """The first tasks of the actor; ``more`` says how many are not shown (at most 99)."""

    rows: list[TaskRow]
    more: int


def places(actor: Actor) -> dict[str, list[Place]]:
    """Return the actor's networks and centres under ``networks`` and ``centres``; no query."""
    found: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for grant in actor.grants:
        word = PROFILES.get(grant.profile, grant.profile)
        for kind, code, name in (
            ("networks", grant.network_code, grant.network_name),
            ("centres", grant.centre_code, grant.centre_name),
        ):
            if code:
                found.setdefault((kind, code), (name, set()))[1].add(word)
    rows = [Place(k, c, n, tuple(sorted(words))) for (k, c), (n, words) in found.items()]
    rows.sort(key=lambda p: p.name)
    return {kind: [p for p in rows if p.kind == kind] for kind in ("networks", "centres")}


def greeting(actor: Actor) -> str:
    """Return the heading of the page: a greeting by name."""
    return f"Welcome, {actor.name}" if actor.name else "Welcome"


def waiting(actor: Actor) -> Waiting:
    """Return what waits for the actor, urgent and overdue first."""
    rows = tasks.list_open(actor, limit=100)
    return Waiting(rows[:SHOWN_TASKS], max(0, len(rows) - SHOWN_TASKS))


def latest_notices(actor: Actor) -> list[NoticeRow]:
    """Return the newest notices of the actor."""
    rows = db.session.scalars(
        select(Notice)
        .where(Notice.person_id == actor.person_id)
        .order_by(Notice.id.desc())
        .limit(SHOWN_NOTICES)
    )
    return [
        NoticeRow(n.text, n.url, _short(n.at), n.at.isoformat(), n.read_at is not None)
        for n in rows
    ]


def _short(at: datetime) -> str:
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
