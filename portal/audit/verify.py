"""Verify the audit record: any change, gap, reordering or cut tail in a stream is found and named."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from portal.audit.models import AuditEvent, AuditStream
from portal.audit.record import event_hash
from portal.kernel import db


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which stream, at which place of the chain."""

    stream: str
    sequence: int
    problem: str


def verify(stream: str = "") -> tuple[int, list[Fault]]:
    """Check one stream or all; return the number of events read and the faults found.

    The head row of each stream is the seal: events behind it that are missing show as a cut tail. A
    head that was rewritten together with its events is found only against a copy kept elsewhere
    (``portal audit heads`` prints the heads to keep).
    """
    heads = {h.stream: h for h in db.session.scalars(select(AuditStream))}
    faults: list[Fault] = []
    count = 0
    for name, events in _streams(stream):
        previous, expected = "", 1
        for event in events:
            count += 1
            faults += _check(event, expected, previous)
            previous, expected = event.hash, event.sequence + 1
        head = heads.pop(name, None)
        if head is None:
            faults.append(Fault(name, expected - 1, "the stream has no head"))
        elif (head.sequence, head.hash) != (expected - 1, previous):
            faults.append(
                Fault(name, expected - 1, f"the tail is cut: the head is at {head.sequence}")
            )
    faults += [
        Fault(h.stream, 0, "every event is missing")
        for h in heads.values()
        if h.sequence and stream in ("", h.stream)
    ]
    return count, faults


def _streams(stream: str) -> Iterator[tuple[str, list[AuditEvent]]]:
    statement = select(AuditEvent).order_by(AuditEvent.stream, AuditEvent.sequence)
    if stream:
        statement = statement.where(AuditEvent.stream == stream)
    group: list[AuditEvent] = []
    for event in db.session.scalars(statement.execution_options(yield_per=2000)):
        if group and group[0].stream != event.stream:
            yield group[0].stream, group
            group = []
        group.append(event)
    if group:
        yield group[0].stream, group


def _check(event: AuditEvent, expected: int, previous: str) -> list[Fault]:
    faults = []
    if event.sequence != expected:
        faults.append(Fault(event.stream, event.sequence, f"a gap: expected event {expected}"))
    if event.previous_hash != previous:
        faults.append(Fault(event.stream, event.sequence, "does not follow the event before it"))
    if event_hash(event) != event.hash:
        faults.append(Fault(event.stream, event.sequence, "was changed after it was written"))
    return faults
