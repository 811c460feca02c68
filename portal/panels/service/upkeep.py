"""What the portal does by itself: let invitations lapse, remind of dates, hand panels to a new clinician."""

from datetime import timedelta

from sqlalchemy import select

from portal import tasks
from portal.access import guard
from portal.access.actor import Actor, system
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import InvalidInputError
from portal.kernel.uow import writes
from portal.networks.service.memberships import follow_seat
from portal.panels import events, people
from portal.panels.models import Panel, PanelMember
from portal.panels.service.opening import access_panel, phase_of
from portal.panels.service.tasks import step_due
from portal.panels.words import Role, Status
from portal.patients.models import Patient

LAPSE_AFTER = timedelta(days=14)
URGENT_LAPSE_AFTER = timedelta(days=3)


def waiting_panels() -> list[str]:
    """Return the ids of panels on which an invitation has waited for at least three days."""
    limit = clock.now() - URGENT_LAPSE_AFTER
    return list(
        db.session.scalars(
            select(PanelMember.panel_id)
            .where(PanelMember.status == Status.INVITED, PanelMember.invited_at <= limit)
            .distinct()
        )
    )


@writes
def lapse_invitations(actor: Actor, panel_id: str) -> int:
    """Let the invitations of a panel lapse that nobody has answered in time; return how many."""
    panel = access_panel(actor, panel_id, Permission.PANEL_INVITE)
    limit = clock.now() - (URGENT_LAPSE_AFTER if panel.urgent else LAPSE_AFTER)
    late = [r for r in panel.members if r.status == Status.INVITED and r.invited_at <= limit]
    for row in late:
        row.status, row.answered_at = Status.LAPSED, clock.now()
        tasks.close(events.entity(panel), "invitation", person_id=row.person_id)
        events.happened(actor, panel, "lapsed", facts={"person_id": row.person_id})
        events.tell(
            actor,
            panel,
            "panel_invitation_lapsed",
            {row.invited_by} | people.people_of(panel, "lead"),
            delivery="digest",
            key=f"panel_invitation_lapsed:{row.id}:{row.invited_at:%Y%m%d%H%M%S}",
        )
    return len(late)


def late_panels() -> list[str]:
    """Return the ids of open panels that are past the date of their phase."""
    return list(
        db.session.scalars(
            select(Panel.id).where(
                Panel.due_on < clock.today(),
                Panel.closed_at.is_(None),
                Panel.phase.not_in(["cancelled", "archived", "suspended"]),
            )
        )
    )


@writes
def remind(actor: Actor, panel_id: str) -> None:
    """Tell who acts next that the date has passed; once for each date."""
    panel = access_panel(actor, panel_id, Permission.PANEL_MOVE)
    phase = phase_of(panel)
    if phase.state != "running" or panel.due_on is None or panel.due_on >= clock.today():
        return
    events.tell(
        actor,
        panel,
        "panel_overdue",
        people.many(panel, phase.owner),
        phase=phase.label,
        key=f"panel_overdue:{panel.id}:{panel.due_on.isoformat()}",
    )


@writes
def extend_guest(actor: Actor, panel_id: str, person_id: str, days: int = 90) -> None:
    """Let a guest of the panel stay for ``days`` more, counted from today."""
    panel = access_panel(actor, panel_id, Permission.PANEL_INVITE)
    row = next(
        (r for r in panel.members if r.person_id == person_id and r.role == Role.GUEST), None
    )
    if row is None or row.status != Status.ACCEPTED:
        raise InvalidInputError("This person is not a guest of the panel.")
    if not 1 <= days <= 365:
        raise InvalidInputError(
            "Please check these answers.", fields={"days": "Choose 1 to 365 days."}
        )
    row.ends_at = clock.now() + timedelta(days=days)
    events.happened(
        actor,
        panel,
        "guest_extended",
        facts={"person_id": person_id, "to": row.ends_at.date().isoformat()},
    )
    follow_seat(system("panels"), person_id, events.entity(panel), row.ends_at)


@writes
def take_over(actor: Actor, patient_id: str) -> int:
    """Become the requester of a patient's open panels, after the patient was handed over; return how many."""
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_OPEN_PANEL)
    if patient.enrolled_by != actor.person_id:
        raise InvalidInputError("The clinician who has taken the patient over does this.")
    taken = 0
    for panel_id in db.session.scalars(
        select(Panel.id).where(
            Panel.patient_id == patient_id,
            Panel.requester_id != actor.person_id,
            Panel.phase.not_in(["cancelled", "archived"]),
        )
    ).all():
        panel = db.session.get_one(Panel, panel_id)
        if panel.lead_id == actor.person_id:
            continue  # nobody asks and leads at once
        before, panel.requester_id = panel.requester_id, actor.person_id
        panel.version += 1
        tasks.close(events.entity(panel), person_id=before, by=actor.person_id)
        events.happened(actor, panel, "taken_over", facts={"person_id": before})
        phase = phase_of(panel)
        if "requester" in phase.owner:
            step_due(panel, phase)
        taken += 1
    return taken
