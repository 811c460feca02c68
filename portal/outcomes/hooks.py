"""What outcomes add to the portal: the job that renders what has been sealed."""

import logging

from portal.extend import hookimpl
from portal.extend.specs import Event, JobSpec
from portal.outcomes import jobs

_log = logging.getLogger(__name__)


@hookimpl
def register_jobs() -> list[JobSpec]:
    """Render sealed outcomes."""
    return [JobSpec("outcomes.render", jobs.render)]


@hookimpl
def on_outcome_sealed(event: Event) -> None:
    """Give operators a line per sealed outcome: identifiers only."""
    _log.info(
        "outcome sealed", extra={"outcome": event.subject, "version": event.facts.get("number", 0)}
    )
