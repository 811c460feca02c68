"""The work that panels leave to the queue; each may run twice."""

from typing import Any

from portal.access.actor import system
from portal.panels.service import upkeep


def lapse(payload: dict[str, Any]) -> None:
    """Let unanswered invitations lapse."""
    del payload
    for panel_id in upkeep.waiting_panels():
        upkeep.lapse_invitations(system("invitations"), panel_id)


def remind(payload: dict[str, Any]) -> None:
    """Remind who acts next of dates that have passed."""
    del payload
    for panel_id in upkeep.late_panels():
        upkeep.remind(system("reminders"), panel_id)
