"""Append to the audit record. Each stream is a hash chain; its head is locked while appending."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.actor import Actor
from portal.audit import seals
from portal.audit.models import AuditEvent, AuditStream
from portal.kernel import clock, db
from portal.kernel.uow import writes


def record(
    actor: Actor,
    action: str,
    entity: str,
    *,
    stream: str = "",
    outcome: str = "success",
    detail: dict[str, Any] | None = None,
    acting_for: str = "",
) -> None:
    """Append one event in the current unit of work.

    ``entity`` is ``kind:id``; ``stream`` is the chain it belongs to (a patient, a panel, a person) and
    defaults to ``entity``. ``detail`` holds codes and identifiers only, never names or clinical text.
    """
    stream = stream or entity
    head = _locked_head(stream)
    event = AuditEvent(
        stream=stream,
        sequence=head.sequence + 1,
        at=clock.now().replace(microsecond=0),
        actor_id=actor.person_id[:26],
        acting_for_id=acting_for,
        action=action,
        entity=entity,
        outcome=outcome,
        detail=detail or {},
        previous_hash=head.hash,
        hash="",
    )
    event.hash = event_hash(event)
    head.sequence, head.hash = event.sequence, event.hash
    head.mac = seals.head_mac(stream, event.sequence, event.hash)
    db.session.add(event)
    db.session.flush()


def _locked_head(stream: str) -> AuditStream:
    head = db.session.scalar(
        select(AuditStream)
        .where(AuditStream.stream == stream)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if head is None:
        head = AuditStream(stream=stream, sequence=0, hash="")
        db.session.add(head)
        db.session.flush()
    return head


def event_hash(event: Any) -> str:
    """Return the SHA-256 over everything the event says, including the hash before it.

    ``event`` is an :class:`AuditEvent` or a row of its columns.
    """
    content = [
        event.stream,
        event.sequence,
        _moment(event.at),
        event.actor_id,
        event.acting_for_id,
        event.action,
        event.entity,
        event.outcome,
        event.detail,
        event.previous_hash,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@writes
def denied(actor: Actor, action: str, entity: str, reason: str) -> None:
    """Record a refusal, in a unit of work of its own, because the refused one was rolled back."""
    record(
        actor,
        action,
        entity,
        stream=f"denials:{actor.person_id}"[:60],
        outcome="denied",
        detail={"reason": reason[:200]},
    )
