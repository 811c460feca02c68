"""Enrol a patient: identity into the vault, a nickname for everybody else, consents on record."""

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.extend import manager
from portal.extend.specs import Event
from portal.kernel import clock, db, idempotency
from portal.kernel.errors import ForbiddenError, InvalidInputError
from portal.kernel.ids import new_id
from portal.kernel.uow import after_commit, writes
from portal.networks.models import Centre, Network
from portal.notifications.outbox import notify
from portal.patients import nicknames, rules, vault
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.models import Consent, Patient
from portal.patients.relations import assisted


@writes
def enrol(actor: Actor, command: EnrolPatient) -> str:
    """Enrol a patient and return the id.

    Raises ``InvalidInputError`` with the fields at fault, ``GuardRefusedError`` when the centre or a
    plugin says no, ``DuplicatePatientError`` unless ``known_duplicate``. Repeating a call with the
    same ``key`` returns the first id.
    """
    centre = guard.access(actor, Centre, command.centre_id, Permission.CENTRE_ENROL)
    answer = idempotency.once(
        actor.person_id,
        f"enrol:{command.key}" if command.key else "",
        lambda: {"patient_id": _enrol(actor, centre, command)},
    )
    return str(answer["patient_id"])


def _enrol(actor: Actor, centre: Centre, command: EnrolPatient) -> str:
    network = guard.access(actor, Network, command.network_id, Permission.NETWORK_OPEN_PANEL)
    clinician = _clinician(actor, centre, command.acting_for)
    rules.check_place(actor, centre, network)
    rules.check_person(command)
    rules.check_consents(command.consents, command.identity.birth_date)
    nickname = (
        nicknames.checked(
            command.nickname, command.identity.given_name, command.identity.family_name
        )
        if command.nickname
        else nicknames.suggest()
    )
    rules.check_duplicate(actor, command)
    patient = _add(actor, clinician, nickname, command)
    acting_for = clinician if clinician != actor.person_id else ""
    audit.record(
        actor,
        "patient.enrolled",
        f"patient:{patient.id}",
        detail={"centre": centre.id, "network": network.id, "purposes": _given(command.consents)},
        acting_for=acting_for,
    )
    if acting_for:
        notify(
            {clinician},
            "patient_enrolled_for_you",
            f"patient:{patient.id}",
            text=f"{actor.name} has enrolled {nickname} in your name",
            url=f"/patient/{patient.id}/",
            facts={"nickname": nickname},
            delivery="digest",
        )
    event = Event(
        "patient-enrolled",
        actor,
        f"patient:{patient.id}",
        {"network_id": network.id, "network": network.code, "centre": centre.code},
    )
    after_commit(lambda: manager.notify("on_patient_enrolled", event=event))
    return patient.id


def _clinician(actor: Actor, centre: Centre, acting_for: str) -> str:
    """Return the person in whose name the patient is enrolled."""
    mine = [person for person, at in assisted(actor) if at == centre.id]
    if acting_for and acting_for != actor.person_id:
        if acting_for not in mine:
            raise ForbiddenError(
                "You are not an assistant of that clinician at this centre.",
                reason="An assistant acts only in the name of the clinician named in the membership.",
                grantor="the coordinator of the network",
            )
        return acting_for
    own_right = {g.profile for g in actor.grants if g.centre_id == centre.id} - {"assistant"}
    if own_right:
        return actor.person_id
    if len(mine) == 1:
        return mine[0]
    raise InvalidInputError(
        "Say for which clinician you enrol this patient.",
        fields={"acting_for": "Choose the clinician."},
    )


def _add(actor: Actor, clinician: str, nickname: str, command: EnrolPatient) -> Patient:
    patient = Patient(
        id=new_id(),
        nickname=nickname,
        centre_id=command.centre_id,
        network_id=command.network_id,
        enrolled_by=clinician,
        recorded_by=actor.person_id,
        sex=command.sex,
        birth_year=command.identity.birth_date.year,
        country=command.country,
        enrolled_at=clock.now(),
    )
    db.session.add(patient)
    db.session.flush()
    db.session.add(vault.seal(patient.id, command.centre_id, command.identity))
    db.session.add_all(row(actor, patient.id, consent) for consent in command.consents)
    db.session.flush()
    return patient


def row(actor: Actor, patient_id: str, consent: NewConsent) -> Consent:
    """Return the row that records one decision now."""
    return Consent(
        patient_id=patient_id,
        purpose=consent.purpose,
        given=consent.given,
        signer=consent.signer,
        signed_on=consent.signed_on,
        language=consent.language,
        template=consent.template[:80],
        recorded_by=actor.person_id,
        recorded_at=clock.now(),
    )


def _given(consents: tuple[NewConsent, ...]) -> list[str]:
    return sorted(str(consent.purpose) for consent in consents if consent.given)
