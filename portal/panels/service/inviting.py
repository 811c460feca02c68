"""Ask experts to a panel: of the own network, its groups, or of another network as guests."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from portal import tasks
from portal.access import guard
from portal.access.actor import Actor, system
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import InvalidInputError, NotFoundError, nearest
from portal.kernel.uow import writes
from portal.networks.models import ExpertGroup, ExpertGroupMember, Network
from portal.networks.service.memberships import follow_seat
from portal.panels import events, people
from portal.panels.models import Panel, PanelMember
from portal.panels.service.opening import access_panel, require_running
from portal.panels.service.tasks import invitation_due
from portal.panels.words import ROLES, Role, Status

GUEST_DAYS = 90
LONGEST_MESSAGE = 1000
MOST_AT_ONCE = 30


@writes
def invite(
    actor: Actor, panel_id: str, person_ids: Sequence[str], message: str = "", role: str = "member"
) -> list[str]:
    """Ask people to the panel; return the ids of those who were asked now.

    Who is on the panel or asked already is left alone. People of another network come as guests, and
    only where the policy lets the actor ask across networks.
    """
    panel = access_panel(actor, panel_id, Permission.PANEL_SEE_INVITATION)
    require_running(panel, but=("draft", "sign_off"), what="nobody is asked to the panel")
    return ask_people(actor, panel, person_ids, message, role)


@writes
def invite_group(actor: Actor, panel_id: str, group_id: str, message: str = "") -> list[str]:
    """Ask everybody of an expert group of the panel's network; return who was asked now."""
    panel = access_panel(actor, panel_id, Permission.PANEL_INVITE)
    require_running(panel, but=("draft", "sign_off"), what="nobody is asked to the panel")
    group = db.session.get(ExpertGroup, group_id)
    if group is None or group.network_id != panel.network_id:
        raise NotFoundError("There is no such expert group in this network.")
    members = db.session.scalars(
        select(ExpertGroupMember.person_id).where(ExpertGroupMember.group_id == group_id)
    ).all()
    asked = ask_people(actor, panel, [m for m in members if m != panel.requester_id], message)
    events.happened(actor, panel, "group_invited", facts={"group": group.name, "count": len(asked)})
    return asked


def ask_people(
    actor: Actor, panel: Panel, person_ids: Sequence[str], message: str = "", role: str = "member"
) -> list[str]:
    """Ask people in the surrounding unit of work. See :func:`invite`."""
    wanted = list(dict.fromkeys(person_ids))
    _check(panel, wanted, message, role)
    standing = people.standing(panel.network_id, wanted)
    _require(actor, panel, wanted, standing)
    rows = {row.person_id: row for row in panel.members}
    asked = []
    for person_id in wanted:
        row = rows.get(person_id)
        if row is not None and row.status in {Status.INVITED, Status.ACCEPTED}:
            continue
        as_role = role if standing[person_id] == "own" else Role.GUEST
        _seat(actor, panel, row, person_id, as_role, message)
        events.happened(actor, panel, "invited", facts={"person_id": person_id, "role": as_role})
        asked.append(person_id)
    db.session.flush()
    if asked:
        _tell(actor, panel, asked)
    return asked


def _check(panel: Panel, wanted: list[str], message: str, role: str) -> None:
    problems: dict[str, str] = {}
    if not wanted:
        problems["person_ids"] = "Choose at least one expert."
    if len(wanted) > MOST_AT_ONCE:
        problems["person_ids"] = f"Ask at most {MOST_AT_ONCE} people at once."
    if panel.requester_id in wanted:
        problems["person_ids"] = "The person who asks the question is on the panel already."
    if len(message) > LONGEST_MESSAGE:
        problems["message"] = f"Use at most {LONGEST_MESSAGE} letters."
    if role not in {Role.MEMBER, Role.GUEST, Role.OBSERVER}:
        near = nearest(role, ROLES)
        problems["role"] = "Choose member, guest or observer." + (
            f" Did you mean '{near}'?" if near else ""
        )
    if problems:
        raise InvalidInputError("Please check these answers.", fields=problems)


def _require(actor: Actor, panel: Panel, wanted: list[str], standing: dict[str, str]) -> None:
    unknown = [person for person in wanted if person not in standing]
    if unknown:
        raise InvalidInputError(
            "Please check these answers.",
            fields={
                "person_ids": "Somebody among them has no membership that is in force, so they could not open the panel."
            },
        )
    if any(standing[person] != "across" for person in wanted):
        guard.require(actor, Permission.PANEL_INVITE, panel)
    if any(standing[person] == "across" for person in wanted):
        guard.require(actor, Permission.PANEL_INVITE_ACROSS, panel)


def _seat(
    actor: Actor, panel: Panel, row: PanelMember | None, person_id: str, role: str, message: str
) -> None:
    now = clock.now()
    if row is None:
        row = PanelMember(person_id=person_id)
        panel.members.append(row)
    row.role, row.status = role, Status.INVITED
    row.invited_by, row.invited_at = actor.person_id, now
    row.answered_at, row.seen_at, row.reason = None, None, ""
    row.message = message.strip()
    row.ends_at = now + timedelta(days=GUEST_DAYS) if role == Role.GUEST else None


def _tell(actor: Actor, panel: Panel, asked: list[str]) -> None:
    invitation_due(panel, asked, actor.name)
    network = db.session.get_one(Network, panel.network_id)
    events.tell(
        actor,
        panel,
        "panel_invitation_urgent" if panel.urgent else "panel_invitation",
        asked,
        network=network.short_name,
        key=f"panel_invitation:{panel.id}:{clock.now():%Y%m%d%H%M%S%f}",
    )


def seat_lead(actor: Actor, panel: Panel, lead_id: str) -> None:
    """Give the lead a place; the lead before, if any, stays on as a member."""
    now = clock.now()
    for other in panel.members:
        if other.role == Role.LEAD and other.person_id != lead_id:
            other.role = Role.MEMBER
    row = next((r for r in panel.members if r.person_id == lead_id), None)
    if row is None:
        row = PanelMember(
            person_id=lead_id, invited_by=actor.person_id, invited_at=now, message="", reason=""
        )
        panel.members.append(row)
    row.role, row.status, row.answered_at, row.ends_at = Role.LEAD, Status.ACCEPTED, now, None
    panel.lead_id = lead_id
    panel.version += 1
    db.session.flush()
    tasks.close(events.entity(panel), "invitation", "answer", person_id=lead_id, by=actor.person_id)


def unseat_lead(panel: Panel, reason: str) -> None:
    """Vacate the lead's place: who led no longer reads the case, unless asked again."""
    for row in panel.members:
        if row.person_id == panel.lead_id:
            row.role, row.status, row.reason = Role.MEMBER, Status.REMOVED, reason[:500]
    panel.lead_id = None


@writes
def remove(actor: Actor, panel_id: str, person_id: str, reason: str) -> None:
    """Take somebody off the panel, or take an invitation back; they no longer read the case."""
    panel = access_panel(actor, panel_id, Permission.PANEL_INVITE)
    row = next((r for r in panel.members if r.person_id == person_id), None)
    if row is None or row.status not in {Status.INVITED, Status.ACCEPTED}:
        raise NotFoundError("This person is not on the panel.")
    if row.role == Role.LEAD:
        raise InvalidInputError(
            "The lead is replaced by naming another one.", hint="The coordinator does that."
        )
    if not reason.strip():
        raise InvalidInputError(
            "Please check these answers.", fields={"reason": "Say why in a sentence."}
        )
    row.status, row.reason, row.ends_at = Status.REMOVED, reason.strip()[:500], clock.now()
    tasks.close(events.entity(panel), person_id=person_id, by=actor.person_id)
    events.happened(actor, panel, "removed", facts={"person_id": person_id}, reason=reason)
    if row.role == Role.GUEST:
        follow_seat(system("panels"), person_id, events.entity(panel), row.ends_at)
