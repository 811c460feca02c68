"""What outcomes add to the portal: the job that renders what has been sealed."""

from portal.extend import hookimpl
from portal.extend.specs import JobSpec
from portal.outcomes import jobs


@hookimpl
def register_jobs() -> list[JobSpec]:
    """Render sealed outcomes."""
    return [JobSpec("outcomes.render", jobs.render)]
