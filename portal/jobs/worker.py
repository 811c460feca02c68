"""The worker: lease, carry out, finish. In a thread of the web process, or as ``portal worker``."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from portal.access.actor import system
from portal.extend import manager
from portal.extend.specs import JobSpec
from portal.jobs import queue
from portal.kernel import clock, db
from portal.kernel.errors import nearest
from portal.kernel.ids import new_id
from portal.kernel.uow import writes

_log = logging.getLogger(__name__)
IDLE_SECONDS = 2.0


def handlers() -> dict[str, JobSpec]:
    """Return the kinds of jobs that core and plugins know."""
    return {spec.kind: spec for _, spec in manager.collect("register_jobs")}


def run_pending(limit: int = 1000) -> int:
    """Carry out the jobs that are due, at most ``limit``; return how many."""
    known = handlers()
    actor = system("worker")
    name = f"worker-{new_id()[:12]}"
    done = 0
    while done < limit:
        job = queue.lease(actor, name)
        if job is None:
            return done
        queue.finish(actor, job.id, _carry_out(job, known))
        db.session.remove()
        done += 1
    return done


def _carry_out(job: queue.Leased, known: dict[str, JobSpec]) -> str:
    if job.kind not in known:
        return f"no handler for '{job.kind}'; nearest: '{nearest(job.kind, known)}'"
    try:
        known[job.kind].handler(job.payload)
    except Exception as error:
        db.session.rollback()
        _log.exception("job failed", extra={"job": job.id, "kind": job.kind})
        return f"{type(error).__name__}: {error}"
    return ""


@writes
def schedule_due(actor: Any, specs: list[JobSpec]) -> None:
    """Enqueue each scheduled kind once for its current interval; safe from many workers."""
    del actor
    moment = int(clock.now().timestamp())
    for spec in specs:
        if spec.every_seconds:
            queue.enqueue(spec.kind, {}, key=f"{spec.kind}@{moment // spec.every_seconds}")


def run_forever(stop: threading.Event, scope: Callable[[], Any]) -> None:
    """Work until ``stop`` is set. ``scope()`` gives the application context of each round."""
    while not stop.is_set():
        done = 0
        try:
            with scope():
                schedule_due(
                    system("scheduler"), [s for s in handlers().values() if s.every_seconds]
                )
                done = run_pending(50)
        except Exception:
            _log.exception("worker round failed")
        finally:
            db.session.remove()
        if not done:
            stop.wait(IDLE_SECONDS)
