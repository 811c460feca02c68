"""Move a panel from phase to phase, with everything that follows from it in the same commit."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select

from portal import tasks
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.extend import manager
from portal.extend.specs import Event
from portal.kernel import clock, db
from portal.kernel.errors import ConflictError, GuardRefusedError
from portal.kernel.uow import after_commit, writes
from portal.networks.models import Network
from portal.panels import events, people
from portal.panels.facts import facts_of
from portal.panels.models import Panel
from portal.panels.relations import names_of
from portal.panels.service.inviting import unseat_lead
from portal.panels.service.opening import access_panel, workflow_of
from portal.panels.service.tasks import answers_due, step_due
from portal.workflow import engine
from portal.workflow.engine import Move
from portal.workflow.model import Phase

Step = Callable[[Actor, Panel, Move], None]
_steps: dict[str, Step] = {}


def register_step(name: str, step: Step) -> None:
    """Let a feature above panels act inside the commit of a move (outcomes: freeze, seal)."""
    _steps[name] = step


@writes
def move(actor: Actor, panel_id: str, transition: str, reason: str = "", expected: str = "") -> str:
    """Take ``transition`` and return the phase the panel is in afterwards.

    ``expected`` is the phase that the actor saw; when the panel has moved on since, nothing is done
    and a ``ConflictError`` says where it is.
    """
    panel = access_panel(actor, panel_id, Permission.PANEL_LIST)
    if expected and expected != panel.phase:
        label = workflow_of(panel).phase(panel.phase).label
        raise ConflictError(f"The panel has moved on meanwhile: it is in the phase '{label}' now.")
    take(actor, panel, transition, reason)
    return panel.phase


def take(actor: Actor, panel: Panel, transition: str, reason: str = "") -> None:
    """Decide and carry out one transition, and the automatic ones that follow from it."""
    decided = engine.move(
        workflow_of(panel), panel.phase, transition, facts_of(panel), names_of(actor, panel), reason
    )
    network = db.session.get_one(Network, panel.network_id)
    vetoes = manager.vetoes(
        "check_transition",
        actor=actor,
        network=network.code,
        panel_id=panel.id,
        transition=transition,
    )
    if vetoes:
        raise GuardRefusedError(" ".join(vetoes), hint="Ask the coordinator of the network.")
    _carry_out(actor, panel, decided)


def advance(actor: Actor, panel: Panel) -> None:
    """Take the automatic transition that is open now, if there is one."""
    following = engine.automatic(workflow_of(panel), panel.phase, facts_of(panel))
    if following is not None:
        _carry_out(actor, panel, following)


def _carry_out(actor: Actor, panel: Panel, decided: Move) -> None:
    source = panel.phase
    _enter(panel, decided.target)
    if decided.target.state == "held":
        panel.suspended_from = source
    if decided.transition.clears == "lead":
        unseat_lead(panel, decided.reason)
    events.happened(
        actor,
        panel,
        "moved",
        facts={
            "transition": decided.transition.name,
            "source": source,
            "target": decided.target.code,
            "despite": [w.rule for w in decided.warnings],
        },
        reason=decided.reason,
    )
    for step in _steps.values():
        step(actor, panel, decided)
    _open_tasks(panel, decided)
    db.session.flush()
    following = engine.automatic(workflow_of(panel), panel.phase, facts_of(panel))
    if following is None:
        _tell(actor, panel, decided)
        _announce(actor, panel, decided, source)
        return
    _announce(actor, panel, decided, source)
    _carry_out(actor, panel, following)


def _enter(panel: Panel, phase: Phase) -> None:
    now = clock.now()
    panel.phase, panel.phase_since = phase.code, now
    panel.version += 1
    panel.due_on = due_in(panel, phase)
    if phase.state == "running" and phase.code != "draft":
        panel.opened_at = panel.opened_at or now
        panel.closed_at = None
    elif phase.state == "closed":
        panel.closed_at = panel.closed_at or now
    elif phase.code == "archived":
        panel.archived_at = now


def due_in(panel: Panel, phase: Phase) -> date | None:
    """Return the date of a phase.

    Its days from today, a third of them when urgent, at most the day on which the requester wants
    the answer.
    """
    if not phase.days:
        return None
    today = clock.today()
    days = max(1, phase.days // 3) if panel.urgent else phase.days
    due = today + timedelta(days=days)
    return min(due, panel.wanted_by) if panel.wanted_by and panel.wanted_by >= today else due


def _open_tasks(panel: Panel, decided: Move) -> None:
    subject, target = events.entity(panel), decided.target
    if target.state == "running":
        tasks.close(subject, "panel_step")
    else:
        tasks.close(subject)
    if target.owner:
        step_due(panel, target)
    answers_due(panel, decided)


def _tell(actor: Actor, panel: Panel, decided: Move) -> None:
    for one in decided.transition.tell:
        events.tell(
            actor,
            panel,
            one.message,
            people.many(panel, one.to),
            delivery=one.delivery,
            phase=decided.target.label,
            key=f"{one.message}:{decided.transition.name}:{panel.id}:{panel.version}",
        )


def _announce(actor: Actor, panel: Panel, decided: Move, source: str) -> None:
    event = Event(
        "panel-moved",
        actor,
        events.entity(panel),
        {
            "transition": decided.transition.name,
            "source": source,
            "target": decided.target.code,
            "network_id": panel.network_id,
            "number": panel.number,
        },
    )
    after_commit(lambda: manager.notify("on_panel_moved", event=event))


@writes
def set_deadline(actor: Actor, panel_id: str, due_on: date, reason: str = "") -> None:
    """Set the date by which the present phase should be done; open tasks follow it."""
    panel = access_panel(actor, panel_id, Permission.PANEL_MOVE)
    phase = workflow_of(panel).phase(panel.phase)
    if phase.state != "running":
        raise GuardRefusedError(f"In the phase '{phase.label}' there is no deadline to set.")
    if due_on < clock.today():
        raise GuardRefusedError(
            "The deadline lies in the past.", fields={"due_on": "Choose today or a later day."}
        )
    before, panel.due_on = panel.due_on, due_on
    panel.version += 1
    tasks.reschedule(events.entity(panel), due_on, "panel_step", "answer")
    events.happened(
        actor,
        panel,
        "deadline",
        facts={"from": before.isoformat() if before else "", "to": due_on.isoformat()},
        reason=reason,
    )
    everybody = people.people_of(panel, "participant")
    events.tell(
        actor, panel, "panel_due", everybody, delivery="digest", due=f"{due_on.day} {due_on:%B %Y}"
    )


@writes
def suspend_for_patient(actor: Actor, patient_id: str) -> int:
    """Suspend every panel of a patient whose consent for care was withdrawn; return how many.

    Done by the portal itself; safe to repeat.
    """
    rows = db.session.scalars(select(Panel.id).where(Panel.patient_id == patient_id)).all()
    done = 0
    for panel_id in rows:
        panel = access_panel(actor, panel_id, Permission.PANEL_MOVE)
        if workflow_of(panel).phase(panel.phase).state in {"running", "closed"}:
            take(actor, panel, "suspend")
            done += 1
    return done
