"""Write messages to the outbox, in the unit of work of their cause."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from portal.jobs import enqueue
from portal.kernel import clock, db
from portal.notifications.models import Notice, OutboxMessage


def notify(
    person_ids: Iterable[str],
    kind: str,
    subject: str,
    *,
    text: str,
    url: str,
    facts: dict[str, Any] | None = None,
    key: str = "",
    delivery: str = "immediate",
) -> None:
    """Tell each person once. ``text`` is the notice in the page; the mail comes from the kind's templates.

    ``delivery`` is ``immediate`` (the next actor), ``digest`` (everybody else) or ``page`` (no mail).
    ``facts`` may hold numbers, names of people and networks, dates; never clinical text.
    """
    key = key or f"{kind}:{subject}"
    for person in sorted(set(person_ids)):
        unique = f"{key}:{person}"
        if (
            db.session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == unique))
            is not None
        ):
            continue
        db.session.add(Notice(person_id=person, text=text[:200], url=url, at=clock.now()))
        if delivery == "page":
            continue
        message = OutboxMessage(
            key=unique,
            kind=kind,
            person_id=person,
            subject=subject,
            facts={**(facts or {}), "text": text, "url": url},
            delivery=delivery,
            created_at=clock.now(),
        )
        db.session.add(message)
        db.session.flush()
        if delivery == "immediate":
            enqueue(
                "notifications.deliver", {"message_id": message.id}, key=f"deliver:{message.id}"
            )
