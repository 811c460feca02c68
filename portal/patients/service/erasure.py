"""Erasure after a withdrawn consent, and the rotation of the vault's keys."""

from typing import Any

from sqlalchemy import delete, select

from portal import audit
from portal.access import guard
from portal.access.actor import Actor, system
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.uow import writes
from portal.patients import terms, vault
from portal.patients.models import Patient, PatientIdentity

BATCH = 500


@writes
def erase_identity(actor: Actor, patient_id: str, locked_at: str) -> bool:
    """Delete who the patient is, if the lock of the moment ``locked_at`` (ISO) still stands.

    Returns whether anything was erased: a new consent, or an earlier run, leaves nothing to do.
    """
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    patient = db.session.get(Patient, patient_id)
    if patient is None or patient.status != terms.Status.WITHDRAWN or patient.locked_at is None:
        return False
    if patient.locked_at.isoformat() != locked_at:
        return False
    db.session.execute(delete(PatientIdentity).where(PatientIdentity.patient_id == patient_id))
    patient.status = terms.Status.ERASED
    audit.record(actor, "patient.identity-erased", f"patient:{patient_id}")
    return True


def erase_job(payload: dict[str, Any]) -> None:
    """Carry out a queued erasure; safe to run twice."""
    erase_identity(system("erasure"), str(payload["patient_id"]), str(payload["locked_at"]))


@writes
def rotate_vault(actor: Actor, after: str = "") -> tuple[int, str]:
    """Encrypt up to ``BATCH`` identities anew whose key is not the active one.

    Returns how many were changed and the last id looked at; an empty id means that all are done.
    """
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    rows = db.session.execute(
        select(PatientIdentity, Patient.centre_id)
        .join(Patient, Patient.id == PatientIdentity.patient_id)
        .where(PatientIdentity.patient_id > after)
        .order_by(PatientIdentity.patient_id)
        .limit(BATCH)
    ).all()
    changed = 0
    for row, centre_id in rows:
        if vault.needs_rotation(row):
            vault.reseal(row, centre_id, vault.open_row(row))
            changed += 1
    if changed:
        audit.record(actor, "vault.rotated", "vault:identities", detail={"rows": changed})
    return changed, rows[-1][0].patient_id if len(rows) == BATCH else ""
