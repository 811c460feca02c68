"""Consents: recorded, withdrawn, and what follows."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.extend import hookimpl, manager
from portal.jobs.models import Job
from portal.kernel import clock, db
from portal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from portal.notifications.models import Notice
from portal.patients import history, queries, service
from portal.patients.commands import NewConsent
from portal.patients.errors import LockedError
from portal.patients.models import Patient
from portal.patients.service.erasure import erase_job


@pytest.fixture
def withdrawn():
    heard = []

    class Plugin:
        @hookimpl
        def on_consent_withdrawn(self, event):
            heard.append((event.subject, event.facts["purpose"]))

    manager.register(Plugin(), name="test.consents")
    yield heard
    manager.pm.unregister(name="test.consents")


def test_withdrawing_care_locks_the_record_and_tells_everybody(
    actor_of, patient_id, withdrawn, world
):
    service.withdraw_consent(actor_of("assistant"), patient_id, "care", clock.today(), "moved away")
    seen = queries.patient(actor_of("enroller"), patient_id)
    assert seen.locked
    assert seen.current("care").state == "withdrawn"
    assert seen.current("care").withdrawn_reason == "moved away"
    assert withdrawn == [(f"patient:{patient_id}", "care")]
    notices = db.session.scalars(
        select(Notice).where(Notice.person_id == world.people["enroller"])
    ).all()
    assert [n.url for n in notices] == [f"/patient/{patient_id}/"]
    with pytest.raises(LockedError):
        service.rename(actor_of("enroller"), patient_id, "Calm Otter 1")
    with pytest.raises(LockedError):
        service.require_unlocked(db.session.get(Patient, patient_id))


def test_the_identity_is_erased_after_a_month_unless_there_is_a_new_consent(actor_of, patient_id):
    enroller = actor_of("enroller")
    service.withdraw_consent(enroller, patient_id, "care", clock.today(), "")
    first = db.session.scalars(select(Job).where(Job.kind == "patients.erase")).one()
    assert first.run_at - clock.now() > timedelta(days=29)
    service.record_consent(enroller, patient_id, NewConsent("care", True, "patient", clock.today()))
    erase_job(first.payload)
    assert not queries.patient(enroller, patient_id).locked
    assert queries.identity(enroller, patient_id).family_name == "Rossi-Bianchi"
    with clock.shifted(timedelta(minutes=5)):
        service.withdraw_consent(enroller, patient_id, "care", clock.today(), "")
    jobs = db.session.scalars(select(Job).where(Job.kind == "patients.erase")).all()
    second = next(job for job in jobs if job.id != first.id)
    erase_job(second.payload)
    erase_job(second.payload)
    assert queries.patient(enroller, patient_id).status == "erased"
    with pytest.raises(NotFoundError, match="erased"):
        queries.identity(enroller, patient_id)
    with pytest.raises(InvalidInputError, match="erased"):
        service.record_consent(
            enroller, patient_id, NewConsent("care", True, "patient", clock.today())
        )


def test_withdrawing_another_purpose_only_takes_the_patient_out_of_it(actor_of, command, withdrawn):
    enroller = actor_of("enroller")
    day = clock.today() - timedelta(days=3)
    consents = tuple(
        NewConsent(p, True, "patient", day) for p in ("care", "registries", "research")
    )
    patient_id = service.enrol(enroller, command(consents=consents))
    assert queries.consenting_ids("registries", [patient_id]) == {patient_id}
    service.withdraw_consent(enroller, patient_id, "registries", clock.today(), "")
    seen = queries.patient(enroller, patient_id)
    assert not seen.locked
    assert seen.consents_to("care")
    assert seen.consents_to("research")
    assert queries.consenting_ids("registries", [patient_id]) == set()
    assert withdrawn == [(f"patient:{patient_id}", "registries")]


def test_withdrawing_care_takes_the_patient_out_of_every_export_until_a_new_consent(
    actor_of, command
):
    enroller, day = actor_of("enroller"), clock.today()
    consents = tuple(NewConsent(p, True, "patient", day) for p in ("care", "registries"))
    patient_id = service.enrol(enroller, command(consents=consents))
    service.withdraw_consent(enroller, patient_id, "care", day, "")
    assert queries.consenting_ids("registries", [patient_id]) == set()
    service.record_consent(enroller, patient_id, NewConsent("care", True, "patient", day))
    assert queries.consenting_ids("registries", [patient_id]) == {patient_id}


def test_a_withdrawal_needs_a_consent_and_a_possible_day(actor_of, patient_id):
    enroller = actor_of("enroller")
    with pytest.raises(ConflictError):
        service.withdraw_consent(enroller, patient_id, "research", clock.today(), "")
    for day in (clock.today() + timedelta(days=2), date(2000, 1, 1)):
        with pytest.raises(InvalidInputError) as error:
            service.withdraw_consent(enroller, patient_id, "care", day, "")
        assert "on" in error.value.fields
    with pytest.raises(InvalidInputError) as error:
        service.withdraw_consent(enroller, patient_id, "care", clock.today(), "x" * 501)
    assert "reason" in error.value.fields


def test_a_refusal_can_be_recorded_but_care_ends_by_withdrawal_only(actor_of, patient_id):
    enroller = actor_of("enroller")
    service.record_consent(
        enroller, patient_id, NewConsent("research", False, "guardian", clock.today())
    )
    assert queries.patient(enroller, patient_id).current("research").state == "refused"
    with pytest.raises(InvalidInputError) as error:
        service.record_consent(
            enroller, patient_id, NewConsent("care", False, "patient", clock.today())
        )
    assert "given" in error.value.fields


@pytest.mark.parametrize("persona", ["colleague", "coordinator", "lead", "support"])
def test_nobody_else_records_or_withdraws(actor_of, patient_id, persona):
    consent = NewConsent("research", True, "patient", clock.today())
    with pytest.raises(NotFoundError):
        service.record_consent(actor_of(persona), patient_id, consent)
    with pytest.raises(NotFoundError):
        service.withdraw_consent(actor_of(persona), patient_id, "care", clock.today(), "")


def test_the_centre_lists_only_the_consents_that_one_looks_after(actor_of, patient_id, world):
    centre = world.centres["utrecht"]
    mine = history.consents_in_centre(actor_of("enroller"), centre)
    assert [row.purpose for row in mine.rows] == ["Advice on care"]
    assert history.consents_in_centre(actor_of("enroller"), centre, "research").rows == []
    assert history.consents_in_centre(actor_of("colleague"), centre).rows == []
