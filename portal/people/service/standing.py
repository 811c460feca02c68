"""Sessions and standing of a person: sign out, suspend. Ending is at once: the next request is refused."""

from sqlalchemy import select, update

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import InvalidInputError, NotFoundError
from portal.kernel.uow import writes
from portal.people.models import ExternalIdentity, Person, WebSession


def end_sessions(person_id: str, except_digest: str = "") -> None:
    """End every session of a person in the current unit of work, but the one with the digest."""
    statement = update(WebSession).where(
        WebSession.person_id == person_id, WebSession.ended_at.is_(None)
    )
    if except_digest:
        statement = statement.where(WebSession.digest != except_digest)
    db.session.execute(statement.values(ended_at=clock.now()))


@writes
def end_by_provider(actor: Actor, issuer: str, provider_session: str, subject: str) -> int:
    """End the sessions that the login service names by its session or by the person's subject.

    With both, both must fit. Returns how many sessions ended; none is no error.
    """
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    persons = select(ExternalIdentity.person_id).where(ExternalIdentity.issuer == issuer)
    if subject:
        persons = persons.where(ExternalIdentity.subject == subject)
    open_ones = select(WebSession).where(
        WebSession.person_id.in_(persons), WebSession.ended_at.is_(None)
    )
    if provider_session:
        open_ones = open_ones.where(WebSession.provider_session == provider_session)
    ended = list(db.session.scalars(open_ones)) if provider_session or subject else []
    for row in ended:
        row.ended_at = clock.now()
    for person_id in sorted({str(row.person_id) for row in ended}):
        audit.record(actor, "session.ended-by-provider", f"person:{person_id}")
    return len(ended)


@writes
def end_own_session(actor: Actor, digest: str) -> None:
    """End one of the actor's own sessions; another person's is not found."""
    guard.access(actor, Person, actor.person_id, Permission.PERSON_EDIT)
    found = db.session.execute(
        update(WebSession)
        .where(
            WebSession.digest == digest,
            WebSession.person_id == actor.person_id,
            WebSession.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
    )
    if not getattr(found, "rowcount", 0):
        raise NotFoundError("There is no such session.")
    audit.record(actor, "session.ended", f"person:{actor.person_id}")


@writes
def sign_out_everywhere(actor: Actor, except_digest: str = "") -> None:
    """End all of the actor's sessions but the one in use."""
    guard.access(actor, Person, actor.person_id, Permission.PERSON_EDIT)
    end_sessions(actor.person_id, except_digest=except_digest)
    audit.record(actor, "session.ended-all", f"person:{actor.person_id}")


@writes
def end_session(actor: Actor, person_id: str) -> None:
    """End every session of a person (support desk)."""
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    end_sessions(person_id)
    audit.record(actor, "session.ended-by-support", f"person:{person_id}")


@writes
def end_one_session(actor: Actor, digest: str) -> None:
    """End one session of anybody (support desk)."""
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    row = db.session.get(WebSession, digest)
    if row is None:
        raise NotFoundError("There is no such session.")
    if row.ended_at is None:
        row.ended_at = clock.now()
        audit.record(actor, "session.ended-by-support", f"person:{row.person_id}")


@writes
def suspend(actor: Actor, person_id: str, reason: str) -> None:
    """Suspend a person: no login, all sessions ended, memberships kept."""
    person = _person(actor, person_id)
    if person_id == actor.person_id:
        raise InvalidInputError("Nobody suspends their own account.", hint="Ask a colleague.")
    if not reason.strip():
        raise InvalidInputError(
            "Say why: the person reads it at the next login.",
            fields={"reason": "A reason is needed."},
        )
    person.suspended_at, person.suspended_reason = clock.now(), reason.strip()[:300]
    end_sessions(person_id)
    audit.record(actor, "person.suspended", f"person:{person_id}")


@writes
def unsuspend(actor: Actor, person_id: str) -> None:
    """Let a suspended person log in again."""
    person = _person(actor, person_id)
    person.suspended_at, person.suspended_reason = None, ""
    audit.record(actor, "person.unsuspended", f"person:{person_id}")


def _person(actor: Actor, person_id: str) -> Person:
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFoundError("There is no such person.")
    return person
