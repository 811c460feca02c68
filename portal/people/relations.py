"""What relates an actor to a person: being the same, or sharing a network with."""

from sqlalchemy import ColumnElement, false, select

from portal.access import relations
from portal.access.actor import Actor
from portal.access.relations import Relation
from portal.kernel import db
from portal.networks.memberships import in_force
from portal.networks.models import Membership
from portal.people.models import Person


def _is_self(actor: Actor, person: Person) -> bool:
    return actor.person_id == person.id


def _self_criterion(actor: Actor) -> ColumnElement[bool]:
    return Person.id == actor.person_id


def _colleague_criterion(actor: Actor) -> ColumnElement[bool]:
    networks = sorted(actor.networks_as())
    if not networks:
        return false()
    theirs = select(Membership.person_id).where(Membership.network_id.in_(networks), in_force())
    return Person.id.in_(theirs)


def _is_colleague(actor: Actor, person: Person) -> bool:
    networks = sorted(actor.networks_as())
    if not networks:
        return False
    shared = select(Membership.id).where(
        Membership.person_id == person.id, Membership.network_id.in_(networks), in_force()
    )
    return db.session.scalar(shared.limit(1)) is not None


def register() -> None:
    """Make the relations between people known to the policy."""
    relations.register(
        Relation("person", "self", "the person themselves", _is_self, _self_criterion),
        Relation(
            "person",
            "colleague",
            "a member of a shared network",
            _is_colleague,
            _colleague_criterion,
        ),
    )
