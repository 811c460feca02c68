"""The memberships of a network, for those who decide about access."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from portal.access import guard
from portal.access.actor import GUEST, PROFILES, Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import NotFoundError
from portal.networks.memberships import in_force
from portal.networks.models import Centre, Membership
from portal.networks.paging import SIZE, Page, cut
from portal.networks.refs import NetworkRef
from portal.people.models import Person
from portal.people.names import plain

REVIEW_EVERY = timedelta(days=365)


@dataclass(frozen=True)
class MemberRow:
    """A membership in force."""

    id: str
    person_id: str
    name: str
    email: str
    profile: str
    centre: str
    acts_for: str
    may_enrol: bool
    limited: str
    granted_at: datetime
    ends_at: datetime | None
    reviewed_at: datetime | None
    last_seen_at: datetime | None

    @property
    def profile_word(self) -> str:
        """The profile in plain English."""
        return PROFILES.get(self.profile, self.profile)

    @property
    def is_guest(self) -> bool:
        """Whether the membership is a guest's, which ends by itself."""
        return self.profile == GUEST

    @property
    def review_due(self) -> bool:
        """Whether nobody has looked at this membership for a year."""
        return clock.now() - (self.reviewed_at or self.granted_at) >= REVIEW_EVERY


def members(
    actor: Actor,
    network_id: str,
    *,
    text: str = "",
    profile: str = "",
    due: bool = False,
    before: str = "",
) -> Page[MemberRow]:
    """Return memberships of a network, newest first; ``due`` keeps those to be reviewed."""
    guard.require(actor, Permission.NETWORK_DECIDE_ACCESS, NetworkRef(network_id))
    statement = _rows(network_id).order_by(Membership.id.desc()).limit(SIZE + 1)
    for word in plain(text).split():
        statement = statement.where(Person.search_text.contains(word, autoescape=True))
    if profile:
        statement = statement.where(Membership.profile == profile)
    if due:
        statement = statement.where(_last_look() <= clock.now() - REVIEW_EVERY)
    if before:
        statement = statement.where(Membership.id < before)
    rows = [_row(*found) for found in db.session.execute(statement)]
    return cut(rows, "id")


def member(actor: Actor, network_id: str, membership_id: str) -> MemberRow:
    """Return one membership in force of the network."""
    guard.require(actor, Permission.NETWORK_DECIDE_ACCESS, NetworkRef(network_id))
    found = db.session.execute(_rows(network_id).where(Membership.id == membership_id)).first()
    if found is None:
        raise NotFoundError("There is no such membership in force.")
    return _row(*found)


def _rows(network_id: str) -> Select[Membership, Person, Centre, Person]:
    helped = aliased(Person)
    return (
        select(Membership, Person, Centre, helped)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Centre, Centre.id == Membership.centre_id)
        .outerjoin(helped, helped.id == Membership.acts_for_id)
        .where(Membership.network_id == network_id, in_force())
    )


def _last_look() -> ColumnElement[datetime]:
    return func.coalesce(Membership.reviewed_at, Membership.granted_at)


def _row(
    membership: Membership, person: Person, centre: Centre | None, helped: Person | None
) -> MemberRow:
    return MemberRow(
        id=membership.id,
        person_id=person.id,
        name=person.name,
        email=person.email,
        profile=membership.profile,
        centre=f"{centre.name}, {centre.city}" if centre else "",
        acts_for=helped.name if helped else "",
        may_enrol=membership.may_enrol,
        limited=membership.limited_to.partition(":")[0],
        granted_at=membership.granted_at,
        ends_at=membership.ends_at,
        reviewed_at=membership.reviewed_at,
        last_seen_at=person.last_seen_at,
    )
