"""Expert groups of a network with their members."""

from dataclasses import dataclass

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.errors import NotFoundError
from portal.networks.models import ExpertGroup, ExpertGroupMember, ThematicArea
from portal.networks.refs import NetworkRef
from portal.people.queries.cards import PersonCard, cards


@dataclass(frozen=True)
class GroupRow:
    """An expert group: who is asked together."""

    id: str
    name: str
    area_id: str | None
    area: str
    schedule: str
    chair: PersonCard | None
    members: tuple[PersonCard, ...]


def groups(actor: Actor, network_id: str, only: str = "") -> list[GroupRow]:
    """Return the groups of a network by name (or the one with the id ``only``): three queries."""
    guard.require(actor, Permission.NETWORK_SEE, NetworkRef(network_id))
    statement = (
        select(ExpertGroup, ThematicArea.label)
        .outerjoin(ThematicArea, ThematicArea.id == ExpertGroup.area_id)
        .where(ExpertGroup.network_id == network_id)
        .order_by(ExpertGroup.name, ExpertGroup.id)
    )
    if only:
        statement = statement.where(ExpertGroup.id == only)
    found = db.session.execute(statement).all()
    members: dict[str, list[str]] = {}
    rows = db.session.execute(
        select(ExpertGroupMember.group_id, ExpertGroupMember.person_id).where(
            ExpertGroupMember.group_id.in_([g.id for g, _ in found])
        )
    )
    for group_id, person_id in rows:
        members.setdefault(group_id, []).append(person_id)
    chairs = [g.chair_id for g, _ in found if g.chair_id]
    people = cards([*chairs, *(p for ids in members.values() for p in ids)])
    return [_group(g, label, members.get(g.id, []), people) for g, label in found]


def group(actor: Actor, network_id: str, group_id: str) -> GroupRow:
    """Return one group of the network."""
    found = groups(actor, network_id, only=group_id)
    if not found:
        raise NotFoundError("There is no such expert group in this network.")
    return found[0]


def _group(
    row: ExpertGroup, label: str | None, members: list[str], people: dict[str, PersonCard]
) -> GroupRow:
    known = sorted((people[m] for m in members if m in people), key=lambda card: card.name)
    chair = people.get(row.chair_id) if row.chair_id else None
    return GroupRow(row.id, row.name, row.area_id, label or "", row.schedule, chair, tuple(known))
