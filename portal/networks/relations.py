"""What relates an actor to a network, a centre and the platform."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, true

from portal.access import actor as profiles
from portal.access import relations
from portal.access.actor import Actor
from portal.access.relations import Relation
from portal.networks.models import Centre, Network

_Ids = Callable[[Actor], Iterable[str]]


def _by_id(kind: str, name: str, words: str, column: Any, ids: _Ids) -> Relation:
    def holds(actor: Actor, thing: Any) -> bool:
        return thing.id in ids(actor)

    def criterion(actor: Actor) -> ColumnElement[bool]:
        found = sorted(ids(actor))
        return column.in_(found) if found else false()

    return Relation(kind, name, words, holds, criterion)


def platform(kind: str, profile: str, words: str) -> Relation:
    """Return the relation of a platform profile to every thing of ``kind``."""

    def holds(actor: Actor, thing: Any) -> bool:
        del thing
        return profile in actor.profiles

    def criterion(actor: Actor) -> ColumnElement[bool]:
        return true() if profile in actor.profiles else false()

    return Relation(kind, profile, words, holds, criterion)


def _network(name: str, words: str, *wanted: str) -> Relation:
    return _by_id("network", name, words, Network.id, lambda actor: actor.networks_as(*wanted))


def _centre(name: str, words: str, *wanted: str) -> Relation:
    return _by_id("centre", name, words, Centre.id, lambda actor: actor.centres_as(*wanted))


def _authorised(attribute: str) -> _Ids:
    def ids(actor: Actor) -> Iterable[str]:
        return {
            getattr(g, attribute) for g in actor.grants if g.may_enrol and getattr(g, attribute)
        }

    return ids


def register() -> None:
    """Make the relations of networks, centres and the platform known to the policy."""
    relations.register(
        _network("member", "a member of the network"),
        _network("clinician", "a clinician of the network", profiles.CLINICIAN),
        _network("assistant", "an assistant in the network", profiles.ASSISTANT),
        _network("coordinator", "a coordinator of the network", profiles.COORDINATOR),
        _network("dispatcher", "a dispatcher of the network", profiles.DISPATCHER),
        _by_id(
            "network",
            "authorised_guest",
            "a guest authorised to enrol",
            Network.id,
            _authorised("network_id"),
        ),
        _centre("member", "a person of the centre"),
        _centre("clinician", "a clinician of the centre", profiles.CLINICIAN),
        _centre("assistant", "an assistant at the centre", profiles.ASSISTANT),
        _centre("coordinator", "a coordinator at the centre", profiles.COORDINATOR),
        _centre("dispatcher", "a dispatcher at the centre", profiles.DISPATCHER),
        _by_id(
            "centre",
            "authorised_guest",
            "a guest authorised to enrol",
            Centre.id,
            _authorised("centre_id"),
        ),
        *[
            platform(kind, profiles.SUPPORT, "support staff")
            for kind in ("network", "centre", "platform", "person")
        ],
        *[platform(kind, profiles.OPERATOR, "an operator") for kind in ("network", "platform")],
        platform("platform", profiles.AUDITOR, "an auditor"),
    )
