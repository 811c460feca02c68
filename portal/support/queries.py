"""What the console's own pages show: figures of the start page, and one person in full."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal.access import guard
from portal.access.actor import GUEST, PROFILES, Actor
from portal.access.permissions import Permission
from portal.jobs.models import Job
from portal.kernel import clock, db
from portal.kernel.errors import NotFoundError
from portal.networks.memberships import in_force
from portal.networks.models import Centre, Membership, Network
from portal.notifications.models import OutboxMessage
from portal.people.browsers import browser_name
from portal.people.models import AccessRequest, ExternalIdentity, Person, WebSession
from portal.people.queries.requests import STATES

SOON = timedelta(days=14)


@dataclass(frozen=True)
class Figures:
    """What may need a hand today."""

    open_requests: int
    guests_ending: int
    suspended: int
    failed_jobs: int
    failed_mails: int


@dataclass(frozen=True)
class MembershipLine:
    """A membership of the person, in force or ended."""

    id: str
    profile: str
    network: str
    centre: str
    granted_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    ended_reason: str
    guest: bool

    @property
    def in_force(self) -> bool:
        """Whether the membership counts now."""
        return self.ended_at is None and (self.ends_at is None or self.ends_at > clock.now())


@dataclass(frozen=True)
class SessionLine:
    """A session of the person in force."""

    key: str
    browser: str
    address: str
    began: datetime
    seen: datetime


@dataclass(frozen=True)
class PersonRecord:
    """Everything the support desk may know about a person."""

    id: str
    name: str
    email: str
    job_title: str
    created_at: datetime
    last_seen_at: datetime | None
    suspended_at: datetime | None
    suspended_reason: str
    identities: tuple[tuple[str, str, str], ...]
    memberships: tuple[MembershipLine, ...]
    sessions: tuple[SessionLine, ...]
    requests: tuple[tuple[str, str, str, datetime], ...]


@dataclass(frozen=True)
class PersonName:
    """A person whom a form is about."""

    id: str
    name: str


def figures(actor: Actor) -> Figures:
    """Return the figures of the start page in one query."""
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    soon = clock.now() + SOON
    counts = (
        select(func.count()).where(AccessRequest.status == "submitted").scalar_subquery(),
        select(func.count())
        .where(Membership.profile == GUEST, in_force(), Membership.ends_at <= soon)
        .scalar_subquery(),
        select(func.count()).where(Person.suspended_at.is_not(None)).scalar_subquery(),
        select(func.count()).where(Job.failed_at.is_not(None)).scalar_subquery(),
        select(func.count())
        .where(OutboxMessage.sent_at.is_(None), OutboxMessage.failed > 0)
        .scalar_subquery(),
    )
    return Figures(*db.session.execute(select(*counts)).one())


def name_of(actor: Actor, person_id: str) -> PersonName:
    """Return who a form is about; one query."""
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFoundError("There is no such person.")
    return PersonName(found.id, found.name)


def person(actor: Actor, person_id: str) -> PersonRecord:
    """Return a person's record: identities, memberships, sessions, requests; five queries."""
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFoundError("There is no such person.")
    identities = db.session.execute(
        select(ExternalIdentity.issuer, ExternalIdentity.subject, ExternalIdentity.last_acr).where(
            ExternalIdentity.person_id == person_id
        )
    )
    return PersonRecord(
        id=found.id,
        name=found.name,
        email=found.email,
        job_title=found.job_title,
        created_at=found.created_at,
        last_seen_at=found.last_seen_at,
        suspended_at=found.suspended_at,
        suspended_reason=found.suspended_reason,
        identities=tuple((i, s, a) for i, s, a in identities),
        memberships=_memberships(person_id),
        sessions=_sessions(person_id),
        requests=_requests(person_id),
    )


def _memberships(person_id: str) -> tuple[MembershipLine, ...]:
    rows = db.session.execute(
        select(Membership, Network.short_name, Centre.name)
        .outerjoin(Network, Network.id == Membership.network_id)
        .outerjoin(Centre, Centre.id == Membership.centre_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.id.desc())
        .limit(100)
    )
    return tuple(
        MembershipLine(
            id=m.id,
            profile=PROFILES.get(m.profile, m.profile),
            network=network or "",
            centre=centre or "",
            granted_at=m.granted_at,
            ends_at=m.ends_at,
            ended_at=m.ended_at,
            ended_reason=m.ended_reason,
            guest=m.profile == GUEST,
        )
        for m, network, centre in rows
    )


def _sessions(person_id: str) -> tuple[SessionLine, ...]:
    rows = db.session.scalars(
        select(WebSession)
        .where(WebSession.person_id == person_id, WebSession.ended_at.is_(None))
        .where(WebSession.expires_at > clock.now())
        .order_by(WebSession.seen_at.desc())
        .limit(50)
    )
    return tuple(
        SessionLine(r.digest, browser_name(r.browser), r.address, r.created_at, r.seen_at)
        for r in rows
    )


def _requests(person_id: str) -> tuple[tuple[str, str, str, datetime], ...]:
    rows = db.session.execute(
        select(AccessRequest, Network.short_name)
        .join(Network, Network.id == AccessRequest.network_id)
        .where(AccessRequest.person_id == person_id)
        .order_by(AccessRequest.id.desc())
        .limit(50)
    )
    return tuple(
        (name, PROFILES.get(r.profile, r.profile), STATES.get(r.status, r.status), r.submitted_at)
        for r, name in rows
    )
