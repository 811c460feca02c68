"""Grant, extend and end memberships. Coordinators decide in their network, support for guests and platform."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from portal import audit
from portal.access import guard
from portal.access.actor import (
    ASSISTANT,
    CLINICIAN,
    GUEST,
    PLATFORM_PROFILES,
    PROFILES,
    Actor,
    system,
)
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import InvalidInputError, NotFoundError, nearest
from portal.kernel.uow import writes
from portal.networks import limits
from portal.networks.memberships import in_force
from portal.networks.models import CentreNetwork, Membership, Network

GUEST_DAYS = 90
RAN_OUT = "Its time was up."


@dataclass(frozen=True)
class NewMembership:
    """A profile for a person; ``ends_at`` defaults to 90 days for guests."""

    person_id: str
    profile: str
    network_id: str | None = None
    centre_id: str | None = None
    acts_for_id: str | None = None
    may_enrol: bool = False
    ends_at: datetime | None = None
    limited_to: str = ""


@writes
def grant(actor: Actor, wanted: NewMembership) -> str:
    """Give a person a profile; return the membership's id. One that is in force already stays."""
    if wanted.profile not in PROFILES:
        raise InvalidInputError(
            f"There is no profile '{wanted.profile}'.",
            hint=f"Nearest: '{nearest(wanted.profile, PROFILES)}'.",
        )
    _require(actor, wanted.profile, wanted.network_id)
    _check_assistant(wanted)
    existing = _in_force(wanted)
    if existing is not None:
        return existing.id
    ends_at = wanted.ends_at
    if wanted.profile == GUEST and ends_at is None:
        ends_at = clock.now() + timedelta(days=GUEST_DAYS)
    membership = Membership(
        person_id=wanted.person_id,
        network_id=wanted.network_id,
        centre_id=wanted.centre_id,
        profile=wanted.profile,
        acts_for_id=wanted.acts_for_id,
        may_enrol=wanted.may_enrol,
        limited_to=wanted.limited_to,
        granted_by=None if actor.is_system else actor.person_id,
        granted_at=clock.now(),
        ends_at=ends_at,
    )
    db.session.add(membership)
    db.session.flush()
    _record(actor, "membership.granted", membership)
    return membership.id


@writes
def end(actor: Actor, membership_id: str, reason: str) -> None:
    """End a membership now; its rights are gone with the next request."""
    membership = _require_membership(actor, membership_id)
    if not reason.strip():
        raise InvalidInputError(
            "Say why the membership ends.", fields={"reason": "A reason is needed."}
        )
    if membership.ended_at is not None:
        return
    membership.ended_at, membership.ended_reason = clock.now(), reason.strip()[:300]
    _record(actor, "membership.ended", membership, reason)
    _seat_until(membership, clock.now())


@writes
def extend(actor: Actor, membership_id: str, days: int = GUEST_DAYS) -> datetime:
    """Let a guest's membership end ``days`` from today; return the new end.

    One whose time is up comes back; one that somebody ended does not.
    """
    membership = _require_membership(actor, membership_id)
    if membership.profile != GUEST:
        raise InvalidInputError("Only guests have an end that is extended.")
    if membership.ended_at is not None and membership.ended_reason != RAN_OUT:
        raise InvalidInputError("This membership was ended.", hint="Invite the guest again.")
    if not 1 <= days <= 366:
        raise InvalidInputError(f"A membership is extended by 1 to 366 days, not {days}.")
    membership.ends_at = clock.now() + timedelta(days=days)
    membership.ended_at, membership.ended_reason = None, ""
    _record(actor, "membership.extended", membership)
    _seat_until(membership, membership.ends_at)
    return membership.ends_at


def _seat_until(membership: Membership, ends_at: datetime) -> None:
    """Let what a limited guest was let in to end with the membership."""
    if membership.limited_to:
        seat = limits.Seat(
            membership.person_id, membership.network_id or "", membership.granted_by, ends_at
        )
        limits.until(system("memberships"), membership.limited_to, seat)


@writes
def follow_seat(actor: Actor, person_id: str, limited_to: str, ends_at: datetime) -> None:
    """Let the limited membership of a guest end when the place on the panel does (panels call this)."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    for membership in db.session.scalars(
        select(Membership).where(
            Membership.person_id == person_id, Membership.limited_to == limited_to
        )
    ):
        if membership.ended_at is not None and membership.ended_reason != RAN_OUT:
            continue
        membership.ends_at, membership.ended_at, membership.ended_reason = ends_at, None, ""
        _record(actor, "membership.extended", membership)


@writes
def review(actor: Actor, membership_id: str) -> None:
    """Note that somebody looked and the membership is still right; due once a year."""
    membership = _require_membership(actor, membership_id)
    membership.reviewed_at = clock.now()
    _record(actor, "membership.reviewed", membership)


@writes
def authorise_enrolment(
    actor: Actor, membership_id: str, *, allowed: bool, centre_id: str = ""
) -> None:
    """Let a guest enrol patients, or no longer: an external professional whom the coordinator knows.

    The hospital of such a person is in no network, so the coordinator says which centre of the network
    keeps the patients (``centre_id``; needed unless the membership has one). The guest sees only the
    patients that they enrol.
    """
    membership = _require_membership(actor, membership_id)
    if membership.profile != GUEST:
        raise InvalidInputError("Only guests need this; other profiles may enrol by themselves.")
    if membership.limited_to:
        raise InvalidInputError(
            "This guest is limited to one panel or patient.",
            hint="Invite the person as a guest of the network to let them enrol.",
        )
    if allowed:
        place = centre_id or membership.centre_id or ""
        if db.session.get(CentreNetwork, (place, membership.network_id)) is None:
            raise InvalidInputError(
                "Say which centre keeps the patients.",
                fields={"centre_id": "Choose a centre of the network."},
            )
        membership.centre_id = place
    membership.may_enrol = allowed
    _record(
        actor,
        "membership.enrolment-allowed" if allowed else "membership.enrolment-ended",
        membership,
    )


def _require(actor: Actor, profile: str, network_id: str | None) -> None:
    if profile in PLATFORM_PROFILES or network_id is None:
        guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
        return
    guard.access(actor, Network, network_id, Permission.NETWORK_DECIDE_ACCESS)


def _check_assistant(wanted: NewMembership) -> None:
    """An assistant acts for a clinician of the same centre and network."""
    if wanted.profile != ASSISTANT:
        return
    clinician = db.session.scalar(
        select(Membership.id).where(
            Membership.person_id == wanted.acts_for_id,
            Membership.network_id == wanted.network_id,
            Membership.centre_id == wanted.centre_id,
            Membership.profile == CLINICIAN,
            in_force(),
        )
    )
    if clinician is None:
        raise InvalidInputError(
            "An assistant acts for a named clinician of the same centre.",
            fields={"acts_for_id": "Choose a clinician of the same centre and network."},
        )


def _require_membership(actor: Actor, membership_id: str) -> Membership:
    membership = db.session.get(Membership, membership_id)
    if membership is None:
        raise NotFoundError("There is no such membership.")
    _require(actor, membership.profile, membership.network_id)
    return membership


def _in_force(wanted: NewMembership) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(
            Membership.person_id == wanted.person_id,
            Membership.network_id == wanted.network_id,
            Membership.centre_id == wanted.centre_id,
            Membership.profile == wanted.profile,
            Membership.acts_for_id == wanted.acts_for_id,
            Membership.limited_to == wanted.limited_to,
            in_force(),
        )
    )


def _record(actor: Actor, action: str, membership: Membership, reason: str = "") -> None:
    audit.record(
        actor,
        action,
        f"membership:{membership.id}",
        stream=f"person:{membership.person_id}",
        detail={
            "profile": membership.profile,
            "network": membership.network_id,
            "reason": reason[:200],
        },
    )
