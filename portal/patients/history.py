"""Who looked at which patient, and which consents a centre holds: for the enrolling clinician."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import literal, select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.audit.models import AuditEvent
from portal.kernel import db
from portal.patients import terms
from portal.patients.models import Consent, Patient
from portal.people import queries as people

PAGE = 25

ACTIONS: dict[str, str] = {
    "patient.enrolled": "enrolled the patient",
    "patient.read": "looked at the record",
    "patient.identity-read": "looked at the identity",
    "patient.reported": "made the report for the patient",
    "patient.identity-corrected": "corrected the identity",
    "patient.identity-erased": "erased the case",
    "patient.renamed": "changed the nickname",
    "patient.deactivated": "put the record to rest",
    "patient.reactivated": "took up the record again",
    "patient.handed-over": "handed the record over",
    "consent.recorded": "recorded a consent",
    "consent.withdrawn": "recorded a withdrawal of consent",
    "panel.read": "read the case",
    "form.begun": "began the form",
    "form.edited": "changed answers of the form",
    "form.upgraded": "moved the form to a newer version",
    "form.completed": "completed the form",
    "document.described": "changed what is said about a document",
    "document.released": "vouched for a document",
    "document.withdrawn": "took a document out of the case",
    "document.scanned": "had a document scanned",
    "document.previewed": "looked at a document",
    "document.downloaded": "took a copy of a document",
    "document.attached": "attached a document",
}


@dataclass(frozen=True)
class Access:
    """One event of the audit record about a patient, in words."""

    id: str
    at: datetime
    who: str
    for_whom: str
    what: str
    patient_id: str
    nickname: str


@dataclass(frozen=True)
class AccessPage:
    """Some events, newest first; ``next`` is the id to continue before, or empty."""

    rows: list[Access]
    next: str


@dataclass(frozen=True)
class ConsentRow:
    """One decision in the centre's list of consents."""

    id: str
    patient_id: str
    nickname: str
    purpose: str
    state: str
    signer: str
    signed_on: date
    withdrawn_on: date | None
    language: str


@dataclass(frozen=True)
class ConsentPage:
    """Some decisions, newest first; ``next`` is the id to continue before, or empty."""

    rows: list[ConsentRow]
    next: str


def accesses(actor: Actor, centre_id: str, before: str = "", patient_id: str = "") -> AccessPage:
    """Return who did what to the actor's own patients of a centre, newest first."""
    statement = (
        select(AuditEvent, Patient.id, Patient.nickname)
        .join(Patient, AuditEvent.stream == literal("patient:") + Patient.id)
        .where(guard.visible(actor, Permission.PATIENT_SEE_IDENTITY))
        .where(Patient.centre_id == centre_id)
    )
    if patient_id:
        statement = statement.where(Patient.id == patient_id)
    if before:
        statement = statement.where(AuditEvent.id < before)
    found = db.session.execute(statement.order_by(AuditEvent.id.desc()).limit(PAGE + 1)).all()
    shown = found[:PAGE]
    names = people.cards({e.actor_id for e, _, _ in shown} | {e.acting_for_id for e, _, _ in shown})
    rows = [
        Access(
            id=event.id,
            at=event.at,
            who=names[event.actor_id].name if event.actor_id in names else "The portal",
            for_whom=names[event.acting_for_id].name if event.acting_for_id in names else "",
            what=ACTIONS.get(event.action, event.action),
            patient_id=pid,
            nickname=nickname,
        )
        for event, pid, nickname in shown
    ]
    return AccessPage(rows, shown[-1][0].id if len(found) > PAGE else "")


def consents_in_centre(
    actor: Actor, centre_id: str, purpose: str = "", before: str = ""
) -> ConsentPage:
    """Return the decisions of the patients of a centre whose consents the actor looks after."""
    statement = (
        select(Consent, Patient.nickname)
        .join(Patient, Patient.id == Consent.patient_id)
        .where(guard.visible(actor, Permission.PATIENT_CONSENT))
        .where(Patient.centre_id == centre_id)
    )
    if purpose in terms.PURPOSE_LABELS:
        statement = statement.where(Consent.purpose == purpose)
    if before:
        statement = statement.where(Consent.id < before)
    found = db.session.execute(statement.order_by(Consent.id.desc()).limit(PAGE + 1)).all()
    rows = [_consent_row(consent, nickname) for consent, nickname in found[:PAGE]]
    return ConsentPage(rows, rows[-1].id if len(found) > PAGE else "")


def _consent_row(consent: Consent, nickname: str) -> ConsentRow:
    state = "withdrawn" if consent.withdrawn_on else ("given" if consent.given else "refused")
    return ConsentRow(
        id=consent.id,
        patient_id=consent.patient_id,
        nickname=nickname,
        purpose=terms.PURPOSE_LABELS.get(consent.purpose, consent.purpose),
        state=state,
        signer=terms.SIGNERS.get(consent.signer, consent.signer),
        signed_on=consent.signed_on,
        withdrawn_on=consent.withdrawn_on,
        language=terms.LANGUAGES.get(consent.language, consent.language),
    )
