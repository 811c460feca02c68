"""Put work on the queue, and take it off under a lease. SQLite and PostgreSQL alike.

The lease is measured by the database's clock on PostgreSQL (workers' clocks may differ); on SQLite
all processes share one machine and its clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from portal.access.actor import Actor
from portal.jobs.models import Job
from portal.kernel import clock, db
from portal.kernel.ids import new_id
from portal.kernel.uow import writes

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 6


@dataclass(frozen=True)
class Leased:
    """A job that this worker may carry out until the lease ends."""

    id: str
    kind: str
    payload: dict[str, Any]
    attempts: int


def enqueue(
    kind: str, payload: dict[str, Any], *, key: str = "", run_at: datetime | None = None
) -> None:
    """Add a job in the current unit of work. A ``key`` that is already there adds nothing."""
    key = key or f"{kind}:{new_id()}"
    if db.session.scalar(select(Job.id).where(Job.key == key)) is not None:
        return
    now = clock.now()
    db.session.add(Job(key=key, kind=kind, payload=payload, created_at=now, run_at=run_at or now))


def _database_now() -> datetime:
    if db.session.get_bind().dialect.name == "postgresql":
        moment: datetime = db.session.scalars(select(func.clock_timestamp())).one()
        return moment
    return clock.now()


@writes
def lease(actor: Actor, worker: str) -> Leased | None:
    """Take the next job that is due, or nothing."""
    del actor
    now = _database_now()
    job = db.session.scalar(
        select(Job)
        .where(Job.done_at.is_(None), Job.failed_at.is_(None), Job.run_at <= now)
        .where(or_(Job.leased_until.is_(None), Job.leased_until < now))
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is None:
        return None
    job.leased_until = now + LEASE
    job.worker = worker
    job.attempts += 1
    return Leased(job.id, job.kind, dict(job.payload), job.attempts)


@writes
def finish(actor: Actor, job_id: str, error: str = "") -> None:
    """Mark a job done; with an ``error``, free it for another attempt or give it up."""
    del actor
    job = db.session.get(Job, job_id)
    if job is None:
        return
    job.leased_until = None
    job.last_error = error[:500]
    if not error:
        job.done_at = clock.now()
    elif job.attempts >= MOST_ATTEMPTS:
        job.failed_at = clock.now()
    else:
        job.run_at = clock.now() + timedelta(seconds=5 * 4 ** (job.attempts - 1))


@writes
def retry(actor: Actor, job_id: str) -> None:
    """Give a failed job its attempts back (support console)."""
    from portal.access import guard
    from portal.access.permissions import Permission
    from portal.audit import record

    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    job = db.session.get(Job, job_id)
    if job is not None and job.done_at is None:
        job.attempts, job.failed_at, job.run_at, job.leased_until = 0, None, clock.now(), None
        record(actor, "job.retried", f"job:{job_id}", stream="jobs")
