"""Networks and centres known by their id only: enough for ``guard.allows`` in menus, without a query."""

from dataclasses import dataclass
from typing import ClassVar

from portal.access.actor import Actor


@dataclass(frozen=True)
class NetworkRef:
    """Stands for a network in the guard."""

    access_kind: ClassVar[str] = "network"
    id: str


@dataclass(frozen=True)
class CentreRef:
    """Stands for a centre in the guard."""

    access_kind: ClassVar[str] = "centre"
    id: str


def network_ref(actor: Actor, code: str) -> NetworkRef:
    """Return the network with ``code`` among the actor's memberships; else one that nobody belongs to."""
    ids = (g.network_id for g in actor.grants if g.network_code == code and g.network_id)
    return NetworkRef(next(ids, ""))


def centre_ref(actor: Actor, code: str) -> CentreRef:
    """Return the centre with ``code`` among the actor's memberships; else one that nobody belongs to."""
    ids = (g.centre_id for g in actor.grants if g.centre_code == code and g.centre_id)
    return CentreRef(next(ids, ""))
