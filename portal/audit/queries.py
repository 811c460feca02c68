"""Read the audit record: by stream, by person; newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.audit.models import AuditEvent
from portal.kernel import db


@dataclass(frozen=True)
class AuditRow:
    """One event as readers see it."""

    id: str
    at: datetime
    actor_id: str
    acting_for_id: str
    action: str
    entity: str
    outcome: str
    detail: dict[str, Any]


def _row(event: AuditEvent) -> AuditRow:
    return AuditRow(
        event.id,
        event.at,
        event.actor_id,
        event.acting_for_id,
        event.action,
        event.entity,
        event.outcome,
        event.detail,
    )


def of_patient(actor: Actor, patient: Any, limit: int = 100) -> list[AuditRow]:
    """Return who did what with a patient's record, for those who may change it ("who saw this case")."""
    guard.require(actor, Permission.PATIENT_EDIT, patient)
    statement = select(AuditEvent).where(AuditEvent.stream == f"patient:{patient.id}")
    return [
        _row(e)
        for e in db.session.scalars(statement.order_by(AuditEvent.sequence.desc()).limit(limit))
    ]


def newest(
    actor: Actor, *, person_id: str = "", entity: str = "", before: str = "", limit: int = 50
) -> list[AuditRow]:
    """Return the newest events for auditors, filtered by person or entity; ``before`` is the last id seen."""
    guard.require(actor, Permission.PLATFORM_AUDIT, guard.PLATFORM)
    statement = select(AuditEvent)
    if person_id:
        statement = statement.where(AuditEvent.actor_id == person_id)
    if entity:
        statement = statement.where(AuditEvent.entity == entity)
    if before:
        statement = statement.where(AuditEvent.id < before)
    return [
        _row(e) for e in db.session.scalars(statement.order_by(AuditEvent.id.desc()).limit(limit))
    ]
