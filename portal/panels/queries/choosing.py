"""Lists to choose from: expert groups to ask in one click, and who may lead a panel."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from portal.access.actor import CLINICIAN, COORDINATOR, Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.networks.models import AreaInterest, Centre, ExpertGroup, ExpertGroupMember, Membership
from portal.panels.people import in_force
from portal.panels.queries.loading import load
from portal.people.models import Person


@dataclass(frozen=True)
class GroupRow:
    """An expert group that can be asked in one click."""

    id: str
    name: str
    size: int
    fits: bool


def groups_of(actor: Actor, panel_id: str) -> list[GroupRow]:
    """Return the expert groups of the panel's network, those of its thematic area first."""
    loaded = load(actor, panel_id, Permission.PANEL_INVITE)
    rows = db.session.execute(
        select(
            ExpertGroup.id,
            ExpertGroup.name,
            ExpertGroup.area_id,
            func.count(ExpertGroupMember.person_id),
        )
        .outerjoin(ExpertGroupMember, ExpertGroupMember.group_id == ExpertGroup.id)
        .where(ExpertGroup.network_id == loaded.network.id)
        .group_by(ExpertGroup.id, ExpertGroup.name, ExpertGroup.area_id)
    )
    found = [
        GroupRow(i, name, size, fits=area is not None and area == loaded.panel.area_id)
        for i, name, area, size in rows
    ]
    return sorted((g for g in found if g.size), key=lambda g: (not g.fits, g.name))


def leads_of(
    network_id: str, area_id: str | None, left_out: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """Return (id, name and place) of who may lead a panel of a network; who works in ``area_id`` first."""
    shares = (
        select(AreaInterest.person_id)
        .where(AreaInterest.person_id == Person.id, AreaInterest.area_id == (area_id or ""))
        .correlate(Person)
        .exists()
    )
    rows = db.session.execute(
        select(Person.id, Person, Centre.city, shares)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Centre, Centre.id == Membership.centre_id)
        .where(
            in_force(),
            Membership.network_id == network_id,
            or_(Membership.profile == CLINICIAN, Membership.profile == COORDINATOR),
            Person.suspended_at.is_(None),
            Person.id.not_in(sorted(left_out)),
        )
        .order_by(shares.desc(), Person.family_name, Person.given_name)
        .limit(500)
    )
    found: dict[str, str] = {}
    for person_id, person, city, fits in rows:
        place = f", {city}" if city else ""
        found.setdefault(
            person_id, f"{person.name}{place}" + (" (works in this area)" if fits else "")
        )
    return list(found.items())
