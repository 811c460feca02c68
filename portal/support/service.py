"""Writes that only the console has: a centre with its networks in one go."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.errors import InvalidInputError
from portal.kernel.uow import writes
from portal.networks.memberships import in_force
from portal.networks.models import Centre, CentreNetwork, Membership
from portal.networks.service import edit_centre


@dataclass(frozen=True)
class CentreEdit:
    """What support changes of a centre; its settings are the centre's own."""

    name: str
    city: str
    active: bool
    network_ids: tuple[str, ...]


@writes
def save_centre(actor: Actor, centre_id: str, wanted: CentreEdit) -> None:
    """Change a centre and the networks it takes part in."""
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    edit_centre(actor, centre_id, wanted.name, wanted.city, active=wanted.active)
    present = set(
        db.session.scalars(
            select(CentreNetwork.network_id).where(CentreNetwork.centre_id == centre_id)
        )
    )
    gone = present - set(wanted.network_ids)
    _require_empty(centre_id, gone)
    db.session.execute(
        delete(CentreNetwork).where(
            CentreNetwork.centre_id == centre_id, CentreNetwork.network_id.in_(gone)
        )
    )
    new = sorted(set(wanted.network_ids) - present)
    db.session.add_all(CentreNetwork(centre_id=centre_id, network_id=n) for n in new)
    if gone or new:
        detail = {"added": new, "removed": sorted(gone)}
        audit.record(actor, "centre.networks-changed", f"centre:{centre_id}", detail=detail)


def _require_empty(centre_id: str, network_ids: set[str]) -> None:
    """A centre leaves a network only when nobody there holds a membership of it."""
    held = select(Membership.id).where(
        Membership.centre_id == centre_id, Membership.network_id.in_(network_ids), in_force()
    )
    if network_ids and db.session.scalar(held.limit(1)) is not None:
        name = db.session.get_one(Centre, centre_id).name
        raise InvalidInputError(
            f"People of {name} still have memberships of a network that you took away.",
            fields={"networks": "End those memberships first."},
        )
