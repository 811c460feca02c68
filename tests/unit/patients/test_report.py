"""The patient's own report: all that is held, who looked, and only by those who know who it is."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.kernel import clock, db
from portal.patients import queries
from portal.testing.house import HOME, Room, furnish


@pytest.fixture
def room(world: Any, actor_of: Any) -> Room:
    return furnish(world, actor_of, HOME)


def test_the_report_holds_everything_and_who_looked(room, client_as, post, actor_of):
    client_as("member").get(f"/patient/{room.patient}/")
    show, url = f"/patient/{room.patient}/", f"/patient/{room.patient}/report"
    answer = post(client_as("enroller"), url, {"format": "json"}, show)
    assert answer.headers["Cache-Control"] == "no-store"
    report = json.loads(answer.data)
    identity = queries.identity(actor_of("enroller"), room.patient)
    assert report["identity"]["family name"] == identity.family_name
    held = {part["what"] for part in report["held"]}
    assert {
        "answers of the consultation form",
        "medical documents",
        "consultations",
        "advice of experts",
        "outcomes",
    } <= held
    looks = {(look["who"], look["what"]) for look in report["who_looked"]}
    assert ("Мария Иванова", "looked at the record") in looks
    actions = db.session.scalars(select(AuditEvent.action)).all()
    assert actions.count("patient.reported") == 1

    made = post(client_as("assistant"), url, {"format": "pdf"}, show)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made.data)).pages)
    assert identity.family_name in text
    assert "Who looked, and who changed what" in text


def test_it_is_not_handed_out_from_an_open_screen(room, client_as, post):
    client = client_as("enroller")
    url = f"/patient/{room.patient}/report"
    with clock.shifted(timedelta(minutes=11)):
        refused = post(client, url, {"format": "json"}, f"/patient/{room.patient}/")
    assert refused.status_code == 403
    assert "Please log in again to go on" in refused.text
    assert not db.session.scalars(
        select(AuditEvent.id).where(AuditEvent.action == "patient.reported")
    ).all()


def test_nobody_else_gets_it_and_other_formats_are_named(room, client_as, post):
    url = f"/patient/{room.patient}/report"
    assert post(client_as("member"), url, {}, "/people/me").status_code == 403
    assert post(client_as("colleague"), url, {}, "/people/me").status_code == 404
    answer = post(client_as("enroller"), url, {"format": "xml"}, "/people/me")
    assert answer.status_code == 422
    assert "pdf, json" in answer.text


def test_the_clinician_sees_reading_of_record_case_and_documents_in_one_list(room, client_as):
    member = client_as("member")
    for url in (
        f"/patient/{room.patient}/",
        f"/panel/{room.panel}/",
        f"/patient/{room.patient}/form/read",
        f"/documents/{room.document}/download",
    ):
        assert member.get(url).status_code == 200, url
    shown = client_as("enroller").get(f"/centre/NL-UTR/audit?patient={room.patient}").text
    for words in ("looked at the record", "read the case", "took a copy of a document"):
        assert words in shown
