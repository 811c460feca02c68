"""The work that notifications leave to the queue."""

from portal.extend import hookimpl
from portal.extend.specs import JobSpec
from portal.notifications import delivery

HOUR = 3600


@hookimpl
def register_jobs() -> list[JobSpec]:
    """Deliver single messages; send digests once an hour to those whose hour it is."""
    return [
        JobSpec("notifications.deliver", delivery.deliver),
        JobSpec("notifications.digest", delivery.digests, every_seconds=HOUR),
    ]
