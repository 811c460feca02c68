"""The work that outcomes leave to the queue."""

from typing import Any

from portal.access.actor import system
from portal.outcomes.service.sealing import render_all


def render(payload: dict[str, Any]) -> None:
    """Render the PDFs of a sealed outcome; safe to run twice."""
    render_all(system("outcomes.render"), str(payload["outcome_id"]))
