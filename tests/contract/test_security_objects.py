"""Guessing: identifiers of other people's things in addresses and forms, and fields that no form has."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.documents.models import Document
from portal.forms.models import FormAnswerChange, FormResponse
from portal.kernel import db
from portal.networks.models import Centre, ExpertGroupMember, Membership, ThematicArea
from portal.outcomes.models import Outcome, Signature
from portal.panels.models import Agreement, Comment, InformationRequest, Panel, PanelMember
from portal.patients.models import Consent, Patient
from portal.people.models import AccessInvitation, AccessRequest, Person, WebSession
from portal.testing.desk import Desk, lay_out
from portal.testing.house import AWAY, HOME, Room, furnish
from portal.testing.world import World

Clients = Callable[..., FlaskClient]


@dataclass(frozen=True)
class Two:
    """Two cases in two networks."""

    home: Room
    away: Room
    here: Desk
    there: Desk
    world: World


@pytest.fixture
def two(
    app: Flask, world: World, actor_of: Callable[[str], Any], whole_app: Flask
) -> Iterator[Two]:
    """Two furnished cases; forms need no token here."""
    rooms = [furnish(world, actor_of, cast) for cast in (HOME, AWAY)]
    desks = [lay_out(world, actor_of, cast) for cast in (HOME, AWAY)]
    whole_app.config["WTF_CSRF_ENABLED"] = False
    yield Two(rooms[0], rooms[1], desks[0], desks[1], world)
    whole_app.config["WTF_CSRF_ENABLED"] = True


WATCHED = (
    Agreement, AccessInvitation, AccessRequest, Comment, Consent, Document, ExpertGroupMember, FormAnswerChange,
    InformationRequest, Membership, Outcome, Panel, PanelMember, Patient, Person, Signature, ThematicArea,
)  # fmt: skip


def state(*models: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of what may not change."""
    db.session.expire_all()
    return {
        model.__tablename__: sorted(
            (tuple(row) for row in db.session.execute(select(model.__table__))), key=repr
        )
        for model in models or WATCHED
    }


def guesses(two: Two) -> list[tuple[str, str, dict[str, Any], set[int]]]:
    """Return (persona, address, what is sent, what may be answered); the thing belongs to others."""
    home, away, here, there = two.home, two.away, two.here, two.there
    people, gone = two.world.people, {403, 404}
    none = {404}
    return [
        # a thing of another case below an own case
        ("member", f"/panel/{home.panel}/agree/{away.contribution}", {}, none),
        ("enroller", f"/panel/{home.panel}/information", {"request_id": away.information, "answer": "x"}, none),
        ("enroller", f"/patient/{home.patient}/form/request/autosave?response={_response(away)}",
         {"json": {"changes": {"case_summary": "stolen"}, "base": {}, "version": 9, "key": "k"}}, none),
        ("enroller", f"/panel/new?patient={away.patient}", {"question": "?", "area_id": "x"}, none),
        ("enroller", f"/panel/{home.panel}/question", {"question": "q", "area_id": two.world.areas["eye"]}, {422}),
        ("lead", f"/panel/{home.panel}/invite", {"person_ids": people["stranger"]}, {403, 404, 422}),
        ("coordinator", f"/panel/{home.panel}/invite", {"group_id": there.group}, {404, 422}),
        ("coordinator", f"/panel/{home.panel}/lead", {"lead_id": people["stranger"]}, {422}),
        # a foreign thing by its own address
        ("enroller", f"/patient/{away.patient}/nickname", {"nickname": "Mine now"}, none),
        ("enroller", f"/patient/{away.patient}/hand-over", {"person_id": people["enroller"]}, none),
        ("enroller", f"/documents/{away.document}/withdraw", {"reason": "x"}, none),
        ("member", f"/documents/{home.document}/withdraw", {"reason": "x"}, {403}),
        ("enroller", f"/outcome/{away.closed}/sign", {"hash": "0" * 64}, none),
        ("enroller", f"/documents/upload/{away.patient}", {}, none | {422}),
        # a foreign network's office under the own network's address
        ("coordinator", f"/ern/nmd/members/{there.membership}/finish", {"reason": "x"}, gone),
        ("coordinator", f"/ern/nmd/members/{there.membership}/change", {"act": "review"}, gone),
        ("coordinator", f"/ern/nmd/groups/{there.group}", {"name": "Mine"}, gone),
        ("coordinator", f"/ern/nmd/groups/{there.group}/remove", {}, gone),
        ("coordinator", f"/ern/nmd/groups/{there.group}/members", {"add": people["member"]}, gone),
        ("coordinator", f"/ern/nmd/groups/{here.group}/members", {"add": people["stranger"]}, {404, 422}),
        ("coordinator", f"/ern/nmd/access-requests/{there.request}", {"decision": "approved"}, gone),
        ("coordinator", f"/ern/nmd/invitations/{there.invitation}/withdraw", {}, gone),
        ("coordinator", f"/configuration/areas/edit/{two.world.areas['eye']}",
         {"label": "Mine", "position": "1"}, none),
        ("coordinator", f"/configuration/networks/edit/{two.world.networks['eye']}", {"title": "Mine"}, none),
        ("coordinator", "/centre/FR-LYO/settings", {"visibility": "centre"}, none),
        # other people's own things
        ("stranger", f"/people/request-access/{here.request}/withdraw", {}, none),
        ("member", f"/support/people/{people['lead']}/suspend", {"reason": "x"}, {403}),
        ("auditor", f"/support/people/{people['lead']}/sign-out", {"confirmed": "yes"}, {403}),
        ("auditor", "/support/sessions/action/", {"action": "end", "rowid": "x", "confirmed": "yes"}, {403}),
    ]  # fmt: skip


def _response(room: Room) -> str:
    return str(
        db.session.scalar(select(FormResponse.id).where(FormResponse.patient_id == room.patient))
    )


def test_a_guessed_identifier_changes_nothing(two: Two, client_as: Clients) -> None:
    before, wrong = state(), []
    clients: dict[str, FlaskClient] = {}
    for persona, url, sent, expected in guesses(two):
        client = clients.setdefault(persona, client_as(persona))
        answer = client.post(url, **(sent if "json" in sent else {"data": sent}))
        if answer.status_code not in expected:
            wrong.append(f"{persona} POST {url}: {answer.status_code}, expected {sorted(expected)}")
    assert not wrong, "\n".join(wrong)
    after = state()
    assert {name for name in before if before[name] != after[name]} == set()


def test_nobody_ends_the_session_of_somebody_else(two: Two, client_as: Clients) -> None:
    client_as("member")
    digests = db.session.scalars(
        select(WebSession.digest).where(WebSession.person_id == two.world.people["member"])
    ).all()
    enroller = client_as("enroller")
    for digest in digests:
        for name in ("digest", "session", "key", "id"):
            enroller.post("/people/me/sessions/end", data={name: digest})
    db.session.expire_all()
    open_ones = select(func.count()).where(
        WebSession.person_id == two.world.people["member"], WebSession.ended_at.is_(None)
    )
    assert db.session.scalar(open_ones) == len(digests) > 0


# --- fields that no form has -----------------------------------------------------------------------


def extra(two: Two) -> list[tuple[str, str, dict[str, Any], Any, str, dict[str, Any]]]:
    """Return (persona, address, form, model, id, what must stay) with fields that were made up."""
    home, people, world = two.home, two.world.people, two.world
    member = db.session.get_one(Person, people["member"])
    return [
        ("member", "/people/me",
         {"job_title": "Neurologist", "digest_hour": "7", "time_zone": "Europe/Athens", "user_id": "1",
          "email": "root@x.test", "suspended_at": "2000-01-01", "given_name": "Root", "profile": "operator",
          "id": people["lead"]},
         Person, member.id, {"email": member.email, "given_name": member.given_name, "user_id": member.user_id}),
        ("enroller", f"/patient/{home.patient}/nickname",
         {"nickname": "Quiet Heron 12", "enrolled_by": people["member"], "centre_id": world.centres["lyon"],
          "status": "erased", "network_id": world.networks["eye"]},
         Patient, home.patient,
         {"enrolled_by": people["enroller"], "centre_id": world.centres["utrecht"], "status": "enrolled"}),
        ("enroller", f"/panel/{home.panel}/question",
         {"question": "Which gene?", "area_id": world.areas["nmd"], "phase": "closed", "lead_id": people["member"],
          "requester_id": people["member"], "number": "X-1", "patient_id": "", "urgent": "", "network_id": "x"},
         Panel, home.panel, {"phase": "assessment", "lead_id": people["lead"], "requester_id": people["enroller"]}),
        ("enroller", f"/documents/{home.document}/describe",
         {"category": "other", "note": "n", "state": "ready", "patient_id": two.away.patient, "blob": "x",
          "uploaded_by": people["member"], "name": "evil.html", "media_type": "text/html"},
         Document, home.document, {"patient_id": home.patient, "uploaded_by": people["enroller"],
                                   "media_type": "text/plain"}),
        ("enroller", "/centre/NL-UTR/settings",
         {"visibility": "enroller", "consent_text": "Ours", "code": "XX-1", "name": "Mine", "active": "",
          "country": "XX"},
         Centre, world.centres["utrecht"], {"code": "NL-UTR", "country": "NL", "active": True}),
        ("coordinator", f"/configuration/areas/edit/{world.areas['nmd']}",
         {"label": "Muscle", "position": "3", "active": "y", "network_id": world.networks["eye"],
          "network": world.networks["eye"], "code": "stolen"},
         ThematicArea, world.areas["nmd"], {"network_id": world.networks["nmd"]}),
    ]  # fmt: skip


def test_fields_that_no_form_has_change_nothing(two: Two, client_as: Clients) -> None:
    for persona, url, form, model, identifier, stays in extra(two):
        before = db.session.get_one(model, identifier)
        kept = {c.name: getattr(before, c.name) for c in model.__table__.columns}
        answer = client_as(persona).post(url, data=form)
        assert answer.status_code in {302, 303}, (url, answer.status_code)
        db.session.expire_all()
        row = db.session.get_one(model, identifier)
        for name, value in {**stays, "id": kept["id"]}.items():
            assert getattr(row, name) == value, (url, name)


def test_messages_with_unknown_parts_are_refused(two: Two, client_as: Clients) -> None:
    lead, member = client_as("lead"), client_as("member")
    for client, url, part in (
        (member, f"/panel/{two.home.panel}/draft", "status"),
        (lead, f"/outcome/{two.home.panel}/draft", "sealed_at"),
    ):
        body = {"changes": {part: "sent"}, "base": {part: 0}, "key": "k"}
        assert client.post(url, json=body).status_code == 422, url


def test_a_membership_is_granted_only_as_the_decision_says(two: Two, client_as: Clients) -> None:
    """The requester asked for a clinician's profile; the form of the decision cannot change that."""
    data = {
        "decision": "approved", "profile": "coordinator", "network_id": two.world.networks["eye"],
        "centre_id": two.world.centres["lyon"], "person_id": two.world.people["member"], "may_enrol": "y",
    }  # fmt: skip
    answer = client_as("coordinator").post(
        f"/ern/nmd/access-requests/{two.here.request}", data=data
    )
    assert answer.status_code == 303
    rows = db.session.scalars(
        select(Membership).where(Membership.person_id == two.world.people["pending"])
    ).all()
    assert [(r.profile, r.network_id, r.centre_id) for r in rows] == [
        ("clinician", two.world.networks["nmd"], two.world.centres["utrecht"])
    ]
