"""Thematic areas: coordinators keep the list, everybody ticks those of interest."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from portal import audit, tasks
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.errors import InvalidInputError, NotFoundError
from portal.kernel.uow import writes
from portal.networks.models import AreaInterest, Network, ThematicArea

CHOOSE_AREAS = "preferences.choose"


@dataclass(frozen=True)
class AreaEdit:
    """What a coordinator may change of an area."""

    label: str
    position: int = 0
    active: bool = True


@writes
def set_interests(actor: Actor, network_id: str, area_ids: Iterable[str]) -> None:
    """Remember the areas of a network that the actor ticked; others of the network are unticked."""
    guard.access(actor, Network, network_id, Permission.NETWORK_SEE)
    of_network = set(
        db.session.scalars(select(ThematicArea.id).where(ThematicArea.network_id == network_id))
    )
    wanted = set(area_ids)
    if wanted - of_network:
        raise InvalidInputError("One of the ticked areas is not an area of this network.")
    db.session.execute(
        delete(AreaInterest).where(
            AreaInterest.person_id == actor.person_id, AreaInterest.area_id.in_(of_network)
        )
    )
    db.session.add_all(AreaInterest(person_id=actor.person_id, area_id=a) for a in sorted(wanted))
    tasks.close(
        f"network:{network_id}", CHOOSE_AREAS, person_id=actor.person_id, by=actor.person_id
    )
    audit.record(
        actor,
        "interests.changed",
        f"person:{actor.person_id}",
        detail={"network": network_id, "areas": len(wanted)},
    )


@writes
def remind_of_areas(actor: Actor, person_id: str, network_id: str) -> None:
    """Give somebody who is new in a network the task of ticking its thematic areas."""
    network = guard.access(actor, Network, network_id, Permission.NETWORK_DECIDE_ACCESS)
    tasks.open_for(
        [person_id],
        CHOOSE_AREAS,
        f"network:{network_id}",
        title=f"Tick the thematic areas of {network.short_name} that interest you",
        url=f"/ern/{network.code}/preferences",
        reason="They decide what you are asked.",
        network_id=network_id,
    )


@writes
def add_area(actor: Actor, network_id: str, code: str, label: str) -> str:
    """Add a thematic area at the end of the network's list; return its id."""
    guard.access(actor, Network, network_id, Permission.NETWORK_CONFIGURE)
    taken = db.session.scalar(
        select(ThematicArea.id).where(
            ThematicArea.network_id == network_id, ThematicArea.code == code
        )
    )
    if taken:
        raise InvalidInputError(
            f"The code '{code}' is taken in this network.", fields={"code": "already used"}
        )
    last = db.session.scalar(
        select(func.max(ThematicArea.position)).where(ThematicArea.network_id == network_id)
    )
    area = ThematicArea(network_id=network_id, code=code, label=label, position=(last or 0) + 1)
    db.session.add(area)
    db.session.flush()
    audit.record(actor, "area.added", f"area:{area.id}", stream=f"network:{network_id}")
    return area.id


@writes
def edit_area(actor: Actor, area_id: str, edit: AreaEdit) -> None:
    """Change label and place of an area, or retire it; areas in use are never deleted."""
    area = db.session.get(ThematicArea, area_id)
    if area is None:
        raise NotFoundError("There is no such thematic area.")
    guard.access(actor, Network, area.network_id, Permission.NETWORK_CONFIGURE)
    area.label, area.position, area.active = edit.label, edit.position, edit.active
    audit.record(actor, "area.changed", f"area:{area.id}", stream=f"network:{area.network_id}")
