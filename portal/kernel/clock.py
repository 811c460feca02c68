"""The one place that reads the clock, so that tests can move time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

_shift: ContextVar[timedelta] = ContextVar("clock_shift", default=timedelta())


def now() -> datetime:
    """Return the present moment, timezone-aware, in UTC."""
    return datetime.now(UTC) + _shift.get()


def today() -> date:
    """Return the present day in UTC."""
    return now().date()


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Move the clock of the current context by ``by`` (tests, the demo world's past)."""
    token = _shift.set(by)
    try:
        yield
    finally:
        _shift.reset(token)
