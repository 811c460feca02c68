"""A save repeated after a lost answer counts once: the first answer is kept under the client's key."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel import clock, db
from portal.kernel.db import Base

KEPT_FOR = timedelta(days=2)
LONGEST_KEY = 80


class IdempotencyKey(Base):
    """One request that was carried out, and what it answered."""

    __tablename__ = "idempotency_key"
    person_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(index=True)


def once(person_id: str, key: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the answer kept under ``key``, or do ``work`` and keep its answer.

    Must run inside a ``@writes`` function, so that work and key are committed together. An empty
    key means that the client does not ask for it.
    """
    if not key:
        return work()
    key = key[:LONGEST_KEY]
    kept = db.session.get(IdempotencyKey, (person_id, key))
    if kept is not None:
        return kept.answer
    answer = work()
    db.session.add(IdempotencyKey(person_id=person_id, key=key, answer=answer, at=clock.now()))
    return answer


def forget_old() -> int:
    """Delete keys past their time; return how many."""
    result = db.session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.at < clock.now() - KEPT_FOR)
    )
    return int(getattr(result, "rowcount", 0))
