"""The door that every verb goes through: the panel, locked for this change, if the actor may."""

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.errors import GuardRefusedError
from portal.networks.models import Network
from portal.panels.models import Panel
from portal.workflow import catalogue
from portal.workflow.model import Phase, Workflow


def access_panel(actor: Actor, panel_id: str, permission: Permission) -> Panel:
    """Return the panel, its row locked until the commit; raise when the actor may not."""
    db.session.execute(
        select(Panel)
        .where(Panel.id == panel_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return guard.access(actor, Panel, panel_id, permission)


def workflow_of(panel: Panel) -> Workflow:
    """Return the workflow of the panel's network."""
    network = db.session.get_one(Network, panel.network_id)
    return catalogue.workflow_for(network.code, panel.workflow)


def phase_of(panel: Panel) -> Phase:
    """Return the phase in which the panel is."""
    return workflow_of(panel).phase(panel.phase)


def require_running(panel: Panel, *, but: tuple[str, ...] = ("draft",), what: str) -> None:
    """Raise unless the panel is under way; ``but`` are running phases in which ``what`` is too early or late."""
    phase = phase_of(panel)
    if phase.state == "running" and phase.code not in but:
        return
    hint = "Send the question first." if phase.code == "draft" else ""
    if phase.state == "held":
        hint = "It goes on when a new consent for care is recorded."
    if phase.state in {"closed", "ended"}:
        hint = "A closed panel can be reopened by its coordinator."
    raise GuardRefusedError(f"In the phase '{phase.label}' {what}.", hint=hint)
