"""The unit of work: a service call is one commit, and consequences come after it.

``@writes`` opens it, and is the only place that commits. A write called from another write joins
the outer one. A lost connection, a busy database or a serialisation failure is retried in place;
the caller never notices a database that restarts in mid-save.
"""

import functools
import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.kernel import db

_log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")

ATTEMPTS = 5
WAIT_SECONDS = 0.15
_RETRIED_SQLSTATES = {"40001", "40P01", "57P01", "57P02", "57P03", "08006", "08001", "08003"}


@dataclass
class UnitOfWork:
    """What one service call will do after its commit."""

    consequences: list[Callable[[], object]] = field(default_factory=list)


_current: ContextVar[UnitOfWork | None] = ContextVar("unit_of_work", default=None)
_sqlite_writer = (
    threading.RLock()
)  # SQLite has one writer; queueing here is fair, its own lock is not
inventory: list[Callable[..., object]] = []  # every write service, for the contract test


def after_commit(consequence: Callable[[], object]) -> None:
    """Run ``consequence`` once the surrounding write has been committed; never before."""
    unit = _current.get()
    if unit is None:
        raise RuntimeError("after_commit belongs inside a function decorated with @writes")
    unit.consequences.append(consequence)


def in_write() -> bool:
    """Return whether a unit of work is open in this context."""
    return _current.get() is not None


def writes(function: Callable[Concatenate[A, P], R]) -> Callable[Concatenate[A, P], R]:
    """Make ``function(actor, …)`` one unit of work."""

    @functools.wraps(function)
    def run(actor: A, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if _current.get() is not None:
            return function(actor, *args, **kwargs)
        return _commit_once(functools.partial(function, actor, *args, **kwargs))

    inventory.append(run)
    return run


def side_write(work: Callable[[Session], R]) -> R:
    """Commit ``work`` alone, on a session of its own: book-keeping that no person asked for.

    Used for the web session's last-seen time and the like. Never for anything with an actor; never
    inside a unit of work.
    """
    token = db.writing.set(True)
    try:
        with _writer_lock(), Session(bind=db.session.get_bind(), **_side_options()) as session:
            result = work(session)
            session.commit()
            return result
    finally:
        db.writing.reset(token)


def _side_options() -> dict[str, Any]:
    mode = db.session.session_factory.kw.get("join_transaction_mode", "conditional_savepoint")
    return {"expire_on_commit": False, "join_transaction_mode": mode}


def _commit_once(work: Callable[[], R]) -> R:
    for attempt in range(1, ATTEMPTS + 1):
        unit = UnitOfWork()
        try:
            result = _attempt(unit, work)
        except DBAPIError as error:
            if attempt == ATTEMPTS or not _worth_retrying(error):
                raise
            _log.warning("database away or busy, trying again", extra={"attempt": attempt})
            time.sleep(WAIT_SECONDS * 2 ** (attempt - 1))
            continue
        _run_consequences(unit)
        return result
    raise AssertionError("unreachable: the last attempt returns or raises")


def _attempt(unit: UnitOfWork, work: Callable[[], R]) -> R:
    db.session.rollback()  # a read that began earlier must not turn into a write half way
    current = _current.set(unit)
    writing = db.writing.set(True)
    try:
        with _writer_lock():
            result = work()
            db.session.commit()
            return result
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.writing.reset(writing)
        _current.reset(current)


def _writer_lock() -> AbstractContextManager[object]:
    return _sqlite_writer if db.session.get_bind().dialect.name == "sqlite" else nullcontext()


def _worth_retrying(error: DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state in _RETRIED_SQLSTATES:
        return True
    text = str(error.orig)
    return (
        "database is locked" in text or "connection failed" in text or "Connection refused" in text
    )


def _run_consequences(unit: UnitOfWork) -> None:
    for consequence in unit.consequences:
        try:
            consequence()
        except Exception:  # one broken consequence must not stop the others
            _log.exception("a consequence of a committed write failed")
            db.session.rollback()
