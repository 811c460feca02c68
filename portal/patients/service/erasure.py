"""Erasure after a withdrawn consent, and the rotation of the vault's keys."""

from typing import Any

from sqlalchemy import delete, select, update

from portal import audit
from portal.access import guard
from portal.access.actor import Actor, system
from portal.access.permissions import Permission
from portal.kernel import blobs, db
from portal.kernel.uow import after_commit, writes
from portal.patients import inventory, rows, terms, vault
from portal.patients.models import Patient, PatientIdentity

BATCH = 500


@writes
def erase_identity(actor: Actor, patient_id: str, locked_at: str) -> bool:
    """Erase the patient, if the lock of the moment ``locked_at`` (ISO) still stands.

    Identity, answers, documents with their bytes and every free text about the case go, as the
    inventory says. What is left is a tombstone: that there was a patient, panels and consents, so that
    figures and the audit record stay true. Returns whether anything was erased: a new consent, or an
    earlier run, leaves nothing to do.
    """
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    patient = db.session.get(Patient, patient_id)
    if patient is None or patient.status != terms.Status.WITHDRAWN or patient.locked_at is None:
        return False
    if patient.locked_at.isoformat() != locked_at:
        return False
    keys = _keys(patient_id)
    counts = _erase_rows(patient_id)
    patient.nickname = f"Erased {patient_id[-10:]}"
    patient.sex, patient.country = "unknown", "XX"
    patient.birth_year -= patient.birth_year % 10
    patient.status = terms.Status.ERASED
    db.session.flush()
    db.session.expire_all()
    audit.record(actor, "patient.identity-erased", f"patient:{patient_id}", detail=counts)
    after_commit(lambda: _erase_bytes(keys))
    return True


def _keys(patient_id: str) -> set[str]:
    """Return the keys of all bytes that the patient's rows refer to."""
    keys: set[str] = set()
    for held in inventory.HELD:
        found = rows.table(held.table)
        if "blob" in found.c:
            keys |= set(
                db.session.scalars(select(found.c.blob).where(rows.belonging(held, patient_id)))
            )
        if "parts" in found.c:
            parts = db.session.scalars(
                select(found.c.parts).where(rows.belonging(held, patient_id))
            )
            keys |= {key for pieces in parts for key, _ in pieces}
    return keys


def _erase_rows(patient_id: str) -> dict[str, int]:
    """Delete or blank the rows of every table; return how many rows of which table."""
    subjects, notices = rows.subjects(patient_id), rows.notices(patient_id)
    counts: dict[str, int] = {}
    for name in inventory.BY_SUBJECT:
        found = rows.table(name)
        counts[name] = _count(delete(found).where(found.c.subject.in_(subjects)))
    counts["notice"] = _count(delete(rows.table("notice")).where(notices))
    for held in inventory.HELD:
        found, criterion = rows.table(held.table), rows.belonging(held, patient_id)
        statement = delete(found) if held.goes else update(found).values(held.blank)
        counts[held.table] = _count(statement.where(criterion))
    return {name: number for name, number in counts.items() if number}


def _count(statement: Any) -> int:
    return int(getattr(db.session.execute(statement), "rowcount", 0))


def _erase_bytes(keys: set[str]) -> None:
    """Delete bytes that no row of another patient refers to; what fails is swept up within a day."""
    for found in db.metadata().tables.values():
        if "blob" in found.c:
            keys = keys - set(
                db.session.scalars(select(found.c.blob).where(found.c.blob.in_(sorted(keys))))
            )
    for key in sorted(keys):
        blobs.store().delete(key)


def erase_job(payload: dict[str, Any]) -> None:
    """Carry out a queued erasure; safe to run twice."""
    erase_identity(system("erasure"), str(payload["patient_id"]), str(payload["locked_at"]))


@writes
def rotate_vault(actor: Actor, after: str = "") -> tuple[int, str]:
    """Encrypt up to ``BATCH`` identities anew whose key is not the active one.

    Returns how many were changed and the last id looked at; an empty id means that all are done.
    """
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    found = db.session.execute(
        select(PatientIdentity, Patient.centre_id)
        .join(Patient, Patient.id == PatientIdentity.patient_id)
        .where(PatientIdentity.patient_id > after)
        .order_by(PatientIdentity.patient_id)
        .limit(BATCH)
    ).all()
    changed = 0
    for row, centre_id in found:
        if vault.needs_rotation(row):
            vault.reseal(row, centre_id, vault.open_row(row))
            changed += 1
    if changed:
        audit.record(actor, "vault.rotated", "vault:identities", detail={"rows": changed})
    return changed, found[-1][0].patient_id if len(found) == BATCH else ""
