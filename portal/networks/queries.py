"""Read networks and centres. Every function asks the policy."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.errors import NotFoundError
from portal.networks.models import AreaInterest, Centre, Network, ThematicArea


@dataclass(frozen=True)
class AreaView:
    """A thematic area as pages show it."""

    id: str
    code: str
    label: str


@dataclass(frozen=True)
class NetworkView:
    """A network with its active areas; it stands for the network in ``guard.allows``."""

    access_kind: ClassVar[str] = "network"
    id: str
    code: str
    short_name: str
    title: str
    enabled: bool
    areas: list[AreaView]
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CentreView:
    """A centre with its settings; it stands for the centre in ``guard.allows``."""

    access_kind: ClassVar[str] = "centre"
    id: str
    code: str
    name: str
    city: str
    country: str
    visibility: str
    dpo_agreed_on: date | None
    dpo_name: str
    consent_text: str


@dataclass(frozen=True)
class AreaTick:
    """A thematic area and whether the person ticked it."""

    id: str
    label: str
    ticked: bool


@dataclass(frozen=True)
class NetworkAreas:
    """The active areas of one network."""

    id: str
    code: str
    short_name: str
    areas: tuple[AreaTick, ...]


def network(
    actor: Actor, code: str, permission: Permission = Permission.NETWORK_SEE
) -> NetworkView:
    """Return the network with ``code`` and its active areas, or refuse."""
    rows = db.session.execute(
        select(Network, ThematicArea)
        .outerjoin(ThematicArea, ThematicArea.network_id == Network.id)
        .where(Network.code == code)
        .order_by(ThematicArea.position, ThematicArea.id)
    ).all()
    if not rows:
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    found = rows[0][0]
    guard.require(actor, permission, found)
    return NetworkView(
        found.id,
        found.code,
        found.short_name,
        found.title,
        found.enabled,
        [AreaView(a.id, a.code, a.label) for _, a in rows if a is not None and a.active],
        dict(found.settings),
    )


def centre(actor: Actor, code: str, permission: Permission = Permission.CENTRE_SEE) -> CentreView:
    """Return the centre with ``code``, or refuse."""
    found = db.session.scalar(select(Centre).where(Centre.code == code))
    if found is None:
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    guard.require(actor, permission, found)
    return CentreView(
        found.id,
        found.code,
        found.name,
        found.city,
        found.country,
        found.visibility,
        found.dpo_agreed_on,
        found.dpo_name,
        found.consent_text,
    )


def areas_to_tick(actor: Actor, network_id: str = "") -> list[NetworkAreas]:
    """Return the areas of the actor's networks (or of one of them) with the actor's ticks: one query."""
    wanted = sorted(actor.networks_as() & {network_id} if network_id else actor.networks_as())
    rows = db.session.execute(
        select(Network, ThematicArea, AreaInterest.person_id)
        .join(ThematicArea, ThematicArea.network_id == Network.id)
        .outerjoin(
            AreaInterest,
            (AreaInterest.area_id == ThematicArea.id) & (AreaInterest.person_id == actor.person_id),
        )
        .where(Network.id.in_(wanted), ThematicArea.active.is_(True))
        .order_by(Network.short_name, ThematicArea.position, ThematicArea.id)
    )
    found: dict[str, tuple[Network, list[AreaTick]]] = {}
    for network, area, person_id in rows:
        tick = AreaTick(area.id, area.label, person_id is not None)
        found.setdefault(network.id, (network, []))[1].append(tick)
    return [NetworkAreas(n.id, n.code, n.short_name, tuple(ticks)) for n, ticks in found.values()]


def is_enabled(code: str) -> bool:
    """Return whether a network is switched on."""
    return bool(db.session.scalar(select(Network.enabled).where(Network.code == code)))
