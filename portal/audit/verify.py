"""Verify the audit record: any change, gap, reordering or cut tail in a stream is found and named.

The record is read once, in order, a few thousand events at a time; what is kept in memory does not
grow with it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, tuple_

from portal.audit import seals
from portal.audit.models import AuditEvent, AuditStream
from portal.audit.record import event_hash
from portal.kernel import db

BATCH = 1000


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which stream, at which place of the chain."""

    stream: str
    sequence: int
    problem: str


def verify(stream: str = "") -> tuple[int, list[Fault]]:
    """Check one stream or all; return the number of events read and the faults found."""
    faults: list[Fault] = []
    count = 0

    def found(fault: Fault) -> None:
        faults.append(fault)

    for _ in _check_chains(stream, found):
        count += 1
    _check_missing(stream, found)
    _check_seals(stream, found)
    return count, faults


def _check_chains(stream: str, found: Callable[[Fault], None]) -> Iterator[None]:
    """Yield once an event; the last event of each stream is held against the stream's head."""
    before: Row[Any] | None = None
    for event in _events(stream):
        if before is not None and before.stream != event.stream:
            _check_head(before, found)
            before = None
        _check_event(event, before, found)
        before = event
        yield
    if before is not None:
        _check_head(before, found)


def _events(stream: str) -> Iterator[Any]:
    statement = (
        select(
            *AuditEvent.__table__.c,
            AuditStream.stream.label("head_stream"),
            AuditStream.sequence.label("head_sequence"),
            AuditStream.hash.label("head_hash"),
            AuditStream.mac.label("head_mac"),
        )
        .outerjoin(AuditStream, AuditStream.stream == AuditEvent.stream)
        .order_by(AuditEvent.stream, AuditEvent.sequence)
    )
    if stream:
        statement = statement.where(AuditEvent.stream == stream)
    yield from db.session.execute(statement.execution_options(yield_per=BATCH))


def _check_event(event: Row[Any], before: Row[Any] | None, found: Callable[[Fault], None]) -> None:
    expected, previous = (before.sequence + 1, before.hash) if before is not None else (1, "")
    if event.sequence != expected:
        found(Fault(event.stream, event.sequence, f"a gap: expected event {expected}"))
    if event.previous_hash != previous:
        found(Fault(event.stream, event.sequence, "does not follow the event before it"))
    if event_hash(event) != event.hash:
        found(Fault(event.stream, event.sequence, "was changed after it was written"))


def _check_head(last: Row[Any], found: Callable[[Fault], None]) -> None:
    if last.head_stream is None:
        found(Fault(last.stream, last.sequence, "the stream has no head"))
        return
    if (last.head_sequence, last.head_hash) != (last.sequence, last.hash):
        found(
            Fault(
                last.stream, last.sequence, f"the tail is cut: the head is at {last.head_sequence}"
            )
        )
    if last.head_mac != seals.head_mac(last.stream, last.head_sequence, last.head_hash):
        found(Fault(last.stream, last.head_sequence, "the head was not written by this portal"))


def _check_missing(stream: str, found: Callable[[Fault], None]) -> None:
    statement = select(AuditStream.stream).where(
        AuditStream.sequence > 0,
        ~select(AuditEvent.id).where(AuditEvent.stream == AuditStream.stream).exists(),
    )
    if stream:
        statement = statement.where(AuditStream.stream == stream)
    for name in db.session.scalars(statement.execution_options(yield_per=BATCH)):
        found(Fault(name, 0, "every event is missing"))


def _check_seals(stream: str, found: Callable[[Fault], None]) -> None:
    """Hold what the seals say against the record, and the lines against each other."""
    number, previous = 0, ""
    try:
        for seal in seals.read():
            if not seal.genuine():
                found(Fault(seals.STREAM, seal.number, "this seal was not written by this portal"))
            if (seal.number, seal.previous) != (number + 1, previous):
                found(Fault(seals.STREAM, seal.number, "does not follow the seal before it"))
            number, previous = seal.number, seal.mac
            heads = [h for h in seal.heads if stream in ("", h[0])]
            for start in range(0, len(heads), BATCH // 4):
                _check_sealed(heads[start : start + BATCH // 4], found)
    except ValueError as error:
        found(Fault(seals.STREAM, number + 1, str(error)))
    noted = db.session.scalar(
        select(func.count()).where(
            AuditEvent.stream == seals.STREAM, AuditEvent.action == "audit.sealed"
        )
    )
    if (noted or 0) > number:
        found(Fault(seals.STREAM, number, f"{(noted or 0) - number} seals are missing in the file"))


def _check_sealed(heads: list[list[Any]], found: Callable[[Fault], None]) -> None:
    statement = select(AuditEvent.stream, AuditEvent.sequence, AuditEvent.hash).where(
        tuple_(AuditEvent.stream, AuditEvent.sequence).in_([(h[0], h[1]) for h in heads])
    )
    stored = {(row[0], row[1]): row[2] for row in db.session.execute(statement)}
    for name, sequence, digest in heads:
        if (name, sequence) not in stored:
            found(Fault(name, sequence, "the tail is cut: a sealed event is missing"))
        elif stored[name, sequence] != digest:
            found(Fault(name, sequence, "is not the event that was sealed"))
