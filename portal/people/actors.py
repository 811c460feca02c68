"""From a signed-in session to the actor that the policy asks about. One query for all memberships."""

from dataclasses import dataclass
from typing import Any

from flask import session
from sqlalchemy import or_, select

from portal.access.actor import Actor, Grant
from portal.kernel import clock, db
from portal.networks.models import Centre, Membership, Network
from portal.people.models import Person
from portal.people.sessions import ServerSession


@dataclass
class PortalUser:
    """What Flask-Login holds: the actor, and FAB's user id."""

    id: int
    actor: Actor
    access_version: int = 1
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return FAB's user id as Flask-Login wants it."""
        return str(self.id)


def grants_of(person_id: str) -> tuple[Grant, ...]:
    """Return the memberships of a person that are in force now."""
    now = clock.now()
    rows = db.session.execute(
        select(Membership, Network.code, Network.short_name, Centre.code, Centre.name)
        .outerjoin(Network, Network.id == Membership.network_id)
        .outerjoin(Centre, Centre.id == Membership.centre_id)
        .where(Membership.person_id == person_id, Membership.ended_at.is_(None))
        .where(or_(Membership.ends_at.is_(None), Membership.ends_at > now))
        .order_by(Membership.id)
    )
    return tuple(
        Grant(
            profile=m.profile, network_id=m.network_id, network_code=code or "", network_name=name or "",
            centre_id=m.centre_id, centre_code=centre_code or "", centre_name=centre_name or "",
            acts_for_id=m.acts_for_id, may_enrol=m.may_enrol, ends_at=m.ends_at,
        )
        for m, code, name, centre_code, centre_name in rows
    )


def actor_from(person: Person, **session_facts: Any) -> Actor:
    """Return the actor for a person; ``session_facts`` are ``acr`` and ``authenticated_at``."""
    return Actor(
        person_id=person.id, name=person.name, user_id=person.user_id, language=person.language,
        grants=grants_of(person.id), onboarded=person.onboarded_at is not None, **session_facts,
    )


def load_actor(person_id: str) -> Actor | None:
    """Return the actor for a person's id, or nothing when there is no such person."""
    person = db.session.get(Person, person_id)
    return None if person is None else actor_from(person)


def load_user(user_id: str) -> PortalUser | None:
    """Return the signed-in user of this request for Flask-Login."""
    if not isinstance(session, ServerSession) and not hasattr(session, "person"):
        return None
    person = session.person
    if person is None or str(person.user_id) != str(user_id):
        return None
    row = session.row
    actor = actor_from(person, acr=row.acr if row else "", authenticated_at=row.authenticated_at if row else None)
    return PortalUser(person.user_id, actor, session.access_version)
