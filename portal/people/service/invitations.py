"""Invitation links: one person, one profile in one network, used once, and only for a while."""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from portal import audit
from portal.access import guard
from portal.access.actor import ASSISTANT, GUEST, RESEARCHER, Actor, system
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import GuardRefusedError, InvalidInputError, NotFoundError
from portal.kernel.ids import new_secret
from portal.kernel.uow import writes
from portal.networks.models import CentreNetwork, Network
from portal.networks.service import NewMembership, grant
from portal.notifications import notify
from portal.people.models import AccessInvitation, Person
from portal.people.service.requests import REQUESTABLE, deciders

DAYS = 14
_ADDRESS = re.compile(r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}$")


@dataclass(frozen=True)
class NewInvitation:
    """Whom to invite, as what. The address says to whom the link was given; it proves nothing."""

    network_id: str
    profile: str
    email: str
    centre_id: str | None = None
    acts_for_id: str | None = None
    may_enrol: bool = False
    message: str = ""
    days: int = DAYS


def digest_of(secret: str) -> str:
    """Return what is stored of an invitation's secret."""
    return hashlib.sha256(f"invitation:{secret}".encode()).hexdigest()


@writes
def invite(actor: Actor, wanted: NewInvitation) -> str:
    """Make an invitation and return its secret, which is shown once and stored nowhere."""
    network = guard.access(actor, Network, wanted.network_id, Permission.NETWORK_DECIDE_ACCESS)
    problems = problems_of(wanted)
    if problems:
        raise InvalidInputError("The invitation was not made.", fields=problems)
    secret, now = new_secret(), clock.now()
    invitation = AccessInvitation(
        digest=digest_of(secret),
        network_id=network.id,
        centre_id=wanted.centre_id or None,
        profile=wanted.profile,
        acts_for_id=wanted.acts_for_id or None,
        may_enrol=wanted.may_enrol and wanted.profile == GUEST,
        email=wanted.email.strip()[:254],
        message=wanted.message.strip()[:500],
        invited_by=None if actor.is_system else actor.person_id,
        created_at=now,
        expires_at=now + timedelta(days=wanted.days),
    )
    db.session.add(invitation)
    db.session.flush()
    _record(actor, "invitation.made", invitation)
    return secret


def problems_of(wanted: NewInvitation) -> dict[str, str]:
    """Return what is wrong with a wish to invite, by field; nothing when it can be made."""
    problems = {}
    if wanted.profile not in REQUESTABLE:
        problems["profile"] = "Choose a profile."
    if not _ADDRESS.match(wanted.email.strip()):
        problems["email"] = "Enter an e-mail address, such as name@hospital.eu."
    if not 1 <= wanted.days <= 60:
        problems["days"] = "A link is good for 1 to 60 days."
    if wanted.centre_id:
        if db.session.get(CentreNetwork, (wanted.centre_id, wanted.network_id)) is None:
            problems["centre_id"] = "This centre takes no part in the network."
    elif wanted.profile not in (GUEST, RESEARCHER):
        problems["centre_id"] = "Choose the centre, or invite as a guest."
    if wanted.profile == ASSISTANT and not wanted.acts_for_id:
        problems["acts_for_id"] = "Choose the clinician for whom the assistant acts."
    return problems


@writes
def withdraw_invitation(actor: Actor, invitation_id: str) -> None:
    """Make a link useless that has not been used."""
    invitation = db.session.get(AccessInvitation, invitation_id)
    if invitation is None:
        raise NotFoundError("There is no such invitation.")
    guard.access(actor, Network, invitation.network_id, Permission.NETWORK_DECIDE_ACCESS)
    if invitation.accepted_at is not None:
        raise GuardRefusedError(
            "This invitation was accepted already.", hint="End the membership instead."
        )
    invitation.withdrawn_at = clock.now()
    _record(actor, "invitation.withdrawn", invitation)


def usable(secret: str) -> AccessInvitation:
    """Return the invitation that a secret opens, or say why it opens nothing."""
    invitation: AccessInvitation | None = db.session.scalar(
        select(AccessInvitation).where(AccessInvitation.digest == digest_of(secret))
    )
    if invitation is None or invitation.withdrawn_at is not None:
        raise NotFoundError("This invitation is not known. Ask for a new one.")
    if invitation.accepted_at is not None:
        raise GuardRefusedError("This invitation has been used.", hint="It works only once.")
    if invitation.expires_at <= clock.now():
        raise GuardRefusedError(
            "This invitation has run out.", hint="Ask the coordinator of the network for a new one."
        )
    return invitation


@writes
def accept_invitation(actor: Actor, secret: str) -> str:
    """Give the actor what the invitation promises; return the network's code."""
    guard.access(actor, Person, actor.person_id, Permission.PERSON_EDIT)
    invitation = usable(secret)
    taken = db.session.execute(
        update(AccessInvitation)
        .where(AccessInvitation.id == invitation.id, AccessInvitation.accepted_at.is_(None))
        .values(accepted_at=clock.now(), accepted_by=actor.person_id)
    )
    if getattr(taken, "rowcount", 0) != 1:
        raise GuardRefusedError("This invitation has been used.", hint="It works only once.")
    # The coordinator decided when the link was made; the guest only takes what was granted.
    grant(
        system("invitation"),
        NewMembership(
            person_id=actor.person_id,
            profile=invitation.profile,
            network_id=invitation.network_id,
            centre_id=invitation.centre_id,
            acts_for_id=invitation.acts_for_id,
            may_enrol=invitation.may_enrol,
        ),
    )
    _record(actor, "invitation.accepted", invitation)
    network = db.session.get_one(Network, invitation.network_id)
    notify(
        {invitation.invited_by} if invitation.invited_by else deciders(network.id),
        "invitation_accepted",
        f"access_invitation:{invitation.id}",
        text=f"{actor.name} accepted the invitation to {network.short_name}",
        url=f"/ern/{network.code}/members",
        delivery="digest",
    )
    return network.code


def _record(actor: Actor, action: str, invitation: AccessInvitation) -> None:
    audit.record(
        actor,
        action,
        f"access_invitation:{invitation.id}",
        stream=f"network:{invitation.network_id}",
        detail={"profile": invitation.profile, "centre": invitation.centre_id},
    )
