"""What a person reads about themselves: profile, sessions."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from portal.access import guard
from portal.access.actor import CLINICIAN, GUEST, Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.networks.memberships import in_force
from portal.networks.models import Membership, Network
from portal.networks.service.memberships import RAN_OUT
from portal.people.browsers import browser_name
from portal.people.models import Person, WebSession


@dataclass(frozen=True)
class OwnProfile:
    """The own profile, as the form shows it."""

    name: str
    email: str
    academic_title: str
    job_title: str
    spoken_languages: tuple[str, ...]
    time_zone: str
    digest_hour: int
    away_from: date | None
    away_until: date | None
    deputy_id: str | None


@dataclass(frozen=True)
class SessionRow:
    """A session in force. ``key`` is the digest: it names the session in forms and opens nothing."""

    key: str
    browser: str
    address: str
    began: datetime
    seen: datetime
    current: bool


def profile(actor: Actor) -> OwnProfile:
    """Return the actor's own profile."""
    person = guard.access(actor, Person, actor.person_id, Permission.PERSON_EDIT)
    return OwnProfile(
        name=" ".join(part for part in (person.given_name, person.family_name) if part),
        email=person.email,
        academic_title=person.academic_title,
        job_title=person.job_title,
        spoken_languages=tuple(person.spoken_languages),
        time_zone=person.time_zone,
        digest_hour=person.digest_hour,
        away_from=person.away_from,
        away_until=person.away_until,
        deputy_id=person.deputy_id,
    )


def ended_access(actor: Actor) -> str:
    """Return when and why the actor's last access ended, for who has none left; empty when there was none."""
    row = db.session.execute(
        select(Membership, Network.short_name)
        .join(Network, Network.id == Membership.network_id)
        .where(Membership.person_id == actor.person_id)
        .order_by(func.coalesce(Membership.ended_at, Membership.ends_at).desc())
        .limit(1)
    ).first()
    if row is None:
        return ""
    membership, network = row
    end = membership.ended_at or membership.ends_at
    if end is None:
        return ""
    what = "guest access" if membership.profile == GUEST else "access"
    text = f"Your {what} to {network} ended on {end.day} {end:%B %Y}."
    if membership.ended_reason and membership.ended_reason != RAN_OUT:
        text += f" Reason: {membership.ended_reason}"
    return text


def possible_deputies(actor: Actor) -> list[tuple[str, str]]:
    """Return (id, name) of the colleagues at the actor's centres who could stand in."""
    centres = sorted(actor.centres_as())
    if not centres:
        return []
    people = db.session.scalars(
        select(Person)
        .where(Person.id != actor.person_id, Person.suspended_at.is_(None))
        .where(
            Person.id.in_(
                select(Membership.person_id).where(
                    Membership.centre_id.in_(centres), Membership.profile == CLINICIAN, in_force()
                )
            )
        )
        .order_by(Person.family_name, Person.id)
        .limit(200)
    )
    return [(p.id, p.name) for p in people]


def sessions(actor: Actor, current_digest: str) -> list[SessionRow]:
    """Return the actor's sessions in force, the newest first."""
    now = clock.now()
    rows = db.session.scalars(
        select(WebSession)
        .where(WebSession.person_id == actor.person_id, WebSession.ended_at.is_(None))
        .where(WebSession.expires_at > now)
        .order_by(WebSession.seen_at.desc())
        .limit(50)
    )
    return [
        SessionRow(
            key=r.digest,
            browser=browser_name(r.browser),
            address=r.address,
            began=r.created_at,
            seen=r.seen_at,
            current=r.digest == current_digest,
        )
        for r in rows
    ]
