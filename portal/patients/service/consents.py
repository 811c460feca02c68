"""Record and withdraw consent, purpose by purpose. History is kept: a row is never overwritten."""

from datetime import date, timedelta

from sqlalchemy import select

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.extend import manager
from portal.extend.specs import Event
from portal.jobs import enqueue
from portal.kernel import clock, db
from portal.kernel.errors import ConflictError, InvalidInputError
from portal.kernel.uow import after_commit, writes
from portal.notifications.outbox import notify
from portal.patients import rules, terms
from portal.patients.commands import NewConsent
from portal.patients.models import Consent, Patient
from portal.patients.service.enrolment import row

ERASED_AFTER = timedelta(days=30)
LONGEST_REASON = 500


@writes
def record_consent(actor: Actor, patient_id: str, consent: NewConsent) -> str:
    """Record a decision on one purpose; return the id of the row.

    A new consent for care opens a record that was locked by a withdrawal, unless it is erased.
    """
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_CONSENT)
    if patient.status == terms.Status.ERASED:
        raise InvalidInputError(
            "The identity of this patient has been erased.", hint="Enrol the patient anew."
        )
    problems = rules.consent_problems(consent, None)
    if consent.signed_on.year < patient.birth_year:
        problems["signed_on"] = "The date of the signature lies before the patient's birth."
    if consent.purpose == terms.Purpose.CARE and not consent.given:
        problems["given"] = "To end the consent for care, withdraw it: that also locks the record."
    if problems:
        raise InvalidInputError("The consent is not complete.", fields=problems)
    made = row(actor, patient.id, consent)
    db.session.add(made)
    if consent.purpose == terms.Purpose.CARE and patient.status == terms.Status.WITHDRAWN:
        patient.status, patient.locked_at = terms.Status.ENROLLED, None
    db.session.flush()
    audit.record(
        actor,
        "consent.recorded",
        f"patient:{patient.id}",
        detail={"purpose": consent.purpose, "given": consent.given, "consent": made.id},
        acting_for=_in_the_name_of(actor, patient),
    )
    return made.id


@writes
def withdraw_consent(actor: Actor, patient_id: str, purpose: str, on: date, reason: str) -> None:
    """Withdraw the consent in force for ``purpose``, as of the day ``on``.

    Care: the record is locked, panels are suspended through ``on_consent_withdrawn``, the erasure of
    the identity is queued. Another purpose takes the patient out of exports at once.
    """
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_CONSENT)
    consent = in_force(patient.id, purpose)
    if consent is None:
        raise ConflictError(
            "There is no consent in force for this purpose; somebody may have withdrawn it already."
        )
    _check_withdrawal(consent, on, reason)
    consent.withdrawn_on, consent.withdrawn_reason = on, reason.strip()
    if purpose == terms.Purpose.CARE:
        _lock(patient)
    audit.record(
        actor,
        "consent.withdrawn",
        f"patient:{patient.id}",
        detail={"purpose": purpose, "consent": consent.id, "on": on.isoformat()},
        acting_for=_in_the_name_of(actor, patient),
    )
    _tell(actor, patient, purpose)


def in_force(patient_id: str, purpose: str) -> Consent | None:
    """Return the newest decision on ``purpose`` if it is a consent that has not been withdrawn."""
    newest = db.session.scalar(
        select(Consent)
        .where(Consent.patient_id == patient_id, Consent.purpose == purpose)
        .order_by(Consent.recorded_at.desc(), Consent.id.desc())
        .limit(1)
    )
    return newest if newest is not None and newest.given and newest.withdrawn_on is None else None


def _check_withdrawal(consent: Consent, on: date, reason: str) -> None:
    problems: dict[str, str] = {}
    if on > clock.today():
        problems["on"] = "The day of the withdrawal lies in the future."
    elif on < consent.signed_on:
        problems["on"] = "The day of the withdrawal lies before the day of the signature."
    if len(reason) > LONGEST_REASON:
        problems["reason"] = f"Use at most {LONGEST_REASON} letters."
    if problems:
        raise InvalidInputError("The withdrawal is not complete.", fields=problems)


def _lock(patient: Patient) -> None:
    now = clock.now()
    patient.status, patient.locked_at = terms.Status.WITHDRAWN, now
    enqueue(
        "patients.erase",
        {"patient_id": patient.id, "locked_at": now.isoformat()},
        key=f"patients.erase:{patient.id}:{now:%Y%m%d%H%M%S}",
        run_at=now + ERASED_AFTER,
    )


def _tell(actor: Actor, patient: Patient, purpose: str) -> None:
    label = terms.PURPOSE_LABELS[purpose]
    notify(
        {patient.enrolled_by, patient.recorded_by} - {actor.person_id},
        "consent_withdrawn",
        f"patient:{patient.id}",
        text=f"{patient.nickname}: consent withdrawn ({label.lower()})",
        url=f"/patient/{patient.id}/",
        facts={"nickname": patient.nickname, "purpose": label},
        key=f"consent_withdrawn:{patient.id}:{purpose}:{clock.now():%Y%m%d%H%M%S}",
    )
    event = Event(
        "consent-withdrawn",
        actor,
        f"patient:{patient.id}",
        {"purpose": purpose, "patient_id": patient.id, "network_id": patient.network_id},
    )
    after_commit(lambda: manager.notify("on_consent_withdrawn", event=event))


def _in_the_name_of(actor: Actor, patient: Patient) -> str:
    return patient.enrolled_by if patient.enrolled_by in actor.acts_for else ""
