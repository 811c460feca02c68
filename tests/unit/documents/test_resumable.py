"""Resumable uploads: the protocol, broken connections, two senders, expiry."""

import base64
import hashlib
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.access.actor import system
from portal.documents import jobs, limits, queries, resumable
from portal.documents.errors import UploadConflictError
from portal.documents.resumable import NewUpload
from portal.kernel import clock
from tests.unit.documents import samples
from tests.unit.documents.test_pages import token

Clients = Callable[..., FlaskClient]
Actors = Callable[[str], Any]
PIECE = "application/offset+octet-stream"


class Sender:
    """Speaks tus with the portal as a browser's script does."""

    def __init__(self, client: FlaskClient, patient: str) -> None:
        self.client = client
        self.patient = patient
        self.csrf = token(client, f"/patient/{patient}/documents/")

    def ask(self, method: str, address: str, data: bytes = b"", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("Tus-Resumable", "1.0.0")
        return self.client.open(
            address, method=method, data=data, headers={**named, "X-CSRFToken": self.csrf}
        )

    def create(self, name: str, length: int, data: bytes = b"", **headers: str) -> TestResponse:
        meta = f"filename {base64.b64encode(name.encode()).decode()}"
        for key in (
            "fingerprint",
            "category",
            "document_date-day",
            "document_date-month",
            "document_date-year",
        ):
            if key in headers:
                meta += f",{key} {base64.b64encode(headers.pop(key).encode()).decode()}"
        return self.ask(
            "POST", f"/documents/upload/{self.patient}", data,
            Upload_Length=str(length), Upload_Metadata=meta, **headers,
        )  # fmt: skip

    def piece(self, address: str, offset: int, data: bytes, **headers: str) -> TestResponse:
        headers.setdefault("Content_Type", PIECE)
        return self.ask("PATCH", address, data, Upload_Offset=str(offset), **headers)


@pytest.fixture
def sender(client_as: Clients, patient: str) -> Sender:
    return Sender(client_as("enroller"), patient)


def test_a_file_in_pieces_becomes_a_document(
    sender: Sender, patient: str, actor_of: Actors
) -> None:
    data = samples.pdf(text="x" * 300)
    made = sender.create("letter.pdf", len(data), category="report")
    assert made.status_code == 201
    assert made.headers["Upload-Offset"] == "0"
    for start in range(0, len(data), 100):
        answer = sender.piece(made.location, start, data[start : start + 100])
        assert answer.status_code == 204
        assert answer.headers["Upload-Offset"] == str(min(start + 100, len(data)))
        standing = sender.ask("HEAD", made.location)
        assert standing.headers["Upload-Offset"] == answer.headers["Upload-Offset"]
        assert standing.headers["Cache-Control"] == "no-store"

    (row,) = queries.for_patient(actor_of("enroller"), patient)
    assert (row.name, row.category, row.size) == ("letter.pdf", "report", len(data))
    content = queries.content(actor_of("enroller"), row.id)
    assert b"".join(content.pieces()) == data
    assert answer.headers["Document-Location"] == f"/documents/{row.id}/"


def test_what_the_form_says_travels_along(sender: Sender, patient: str, actor_of: Actors) -> None:
    boxes = {"document_date-day": "5", "document_date-month": "3", "document_date-year": "2025"}
    sender.create("letter.pdf", len(samples.pdf()), samples.pdf(), Content_Type=PIECE, **boxes)
    (row,) = queries.for_patient(actor_of("enroller"), patient)
    assert row.document_date == date(2025, 3, 5)
    wrong = sender.create(
        "b.pdf", 5, Accept="application/json", **{**boxes, "document_date-day": "33"}
    )
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "invalid-input")


def test_the_first_bytes_may_come_with_the_creation(
    sender: Sender, patient: str, actor_of: Actors
) -> None:
    data = samples.pdf()
    made = sender.create("letter.pdf", len(data), data, Content_Type=PIECE)
    assert (made.status_code, made.headers["Upload-Offset"]) == (201, str(len(data)))
    assert len(queries.for_patient(actor_of("enroller"), patient)) == 1


def test_what_the_server_can_do(sender: Sender) -> None:
    answer = sender.ask("OPTIONS", "/documents/upload/")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "expiration", "termination",
    }  # fmt: skip
    assert "sha1" in answer.headers["Tus-Checksum-Algorithm"]
    assert answer.headers["Tus-Max-Size"] == str(limits.most_bytes())


def test_faults_of_the_protocol_have_their_codes(sender: Sender) -> None:
    data = samples.pdf()
    made = sender.create("letter.pdf", len(data)).location

    assert sender.ask("HEAD", made, Tus_Resumable="0.2.2").status_code == 412
    assert sender.piece(made, 5, data).status_code == 409
    assert sender.piece(made, 0, data, Content_Type="text/plain").status_code == 415
    assert sender.ask("PATCH", made, data, Content_Type=PIECE).status_code == 400
    assert sender.piece(made, 0, data, Upload_Checksum="md4 AAAA").status_code == 422
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    assert sender.piece(made, 0, data, Upload_Checksum=f"sha256 {wrong}").status_code == 460
    assert sender.ask("HEAD", made).headers["Upload-Offset"] == "0"
    assert sender.piece(made, 0, data + b"too much").status_code == 413
    assert sender.create("letter.pdf", limits.most_bytes() + 1).status_code == 413
    assert sender.create("letter.pdf", 0).status_code == 422
    assert sender.ask("POST", f"/documents/upload/{sender.patient}").status_code == 400
    assert sender.ask("HEAD", made + "x").status_code == 404


def test_a_right_checksum_and_the_override_of_the_method(sender: Sender) -> None:
    data = samples.pdf()
    made = sender.create("letter.pdf", len(data)).location
    right = base64.b64encode(hashlib.sha1(data[:50]).digest()).decode()  # noqa: S324
    assert sender.piece(made, 0, data[:50], Upload_Checksum=f"sha1 {right}").status_code == 204
    answer = sender.ask(
        "POST",
        made,
        data[50:],
        X_HTTP_Method_Override="PATCH",
        Upload_Offset="50",
        Content_Type=PIECE,
    )
    assert answer.status_code == 204


def test_content_that_is_refused_says_so_and_ends_the_upload(
    sender: Sender, patient: str, actor_of: Actors
) -> None:
    made = sender.create("letter.pdf", 20).location
    answer = sender.piece(made, 0, b"MZ" + bytes(18), Accept="application/json")
    assert answer.status_code == 422
    assert "a program" in answer.get_json()["detail"]
    assert sender.ask("HEAD", made).status_code == 404
    assert queries.for_patient(actor_of("enroller"), patient) == []


def test_giving_up_and_expiring(sender: Sender) -> None:
    made = sender.create("letter.pdf", 100).location
    assert sender.ask("DELETE", made).status_code == 204
    assert sender.ask("HEAD", made).status_code == 404

    other = sender.create("letter.pdf", 100)
    assert "Upload-Expires" in other.headers
    with clock.shifted(timedelta(hours=25)):
        assert jobs.forget_expired(system("documents")) >= 1
    assert sender.ask("HEAD", other.location).status_code == 404


def test_only_its_sender_touches_an_upload(
    sender: Sender, client_as: Clients, patient: str
) -> None:
    made = sender.create("letter.pdf", 100).location
    assistant = Sender(client_as("assistant"), patient)
    assert assistant.ask("HEAD", made).status_code == 404
    assert assistant.piece(made, 0, b"x").status_code == 404
    assert assistant.ask("DELETE", made).status_code == 404


def test_a_reload_takes_up_the_same_upload(sender: Sender) -> None:
    first = sender.create("big.pdf", 500, fingerprint="big.pdf|500|1")
    sender.piece(first.location, 0, b"x" * 200)
    again = sender.create("big.pdf", 500, fingerprint="big.pdf|500|1")
    other = sender.create("big.pdf", 600, fingerprint="big.pdf|500|1")
    assert (again.location, again.headers["Upload-Offset"]) == (first.location, "200")
    assert other.location != first.location


def test_a_connection_that_breaks_keeps_what_has_come(actor_of: Actors, patient: str) -> None:
    class Breaks(io.RawIOBase):
        pieces = [b"%PDF-1.7\n", b"some"]

        def read(self, size: int = -1) -> bytes:
            if not self.pieces:
                raise ConnectionResetError("gone")
            return self.pieces.pop(0)

    actor = actor_of("enroller")
    made = resumable.begin(actor, patient, NewUpload("letter.pdf", 1000))
    standing = resumable.append(actor, made.id, 0, Breaks())
    assert standing.offset == 13
    assert resumable.standing(actor, made.id).offset == 13


def test_two_senders_of_the_same_bytes_do_not_add_them_twice(
    actor_of: Actors, patient: str
) -> None:
    actor = actor_of("enroller")
    made = resumable.begin(actor, patient, NewUpload("letter.pdf", 1000))
    resumable.append(actor, made.id, 0, io.BytesIO(b"x" * 100))
    with pytest.raises(UploadConflictError) as caught:
        resumable.append(actor, made.id, 0, io.BytesIO(b"y" * 100))
    assert caught.value.offset == 100


def test_a_patient_who_is_not_theirs_takes_no_uploads(client_as: Clients, sender: Sender) -> None:
    stranger = client_as("stranger")
    other = Sender.__new__(Sender)
    other.client, other.patient, other.csrf = stranger, sender.patient, token(stranger, "/")
    assert other.create("letter.pdf", 100).status_code == 404
