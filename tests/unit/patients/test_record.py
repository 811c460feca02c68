"""The record: names, hand-over, rest, search, who looked; the vault's keys."""

from datetime import date, timedelta

import pytest

from portal.access import guard
from portal.access.actor import system
from portal.access.permissions import Permission
from portal.kernel import clock, crypto, db
from portal.kernel.errors import ForbiddenError, InvalidInputError, NotFoundError
from portal.networks.models import Centre
from portal.patients import history, nicknames, places, queries, service, vault
from portal.patients.models import Patient, PatientIdentity
from portal.patients.vault import Identity
from portal.testing.world import PERSONAS


def test_a_nickname_can_be_changed_but_not_into_a_part_of_the_name(actor_of, patient_id):
    enroller = actor_of("enroller")
    service.rename(enroller, patient_id, "  Calm   Otter 12 ")
    assert queries.patient(enroller, patient_id).nickname == "Calm Otter 12"
    for wrong in ("Bianchi", "maria 5", "ab", "x" * 61, "<script>"):
        with pytest.raises(InvalidInputError) as error:
            service.rename(enroller, patient_id, wrong)
        assert "nickname" in error.value.fields


def test_nicknames_are_unique(actor_of, command, patient_id):
    enroller = actor_of("enroller")
    taken = queries.patient(enroller, patient_id).nickname
    other = command(nickname=taken, identity=Identity("Ann", "Other", date(2001, 1, 1)))
    with pytest.raises(InvalidInputError, match="nickname"):
        service.enrol(enroller, other)
    assert nicknames.suggest() != taken


def test_a_corrected_identity_is_found_under_the_new_number(actor_of, patient_id, world):
    enroller, centre = actor_of("enroller"), world.centres["utrecht"]
    service.correct_identity(
        enroller, patient_id, Identity("Mária", "Rossi", date(1985, 3, 27), "", "99/1")
    )
    assert queries.patient(enroller, patient_id).birth_year == 1985
    assert [p.id for p in queries.find_exactly(enroller, centre, "991")] == [patient_id]
    assert queries.find_exactly(enroller, centre, "12345") == []
    with pytest.raises(InvalidInputError) as error:
        service.correct_identity(enroller, patient_id, Identity("", "Rossi", date(1985, 3, 27)))
    assert "given_name" in error.value.fields


@pytest.mark.parametrize("text", ["12-345", "12345", "Maria Rossi-Bianchi", "rossi bianchi MARIA", "María Róssi Bianchi"])  # fmt: skip
def test_exact_search_forgives_order_accents_and_capitals(actor_of, patient_id, world, text):
    centre = world.centres["utrecht"]
    assert [p.id for p in queries.find_exactly(actor_of("enroller"), centre, text)] == [patient_id]
    assert queries.find_exactly(actor_of("colleague"), centre, text) == []


@pytest.mark.parametrize("text", ["", "  ", "Maria", "1234", "%"])
def test_exact_search_finds_nothing_by_parts(actor_of, patient_id, world, text):
    assert queries.find_exactly(actor_of("enroller"), world.centres["utrecht"], text) == []


def test_the_list_is_paged_and_filtered(actor_of, command, world):
    enroller, centre = actor_of("enroller"), world.centres["utrecht"]
    for number in range(27):
        service.enrol(
            enroller,
            command(
                nickname=f"Calm Otter {100 + number}",
                identity=Identity("Ann", f"Nr{number}", date(2001, 1, 1)),
            ),
        )
    first = queries.in_centre(enroller, centre)
    rest = queries.in_centre(enroller, centre, before=first.next)
    assert (len(first.rows), len(rest.rows), rest.next) == (25, 2, "")
    assert not {p.id for p in first.rows} & {p.id for p in rest.rows}
    assert len(queries.in_centre(enroller, centre, nickname="otter 12").rows) == 7
    assert queries.in_centre(enroller, centre, nickname="%").rows == []
    assert queries.in_centre(actor_of("colleague"), centre).rows == []
    assert queries.count_in_centre(enroller, centre) == {"enrolled": 27}


def test_a_record_goes_to_a_clinician_of_the_same_centre_only(actor_of, patient_id, world):
    enroller = actor_of("enroller")
    for wrong in ("lead", "assistant", "coordinator"):
        with pytest.raises(InvalidInputError):
            service.hand_over(enroller, patient_id, world.people[wrong])
    assert world.people["colleague"] in dict(
        places.clinicians_at(enroller, world.centres["utrecht"])
    )
    service.hand_over(enroller, patient_id, world.people["colleague"])
    assert queries.identity(actor_of("colleague"), patient_id).given_name == "Maria"
    with pytest.raises(NotFoundError):
        queries.patient(actor_of("enroller"), patient_id)


def test_a_record_is_put_to_rest_and_taken_up_again(actor_of, patient_id):
    enroller = actor_of("enroller")
    service.deactivate(enroller, patient_id)
    assert queries.patient(enroller, patient_id).status == "inactive"
    service.reactivate(enroller, patient_id)
    assert queries.patient(enroller, patient_id).status == "enrolled"
    with pytest.raises(NotFoundError):
        service.deactivate(actor_of("colleague"), patient_id)


def test_the_enroller_sees_who_looked(actor_of, patient_id, world):
    db.session.get(Centre, world.centres["utrecht"]).visibility = "centre"
    db.session.commit()
    service.note_read(actor_of("colleague"), patient_id)
    service.note_read(actor_of("enroller"), patient_id)  # her own look is not news to her
    queries.identity(actor_of("assistant"), patient_id)
    rows = history.accesses(actor_of("enroller"), world.centres["utrecht"]).rows
    assert {(r.who, r.for_whom, r.what) for r in rows} == {
        ("Pieter Bakker", "", "looked at the record"),
        ("Lotte Smit", "Sanne de Vries", "looked at the identity"),
        ("Sanne de Vries", "", "enrolled the patient"),
        ("Sanne de Vries", "", "began the form"),
    }
    assert history.accesses(actor_of("colleague"), world.centres["utrecht"]).rows == []
    with pytest.raises(ForbiddenError):
        service.rename(actor_of("colleague"), patient_id, "Calm Otter 5")


def test_both_faces_of_each_relation_agree(actor_of, command, patient_id, world):
    service.enrol(actor_of("lead"), command(centre_id=world.centres["athens"]))
    db.session.get(Centre, world.centres["athens"]).visibility = "centre"
    db.session.commit()
    wanted = (Permission.PATIENT_SEE, Permission.PATIENT_SEE_IDENTITY, Permission.PATIENT_EDIT)
    for persona in PERSONAS:
        actor = actor_of(persona)
        for permission in wanted:
            by_rule = {
                p.id for p in db.session.query(Patient) if guard.allows(actor, permission, p)
            }
            visible = db.session.query(Patient.id).filter(guard.visible(actor, permission))
            assert by_rule == {row[0] for row in visible}, (persona, permission)


def test_a_value_moved_to_another_patient_cannot_be_read(actor_of, command, patient_id):
    other = service.enrol(
        actor_of("enroller"), command(identity=Identity("Ann", "Other", date(2001, 1, 1)))
    )
    mine, theirs = (db.session.get(PatientIdentity, i) for i in (patient_id, other))
    theirs.family_name = mine.family_name
    db.session.commit()
    with pytest.raises(crypto.DecryptionError):
        vault.open_row(db.session.get(PatientIdentity, other))


def test_the_vault_changes_its_key_without_losing_a_patient(actor_of, patient_id):
    before = crypto.ring()
    fresh = crypto.KeyRing({**before.keys, "new": b"n" * 32}, "new", before.index_key)
    crypto.configure(fresh)
    try:
        assert service.rotate_vault(system("vault")) == (1, "")
        assert service.rotate_vault(system("vault")) == (0, "")
        crypto.configure(crypto.KeyRing({"new": b"n" * 32}, "new", before.index_key))
        assert queries.identity(actor_of("enroller"), patient_id).given_name == "Maria"
        with pytest.raises(ForbiddenError):
            service.rotate_vault(actor_of("enroller"))
    finally:
        crypto.configure(before)


def test_age_is_by_year_of_birth(actor_of, command):
    born = clock.today() - timedelta(days=5)
    patient_id = service.enrol(
        actor_of("enroller"), command(identity=Identity("Baby", "Rossi", born))
    )
    assert queries.patient(actor_of("enroller"), patient_id).age in (0, 1)


def test_the_search_box_finds_nicknames_among_those_one_may_see(actor_of, patient_id, client_as):
    service.rename(actor_of("enroller"), patient_id, "Calm Otter 12")
    found = client_as("enroller").get("/search?q=calm+ott")
    assert f"/patient/{patient_id}/" in found.text
    assert f"/patient/{patient_id}/" not in client_as("colleague").get("/search?q=calm+ott").text
    assert queries.by_nickname(actor_of("enroller"), "Rossi") == []
    assert queries.by_nickname(actor_of("enroller"), "C") == []


def test_every_message_has_its_templates():
    from portal.patients import hooks

    for spec in hooks.register_messages():
        for part in ("subject.txt", "body.txt"):
            written = (spec.folder / spec.kind / part).read_text(encoding="utf-8")
            assert "{{ text }}" in written
