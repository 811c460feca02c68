"""Take messages out of the outbox: one by one, or a person's digest at their hour.

Each step may be repeated: a message is marked after it was handed over, and one that is handed over
twice (the process died in between) carries the same Message-ID.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import Actor, system
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.uow import writes
from portal.notifications import catalogue, mail
from portal.notifications.catalogue import Written
from portal.notifications.channels import Channel
from portal.notifications.mail import Office
from portal.notifications.models import OutboxMessage
from portal.notifications.recipients import Recipient, recipients, stranger

_log = logging.getLogger(__name__)
MOST_IN_DIGEST = 200
KEPT = timedelta(days=180)
_office: list[tuple[Office, Channel]] = []


def configure(office: Office, channel: Channel) -> None:
    """Choose sender and channel of this process."""
    _office[:] = [(office, channel)]


def _configured() -> tuple[Office, Channel]:
    if not _office:
        raise RuntimeError("no mail channel: call portal.app.create_app first")
    return _office[0]


def deliver(payload: dict[str, Any]) -> None:
    """Send one message (a job). Raising lets the queue try again later."""
    message = db.session.get(OutboxMessage, str(payload["message_id"]))
    if message is None or message.sent_at is not None:
        return
    actor = system("notifications")
    to = _receiver(message)
    if to is None or not to.reachable:
        mark_sent(actor, [message.id], error="nobody to send it to")
        return
    office, channel = _configured()
    try:
        written = catalogue.write(message.kind, dict(message.facts))
        channel.send(
            mail.compose(office, to, message.key, written, str(message.facts.get("url", "/")))
        )
    except Exception as error:
        mark_failed(actor, message.id, f"{type(error).__name__}: {error}")
        raise
    mark_sent(actor, [message.id])


def _receiver(message: OutboxMessage) -> Recipient | None:
    if message.person_id is None:
        return stranger(message.address)
    return recipients([message.person_id]).get(message.person_id)


def digests(payload: dict[str, Any]) -> None:
    """Send everybody whose hour it is one mail with what has gathered since the last one (a job)."""
    del payload
    now = clock.now()
    waiting: dict[str, list[OutboxMessage]] = {}
    for message in db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.sent_at.is_(None), OutboxMessage.delivery == "digest")
        .where(OutboxMessage.person_id.is_not(None))
        .order_by(OutboxMessage.id)
    ):
        waiting.setdefault(str(message.person_id), []).append(message)
    for person_id, to in recipients(waiting).items():
        if to.hour(now) == to.digest_hour:
            _digest(to, waiting[person_id][:MOST_IN_DIGEST])


def _digest(to: Recipient, messages: list[OutboxMessage]) -> None:
    actor = system("notifications")
    ids = [m.id for m in messages]
    if not to.reachable:
        mark_sent(actor, ids, error="nobody to send it to")
        return
    office, channel = _configured()
    try:
        channel.send(
            mail.compose(
                office, to, f"digest:{ids[0]}:{ids[-1]}", _written(office, messages), "/notices/"
            )
        )
    except Exception as error:
        # One person's mail server must not keep the others waiting; the next hour tries again.
        _log.exception("a digest could not be sent")
        mark_failed(actor, ids[0], f"{type(error).__name__}: {error}")
        return
    mark_sent(actor, ids)


def _written(office: Office, messages: Iterable[OutboxMessage]) -> Written:
    lines = [
        {
            "text": catalogue.write(m.kind, dict(m.facts)).subject,
            "address": office.address(str(m.facts.get("url", "/"))),
        }
        for m in messages
    ]
    body = catalogue.environment(catalogue.FOLDER).get_template("digest.txt").render(lines=lines)
    number = len(lines)
    subject = (
        "1 piece of news on the ERN portal"
        if number == 1
        else f"{number} pieces of news on the ERN portal"
    )
    return Written(subject, f"Since your last digest:\n\n{body.strip()}", "See all notices")


@writes
def mark_sent(actor: Actor, message_ids: list[str], error: str = "") -> None:
    """Note that messages have left the house, or that there is nobody to send them to."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    for message in db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.id.in_(message_ids))
    ):
        message.sent_at, message.last_error = clock.now(), error
        if message.address:
            message.facts = {}  # its link opens something; nobody needs it here any more


@writes
def mark_failed(actor: Actor, message_id: str, error: str) -> None:
    """Note that a message could not be handed over."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    message = db.session.get(OutboxMessage, message_id)
    if message is not None:
        message.failed += 1
        message.last_error = error[:300]
