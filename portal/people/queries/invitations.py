"""Invitations of a network, and the one that a link names."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import CLINICIAN, PROFILES, Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.networks import limits
from portal.networks.memberships import in_force
from portal.networks.models import Centre, Membership, Network
from portal.networks.paging import SIZE, Page, cut
from portal.networks.refs import NetworkRef
from portal.people.models import AccessInvitation, Person
from portal.people.service.invitations import usable

LIMITED = {"panel": ", one panel", "patient": ", one patient"}


@dataclass(frozen=True)
class InvitationRow:
    """An invitation as the coordinator sees it: never its link, which was shown once."""

    id: str
    email: str
    profile: str
    centre: str
    invited_by: str
    created_at: datetime
    expires_at: datetime
    state: str

    @property
    def open(self) -> bool:
        """Whether the link can still be used."""
        return self.state == "Waiting"


@dataclass(frozen=True)
class Offer:
    """What an invitation promises to the person who opened its link."""

    network: str
    network_title: str
    network_code: str
    centre: str
    profile: str
    invited_by: str
    message: str
    expires_at: datetime
    limited: str
    url: str


def in_network(actor: Actor, network_id: str, before: str = "") -> Page[InvitationRow]:
    """Return the invitations of a network, newest first."""
    guard.require(actor, Permission.NETWORK_DECIDE_ACCESS, NetworkRef(network_id))
    statement = (
        select(AccessInvitation, Centre, Person)
        .outerjoin(Centre, Centre.id == AccessInvitation.centre_id)
        .outerjoin(Person, Person.id == AccessInvitation.invited_by)
        .where(AccessInvitation.network_id == network_id)
        .order_by(AccessInvitation.id.desc())
        .limit(SIZE + 1)
    )
    if before:
        statement = statement.where(AccessInvitation.id < before)
    return cut([_row(*found) for found in db.session.execute(statement)], "id")


def offer(actor: Actor, secret: str) -> Offer:
    """Return what the link's invitation offers; the secret is the right to know."""
    invitation = usable(actor, secret)
    network = db.session.get_one(Network, invitation.network_id)
    centre = db.session.get(Centre, invitation.centre_id) if invitation.centre_id else None
    inviter = db.session.get(Person, invitation.invited_by) if invitation.invited_by else None
    return Offer(
        network=network.short_name,
        network_title=network.title,
        network_code=network.code,
        centre=str(centre) if centre else "",
        profile=PROFILES[invitation.profile],
        invited_by=inviter.name if inviter else "",
        message=invitation.message,
        expires_at=invitation.expires_at,
        limited=limits.words(invitation.limited_to),
        url=limits.address(invitation.limited_to, network.id)
        if invitation.limited_to
        else f"/ern/{network.code}/",
    )


def clinicians(actor: Actor, network_id: str) -> list[tuple[str, str]]:
    """Return (id, name and centre) of the network's clinicians, for whom an assistant may act."""
    guard.require(actor, Permission.NETWORK_DECIDE_ACCESS, NetworkRef(network_id))
    rows = db.session.execute(
        select(Person, Centre.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Centre, Centre.id == Membership.centre_id)
        .where(Membership.network_id == network_id, Membership.profile == CLINICIAN, in_force())
        .order_by(Person.search_text)
        .limit(500)
    )
    return [(p.id, f"{p.name} ({centre})") for p, centre in rows]


def _row(
    invitation: AccessInvitation, centre: Centre | None, inviter: Person | None
) -> InvitationRow:
    return InvitationRow(
        id=invitation.id,
        email=invitation.email,
        profile=PROFILES.get(invitation.profile, invitation.profile)
        + LIMITED.get(invitation.limited_to.partition(":")[0], ""),
        centre=str(centre) if centre else "",
        invited_by=inviter.name if inviter else "",
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        state=_state(invitation),
    )


def _state(invitation: AccessInvitation) -> str:
    if invitation.accepted_at is not None:
        return "Accepted"
    if invitation.withdrawn_at is not None:
        return "Withdrawn"
    return "Run out" if invitation.expires_at <= clock.now() else "Waiting"
