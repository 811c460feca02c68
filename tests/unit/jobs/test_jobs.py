"""The queue: written with its cause, leased by one worker, done once, tried again, given up."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.actor import system
from portal.extend import hookimpl, manager
from portal.extend.specs import JobSpec
from portal.jobs import enqueue, queue, worker
from portal.jobs.models import Job
from portal.kernel import clock, db
from portal.kernel.uow import writes

ACTOR = system("test")


class Handlers:
    """Test jobs: one that works, one that always fails, one with a schedule."""

    def __init__(self) -> None:
        self.done: list[dict[str, Any]] = []

    @hookimpl
    def register_jobs(self) -> list[JobSpec]:
        return [
            JobSpec("test.work", self.done.append),
            JobSpec("test.fail", self._fail),
            JobSpec("test.scheduled", self.done.append, every_seconds=3600),
        ]

    def _fail(self, payload: dict[str, Any]) -> None:
        raise RuntimeError(f"cannot do {payload['n']}")


@pytest.fixture
def handlers(app: Flask) -> Handlers:
    del app
    found = Handlers()
    manager.register(found, "test.jobs")
    yield found
    manager.pm.unregister(name="test.jobs")


@writes
def _add(
    actor: Any, kind: str, payload: dict[str, Any], key: str = "", *, fail: bool = False
) -> None:
    del actor
    enqueue(kind, payload, key=key)
    if fail:
        raise ValueError("the cause failed")


def _job(kind: str) -> Job:
    db.session.expire_all()
    return db.session.scalars(select(Job).where(Job.kind == kind)).one()


def test_a_job_is_done_once(handlers: Handlers) -> None:
    _add(ACTOR, "test.work", {"n": 1}, "once")
    _add(ACTOR, "test.work", {"n": 2}, "once")
    assert worker.run_pending() == 1
    assert worker.run_pending() == 0
    assert handlers.done == [{"n": 1}]


def test_a_job_whose_cause_failed_does_not_exist(handlers: Handlers) -> None:
    with pytest.raises(ValueError, match="cause"):
        _add(ACTOR, "test.work", {"n": 1}, fail=True)
    assert worker.run_pending() == 0
    assert handlers.done == []


def test_a_leased_job_is_not_given_to_a_second_worker_until_the_lease_ends(
    handlers: Handlers,
) -> None:
    del handlers
    _add(ACTOR, "test.work", {"n": 1})
    first = queue.lease(ACTOR, "worker-1")
    assert first is not None
    assert queue.lease(ACTOR, "worker-2") is None
    job = _job("test.work")
    job.leased_until = clock.now() - timedelta(seconds=1)
    db.session.commit()
    again = queue.lease(ACTOR, "worker-2")
    assert again is not None
    assert (again.id, again.attempts) == (first.id, 2)


def test_a_failing_job_is_tried_later_and_given_up_at_last(handlers: Handlers) -> None:
    del handlers
    _add(ACTOR, "test.fail", {"n": 7})
    for attempt in range(1, queue.MOST_ATTEMPTS + 1):
        job = _job("test.fail")
        job.run_at = clock.now() - timedelta(hours=1)
        db.session.commit()
        assert worker.run_pending() == 1
        assert _job("test.fail").attempts == attempt
    job = _job("test.fail")
    assert job.failed_at is not None
    assert "cannot do 7" in job.last_error
    assert worker.run_pending() == 0


def test_a_job_without_a_handler_says_so(handlers: Handlers) -> None:
    del handlers
    _add(ACTOR, "test.wrok", {})
    worker.run_pending()
    assert "nearest: 'test.work'" in _job("test.wrok").last_error


def test_a_schedule_adds_one_job_per_interval(handlers: Handlers) -> None:
    specs = [s for s in handlers.register_jobs() if s.every_seconds]
    worker.schedule_due(ACTOR, specs)
    worker.schedule_due(ACTOR, specs)
    assert len(list(db.session.scalars(select(Job).where(Job.kind == "test.scheduled")))) == 1
    with clock.shifted(timedelta(hours=1)):
        worker.schedule_due(ACTOR, specs)
    assert len(list(db.session.scalars(select(Job).where(Job.kind == "test.scheduled")))) == 2
