"""Expert groups: who is asked together. Coordinators keep them."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.errors import InvalidInputError, NotFoundError
from portal.kernel.uow import writes
from portal.networks.memberships import in_force
from portal.networks.models import (
    ExpertGroup,
    ExpertGroupMember,
    Membership,
    Network,
    ThematicArea,
)


@dataclass(frozen=True)
class GroupEdit:
    """What a group says about itself; ``schedule`` is free text such as "first Tuesday, 16:00"."""

    name: str
    area_id: str | None = None
    chair_id: str | None = None
    schedule: str = ""


@writes
def add_group(actor: Actor, network_id: str, wanted: GroupEdit) -> str:
    """Add an expert group; return its id."""
    guard.access(actor, Network, network_id, Permission.NETWORK_CONFIGURE)
    group = ExpertGroup(network_id=network_id, name="")
    _fill(group, wanted)
    db.session.add(group)
    db.session.flush()
    _record(actor, "group.added", group)
    return group.id


@writes
def edit_group(actor: Actor, group_id: str, wanted: GroupEdit) -> None:
    """Change name, area, chair and schedule of a group."""
    group = _group(actor, group_id)
    _fill(group, wanted)
    _record(actor, "group.changed", group)


@writes
def remove_group(actor: Actor, group_id: str) -> None:
    """Remove a group; its members stay members of the network, past invitations stay as they are."""
    group = _group(actor, group_id)
    db.session.execute(delete(ExpertGroupMember).where(ExpertGroupMember.group_id == group_id))
    db.session.delete(group)
    _record(actor, "group.removed", group)


@writes
def add_to_group(actor: Actor, group_id: str, person_id: str) -> None:
    """Add a member of the network to the group."""
    group = _group(actor, group_id)
    _require_member(group.network_id, person_id, "person_id")
    if db.session.get(ExpertGroupMember, (group_id, person_id)) is None:
        db.session.add(ExpertGroupMember(group_id=group_id, person_id=person_id))
        _record(actor, "group.member-added", group, person_id)


@writes
def remove_from_group(actor: Actor, group_id: str, person_id: str) -> None:
    """Take a person out of the group; a chair who leaves is chair no longer."""
    group = _group(actor, group_id)
    db.session.execute(
        delete(ExpertGroupMember).where(
            ExpertGroupMember.group_id == group_id, ExpertGroupMember.person_id == person_id
        )
    )
    if group.chair_id == person_id:
        group.chair_id = None
    _record(actor, "group.member-removed", group, person_id)


def _group(actor: Actor, group_id: str) -> ExpertGroup:
    group = db.session.get(ExpertGroup, group_id)
    if group is None:
        raise NotFoundError("There is no such expert group.")
    guard.access(actor, Network, group.network_id, Permission.NETWORK_CONFIGURE)
    return group


def _fill(group: ExpertGroup, wanted: GroupEdit) -> None:
    if not wanted.name.strip():
        raise InvalidInputError("The group has no name.", fields={"name": "Give the group a name."})
    if wanted.area_id:
        area = db.session.get(ThematicArea, wanted.area_id)
        if area is None or area.network_id != group.network_id:
            raise InvalidInputError(
                "That is not an area of this network.",
                fields={"area_id": "Choose an area from the list."},
            )
    if wanted.chair_id:
        _require_member(group.network_id, wanted.chair_id, "chair_id")
    group.name, group.schedule = wanted.name.strip()[:200], wanted.schedule.strip()[:200]
    group.area_id, group.chair_id = wanted.area_id or None, wanted.chair_id or None


def _require_member(network_id: str, person_id: str, field: str) -> None:
    member = select(Membership.id).where(
        Membership.network_id == network_id, Membership.person_id == person_id, in_force()
    )
    if db.session.scalar(member.limit(1)) is None:
        raise InvalidInputError(
            "Only members of the network belong to its groups.",
            fields={field: "Choose a member of the network."},
        )


def _record(actor: Actor, action: str, group: ExpertGroup, person_id: str = "") -> None:
    detail = {"person": person_id} if person_id else None
    stream = f"network:{group.network_id}"
    audit.record(actor, action, f"expert_group:{group.id}", stream=stream, detail=detail)
