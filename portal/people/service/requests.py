"""Access requests: one form, one approval, a state that the requester sees."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from portal import audit, tasks
from portal.access import actor as profiles
from portal.access import guard
from portal.access.actor import PROFILES, Actor
from portal.access.permissions import Permission
from portal.extend import manager
from portal.extend.specs import Event
from portal.kernel import clock, db
from portal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from portal.kernel.uow import after_commit, writes
from portal.networks.memberships import in_force
from portal.networks.models import CentreNetwork, Membership, Network
from portal.networks.service import NewMembership, grant
from portal.notifications import notify
from portal.people.models import AccessRequest, Person

REQUESTABLE = (
    profiles.CLINICIAN,
    profiles.ASSISTANT,
    profiles.GUEST,
    profiles.DISPATCHER,
    profiles.COORDINATOR,
    profiles.RESEARCHER,
)


class Decision(StrEnum):
    """What a coordinator may do with a request."""

    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"


@dataclass(frozen=True)
class AccessWish:
    """Which profile, where, and why. Without a centre the request is for a guest."""

    network_id: str
    profile: str
    centre_id: str | None = None
    comment: str = ""


@writes
def request_access(actor: Actor, wish: AccessWish) -> str:
    """Submit a request, or submit a returned one again; the network's coordinators are told."""
    guard.access(actor, Person, actor.person_id, Permission.PERSON_EDIT)
    network = _checked(wish)
    request = db.session.scalar(
        select(AccessRequest).where(
            AccessRequest.person_id == actor.person_id,
            AccessRequest.network_id == wish.network_id,
            AccessRequest.status.in_(("submitted", "returned")),
        )
    ) or AccessRequest(person_id=actor.person_id, network_id=wish.network_id)
    request.profile, request.centre_id, request.comment = (
        wish.profile,
        wish.centre_id,
        wish.comment[:2000],
    )
    request.status, request.submitted_at, request.reason = "submitted", clock.now(), ""
    db.session.add(request)
    db.session.flush()
    _tell_coordinators(actor, request, network)
    audit.record(
        actor,
        "access.requested",
        f"access_request:{request.id}",
        stream=f"person:{actor.person_id}",
        detail={"network": network.code, "profile": wish.profile},
    )
    return request.id


def _checked(wish: AccessWish) -> Network:
    network = db.session.get(Network, wish.network_id)
    problems = {}
    if network is None or not network.enabled:
        problems["network_id"] = "Choose a network."
    if wish.profile not in REQUESTABLE:
        problems["profile"] = "Choose a profile."
    if wish.centre_id:
        taking_part = db.session.get(CentreNetwork, (wish.centre_id, wish.network_id))
        if taking_part is None:
            problems["centre_id"] = (
                "This centre takes no part in that network. Choose another, or ask as a guest."
            )
    elif wish.profile not in (profiles.GUEST, profiles.RESEARCHER):
        problems["centre_id"] = "Choose your centre, or ask as a guest."
    if problems or network is None:
        raise InvalidInputError("The request was not sent.", fields=problems)
    return network


def deciders(network_id: str) -> set[str]:
    """Return who decides about access to a network: its coordinators, else the support desk."""
    coordinators = select(Membership.person_id).where(
        Membership.network_id == network_id, Membership.profile == profiles.COORDINATOR, in_force()
    )
    support = select(Membership.person_id).where(Membership.profile == profiles.SUPPORT, in_force())
    return set(db.session.scalars(coordinators)) or set(db.session.scalars(support))


def _tell_coordinators(actor: Actor, request: AccessRequest, network: Network) -> None:
    coordinators = deciders(network.id)
    url = f"/ern/{network.code}/access-requests/{request.id}"
    title = f"{actor.name} asks for access to {network.short_name}"
    tasks.open_for(
        coordinators,
        "access.decide",
        f"access_request:{request.id}",
        title=title,
        url=url,
        reason="You decide about access to this network.",
        network_id=network.id,
    )
    notify(
        coordinators,
        "access_requested",
        f"access_request:{request.id}",
        text=title,
        url=url,
        key=f"access-requested:{request.id}:{request.submitted_at.isoformat()}",
    )


@writes
def withdraw_request(actor: Actor, request_id: str) -> None:
    """Take back an own request that is not decided yet."""
    guard.access(actor, Person, actor.person_id, Permission.PERSON_EDIT)
    request = db.session.get(AccessRequest, request_id)
    if request is None or request.person_id != actor.person_id:
        raise NotFoundError("There is no such request.")
    if request.status not in ("submitted", "returned"):
        raise ConflictError(f"This request was already {request.status}.", theirs=request.status)
    request.status, request.decided_at = "withdrawn", clock.now()
    tasks.close(f"access_request:{request.id}", by=actor.person_id)
    audit.record(
        actor,
        "access.withdrawn",
        f"access_request:{request.id}",
        stream=f"person:{actor.person_id}",
    )


@writes
def decide_request(
    actor: Actor,
    request_id: str,
    decision: Decision,
    reason: str = "",
    *,
    may_enrol: bool = False,
    acts_for_id: str | None = None,
) -> None:
    """Approve, reject or return a request; a rejection or return says why. The requester is told."""
    request = db.session.get(AccessRequest, request_id)
    if request is None:
        raise NotFoundError("There is no such request.")
    network = guard.access(actor, Network, request.network_id, Permission.NETWORK_DECIDE_ACCESS)
    if request.status != "submitted":
        raise ConflictError(
            f"This request was already {request.status}.",
            theirs=request.status,
            yours=str(decision),
        )
    if request.person_id == actor.person_id:
        raise InvalidInputError(
            "Nobody decides the own request.",
            hint="Another coordinator of the network, or support, decides it.",
        )
    if decision is not Decision.APPROVED and not reason.strip():
        raise InvalidInputError(
            "Say why, so that the person knows what to do.",
            fields={"reason": "A reason is needed."},
        )
    if decision is Decision.APPROVED:
        _approve(actor, request, may_enrol=may_enrol, acts_for_id=acts_for_id)
    request.status, request.reason = str(decision), reason.strip()[:500]
    request.decided_at, request.decided_by = (
        clock.now(),
        None if actor.is_system else actor.person_id,
    )
    _tell_requester(actor, request, network)


def _approve(
    actor: Actor, request: AccessRequest, *, may_enrol: bool, acts_for_id: str | None
) -> None:
    if request.profile == profiles.ASSISTANT and not acts_for_id:
        raise InvalidInputError(
            "An assistant acts for a named clinician of the same centre.",
            fields={"acts_for_id": "Choose the clinician."},
        )
    grant(
        actor,
        NewMembership(
            person_id=request.person_id,
            profile=request.profile,
            network_id=request.network_id,
            centre_id=request.centre_id,
            may_enrol=may_enrol,
            acts_for_id=acts_for_id if request.profile == profiles.ASSISTANT else None,
        ),
    )


def _tell_requester(actor: Actor, request: AccessRequest, network: Network) -> None:
    words = {
        "approved": "was approved",
        "rejected": "was rejected",
        "returned": "was returned with a question",
    }
    text = f"Your request for {network.short_name} {words[request.status]}"
    url = "/" if request.status == "approved" else "/people/request-access"
    tasks.close(f"access_request:{request.id}", by=None if actor.is_system else actor.person_id)
    notify(
        [request.person_id],
        "access_decided",
        f"access_request:{request.id}",
        text=text,
        url=url,
        key=f"access-decided:{request.id}:{request.status}:{clock.now().isoformat()}",
        facts={"decision": request.status},
    )
    audit.record(
        actor,
        f"access.{request.status}",
        f"access_request:{request.id}",
        stream=f"person:{request.person_id}",
        detail={"network": network.code, "profile": request.profile},
    )
    event = Event(
        "access_decided",
        actor,
        f"access_request:{request.id}",
        {
            "decision": request.status,
            "network_id": network.id,
            "person_id": request.person_id,
            "profile": PROFILES[request.profile],
        },
    )
    after_commit(lambda: manager.notify("on_access_decided", event=event))
