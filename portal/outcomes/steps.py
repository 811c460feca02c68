"""What happens to an outcome when its panel moves, in the commit of the move."""

from portal import tasks
from portal.access.actor import Actor
from portal.extend import manager
from portal.extend.specs import Event
from portal.jobs import enqueue
from portal.kernel import clock, db
from portal.kernel.uow import after_commit
from portal.outcomes import state
from portal.outcomes.content import hash_of
from portal.outcomes.models import Outcome
from portal.outcomes.words import Status
from portal.panels import events
from portal.panels.models import Panel
from portal.panels.people import signers
from portal.panels.service.tasks import signature_due
from portal.workflow.engine import Move

SIGNING = "sign_off"


def on_move(actor: Actor, panel: Panel, decided: Move) -> None:
    """Freeze the outcome for signatures, thaw it after an objection, seal it at closing."""
    outcome = state.in_work(panel.id)
    if decided.target.code == SIGNING and outcome is not None:
        outcome.status = Status.IN_SIGNATURE
        signature_due(panel, signers(panel), panel.due_on)
    elif decided.source.code == SIGNING and decided.target.state == "running":
        tasks.close(events.entity(panel), "sign")
        if outcome is not None:
            outcome.status = Status.DRAFT
    elif (
        decided.source.state == "running"
        and decided.target.state == "closed"
        and outcome is not None
    ):
        _seal(actor, panel, outcome)


def _seal(actor: Actor, panel: Panel, outcome: Outcome) -> None:
    outcome.status, outcome.sealed_at = Status.SEALED, clock.now()
    if outcome.replaces_id:
        replaced = db.session.get(Outcome, outcome.replaces_id)
        if replaced is not None:
            replaced.status = Status.REPLACED
    digest = hash_of(panel.number, outcome)
    events.happened(
        actor,
        panel,
        "outcome_sealed",
        facts={"outcome_id": outcome.id, "number": outcome.number, "hash": digest},
    )
    enqueue("outcomes.render", {"outcome_id": outcome.id}, key=f"outcomes.render:{outcome.id}")
    event = Event(
        "outcome-sealed",
        actor,
        f"outcome:{outcome.id}",
        {"panel_id": panel.id, "network_id": panel.network_id, "number": outcome.number},
    )
    after_commit(lambda: manager.notify("on_outcome_sealed", event=event))
