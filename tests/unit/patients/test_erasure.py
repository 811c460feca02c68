"""Erasure: nothing of the patient is left in the database or among the bytes, but the counts are."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.audit.verify import verify
from portal.jobs.models import Job
from portal.kernel import blobs, clock, db
from portal.panels.models import Contribution, Panel
from portal.patients import inventory, service
from portal.patients.models import Patient, PatientIdentity
from portal.patients.service.erasure import _keys, erase_job
from portal.testing.house import HOME, Room, furnish

CANARY = re.compile(r"CANARY[a-z]{8}", re.IGNORECASE)


def planted(case: str, kind: str) -> str:
    """A text of the case that is found wherever it went."""
    del case
    letters = "".join(c for c in kind if c.isalpha()).ljust(8, "q")[:8]
    return f"CANARY{letters}"


@pytest.fixture
def room(world: Any, actor_of: Any) -> Room:
    """A case with a running and a closed panel, a word of its own in every field."""
    return furnish(world, actor_of, HOME, planted)


def _texts() -> Iterator[tuple[str, str]]:
    """Yield (table, row as text) of the whole database."""
    for table in db.metadata().sorted_tables:
        for row in db.session.execute(select(table)):
            yield table.name, repr(tuple(row))


def _tables_with_canaries() -> set[str]:
    return {name for name, row in _texts() if CANARY.search(row)}


def _bytes_with_canaries() -> list[str]:
    found = []
    for key, _ in blobs.store().entries():
        if b"CANARY" in b"".join(blobs.store().open(key)).upper():
            found.append(key)
    return found


def _erase(actor_of: Any, patient_id: str) -> None:
    service.withdraw_consent(
        actor_of("enroller"), patient_id, "care", clock.today(), "CANARYreasonqq"
    )
    job = db.session.scalars(select(Job).where(Job.kind == "patients.erase")).one()
    erase_job(job.payload)
    erase_job(job.payload)


def test_nothing_of_the_patient_is_left(room: Room, actor_of: Any) -> None:
    before = _tables_with_canaries()
    assert {"panel", "form_answer", "document", "outcome", "contribution"} <= before
    patient = db.session.get_one(Patient, room.patient)
    name, keys = patient.nickname, _keys(room.patient)
    assert len(keys) >= 3
    _erase(actor_of, room.patient)
    assert _tables_with_canaries() == set()
    assert [table for table, row in _texts() if name in row] == []
    assert db.session.get(PatientIdentity, room.patient) is None
    assert [key for key in keys if blobs.store().exists(key)] == []
    assert _bytes_with_canaries() == []


def test_figures_and_the_audit_record_stay_true(room: Room, actor_of: Any) -> None:
    def counts() -> list[Any]:
        return [
            db.session.scalar(select(func.count()).select_from(t))
            for t in (Patient, Panel, Contribution)
        ]

    before = counts()
    _erase(actor_of, room.patient)
    assert counts() == before
    assert db.session.get_one(Patient, room.patient).status == "erased"
    assert verify()[1] == []


def test_bytes_that_another_patient_has_too_stay(room: Room, world: Any, actor_of: Any) -> None:
    import io

    from portal.documents.models import Document
    from portal.documents.service import Upload, attach
    from portal.testing.cases import enrol

    other = enrol(
        actor_of("enroller"), world, centre="utrecht", network="nmd", known_duplicate=True
    )
    for patient in (room.patient, other):
        attach(actor_of("enroller"), patient, Upload("same.txt", io.BytesIO(b"the same words")))
    _erase(actor_of, room.patient)
    (left,) = db.session.scalars(select(Document.blob).where(Document.patient_id == other))
    assert b"".join(blobs.store().open(left)) == b"the same words"


def test_every_table_that_leads_to_a_patient_is_in_the_inventory(app: Any) -> None:
    """A new table: say in portal/patients/inventory.py what it holds and what an erasure does to it."""
    del app
    reached = {"patient"}
    while True:
        more = {
            table.name
            for table in db.metadata().sorted_tables
            for key in table.foreign_keys
            if key.column.table.name in reached and table.name not in reached
        }
        if not more:
            break
        reached |= more
    named = {held.table for held in inventory.HELD}
    assert reached - {"patient"} - named == set()
    for held in inventory.HELD:
        assert set(held.blank) <= set(db.metadata().tables[held.table].c.keys()), held.table
