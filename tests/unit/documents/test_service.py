"""Attaching, describing, vouching, withdrawing: what is kept, who may, what is on record."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.actor import system
from portal.audit.models import AuditEvent
from portal.documents import jobs, limits, queries, service
from portal.documents.errors import DocumentGoneError, DocumentRefusedError, HeldBackError
from portal.documents.models import Document
from portal.documents.service import Received, Upload
from portal.kernel import blobs, clock, db
from portal.kernel.blobs import BlobTooLargeError
from portal.kernel.errors import ForbiddenError, InvalidInputError, NotFoundError
from portal.networks.models import Centre
from portal.patients import service as patients
from portal.patients.errors import LockedError
from portal.testing.world import World
from tests.unit.documents import samples

Actors = Callable[[str], Any]
Attach = Callable[..., Received]


def read(actor: Any, document_id: str) -> bytes:
    return b"".join(queries.content(actor, document_id).pieces())


def actions(patient: str) -> list[str]:
    statement = select(AuditEvent.action).where(AuditEvent.stream == f"patient:{patient}")
    return list(db.session.scalars(statement.order_by(AuditEvent.sequence)))


def test_what_was_attached_can_be_read_by_those_who_see_the_patient(
    patient: str, attach: Attach, actor_of: Actors
) -> None:
    received = attach("referral.pdf", samples.pdf(), note="  from Zwolle ", category="referral")

    for persona in ("enroller", "assistant"):
        (row,) = queries.for_patient(actor_of(persona), patient)
        assert (row.id, row.name, row.kind, row.category) == (
            received.id, "referral.pdf", "pdf", "referral",
        )  # fmt: skip
        assert (row.note, row.uploaded_by, row.may_open) == ("from Zwolle", "Sanne de Vries", True)
        assert read(actor_of(persona), received.id) == samples.pdf()
    assert actions(patient)[-1] == "document.attached"


@pytest.mark.parametrize(
    "persona", ["stranger", "lead", "support", "coordinator", "auditor", "pending"]
)
def test_strangers_find_nothing(
    patient: str, attach: Attach, actor_of: Actors, persona: str
) -> None:
    received = attach("referral.pdf", samples.pdf())
    actor = actor_of(persona)

    for act in (
        lambda: queries.for_patient(actor, patient),
        lambda: queries.document(actor, received.id),
        lambda: queries.content(actor, received.id),
        lambda: attach("other.txt", b"text", persona),
        lambda: service.withdraw(actor, received.id, "because"),
        lambda: service.note_opened(actor, received.id, "downloaded"),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_a_colleague_of_an_open_centre_reads_and_cannot_attach(
    patient: str, attach: Attach, actor_of: Actors, world: World
) -> None:
    received = attach("referral.pdf", samples.pdf())
    db.session.get_one(Centre, world.centres["utrecht"]).visibility = "centre"
    db.session.commit()
    colleague = actor_of("colleague")

    assert read(colleague, received.id) == samples.pdf()
    with pytest.raises(ForbiddenError, match="enrolling clinician"):
        attach("other.txt", b"text", "colleague")
    with pytest.raises(ForbiddenError):
        service.withdraw(colleague, received.id, "because")


def test_the_same_content_is_one_document(patient: str, attach: Attach, actor_of: Actors) -> None:
    first = attach("referral.pdf", samples.pdf())
    again = attach("the same once more.pdf", samples.pdf(), "assistant")

    assert (again.id, again.duplicate, again.name) == (first.id, True, "referral.pdf")
    assert len(queries.for_patient(actor_of("enroller"), patient)) == 1

    service.withdraw(actor_of("enroller"), first.id, "wrong patient")
    assert not attach("referral.pdf", samples.pdf()).duplicate


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("MRI_Jansen_Jan.pdf", "MRI_Amber Kestrel 417.pdf"),
        ("JANSEN utr-4711 letter.pdf", "Amber Kestrel 417 letter.pdf"),
        ("C:\\Users\\doc\\Brief.pdf", "Brief.pdf"),
        ("../../etc/cron.d/x.pdf", "x.pdf"),
        ("in\u202evoice\r\n.pdf", "invoice.pdf"),
        ("Januari.pdf", "Januari.pdf"),
        ("ά" * 400 + ".pdf", "ά" * 176 + ".pdf"),
    ],
)
def test_names_lose_folders_tricks_and_the_name_of_the_patient(
    attach: Attach, sent: str, kept: str
) -> None:
    assert attach(sent, samples.pdf()).name == kept


def test_a_refused_file_leaves_no_record(patient: str, attach: Attach, actor_of: Actors) -> None:
    with pytest.raises(DocumentRefusedError, match="PDF document, but the content is PNG picture"):
        attach("scan.pdf", samples.picture("PNG"))
    with pytest.raises(InvalidInputError):
        attach("a.txt", b"text", category="nonsense")
    with pytest.raises(InvalidInputError):
        attach("a.txt", b"text", note="x" * 501)
    assert queries.for_patient(actor_of("enroller"), patient) == []


def test_a_file_past_the_limit_is_refused(attach: Attach) -> None:
    limits.configure(megabytes=1)
    try:
        with pytest.raises(BlobTooLargeError):
            attach("a.txt", b"x" * (1024 * 1024 + 1))
    finally:
        limits.configure(megabytes=200)


def test_photographs_are_cleaned_before_they_are_kept(attach: Attach, actor_of: Actors) -> None:
    received = attach("photo.jpg", samples.picture("JPEG", comment=b"Jan Jansen"))
    assert b"Jansen" not in read(actor_of("enroller"), received.id)


def test_a_document_is_held_back_until_somebody_vouches(
    patient: str, attach: Attach, actor_of: Actors, world: World
) -> None:
    received = attach("ct.dcm", samples.dicom(PatientName="Jansen^Jan"))
    db.session.get_one(Centre, world.centres["utrecht"]).visibility = "centre"
    db.session.commit()
    enroller, colleague = actor_of("enroller"), actor_of("colleague")
    assert received.concerns == ("its header names the patient",)
    assert read(enroller, received.id)
    (row,) = queries.for_patient(colleague, patient)
    assert (row.held, row.may_open) == (True, False)
    with pytest.raises(HeldBackError):
        queries.content(colleague, received.id)
    with pytest.raises(ForbiddenError):
        service.release(colleague, received.id, "it is fine")
    with pytest.raises(InvalidInputError, match="reason"):
        service.release(enroller, received.id, "  ")

    service.release(enroller, received.id, "a phantom, not a patient")

    assert read(colleague, received.id)
    assert queries.document(colleague, received.id).released_reason == "a phantom, not a patient"
    assert actions(patient)[-1] == "document.released"


def test_a_withdrawn_document_keeps_its_record_and_gives_nothing_out(
    patient: str, attach: Attach, actor_of: Actors, world: World
) -> None:
    received = attach("referral.pdf", samples.pdf())
    db.session.get_one(Centre, world.centres["utrecht"]).visibility = "centre"
    db.session.commit()
    enroller, colleague = actor_of("enroller"), actor_of("colleague")
    with pytest.raises(InvalidInputError, match="reason"):
        service.withdraw(enroller, received.id, "")

    service.withdraw(enroller, received.id, "belongs to somebody else")

    (row,) = queries.for_patient(enroller, patient)
    assert (row.withdrawn_by, row.withdrawn_reason) == (
        "Sanne de Vries",
        "belongs to somebody else",
    )
    assert queries.for_patient(colleague, patient) == []
    for actor in (enroller, colleague):
        with pytest.raises(DocumentGoneError):
            queries.content(actor, received.id)
    assert actions(patient)[-1] == "document.withdrawn"


def test_describing_checks_what_is_said(attach: Attach, actor_of: Actors) -> None:
    received = attach("referral.pdf", samples.pdf())
    actor = actor_of("enroller")

    service.describe(
        actor, received.id, category="report", document_date=date(2025, 5, 1), note="n"
    )
    row = queries.document(actor, received.id)
    assert (row.category, row.document_date, row.note) == ("report", date(2025, 5, 1), "n")
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(InvalidInputError) as caught:
        service.describe(actor, received.id, category="x", document_date=tomorrow, note="n" * 501)
    assert set(caught.value.fields) == {"category", "document_date", "note"}


def test_a_locked_record_takes_no_documents(patient: str, attach: Attach, actor_of: Actors) -> None:
    received = attach("referral.pdf", samples.pdf())
    actor = actor_of("enroller")
    patients.withdraw_consent(actor, patient, "care", clock.today(), "moved away")

    with pytest.raises(LockedError):
        attach("late.txt", b"text")
    with pytest.raises(LockedError):
        service.withdraw(actor, received.id, "because")


def test_the_list_costs_a_fixed_number_of_statements(
    patient: str, attach: Attach, actor_of: Actors, count_sql: list[str]
) -> None:
    for number in range(6):
        attach(f"{number}.txt", f"text {number}".encode())
    actor = actor_of("enroller")
    db.session.expire_all()
    count_sql.clear()

    assert len(queries.for_patient(actor, patient)) == 6

    assert len(count_sql) == 2


def test_the_sweep_takes_only_what_nothing_refers_to(attach: Attach, actor_of: Actors) -> None:
    kept = attach("referral.pdf", samples.pdf())
    orphan = blobs.store().put(io.BytesIO(b"of a refused file"), size_limit=100)
    sweeper = system("documents")
    assert jobs.remove_orphans(sweeper) == 0

    with clock.shifted(timedelta(days=2)):
        assert jobs.remove_orphans(sweeper) >= 1

    assert not blobs.store().exists(orphan.key)
    assert blobs.store().exists(db.session.get_one(Document, kept.id).blob)
    with pytest.raises(ForbiddenError):
        jobs.remove_orphans(actor_of("enroller"))


def test_attach_returns_the_id(patient: str, actor_of: Actors) -> None:
    found = service.attach(actor_of("enroller"), patient, Upload("a.txt", io.BytesIO(b"text")))
    assert queries.document(actor_of("enroller"), found).name == "a.txt"
