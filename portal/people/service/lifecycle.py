"""What happens to access by itself: it runs out, is reviewed, is suspended when nobody uses it."""

from datetime import timedelta

from sqlalchemy import delete, exists, func, or_, select

from portal import audit, tasks
from portal.access import guard
from portal.access.actor import OPERATOR, SUPPORT, Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.uow import writes
from portal.networks.memberships import in_force
from portal.networks.models import Membership, Network
from portal.networks.service.memberships import RAN_OUT
from portal.notifications import notify
from portal.people.models import Person, WebSession
from portal.people.service.requests import deciders
from portal.people.service.standing import end_sessions

INACTIVE_DAYS = 180
REVIEW_DAYS = 365
SESSIONS_KEPT_DAYS = 90
REASON_INACTIVE = "Nobody signed in for half a year."


@writes
def end_run_out(actor: Actor) -> int:
    """Mark memberships whose time is up as ended, so that lists and the record agree; return how many."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    rows = db.session.scalars(
        select(Membership).where(Membership.ended_at.is_(None), Membership.ends_at <= clock.now())
    ).all()
    for row in rows:
        row.ended_at, row.ended_reason = row.ends_at, RAN_OUT
        audit.record(
            actor, "membership.ran-out", f"membership:{row.id}", stream=f"person:{row.person_id}"
        )
    return len(rows)


@writes
def warn_of_end(actor: Actor, before: timedelta) -> int:
    """Tell people and coordinators once that a membership ends within ``before``; return how many."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    rows = db.session.execute(
        select(Membership, Network, Person)
        .join(Network, Network.id == Membership.network_id)
        .join(Person, Person.id == Membership.person_id)
        .where(in_force(), Membership.ends_at <= clock.now() + before)
    ).all()
    for membership, network, person in rows:
        end = membership.ends_at or clock.now()
        subject, key = f"membership:{membership.id}", f"access-ends:{membership.id}:{end:%Y%m%d}"
        day = f"{end.day} {end:%B %Y}"
        text = f"Your access to {network.short_name} ends on {day}"
        notify([person.id], "access_ends", subject, text=text, url="/people/me", key=key)
        notify(
            deciders(network.id),
            "access_ends",
            subject,
            text=f"The access of {person.name} to {network.short_name} ends on {day}",
            url=f"/ern/{network.code}/members?profile={membership.profile}",
            key=f"{key}:deciders",
            delivery="digest",
        )
    return len(rows)


@writes
def suspend_inactive(actor: Actor) -> int:
    """Suspend people who have not signed in for 180 days, never the last support or operator."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    limit = clock.now() - timedelta(days=INACTIVE_DAYS)
    kept = exists().where(
        Membership.person_id == Person.id, Membership.profile.in_((SUPPORT, OPERATOR)), in_force()
    )
    rows = db.session.scalars(
        select(Person)
        .where(Person.suspended_at.is_(None), ~kept)
        .where(func.coalesce(Person.last_seen_at, Person.created_at) < limit)
        .limit(500)
    ).all()
    for person in rows:
        person.suspended_at, person.suspended_reason = clock.now(), REASON_INACTIVE
        end_sessions(person.id)
        audit.record(actor, "person.suspended", f"person:{person.id}", detail={"why": "inactive"})
    return len(rows)


@writes
def ask_for_reviews(actor: Actor) -> int:
    """Give coordinators a task while memberships wait for their yearly look; return how many wait."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    last_look = func.coalesce(Membership.reviewed_at, Membership.granted_at)
    limit = clock.now() - timedelta(days=REVIEW_DAYS)
    due = db.session.execute(
        select(Network, func.count(Membership.id))
        .outerjoin(
            Membership,
            (Membership.network_id == Network.id) & in_force() & (last_look <= limit),
        )
        .group_by(Network.id)
    ).all()
    for network, number in due:
        subject = f"network:{network.id}"
        if not number:
            tasks.close(subject, "members.review")
            continue
        tasks.open_for(
            deciders(network.id),
            "members.review",
            subject,
            title=f"Review the members of {network.short_name}",
            url=f"/ern/{network.code}/members?due=1",
            reason="Once a year somebody looks whether each access is still right.",
            network_id=network.id,
            due_on=clock.today() + timedelta(days=30),
        )
    return sum(number for _, number in due)


@writes
def forget_sessions(actor: Actor) -> int:
    """Delete sessions that ended or ran out more than 90 days ago; return how many."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    limit = clock.now() - timedelta(days=SESSIONS_KEPT_DAYS)
    done = db.session.execute(
        delete(WebSession).where(or_(WebSession.ended_at < limit, WebSession.expires_at < limit))
    )
    return int(getattr(done, "rowcount", 0))
