"""From a session to the actor that the policy asks about: one query for all memberships in force."""

from dataclasses import dataclass
from typing import Any

from flask import session
from sqlalchemy import select

from portal.access.actor import Actor, Grant
from portal.kernel import db
from portal.networks.memberships import in_force
from portal.networks.models import Centre, Membership, Network
from portal.people.models import Person
from portal.people.sessions import ServerSession, SignedIn


@dataclass
class PortalUser:
    """What Flask-Login holds: the actor, and Flask-AppBuilder's user id."""

    id: int
    actor: Actor
    access_version: int = 1
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return Flask-AppBuilder's user id as Flask-Login wants it."""
        return str(self.id)


def load_user(user_id: str) -> PortalUser | None:
    """Return the signed-in user of this request; Flask-Login keeps it until the request ends."""
    kept = session._get_current_object()  # type: ignore[attr-defined]  # the proxy hides the class
    stored = kept.stored if isinstance(kept, ServerSession) else None
    if stored is None or str(stored.person.user_id) != str(user_id):
        return None
    actor = actor_from(stored.person, acr=stored.acr, authenticated_at=stored.authenticated_at)
    return PortalUser(stored.person.user_id, actor, stored.access_version)


def load_actor(person_id: str) -> Actor | None:
    """Return the actor for a person's id, or nothing when there is no such person in force."""
    person = db.session.get(Person, person_id)
    if person is None or person.suspended_at:
        return None
    who = SignedIn(
        person.id, person.user_id, person.name, person.language, person.onboarded_at is not None
    )
    return actor_from(who)


def actor_from(person: SignedIn, **session_facts: Any) -> Actor:
    """Return the actor for a person; ``session_facts`` are ``acr`` and ``authenticated_at``."""
    return Actor(
        person_id=person.id,
        name=person.name,
        user_id=person.user_id,
        language=person.language,
        grants=grants_of(person.id),
        onboarded=person.onboarded,
        **session_facts,
    )


def grants_of(person_id: str) -> tuple[Grant, ...]:
    """Return the memberships of a person that are in force now."""
    rows = db.session.execute(
        select(Membership, Network.code, Network.short_name, Centre.code, Centre.name)
        .outerjoin(Network, Network.id == Membership.network_id)
        .outerjoin(Centre, Centre.id == Membership.centre_id)
        .where(Membership.person_id == person_id, in_force())
        .order_by(Membership.id)
    )
    return tuple(_grant(row[0], *(text or "" for text in row[1:])) for row in rows)


def _grant(
    membership: Membership,
    network_code: str,
    network_name: str,
    centre_code: str,
    centre_name: str,
) -> Grant:
    limited = bool(membership.limited_to)
    return Grant(
        profile=membership.profile,
        network_id=None if limited else membership.network_id,
        network_code="" if limited else network_code,
        network_name=network_name,
        centre_id=membership.centre_id,
        centre_code=centre_code,
        centre_name=centre_name,
        acts_for_id=membership.acts_for_id,
        may_enrol=membership.may_enrol and not limited,
        limited_to=membership.limited_to,
        ends_at=membership.ends_at,
    )
