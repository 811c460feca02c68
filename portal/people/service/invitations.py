"""Invitation links: one person, one profile in one network, used once, and only for a while."""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from portal import audit
from portal.access import guard
from portal.access.actor import ASSISTANT, GUEST, PROFILES, RESEARCHER, Actor, system
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import GuardRefusedError, InvalidInputError, NotFoundError
from portal.kernel.ids import new_secret
from portal.kernel.uow import writes
from portal.networks import limits
from portal.networks.limits import Seat
from portal.networks.models import CentreNetwork, Membership, Network
from portal.networks.service import NewMembership, grant
from portal.notifications import notify
from portal.notifications.outbox import mail_to_address, take_back
from portal.people.models import AccessInvitation, Person
from portal.people.service.requests import REQUESTABLE, deciders

DAYS = 14
_ADDRESS = re.compile(r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}$")


@dataclass(frozen=True)
class NewInvitation:
    """Whom to invite, as what, and whether the link is mailed.

    Only a person whose login has this ``email`` takes the link. ``limited_to`` is ``panel:<id>`` or
    ``patient:<id>`` for a guest of one thing. ``message`` is shown to who opens the link, never mailed.
    """

    network_id: str
    profile: str
    email: str
    centre_id: str | None = None
    acts_for_id: str | None = None
    may_enrol: bool = False
    message: str = ""
    days: int = DAYS
    limited_to: str = ""
    mail: bool = False


def digest_of(secret: str) -> str:
    """Return what is stored of an invitation's secret."""
    return hashlib.sha256(f"invitation:{secret}".encode()).hexdigest()


@writes
def invite(actor: Actor, wanted: NewInvitation) -> str:
    """Make an invitation and return its secret, which is shown once and stored nowhere."""
    network = guard.access(actor, Network, wanted.network_id, Permission.NETWORK_DECIDE_ACCESS)
    return make(actor, network, wanted)


def make(actor: Actor, network: Network, wanted: NewInvitation) -> str:
    """Make an invitation in the surrounding unit of work; the caller has asked the guard."""
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
        may_enrol=wanted.may_enrol and wanted.profile == GUEST and not wanted.limited_to,
        limited_to=wanted.limited_to,
        email=wanted.email.strip()[:254],
        message=wanted.message.strip()[:500],
        invited_by=None if actor.is_system else actor.person_id,
        created_at=now,
        expires_at=now + timedelta(days=wanted.days),
    )
    db.session.add(invitation)
    db.session.flush()
    _record(actor, "invitation.made", invitation)
    if wanted.mail:
        _mail(actor, invitation, network, secret)
    return secret


def _mail(actor: Actor, invitation: AccessInvitation, network: Network, secret: str) -> None:
    """Mail the link: who invites, to what, until when. The personal message stays in the portal."""
    end = invitation.expires_at
    mail_to_address(
        invitation.email,
        "invitation",
        f"access_invitation:{invitation.id}",
        text=f"You are invited to {network.short_name}",
        url=f"/people/invitation/{secret}",
        facts={
            "inviter": "The network's office" if actor.is_system else actor.name,
            "network": network.title,
            "profile": PROFILES[invitation.profile].lower(),
            "limited": invitation.limited_to.partition(":")[0],
            "until": f"{end.day} {end:%B %Y}",
        },
        key=f"invitation:{invitation.id}",
    )


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
    if wanted.limited_to and (wanted.profile != GUEST or wanted.centre_id):
        problems["profile"] = "Only a guest without a centre is limited to one panel or patient."
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
    take_back(f"access_invitation:{invitation.id}")
    _record(actor, "invitation.withdrawn", invitation)


def usable(actor: Actor, secret: str) -> AccessInvitation:
    """Return the invitation that a secret opens to the actor, or say why it opens nothing.

    A link that was passed on opens nothing: the address that EU Login has confirmed must be the one
    that was invited.
    """
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
    person = db.session.get_one(Person, actor.person_id)
    if person.email.strip().casefold() != invitation.email.casefold():
        raise GuardRefusedError(
            "This invitation is for somebody else.",
            hint=f"It was made for {_masked(invitation.email)}, and your EU Login says {person.email}. Ask for a link to that address.",
        )
    return invitation


def _masked(address: str) -> str:
    name, _, host = address.partition("@")
    return f"{name[:1]}…@{host}"


@writes
def accept_invitation(actor: Actor, secret: str) -> str:
    """Give the actor what the invitation promises; return the network's code."""
    guard.access(actor, Person, actor.person_id, Permission.PERSON_EDIT)
    invitation = usable(actor, secret)
    taken = db.session.execute(
        update(AccessInvitation)
        .where(AccessInvitation.id == invitation.id, AccessInvitation.accepted_at.is_(None))
        .values(accepted_at=clock.now(), accepted_by=actor.person_id)
    )
    if getattr(taken, "rowcount", 0) != 1:
        raise GuardRefusedError("This invitation has been used.", hint="It works only once.")
    # The coordinator decided when the link was made; the guest only takes what was granted.
    portal = system("invitation")
    membership_id = grant(
        portal,
        NewMembership(
            person_id=actor.person_id,
            profile=invitation.profile,
            network_id=invitation.network_id,
            centre_id=invitation.centre_id,
            acts_for_id=invitation.acts_for_id,
            may_enrol=invitation.may_enrol,
            limited_to=invitation.limited_to,
        ),
    )
    if invitation.limited_to:
        ends_at = db.session.get_one(Membership, membership_id).ends_at or clock.now()
        seat = Seat(actor.person_id, invitation.network_id, invitation.invited_by, ends_at)
        limits.seat(portal, invitation.limited_to, seat)
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
