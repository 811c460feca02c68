"""Read networks and centres. Every function asks the policy."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.errors import NotFoundError
from portal.networks.models import Centre, Network


@dataclass(frozen=True)
class AreaView:
    """A thematic area as pages show it."""

    id: str
    code: str
    label: str


@dataclass(frozen=True)
class NetworkView:
    """A network with its active areas."""

    id: str
    code: str
    short_name: str
    title: str
    enabled: bool
    areas: list[AreaView]
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CentreView:
    """A centre with its settings."""

    id: str
    code: str
    name: str
    city: str
    country: str
    visibility: str
    dpo_agreed_on: date | None
    dpo_name: str
    consent_text: str


def network(
    actor: Actor, code: str, permission: Permission = Permission.NETWORK_SEE
) -> NetworkView:
    """Return the network with ``code`` and its active areas, or refuse."""
    found = db.session.scalar(
        select(Network).where(Network.code == code).options(selectinload(Network.areas))
    )
    if found is None:
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    guard.require(actor, permission, found)
    areas = [AreaView(a.id, a.code, a.label) for a in found.areas if a.active]
    return NetworkView(
        found.id,
        found.code,
        found.short_name,
        found.title,
        found.enabled,
        areas,
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
