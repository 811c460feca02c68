"""Access requests: what can be asked for, the own ones, and those that wait for a decision."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from portal.access import guard
from portal.access.actor import ASSISTANT, CLINICIAN, PROFILES, Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.errors import NotFoundError
from portal.networks.countries import country_name
from portal.networks.memberships import in_force
from portal.networks.models import Centre, CentreNetwork, Membership, Network
from portal.networks.paging import SIZE, Page, cut
from portal.networks.refs import NetworkRef
from portal.people.models import AccessRequest, Person

STATES = {
    "submitted": "Waiting for a decision",
    "returned": "Returned with a question",
    "approved": "Approved",
    "rejected": "Rejected",
    "withdrawn": "Withdrawn",
}


@dataclass(frozen=True)
class NetworkChoice:
    """A network that can be asked."""

    id: str
    code: str
    short_name: str
    title: str


@dataclass(frozen=True)
class CentreChoice:
    """A centre that takes part in the network asked."""

    id: str
    name: str
    city: str
    country: str


@dataclass(frozen=True)
class RequestRow:
    """One access request, with names in place of ids."""

    id: str
    person_id: str
    person: str
    email: str
    network_id: str
    network_code: str
    network: str
    centre_id: str | None
    centre: str
    country: str
    profile: str
    comment: str
    status: str
    reason: str
    submitted_at: datetime
    decided_at: datetime | None
    decided_by: str

    @property
    def profile_word(self) -> str:
        """The profile in plain English."""
        return PROFILES.get(self.profile, self.profile)

    @property
    def state(self) -> str:
        """The state in plain English."""
        return STATES.get(self.status, self.status)


@dataclass(frozen=True)
class RequestDetail:
    """A request with what the coordinator needs to decide it."""

    row: RequestRow
    job_title: str
    holds: tuple[str, ...]
    clinicians: tuple[tuple[str, str], ...]


def networks_to_ask(actor: Actor) -> list[NetworkChoice]:
    """Return the networks that take part; anybody who is logged in may ask one."""
    del actor
    rows = db.session.execute(
        select(Network.id, Network.code, Network.short_name, Network.title)
        .where(Network.enabled.is_(True))
        .order_by(Network.short_name)
    )
    return [NetworkChoice(*row) for row in rows]


def centres_to_ask(actor: Actor, network_id: str) -> list[CentreChoice]:
    """Return the centres of a network by country and name."""
    del actor
    rows = db.session.execute(
        select(Centre.id, Centre.name, Centre.city, Centre.country)
        .join(CentreNetwork, CentreNetwork.centre_id == Centre.id)
        .where(CentreNetwork.network_id == network_id, Centre.active.is_(True))
        .order_by(Centre.country, Centre.name)
    )
    return [CentreChoice(*row) for row in rows]


def mine(actor: Actor) -> list[RequestRow]:
    """Return the actor's own requests, newest first."""
    statement = _rows().where(AccessRequest.person_id == actor.person_id).limit(SIZE)
    return _read(statement)


def in_network(
    actor: Actor, network_id: str, status: str = "", before: str = ""
) -> Page[RequestRow]:
    """Return the requests of a network, newest first; only those in ``status`` when it is given."""
    guard.require(actor, Permission.NETWORK_DECIDE_ACCESS, NetworkRef(network_id))
    statement = _rows().where(AccessRequest.network_id == network_id)
    if status:
        statement = statement.where(AccessRequest.status == status)
    if before:
        statement = statement.where(AccessRequest.id < before)
    return cut(_read(statement.limit(SIZE + 1)), "id")


def detail(actor: Actor, request_id: str) -> RequestDetail:
    """Return a request for the one who decides it."""
    found = _read(_rows().where(AccessRequest.id == request_id))
    if not found:
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    row = found[0]
    guard.require(actor, Permission.NETWORK_DECIDE_ACCESS, NetworkRef(row.network_id))
    person = db.session.get_one(Person, row.person_id)
    return RequestDetail(row, person.job_title, _holds(row.person_id), _clinicians(row))


def _rows() -> Select[AccessRequest, Person, Network, Centre, Person]:
    decider = aliased(Person)
    return (
        select(AccessRequest, Person, Network, Centre, decider)
        .join(Person, Person.id == AccessRequest.person_id)
        .join(Network, Network.id == AccessRequest.network_id)
        .outerjoin(Centre, Centre.id == AccessRequest.centre_id)
        .outerjoin(decider, decider.id == AccessRequest.decided_by)
        .order_by(AccessRequest.id.desc())
    )


def _read(statement: Select[AccessRequest, Person, Network, Centre, Person]) -> list[RequestRow]:
    return [_row(*found) for found in db.session.execute(statement)]


def _row(
    request: AccessRequest,
    person: Person,
    network: Network,
    centre: Centre | None,
    decider: Person | None,
) -> RequestRow:
    return RequestRow(
        id=request.id,
        person_id=person.id,
        person=person.name,
        email=person.email,
        network_id=network.id,
        network_code=network.code,
        network=network.short_name,
        centre_id=request.centre_id,
        centre=f"{centre.name}, {centre.city}" if centre else "",
        country=country_name(centre.country) if centre else "",
        profile=request.profile,
        comment=request.comment,
        status=request.status,
        reason=request.reason,
        submitted_at=request.submitted_at,
        decided_at=request.decided_at,
        decided_by=decider.name if decider else "",
    )


def _holds(person_id: str) -> tuple[str, ...]:
    rows = db.session.execute(
        select(Membership.profile, Network.short_name)
        .outerjoin(Network, Network.id == Membership.network_id)
        .where(Membership.person_id == person_id, in_force())
    )
    return tuple(f"{PROFILES.get(p, p)}, {name or 'the portal'}" for p, name in rows)


def _clinicians(row: RequestRow) -> tuple[tuple[str, str], ...]:
    """For an assistant: the clinicians of the same centre and network in whose name to act."""
    if row.profile != ASSISTANT or not row.centre_id:
        return ()
    people = db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.centre_id == row.centre_id, Membership.network_id == row.network_id)
        .where(Membership.profile == CLINICIAN, in_force())
        .order_by(Person.family_name, Person.id)
    )
    return tuple((p.id, p.name) for p in people)
