"""Work of the queue about people. Each may run twice: it looks at what is, not at what it did."""

from datetime import timedelta
from typing import Any

from portal.access.actor import system
from portal.people import service

WARN_DAYS = 14


def guests(payload: dict[str, Any]) -> None:
    """End memberships whose time is up; warn guests and coordinators two weeks before."""
    del payload
    service.end_run_out(system("guests"))
    service.warn_of_end(system("guests"), timedelta(days=WARN_DAYS))


def inactive(payload: dict[str, Any]) -> None:
    """Suspend accounts that nobody has used for a long time."""
    del payload
    service.suspend_inactive(system("inactivity"))


def reviews(payload: dict[str, Any]) -> None:
    """Ask coordinators to review the memberships that nobody has looked at for a year."""
    del payload
    service.ask_for_reviews(system("reviews"))


def old_sessions(payload: dict[str, Any]) -> None:
    """Forget sessions that ended more than 90 days ago."""
    del payload
    service.forget_sessions(system("sessions"))
