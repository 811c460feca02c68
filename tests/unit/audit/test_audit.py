"""The audit record: in the same transaction, chained; every kind of tampering is found."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from portal import audit
from portal.access.actor import Actor, system
from portal.audit import queries
from portal.audit.models import AuditEvent, AuditStream
from portal.audit.verify import verify
from portal.kernel import db
from portal.kernel.errors import ForbiddenError
from portal.kernel.uow import writes

ACTOR = Actor(person_id="p" * 26, name="Test")


@writes
def _do(actor: Any, times: int = 1, *, fail: bool = False) -> None:
    for number in range(times):
        audit.record(actor, "thing.done", "thing:1", detail={"n": number})
    if fail:
        raise RuntimeError("after the record")


def _of_stream(name: str = "thing:1") -> list[AuditEvent]:
    return list(
        db.session.scalars(
            select(AuditEvent).where(AuditEvent.stream == name).order_by(AuditEvent.sequence)
        )
    )


def test_events_form_a_chain_that_verifies(app: Flask) -> None:
    del app
    _do(ACTOR, 3)
    events = _of_stream()
    assert [e.sequence for e in events] == [1, 2, 3]
    assert events[1].previous_hash == events[0].hash
    assert verify("thing:1") == (3, [])


def test_a_deed_that_fails_leaves_no_record(app: Flask) -> None:
    del app
    with pytest.raises(RuntimeError):
        _do(ACTOR, fail=True)
    assert _of_stream() == []


def test_a_refusal_is_recorded_though_its_deed_was_rolled_back(app: Flask) -> None:
    del app
    audit.denied(ACTOR, "get:panel", "route", "not a member")
    (event,) = _of_stream(f"denials:{ACTOR.person_id}")
    assert (event.outcome, event.detail) == ("denied", {"reason": "not a member"})


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        (
            lambda e: (
                update(AuditEvent).where(AuditEvent.id == e[1].id).values(actor_id="somebody")
            ),
            "was changed",
        ),
        (
            lambda e: update(AuditEvent).where(AuditEvent.id == e[1].id).values(detail={"n": 7}),
            "was changed",
        ),
        (lambda e: delete(AuditEvent).where(AuditEvent.id == e[1].id), "a gap"),
        (lambda e: delete(AuditEvent).where(AuditEvent.id == e[2].id), "the tail is cut"),
        (
            lambda e: delete(AuditEvent).where(AuditEvent.stream == "thing:1"),
            "every event is missing",
        ),
        (lambda e: delete(AuditStream).where(AuditStream.stream == "thing:1"), "has no head"),
    ],
)
def test_tampering_is_found(
    app: Flask, tamper: Callable[[list[AuditEvent]], Any], problem: str
) -> None:
    del app
    _do(ACTOR, 3)
    db.session.execute(tamper(_of_stream()))
    db.session.expire_all()
    _, faults = verify("thing:1")
    assert any(problem in fault.problem for fault in faults), faults


def test_reordering_is_found(app: Flask) -> None:
    del app
    _do(ACTOR, 3)
    second, third = _of_stream()[1:]
    for row, number in ((second, 99), (third, 2), (second, 3)):
        db.session.execute(
            update(AuditEvent).where(AuditEvent.id == row.id).values(sequence=number)
        )
    db.session.expire_all()
    _, faults = verify("thing:1")
    assert {f.problem for f in faults} >= {
        "was changed after it was written",
        "does not follow the event before it",
    }


def test_auditors_read_the_record_and_others_do_not(
    app: Flask, actor_of: Callable[[str], Actor]
) -> None:
    del app
    _do(ACTOR, 2)
    assert [r.action for r in queries.newest(actor_of("auditor"), entity="thing:1")] == [
        "thing.done"
    ] * 2
    for persona in ("support", "coordinator", "enroller"):
        with pytest.raises(ForbiddenError):
            queries.newest(actor_of(persona))
    assert queries.newest(system("report"), person_id=ACTOR.person_id)[0].entity == "thing:1"
