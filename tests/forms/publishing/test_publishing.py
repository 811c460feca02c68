"""Releasing a form: what is stored, what is said, what is refused; old answers keep their version."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from portal.access.actor import system
from portal.audit.models import AuditEvent
from portal.forms import cli, overlay_source, queries
from portal.forms.models import FormResponse, FormText, FormVersion
from portal.forms.publishing.queries import preview, versions
from portal.forms.publishing.report import PublishForm, PublishRefusedError
from portal.forms.publishing.service import publish, release
from portal.forms.service import SaveAnswers, ensure_response, save_answers
from portal.kernel import db
from portal.kernel.errors import ConflictError, DefinitionError, ForbiddenError, NotFoundError
from portal.networks.models import Network
from portal.patients import service as patients
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.vault import Identity
from portal.testing.world import World

HEAD = "form: consultation\ntitle: Consultation\nlanguages: [en]\n"
FIRST = """
items:
  - section: one
    label: One
    items:
      - {id: age, type: integer, label: Age, min: 0, max: 100}
      - {id: colour, type: choice, label: Colour, options: [r Red, g Green]}
checks:
  - {name: an age is enough, given: {age: 5}, expect: {no_errors: true}}
"""
OPERATOR = system("test")
Put = Callable[[str, str], None]


def switch(*codes: str, on: bool) -> None:
    """Switch networks (all when none is named) and so their overlays on or off."""
    change = update(Network).values(enabled=on)
    db.session.execute(change.where(Network.code.in_(codes)) if codes else change)
    db.session.commit()
    db.session.expire_all()


@pytest.fixture
def put(app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Write a version of the form into a folder of its own; the networks that add to it are off."""
    switch(on=False)
    monkeypatch.setenv("PORTAL_FORM_DEFINITIONS", str(tmp_path))

    def write(version: str, body: str) -> None:
        (tmp_path / "consultation.yaml").write_text(f"{HEAD}version: {version}{body}")

    write("1.0.0", FIRST)
    return write


@pytest.fixture
def answered(put: Put, world: World, actor_of: Callable[[str], Any]) -> str:
    """The id of a response to the first version with age 60 and colour green."""
    switch("nmd", on=True)
    consent = NewConsent("care", given=True, signer="patient", signed_on=date(2026, 1, 2))
    patient = patients.enrol(
        actor_of("enroller"),
        EnrolPatient(
            centre_id=world.centres["utrecht"],
            network_id=world.networks["nmd"],
            identity=Identity("Jan", "Jansen", date(1984, 3, 27)),
            sex="male",
            country="NL",
            consents=(consent,),
        ),
    )
    response = ensure_response(actor_of("enroller"), patient)
    command = SaveAnswers({"age": 60, "colour": {"system": "", "code": "g"}})
    switch("nmd", on=False)
    assert not save_answers(actor_of("enroller"), response, command).problems
    return response


def refusal(*, version: str, body: str, put: Put, **more: Any) -> PublishRefusedError:
    put(version, body)
    with pytest.raises(PublishRefusedError) as caught:
        publish(OPERATOR, PublishForm("consultation", **more))
    return caught.value


def test_a_release_is_a_row_with_audit_and_the_next_one_says_what_changed(put: Put) -> None:
    first = publish(OPERATOR, PublishForm("consultation"))
    assert (first.before, first.refusals, first.warnings) == ("", (), ())
    put("1.1.0", FIRST.replace("g Green]", "g Green, b Blue]"))
    second = publish(OPERATOR, PublishForm("consultation"))
    text = "\n".join(second.lines())
    assert "before: 1.0.0" in text
    assert "minor  'Colour' (colour) has a new option 'Blue'." in text
    assert "checks: 1 of 1 passed" in text
    rows = versions(OPERATOR, "consultation")
    assert [row.version for row in rows] == ["1.1.0", "1.0.0"]
    assert rows[0].hash == second.form.hash
    row = db.session.scalar(select(FormVersion).where(FormVersion.version == "1.0.0"))
    assert row is not None
    assert overlay_source.form_of_version(row).hash == row.hash
    event = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "form.published")
    ).all()[-1]
    assert event.detail["before"] == "1.0.0"
    assert event.detail["version"] == "1.1.0"


def test_the_same_content_again_changes_nothing(put: Put) -> None:
    publish(OPERATOR, PublishForm("consultation"))
    assert publish(OPERATOR, PublishForm("consultation")).unchanged
    assert len(versions(OPERATOR, "consultation")) == 1


def test_too_small_a_step_and_released_numbers_are_refused(put: Put) -> None:
    publish(OPERATOR, PublishForm("consultation"))
    tighter = FIRST.replace("max: 100", "max: 90")
    small = refusal(version="1.1.0", body=tighter, put=put)
    assert "1.1.0 is too small a step from 1.0.0" in small.message
    assert "at least 2.0.0" in small.message
    same = refusal(version="1.0.0", body=tighter, put=put)
    assert "released versions never change" in same.message
    back = refusal(version="0.9.0", body=tighter, put=put)
    assert "does not come after 1.0.0" in back.message
    put("2.0.0", tighter)
    assert publish(OPERATOR, PublishForm("consultation")).diff.level.word == "major"


def test_a_rewording_is_small_once_somebody_says_that_it_means_the_same(put: Put) -> None:
    publish(OPERATOR, PublishForm("consultation"))
    reworded = FIRST.replace("label: Age", "label: Age in years")
    error = refusal(version="1.0.1", body=reworded, put=put)
    assert "[age:label (en)]" in "\n".join(error.preview.lines())
    publish(OPERATOR, PublishForm("consultation", confirmed=("age:label (en)",)))
    assert versions(OPERATOR, "consultation")[0].version == "1.0.1"


def test_failing_checks_and_lost_ids_are_refused_even_with_warnings_accepted(put: Put) -> None:
    publish(OPERATOR, PublishForm("consultation"))
    broken = FIRST.replace("given: {age: 5}", "given: {age: 500}")
    failed = refusal(version="1.0.1", body=broken, put=put, accept_warnings=True)
    assert "check 'an age is enough'" in failed.message
    gone = FIRST.replace("      - {id: age, type: integer, label: Age, min: 0, max: 100}\n", "")
    gone = gone[: gone.index("checks:")]
    lost = refusal(version="2.0.0", body=gone, put=put, accept_warnings=True)
    assert "'age' is gone. Leave a tombstone" in lost.message
    put("2.0.0", FIRST.replace("type: integer, label: Age", "type: integer, show_if: colour >"))
    with pytest.raises(DefinitionError, match="show_if"):
        publish(OPERATOR, PublishForm("consultation", accept_warnings=True))
    assert len(versions(OPERATOR, "consultation")) == 1


def test_stored_answers_are_replayed_and_their_loss_must_be_accepted(
    put: Put, answered: str
) -> None:
    publish(OPERATOR, PublishForm("consultation"))
    error = refusal(
        version="2.0.0", body=FIRST.replace("max: 100", "max: 50").replace(", g Green", ""), put=put
    )
    assert error.preview.refusals == ()
    assert error.preview.replay.total == 1
    assert error.preview.replay.valid == 0
    assert set(error.preview.warnings) == {
        "1 of 1 responses are above the greatest value of 'age'",
        "1 of 1 responses hold an option of 'colour' that was withdrawn",
    }
    assert "--accept-warnings" in error.hint
    publish(OPERATOR, PublishForm("consultation", accept_warnings=True))
    put("2.1.0", FIRST.replace("max: 100", "max: 120"))
    assert preview(OPERATOR, PublishForm("consultation")).replay.total == 0  # none was given with 2


def test_an_old_response_is_read_with_its_released_version(
    put: Put, answered: str, actor_of: Callable[[str], Any]
) -> None:
    publish(OPERATOR, PublishForm("consultation"))
    put("2.0.0", FIRST.replace("g Green", "g Emerald"))
    publish(OPERATOR, PublishForm("consultation"))
    response = db.session.get_one(FormResponse, answered)
    overlay_source._by_hash.clear()
    db.session.delete(db.session.get_one(FormText, response.form_hash))
    db.session.flush()
    case = queries.summary(actor_of("enroller"), response.patient_id)
    assert [one.display for one in case.sections[0].answers] == ["60", "Green"]
    with pytest.raises(NotFoundError, match="is missing"):
        overlay_source.form_by_hash("0" * 64)


def test_overlays_that_would_no_longer_fit_are_named(put: Put) -> None:
    switch("eye", on=True)
    error = refusal(version="1.0.0", body=FIRST, put=put)
    assert error.preview.refusals == ()
    assert error.preview.warnings[0].startswith("the overlays of network 'eye' do not fit: ")
    publish(OPERATOR, PublishForm("consultation", accept_warnings=True))
    with pytest.raises(DefinitionError, match="ern_eye/consultation"):
        publish(OPERATOR, PublishForm("consultation", "eye", accept_warnings=True))


def test_a_network_releases_its_form_with_overlays(
    world: World, actor_of: Callable[[str], Any]
) -> None:
    coordinator, command = actor_of("coordinator"), PublishForm("consultation", "nmd")
    first = publish(coordinator, command)
    assert first.form.name == "consultation--ern-nmd"
    assert publish(coordinator, command).unchanged
    (row,) = versions(coordinator, "consultation", "nmd")
    assert (row.form, row.hash) == ("consultation", first.form.hash)


def test_who_may_release(put: Put, world: World, actor_of: Callable[[str], Any]) -> None:
    coordinator = actor_of("coordinator")
    publish(coordinator, PublishForm("consultation", "nmd"))
    assert [row.published_by for row in versions(coordinator, "consultation", "nmd")] == [
        coordinator.person_id
    ]
    with pytest.raises(ForbiddenError):
        publish(coordinator, PublishForm("consultation"))
    for stranger in ("member", "enroller"):
        with pytest.raises(ForbiddenError):
            publish(actor_of(stranger), PublishForm("consultation", "nmd"))
    with pytest.raises(NotFoundError, match="no network 'nmdd'"):
        publish(OPERATOR, PublishForm("consultation", "nmdd"))
    with pytest.raises(NotFoundError, match="consultatio"):
        publish(OPERATOR, PublishForm("consultatio"))


def test_two_releases_at_once_are_noticed(put: Put) -> None:
    seen = preview(OPERATOR, PublishForm("consultation"))
    release(OPERATOR, seen)
    with pytest.raises(ConflictError, match=r"released consultation 1\.0\.0 meanwhile"):
        release(OPERATOR, seen)


def test_the_command_prints_everything(put: Put, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "application", lambda: app)
    run = CliRunner().invoke
    done = run(cli.forms, ["publish", "consultation"])
    assert done.exit_code == 0, done.output
    assert "released consultation 1.0.0, sha256 " in done.output
    assert "1.0.0  " in run(cli.forms, ["versions", "consultation"]).output
    assert "nothing to do" in run(cli.forms, ["publish", "consultation"]).output
    put("1.0.1", FIRST.replace("max: 100", "max: 90"))
    refused = run(cli.forms, ["publish", "consultation"])
    assert isinstance(refused.exception, PublishRefusedError)
    assert "refused: 1.0.1 is too small a step" in refused.output
    assert "no version of 'x'" in run(cli.forms, ["versions", "x"]).output
