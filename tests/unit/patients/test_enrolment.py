"""Enrolment: who may, what is refused, what is encrypted, what others see."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from portal.audit.models import AuditEvent
from portal.extend import hookimpl, manager
from portal.kernel import clock, db
from portal.kernel.errors import ForbiddenError, GuardRefusedError, InvalidInputError, NotFoundError
from portal.networks.models import Centre, Network
from portal.notifications.models import Notice
from portal.patients import queries, rules, service
from portal.patients.commands import NewConsent
from portal.patients.errors import DuplicatePatientError
from portal.patients.models import Patient
from portal.patients.vault import Identity


def test_others_see_a_nickname_and_never_the_name(actor_of, patient_id):
    seen = queries.patient(actor_of("enroller"), patient_id)
    assert seen.birth_year == 1984
    assert len(seen.nickname.split()) == 3
    assert "Rossi" not in repr(seen)
    assert seen.consents_to("care")
    assert not seen.consents_to("registries")


def test_the_vault_holds_no_plain_text(actor_of, patient_id):
    rows = db.session.execute(text("SELECT * FROM patient_identity")).all()
    written = repr(rows)
    assert rows
    for secret in ("Maria", "Rossi", "Trento", "12-345", "1984-03-27"):
        assert secret not in written
    identity = queries.identity(actor_of("enroller"), patient_id)
    assert (identity.family_name, identity.birth_date) == ("Rossi-Bianchi", date(1984, 3, 27))


@pytest.mark.parametrize("persona", ["colleague", "lead", "coordinator", "dispatcher", "guest", "stranger", "support", "researcher"])  # fmt: skip
def test_a_stranger_is_told_that_there_is_nothing(actor_of, patient_id, persona):
    with pytest.raises(NotFoundError):
        queries.patient(actor_of(persona), patient_id)
    with pytest.raises(NotFoundError):
        queries.identity(actor_of(persona), patient_id)


def test_a_centre_may_show_its_patients_to_its_clinicians_but_not_who_they_are(
    actor_of, patient_id, world
):
    db.session.get(Centre, world.centres["utrecht"]).visibility = "centre"
    db.session.commit()
    assert queries.patient(actor_of("colleague"), patient_id).nickname
    with pytest.raises(ForbiddenError) as refused:
        queries.identity(actor_of("colleague"), patient_id)
    assert "who the patient is" in refused.value.reason
    with pytest.raises(NotFoundError):
        queries.patient(actor_of("coordinator"), patient_id)


def test_reading_the_identity_is_on_record(actor_of, patient_id):
    queries.identity(actor_of("assistant"), patient_id)
    event = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "patient.identity-read")
    ).one()
    assert event.entity == f"patient:{patient_id}"
    assert event.acting_for_id == actor_of("enroller").person_id
    assert "Rossi" not in repr(event.detail)


def test_an_assistant_enrols_in_the_name_of_the_clinician(actor_of, command, world):
    patient_id = service.enrol(actor_of("assistant"), command())
    patient = db.session.get(Patient, patient_id)
    assert patient.enrolled_by == world.people["enroller"]
    assert patient.recorded_by == world.people["assistant"]
    told = db.session.scalars(
        select(Notice.text).where(Notice.person_id == world.people["enroller"])
    ).all()
    assert told == [f"Lotte Smit has enrolled {patient.nickname} in your name"]
    with pytest.raises(ForbiddenError):
        service.enrol(
            actor_of("assistant"),
            command(acting_for=world.people["colleague"], known_duplicate=True),
        )


@pytest.mark.parametrize("persona", ["lead", "guest", "support", "stranger", "auditor"])
def test_only_people_of_the_centre_enrol_there(actor_of, command, persona):
    with pytest.raises((NotFoundError, ForbiddenError)):
        service.enrol(actor_of(persona), command())


def test_without_consent_for_care_nobody_is_enrolled(actor_of, command):
    refused = NewConsent("care", False, "patient", clock.today())
    for consents in ((), (refused,)):
        with pytest.raises(InvalidInputError) as error:
            service.enrol(actor_of("enroller"), command(consents=consents))
        assert "Without consent for care" in error.value.fields["care"]
    assert db.session.scalar(select(Patient.id)) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sex": "mail"}, "sex"),
        ({"country": "ZZ"}, "country"),
        ({"nickname": "x"}, "nickname"),
        ({"nickname": "Rossi the brave"}, "nickname"),
        ({"identity": Identity(" ", "Rossi", date(1984, 3, 27))}, "given_name"),
        ({"identity": Identity("Maria", "Rossi", date(1800, 1, 1))}, "birth_date"),
        ({"identity": Identity("Maria", "Rossi", date(2999, 1, 1))}, "birth_date"),
    ],
)
def test_each_wrong_answer_is_named_at_its_field(actor_of, command, changes, field):
    with pytest.raises(InvalidInputError) as error:
        service.enrol(actor_of("enroller"), command(**changes))
    assert field in error.value.fields


@pytest.mark.parametrize(
    ("consent", "field"),
    [
        (NewConsent("care", True, "neighbour", date(2020, 1, 1)), "signer"),
        (NewConsent("care", True, "patient", date(1970, 1, 1)), "signed_on"),
        (NewConsent("care", True, "patient", date(2999, 1, 1)), "signed_on"),
        (NewConsent("care", True, "patient", date(2020, 1, 1), "xx"), "language"),
        (NewConsent("fame", True, "patient", date(2020, 1, 1)), "purpose"),
    ],
)
def test_a_consent_must_be_complete(actor_of, command, consent, field):
    care = NewConsent("care", True, "patient", date(2020, 1, 1))
    with pytest.raises(InvalidInputError) as error:
        service.enrol(actor_of("enroller"), command(consents=(care, consent)))
    assert field in error.value.fields


def test_a_repeated_form_enrols_once(actor_of, command):
    first = service.enrol(actor_of("enroller"), command(key="k"))
    assert service.enrol(actor_of("enroller"), command(key="k")) == first
    assert len(db.session.scalars(select(Patient.id)).all()) == 1


def test_the_enroller_is_led_to_the_patient_who_is_there_already(actor_of, command, patient_id):
    with pytest.raises(DuplicatePatientError) as same_number:
        service.enrol(actor_of("enroller"), command(identity=Identity("Ann", "Other", date(2001, 1, 1), "", "12 345")))  # fmt: skip
    assert same_number.value.patient_id == patient_id
    with pytest.raises(DuplicatePatientError) as same_name:
        service.enrol(actor_of("assistant"), command(identity=Identity("MARIA", "Rossi Bianchi", date(1984, 3, 27))))  # fmt: skip
    assert same_name.value.patient_id == patient_id
    assert service.enrol(actor_of("enroller"), command(known_duplicate=True)) != patient_id


def test_a_colleague_gets_a_neutral_hint_only(actor_of, command, patient_id):
    with pytest.raises(DuplicatePatientError) as hint:
        service.enrol(actor_of("colleague"), command())
    assert hint.value.patient_id == ""
    assert patient_id not in str(hint.value)


def test_equal_names_in_two_centres_have_nothing_in_common(actor_of, command, patient_id, world):
    other = command(centre_id=world.centres["athens"])
    assert service.enrol(actor_of("lead"), other) != patient_id
    rows = db.session.execute(text("SELECT name_index, local_number_index FROM patient_identity"))
    first, second = rows.all()
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_a_missing_agreement_of_the_officer_closes_enrolment_where_the_operator_says_so(
    actor_of, command, world
):
    db.session.get(Centre, world.centres["utrecht"]).dpo_agreed_on = None
    db.session.commit()
    rules.configure(dpo_required=True)
    try:
        with pytest.raises(GuardRefusedError) as refused:
            service.enrol(actor_of("enroller"), command())
        assert "data protection" in refused.value.message
    finally:
        rules.configure(dpo_required=False)
    assert service.enrol(actor_of("enroller"), command())


def test_a_plugin_may_veto_and_is_told_afterwards(actor_of, command):
    heard = []

    class Plugin:
        @hookimpl
        def check_enrolment(self, actor, network, centre):
            return f"{centre} is full" if not heard else None

        @hookimpl
        def on_patient_enrolled(self, event):
            heard.append(event.subject)

    manager.register(Plugin(), name="test.enrolment")
    try:
        with pytest.raises(GuardRefusedError, match="NL-UTR is full"):
            service.enrol(actor_of("enroller"), command())
        assert heard == []
        heard.append("open")
        patient_id = service.enrol(actor_of("enroller"), command())
    finally:
        manager.pm.unregister(name="test.enrolment")
    assert heard[1:] == [f"patient:{patient_id}"]


def test_a_closed_centre_and_a_network_that_is_off_enrol_nobody(actor_of, command, world):
    centre = db.session.get(Centre, world.centres["utrecht"])
    network = db.session.get(Network, world.networks["nmd"])
    for thing, flag, words in ((centre, "active", "closed"), (network, "enabled", "switched off")):
        setattr(thing, flag, False)
        db.session.commit()
        with pytest.raises(GuardRefusedError, match=words):
            service.enrol(actor_of("enroller"), command())
        setattr(thing, flag, True)
        db.session.commit()
    assert service.enrol(actor_of("enroller"), command())


def test_a_centre_outside_of_the_network_cannot_enrol_for_it(actor_of, command, world):
    with pytest.raises(NotFoundError):
        service.enrol(actor_of("enroller"), command(network_id=world.networks["eye"]))


def test_who_has_left_the_centre_has_lost_sight_of_its_patients(actor_of, patient_id, world):
    from portal.networks.models import Membership

    membership = db.session.scalars(
        select(Membership).where(Membership.person_id == world.people["enroller"])
    ).one()
    membership.ended_at = clock.now() - timedelta(days=1)
    db.session.commit()
    with pytest.raises(NotFoundError):
        queries.patient(actor_of("enroller"), patient_id)
