"""The documents' pages and addresses, as a browser meets them."""

import io
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.audit.models import AuditEvent
from portal.documents.service import Received
from portal.kernel import db
from portal.networks.models import Centre
from portal.testing.world import World
from tests.unit.documents import samples

Clients = Callable[..., FlaskClient]
Attach = Callable[..., Received]


def token(client: FlaskClient, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200, page.text[:500]
    found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert found
    return found[1]


def send(client: FlaskClient, patient: str, *files: tuple[str, bytes], **more: Any) -> TestResponse:
    headers = more.pop("headers", {})
    csrf = token(client, f"/patient/{patient}/documents/")
    return client.post(
        f"/documents/upload/{patient}",
        data={"csrf_token": csrf, "file": [(io.BytesIO(d), n) for n, d in files], **more},
        headers=headers,
    )


def downloads(document_id: str) -> int:
    statement = select(AuditEvent.id).where(
        AuditEvent.entity == f"document:{document_id}", AuditEvent.action == "document.downloaded"
    )
    return len(db.session.scalars(statement).all())


def test_files_are_attached_by_a_plain_form(client_as: Clients, patient: str) -> None:
    client = client_as("enroller")
    answer = send(
        client,
        patient,
        ("letter.pdf", samples.pdf()),
        ("values.csv", b"a;b\n1;2\n"),
        category="report",
        **{"document_date-day": "5", "document_date-month": "3", "document_date-year": "2025"},
    )

    assert (answer.status_code, answer.location) == (303, f"/patient/{patient}/documents/")
    page = client.get(f"/patient/{patient}/documents/").text
    for words in (
        "letter.pdf",
        "values.csv",
        "Medical report",
        "5 March 2025",
        "letter.pdf is attached",
    ):
        assert words in page


def test_a_plain_form_says_what_was_refused_and_keeps_the_rest(
    client_as: Clients, patient: str
) -> None:
    client = client_as("enroller")
    answer = send(client, patient, ("good.pdf", samples.pdf()), ("bad.pdf", samples.picture("PNG")))

    assert answer.status_code == 422
    assert "bad.pdf: The name says PDF document, but the content is PNG picture." in answer.text
    assert "good.pdf is attached" in answer.text
    assert "Choose at least one file" in send(client, patient).text


def test_scripts_get_json(client_as: Clients, patient: str) -> None:
    client = client_as("enroller")
    headers = {"Accept": "application/json"}
    good = send(client, patient, ("letter.pdf", samples.pdf()), headers=headers)
    again = send(client, patient, ("letter.pdf", samples.pdf()), headers=headers)
    bad = send(client, patient, ("bad.pdf", b"MZ program"), headers=headers)

    assert good.status_code == 201
    (document,) = good.get_json()["documents"]
    assert (document["name"], document["duplicate"]) == ("letter.pdf", False)
    assert client.get(document["url"]).status_code == 200
    assert again.get_json()["documents"][0]["duplicate"]
    assert bad.status_code == 422
    assert "a program" in bad.get_json()["problems"][0]["detail"]


def test_an_upload_needs_the_token_and_the_right(client_as: Clients, patient: str) -> None:
    body = {"file": (io.BytesIO(samples.pdf()), "letter.pdf")}
    assert client_as("enroller").post(f"/documents/upload/{patient}", data=body).status_code == 400
    stranger = client_as("stranger")
    csrf = token(stranger, "/")
    body = {"file": (io.BytesIO(samples.pdf()), "letter.pdf"), "csrf_token": csrf}
    assert stranger.post(f"/documents/upload/{patient}", data=body).status_code == 404
    anonymous = client_as().get(f"/patient/{patient}/documents/")
    assert anonymous.status_code == 302


def test_a_download_is_an_attachment_that_cannot_do_anything(
    client_as: Clients, attach: Attach
) -> None:
    received = attach("Überweisung „Ω“.pdf", samples.pdf())
    answer = client_as("enroller").get(f"/documents/{received.id}/download")

    assert (answer.status_code, answer.data) == (200, samples.pdf())
    head = answer.headers
    assert head["Content-Type"] == "application/pdf"
    assert head["X-Content-Type-Options"] == "nosniff"
    assert head["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'self'"
    assert head["Cache-Control"] == "private, no-store"
    plain, _, encoded = head["Content-Disposition"].partition("filename*=UTF-8''")
    assert plain.startswith('attachment; filename="Uberweisung')
    assert unquote(encoded) == "Überweisung „Ω“.pdf"
    assert downloads(received.id) == 1


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=5-", 206, 5, None),
        ("bytes=-7", 206, -7, None),
        ("bytes=5-5", 206, 5, 6),
        ("bytes=0-3,6-9", 200, 0, None),
        ("pieces=1-2", 200, 0, None),
    ],
)
def test_ranges(
    client_as: Clients, attach: Attach, asked: str, status: int, start: int, end: int | None
) -> None:
    received = attach("letter.pdf", samples.pdf())
    answer = client_as("enroller").get(
        f"/documents/{received.id}/download", headers={"Range": asked}
    )
    assert answer.status_code == status
    assert answer.data == samples.pdf()[start:end]
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_ranges_beyond_the_end_and_of_other_content(client_as: Clients, attach: Attach) -> None:
    received = attach("letter.pdf", samples.pdf())
    client = client_as("enroller")
    address = f"/documents/{received.id}/download"

    beyond = client.get(address, headers={"Range": "bytes=99999-"})
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{len(samples.pdf())}"
    tag = client.get(address).headers["ETag"]
    same = client.get(address, headers={"Range": "bytes=0-1", "If-Range": tag})
    other = client.get(address, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)
    later_part = downloads(received.id)
    client.get(address, headers={"Range": "bytes=9-12"})
    assert downloads(received.id) == later_part
    head = client.head(address)
    assert (head.status_code, head.data) == (200, b"")


def test_a_stranger_gets_nothing_from_any_address(client_as: Clients, attach: Attach) -> None:
    received = attach("photo.png", samples.picture("PNG"))
    stranger = client_as("stranger")
    for address in ("", "download", "inline", "describe", "withdraw", "release", "pages/1.png"):
        assert stranger.get(f"/documents/{received.id}/{address}").status_code == 404
    assert client_as("stranger").get("/documents/nosuchdocument/").status_code == 404


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("photo.png", "/inline"),
        ("a.wav", "<audio"),
        ("a.mp4", "<video"),
        ("a.csv", "<table"),
        ("a.xml", "&lt;ClinicalDocument/&gt;"),
        ("a.pdf", "/pages/1.png"),
        ("a.docx", "cannot be shown here"),
    ],
)
def test_the_page_shows_the_document_where_that_is_safe(
    client_as: Clients, attach: Attach, name: str, part: str
) -> None:
    data = {**samples.honest(), "photo.png": samples.picture("PNG")}[name]
    received = attach(name, data)
    page = client_as("enroller").get(f"/documents/{received.id}/")
    assert page.status_code == 200
    assert part in page.text


def test_only_safe_kinds_are_sent_inline(client_as: Clients, attach: Attach) -> None:
    photo = attach("photo.png", samples.picture("PNG"))
    letter = attach("letter.pdf", samples.pdf())
    client = client_as("enroller")
    shown = client.get(f"/documents/{photo.id}/inline")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert client.get(f"/documents/{letter.id}/inline").status_code == 404


def test_pages_of_a_pdf_are_pictures(client_as: Clients, attach: Attach) -> None:
    letter = attach("letter.pdf", samples.pdf())
    client = client_as("enroller")
    picture = client.get(f"/documents/{letter.id}/pages/1.png")
    assert picture.data.startswith(b"\x89PNG")
    assert client.get(f"/documents/{letter.id}/pages/2.png").status_code == 404
    assert client.get(f"/documents/{letter.id}/pages/0.png").status_code == 404


def test_a_broken_pdf_is_still_a_document(client_as: Clients, attach: Attach) -> None:
    broken = attach("broken.pdf", b"%PDF-1.7\n" + b"garbage " * 50)
    page = client_as("enroller").get(f"/documents/{broken.id}/")
    assert page.status_code == 200
    assert "cannot be shown here" in page.text


def test_describe_and_take_out(client_as: Clients, patient: str, attach: Attach) -> None:
    received = attach("letter.pdf", samples.pdf())
    client = client_as("enroller")
    base = f"/documents/{received.id}/"
    csrf = token(client, base)

    wrong = client.post(base + "describe", data={"csrf_token": csrf, "category": "report", "document_date-day": "1", "document_date-month": "1", "document_date-year": "2999"})  # fmt: skip
    assert wrong.status_code == 422
    assert "lies in the future" in wrong.text
    right = client.post(
        base + "describe", data={"csrf_token": csrf, "category": "report", "note": "<b>n</b>"}
    )
    assert right.status_code == 303
    assert "&lt;b&gt;n&lt;/b&gt;" in client.get(base).text
    unreasoned = client.post(base + "withdraw", data={"csrf_token": csrf, "reason": ""})
    assert unreasoned.status_code == 422
    assert (
        client.post(base + "withdraw", data={"csrf_token": csrf, "reason": "a mistake"}).status_code
        == 303
    )
    listed = client.get(f"/patient/{patient}/documents/").text
    assert "a mistake" in listed
    assert client.get(base + "download").status_code == 410


def test_those_who_only_read_see_no_way_to_change(
    client_as: Clients, patient: str, attach: Attach, world: World
) -> None:
    received = attach("ct.dcm", samples.dicom(PatientName="Jansen^Jan"))
    db.session.get_one(Centre, world.centres["utrecht"]).visibility = "centre"
    db.session.commit()
    client = client_as("colleague")

    page = client.get(f"/patient/{patient}/documents/").text
    assert "Held back" in page
    assert "dropzone" not in page
    one = client.get(f"/documents/{received.id}/").text
    assert "/withdraw" not in one
    assert client.get(f"/documents/{received.id}/download").status_code == 403
    assert client.get(f"/documents/{received.id}/withdraw").status_code == 403


def test_a_page_of_documents_stays_within_its_statements(
    client_as: Clients, patient: str, attach: Attach, count_sql: list[str]
) -> None:
    for number in range(5):
        attach(f"{number}.txt", f"text {number}".encode())
    client = client_as("enroller")
    client.get(f"/patient/{patient}/documents/")
    count_sql.clear()
    client.get(f"/patient/{patient}/documents/")
    assert len(count_sql) <= 8, count_sql
