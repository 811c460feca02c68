"""The record itself: name it, correct it, put it to rest, hand it over, reveal who it is about."""

from sqlalchemy import select

from portal import audit
from portal.access import guard
from portal.access.actor import CLINICIAN, Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import InvalidInputError, NotFoundError
from portal.kernel.uow import writes
from portal.networks.models import Membership
from portal.notifications.outbox import notify
from portal.patients import nicknames, rules, terms, vault
from portal.patients.errors import LockedError
from portal.patients.models import Patient, PatientIdentity
from portal.patients.vault import Identity


def require_unlocked(patient: Patient) -> None:
    """Raise :class:`LockedError` when consent for care was withdrawn. Every change asks this first."""
    if patient.status in terms.LOCKED:
        raise LockedError(
            "This record is locked, because the consent for care was withdrawn.",
            hint="A new consent for care, recorded on the patient's page, opens it again.",
        )


@writes
def rename(actor: Actor, patient_id: str, nickname: str) -> None:
    """Give the patient another nickname; a part of the real name in it is refused."""
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_EDIT)
    require_unlocked(patient)
    identity = vault.open_row(_vault_row(patient_id))
    name = nicknames.checked(nickname, identity.given_name, identity.family_name, patient_id)
    if name == patient.nickname:
        return
    patient.nickname = name
    _record(actor, patient, "patient.renamed")


@writes
def correct_identity(actor: Actor, patient_id: str, identity: Identity) -> None:
    """Replace the identity in the vault (a misspelt name, a new local number)."""
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_SEE_IDENTITY)
    require_unlocked(patient)
    problems = {
        field: "Please fill this in."
        for field in ("given_name", "family_name")
        if not getattr(identity, field).strip()
    }
    born = rules.birth_date_problem(identity.birth_date)
    if born:
        problems["birth_date"] = born
    if problems:
        raise InvalidInputError("Please check these answers.", fields=problems)
    vault.reseal(_vault_row(patient_id), patient.centre_id, identity)
    patient.birth_year = identity.birth_date.year
    _record(actor, patient, "patient.identity-corrected")


@writes
def reveal_identity(actor: Actor, patient_id: str) -> Identity:
    """Return who the patient is; the reading is recorded in the same commit."""
    return _open_identity(actor, patient_id, "patient.identity-read")


@writes
def note_report(actor: Actor, patient_id: str) -> Identity:
    """Return who the patient is for the patient's own report; making it is recorded."""
    return _open_identity(actor, patient_id, "patient.reported")


def _open_identity(actor: Actor, patient_id: str, action: str) -> Identity:
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_SEE_IDENTITY)
    identity = vault.open_row(_vault_row(patient_id))
    _record(actor, patient, action)
    return identity


@writes
def note_read(actor: Actor, patient_id: str) -> None:
    """Record that somebody other than the enroller and the assistant looked at the record."""
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_SEE)
    if not guard.allows(actor, Permission.PATIENT_EDIT, patient):
        _record(actor, patient, "patient.read")


@writes
def deactivate(actor: Actor, patient_id: str) -> None:
    """Put a record to rest: it stays readable and leaves the list of active patients."""
    _set_status(actor, patient_id, terms.Status.INACTIVE, "patient.deactivated")


@writes
def reactivate(actor: Actor, patient_id: str) -> None:
    """Take up an inactive record again."""
    _set_status(actor, patient_id, terms.Status.ENROLLED, "patient.reactivated")


@writes
def hand_over(actor: Actor, patient_id: str, person_id: str) -> None:
    """Give the record to another clinician of the same centre; the old one loses sight of it."""
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_EDIT)
    require_unlocked(patient)
    if not _is_clinician(person_id, patient.centre_id):
        raise InvalidInputError(
            "The record can only go to a clinician of the same centre.",
            fields={"person_id": "Choose a clinician of the centre."},
        )
    before, patient.enrolled_by = patient.enrolled_by, person_id
    _record(actor, patient, "patient.handed-over", {"from": before, "to": person_id})
    notify(
        {person_id} - {actor.person_id},
        "patient_handed_over",
        f"patient:{patient.id}",
        text=f"{patient.nickname} is now your patient",
        url=f"/patient/{patient.id}/",
        facts={"nickname": patient.nickname},
        key=f"patient_handed_over:{patient.id}:{clock.now():%Y%m%d%H%M%S}",
    )


def _set_status(actor: Actor, patient_id: str, status: terms.Status, action: str) -> None:
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_EDIT)
    require_unlocked(patient)
    if patient.status == status:
        return
    patient.status = status
    _record(actor, patient, action)


def _vault_row(patient_id: str) -> PatientIdentity:
    row = db.session.get(PatientIdentity, patient_id)
    if row is None:
        raise NotFoundError("The identity of this patient has been erased.")
    return row


def _is_clinician(person_id: str, centre_id: str) -> bool:
    now = clock.now()
    return (
        db.session.scalar(
            select(Membership.id)
            .where(
                Membership.person_id == person_id,
                Membership.centre_id == centre_id,
                Membership.profile == CLINICIAN,
                Membership.ended_at.is_(None),
                Membership.ends_at.is_(None) | (Membership.ends_at > now),
            )
            .limit(1)
        )
        is not None
    )


def _record(
    actor: Actor, patient: Patient, action: str, detail: dict[str, str] | None = None
) -> None:
    named = patient.enrolled_by if patient.enrolled_by in actor.acts_for else ""
    audit.record(actor, action, f"patient:{patient.id}", detail=detail, acting_for=named)
