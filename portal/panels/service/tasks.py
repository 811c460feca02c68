"""Who has what to do on a panel: kept equal to its phase, in the commit of the change."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select

from portal import tasks
from portal.kernel import clock, db
from portal.panels import events, people
from portal.panels.models import Contribution, Panel
from portal.workflow.engine import Move
from portal.workflow.model import Phase

ANSWERING = frozenset({"panel_selection", "data_completion", "assessment"})
INVITATION_DAYS = 5
URGENT_DAYS = 1


def _open(
    panel: Panel,
    who: Iterable[str],
    kind: str,
    title: str,
    *,
    due_on: date | None,
    reason: str = "",
    place: str = "",
) -> None:
    tasks.open_for(
        who,
        kind,
        events.entity(panel),
        title=f"{title}: {panel.title}"[:200],
        reason=f"{panel.number}" + (f", {reason}" if reason else ""),
        url=events.url(panel) + place,
        network_id=panel.network_id,
        urgent=panel.urgent,
        due_on=due_on,
    )


def step_due(panel: Panel, phase: Phase) -> None:
    """Give the owners of a phase what it asks of them."""
    _open(
        panel,
        people.many(panel, phase.owner),
        "panel_step",
        phase.todo,
        due_on=panel.due_on,
        reason=phase.label,
    )


def invitation_due(panel: Panel, person_ids: Iterable[str], asker: str) -> None:
    """Ask the invited to accept or decline."""
    days = URGENT_DAYS if panel.urgent else INVITATION_DAYS
    due = clock.today() + timedelta(days=days)
    _open(
        panel, person_ids, "invitation", "Accept or decline", due_on=due, reason=f"asked by {asker}"
    )


def answer_due(panel: Panel, person_ids: Iterable[str]) -> None:
    """Ask experts on the panel for their answer, while answers are wanted."""
    if panel.phase in ANSWERING:
        due = panel.wanted_by or panel.due_on
        _open(panel, person_ids, "answer", "Answer", due_on=due, place="#answer")


def answers_due(panel: Panel, decided: Move) -> None:
    """After a move: ask those who still owe an answer, or stop asking when the outcome is written."""
    subject = events.entity(panel)
    if decided.target.code == "outcome":
        tasks.close(subject, "answer", "invitation")
    if decided.target.code != "assessment":
        return
    tasks.reschedule(subject, panel.wanted_by or panel.due_on, "answer")
    wanted = people.people_of(panel, "contributor") - {panel.lead_id, panel.requester_id}
    if decided.source.state == "running":
        wanted -= set(
            db.session.scalars(
                select(Contribution.author_id).where(
                    Contribution.panel_id == panel.id, Contribution.sent_at.is_not(None)
                )
            )
        )
    answer_due(panel, {person for person in wanted if person})


def information_due(
    panel: Panel, request_id: str, person_ids: Iterable[str], *, asker: str, due_on: date | None
) -> None:
    """Ask the requester's side for information."""
    _open(
        panel,
        person_ids,
        f"information:{request_id}",
        "Give information",
        due_on=due_on,
        reason=f"{asker} asks",
        place=f"#request-{request_id}",
    )


def signature_due(panel: Panel, person_ids: Iterable[str], due_on: date | None) -> None:
    """Ask for signatures; the address is the outcome's page."""
    tasks.open_for(
        person_ids,
        "sign",
        events.entity(panel),
        title=f"Sign the outcome: {panel.title}"[:200],
        reason=panel.number,
        url=f"/outcome/{panel.id}/",
        network_id=panel.network_id,
        urgent=panel.urgent,
        due_on=due_on,
    )
