"""What a network's office has on its desk: an access request, an invitation, an expert group, texts."""

from dataclasses import dataclass

from sqlalchemy import select

from portal.kernel import clock, db
from portal.networks import service as networks
from portal.networks.models import Membership
from portal.networks.service import CentreSettings, GroupEdit
from portal.people import service as people
from portal.people.models import AccessInvitation
from portal.people.service import AccessWish, NewInvitation
from portal.people.service.invitations import digest_of
from portal.testing.house import ActorOf, Cast, Words, plain_words
from portal.testing.world import World


@dataclass(frozen=True)
class Desk:
    """Identifiers for addresses. ``membership`` is the lead's or the enroller's in the network."""

    request: str
    invitation: str
    secret: str
    group: str
    membership: str


def lay_out(world: World, actor_of: ActorOf, cast: Cast, words: Words = plain_words) -> Desk:
    """Fill the desk of a case's network by its services."""

    def say(kind: str) -> str:
        return words(f"{cast.key}-office", kind)

    network, centre = world.networks[cast.network], world.centres[cast.centre]
    coordinator = actor_of(cast.coordinator)
    group = networks.add_group(
        coordinator,
        network,
        GroupEdit(say("group")[:200], world.areas[cast.network], None, say("schedule")[:200]),
    )
    for persona in (cast.enroller, cast.lead):
        networks.add_to_group(coordinator, group, world.people[persona])
        networks.set_interests(actor_of(persona), network, [world.areas[cast.network]])
    networks.set_centre_settings(
        actor_of(cast.enroller),
        centre,
        CentreSettings("enroller", clock.today(), say("officer")[:200], say("consent_text")),
    )
    request = people.request_access(
        actor_of("pending"), AccessWish(network, "clinician", centre, say("request_comment"))
    )
    secret = people.invite(
        coordinator,
        NewInvitation(network, "guest", "pending@hospital.test", message=say("invitation")[:500]),
    )
    invitation = db.session.scalar(
        select(AccessInvitation.id).where(AccessInvitation.digest == digest_of(secret))
    )
    membership = db.session.scalar(
        select(Membership.id).where(
            Membership.network_id == network, Membership.person_id == world.people[cast.enroller]
        )
    )
    return Desk(request, str(invitation), secret, group, str(membership))
