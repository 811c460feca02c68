"""Seals: a record that was rewritten or cut with all its book-keeping is still found."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from portal import audit
from portal.access.actor import Actor, system
from portal.audit import fhir, seals
from portal.audit.cli import audit as commands
from portal.audit.record import event_hash
from portal.audit.sealing import seal, seal_job
from portal.audit.verify import verify
from portal.kernel import db
from portal.kernel.errors import ForbiddenError
from portal.kernel.uow import writes

ACTOR = Actor(person_id="p" * 26, name="Test")


@pytest.fixture
def recorded(app: Flask, tmp_path: Path) -> Iterator[None]:
    """Three events in a stream; the seals lie in a folder of this test."""
    del app
    key, place = seals._place[0]
    seals.configure(key, tmp_path)
    _do(3)
    yield
    seals.configure(key, place.parent)


@writes
def _record(actor: Any, times: int) -> None:
    for number in range(times):
        audit.record(actor, "thing.done", "thing:1", detail={"n": number})


def _do(times: int) -> None:
    _record(ACTOR, times)


def _sql(statement: str, **values: Any) -> Any:
    result = db.session.execute(text(statement), values)
    db.session.expire_all()
    return result


def _problems(stream: str = "thing:1") -> set[str]:
    return {fault.problem for fault in verify(stream)[1]}


def test_a_sealed_record_verifies_and_each_seal_says_only_what_grew(recorded: None) -> None:
    assert ["thing:1", 3] in [h[:2] for h in seal(system("audit")).heads]
    _do(1)
    heads = [h[:2] for h in seal(system("audit")).heads]
    assert ["thing:1", 4] in heads
    seal_job({})
    assert "thing:1" not in [h[0] for h in seals.last().heads]  # type: ignore[union-attr]
    assert verify()[1] == []


def test_a_tail_cut_together_with_its_head_is_found(recorded: None) -> None:
    """Also when the head that was genuine before is put back, as from an old backup."""
    old = _sql("SELECT sequence, hash, mac FROM audit_stream WHERE stream = 'thing:1'").one()
    _do(2)
    seal(system("audit"))
    _sql("DELETE FROM audit_event WHERE stream = 'thing:1' AND sequence > 3")
    _sql(
        "UPDATE audit_stream SET sequence = :s, hash = :h, mac = :m WHERE stream = 'thing:1'",
        s=old[0], h=old[1], m=old[2],
    )  # fmt: skip
    assert _problems() == {"the tail is cut: a sealed event is missing"}


def test_a_head_that_was_cut_without_the_key_is_found_before_any_seal(recorded: None) -> None:
    digest = _sql("SELECT hash FROM audit_event WHERE stream = 'thing:1' AND sequence = 2").scalar()
    _sql("DELETE FROM audit_event WHERE stream = 'thing:1' AND sequence = 3")
    _sql("UPDATE audit_stream SET sequence = 2, hash = :h WHERE stream = 'thing:1'", h=digest)
    assert _problems() == {"the head was not written by this portal"}


def test_a_chain_rewritten_from_its_first_event_is_found(recorded: None) -> None:
    seal(system("audit"))
    previous = ""
    for number in (1, 2, 3):
        _sql(
            "UPDATE audit_event SET actor_id = 'x', previous_hash = :p "
            "WHERE stream = 'thing:1' AND sequence = :n",
            p=previous, n=number,
        )  # fmt: skip
        row = db.session.execute(
            audit_rows().where(audit_rows().selected_columns.sequence == number)
        ).one()
        previous = event_hash(row)
        _sql(
            "UPDATE audit_event SET hash = :h WHERE stream = 'thing:1' AND sequence = :n",
            h=previous, n=number,
        )  # fmt: skip
    _sql("UPDATE audit_stream SET hash = :h WHERE stream = 'thing:1'", h=previous)
    assert _problems() == {
        "the head was not written by this portal",
        "is not the event that was sealed",
    }


def audit_rows() -> Any:
    from sqlalchemy import select

    from portal.audit.models import AuditEvent

    return select(*AuditEvent.__table__.c).where(AuditEvent.stream == "thing:1")


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda lines: lines[:1], "1 seals are missing in the file"),
        (lambda lines: lines[1:], "does not follow the seal before it"),
        (
            lambda lines: [lines[0].replace('"number":1', '"number":7'), lines[1]],
            "this seal was not written by this portal",
        ),
        (lambda lines: [lines[0], "{"], "line 2 of the seals cannot be read"),
        (lambda lines: [], "2 seals are missing in the file"),
    ],
)
def test_a_spoilt_file_of_seals_is_found(recorded: None, spoil: Any, problem: str) -> None:
    seal(system("audit"))
    _do(1)
    seal(system("audit"))
    lines = seals.path().read_text(encoding="utf-8").splitlines()
    seals.path().write_text("".join(f"{line}\n" for line in spoil(lines)), encoding="utf-8")
    assert problem in _problems()


def test_only_operators_seal(recorded: None, actor_of: Any) -> None:
    with pytest.raises(ForbiddenError):
        seal(actor_of("auditor"))


def test_the_commands_answer_by_exit_code_and_json(
    recorded: None, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.audit.cli.application", lambda: app)
    run = CliRunner().invoke
    assert "seal 1: " in run(commands, ["seal"]).output
    good = run(commands, ["verify", "--json"])
    assert (good.exit_code, json.loads(good.output)["faults"]) == (0, [])
    _sql("UPDATE audit_event SET outcome = 'x' WHERE stream = 'thing:1' AND sequence = 2")
    db.session.commit()
    bad = run(commands, ["verify", "--json"])
    (fault,) = json.loads(bad.output)["faults"]
    assert (bad.exit_code, fault["stream"], fault["sequence"]) == (1, "thing:1", 2)


def test_the_record_goes_out_as_audit_events(recorded: None, actor_of: Any) -> None:
    """Every mandatory element of the R4 resource is there, and the pattern fits what was done."""
    _patient_read(ACTOR)
    found = list(fhir.events(actor_of("auditor"), patient_id="1"))
    (read,) = found
    assert read["meta"]["profile"] == [fhir.PROFILE + "PatientRead"]
    assert (read["action"], read["subtype"][0]["code"]) == ("R", "read")
    assert read["entity"][1]["what"] == {"reference": "Patient/1"}
    for one in fhir.events(system("audit")):
        assert one["resourceType"] == "AuditEvent"
        assert {"type", "recorded", "agent", "source", "entity", "outcome"} <= set(one)
        assert one["action"] in "CRUD"
        assert sum(agent["requestor"] for agent in one["agent"]) == 1
        assert one["recorded"].endswith("Z")
        assert one["source"]["observer"]
    with pytest.raises(ForbiddenError):
        list(fhir.events(actor_of("enroller")))


@writes
def _patient_read(actor: Any) -> None:
    audit.record(actor, "patient.identity-read", "patient:1")


def test_a_wrong_day_is_explained(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.audit.cli.application", lambda: app)
    result = CliRunner().invoke(commands, ["export", "--to", "fhir", "--since", "yesterday"])
    assert "expected a day as YYYY-MM-DD, found 'yesterday'" in str(result.exception)
