"""Write messages to the outbox, in the unit of work of their cause."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update

from portal.jobs import enqueue
from portal.kernel import clock, db
from portal.notifications.models import MutedSubject, Notice, OutboxMessage
from portal.notifications.recipients import deputies

LONGEST_NOTICE = 200


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
    ``facts`` may hold numbers, names of people and networks, dates; never clinical text. What is immediate
    also goes to the deputy of somebody who is away; what is for the digest does not go to those who
    have muted the subject.
    """
    key = key or f"{kind}:{subject}"
    wanted = sorted(set(person_ids))
    if not wanted:
        return
    told = set(
        db.session.scalars(
            select(OutboxMessage.key).where(OutboxMessage.key.in_([f"{key}:{p}" for p in wanted]))
        )
    )
    muted = _muted(wanted, subject) if delivery == "digest" else set()
    stand_ins = deputies(wanted) if delivery == "immediate" else {}
    content = {**(facts or {}), "text": text, "url": url}
    for person in wanted:
        if f"{key}:{person}" not in told:
            how = "page" if person in muted else delivery
            _put(person, f"{key}:{person}", kind, subject, content, how)
    for deputy, absent in stand_ins.items():
        if deputy not in wanted and f"{key}:{absent.id}" not in told:
            words = f"For {absent.name}, who is away: {text}"
            _put(
                deputy,
                f"{key}:{absent.id}:deputy",
                kind,
                subject,
                {**content, "text": words},
                delivery,
            )


def mail_to_address(
    address: str, kind: str, subject: str, *, text: str, url: str, facts: dict[str, Any], key: str
) -> None:
    """Mail somebody who is not known yet, once; ``url`` may open something, so it is forgotten when sent."""
    message = OutboxMessage(
        key=key,
        kind=kind,
        address=address,
        subject=subject,
        facts={**facts, "text": text, "url": url},
        created_at=clock.now(),
    )
    db.session.add(message)
    db.session.flush()
    enqueue("notifications.deliver", {"message_id": message.id}, key=f"deliver:{message.id}")


def take_back(subject: str) -> None:
    """Forget the mails to addresses about ``subject`` that have not left."""
    db.session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.subject == subject,
            OutboxMessage.address != "",
            OutboxMessage.sent_at.is_(None),
        )
        .values(sent_at=clock.now(), last_error="taken back", facts={})
    )


def _muted(person_ids: list[str], subject: str) -> set[str]:
    return set(
        db.session.scalars(
            select(MutedSubject.person_id).where(
                MutedSubject.subject == subject, MutedSubject.person_id.in_(person_ids)
            )
        )
    )


def _put(
    person: str, key: str, kind: str, subject: str, content: dict[str, Any], delivery: str
) -> None:
    """Add the notice, and unless it is for the page only, the message and its job."""
    now = clock.now()
    text, url = str(content["text"]), str(content["url"])
    db.session.add(Notice(person_id=person, text=text[:LONGEST_NOTICE], url=url, at=now))
    if delivery == "page":
        return
    message = OutboxMessage(
        key=key,
        kind=kind,
        person_id=person,
        subject=subject,
        facts=content,
        delivery=delivery,
        created_at=now,
    )
    db.session.add(message)
    db.session.flush()
    if delivery == "immediate":
        enqueue("notifications.deliver", {"message_id": message.id}, key=f"deliver:{message.id}")
