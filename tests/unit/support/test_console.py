"""The support console: closed to all but support and operators, and every act leaves a record."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.access.actor import system
from portal.audit.models import AuditEvent
from portal.jobs.models import Job
from portal.kernel import clock, db
from portal.networks.models import Centre, CentreNetwork, Membership
from portal.people import service
from portal.people.models import Person, WebSession
from portal.people.service import NewInvitation
from portal.testing.pytest_plugin import Statements
from portal.testing.world import World

Clients = Callable[..., FlaskClient]
LISTS = (
    "people", "requests", "invitations", "guests", "memberships", "sessions", "centres", "extensions", "jobs", "mails",
)  # fmt: skip


def _token(client: FlaskClient) -> str:
    return str(client.get("/session/state").json["csrf_token"])


def _post(client: FlaskClient, address: str, **data: object) -> tuple[int, str]:
    answer = client.post(address, data={"csrf_token": _token(client), **data})
    return answer.status_code, answer.get_data(as_text=True)


def _person(world: World, persona: str) -> Person:
    db.session.remove()
    return db.session.get_one(Person, world.people[persona])


def _actions() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def _routes(app: Flask) -> list[str]:
    rules = [str(r) for r in app.url_map.iter_rules() if str(r).startswith("/support")]
    rules.remove("/support/static/<path:filename>")  # upstream style sheets: no data
    return [re.sub(r"<[^>]+>", "x", rule) for rule in rules]


@pytest.mark.parametrize(
    "persona", ["enroller", "coordinator", "guest", "researcher", "pending", "stranger"]
)
def test_every_route_is_closed_to_others(app: Flask, client_as: Clients, persona: str) -> None:
    client = client_as(persona)
    data = {"csrf_token": _token(client), "confirmed": "yes"}
    routes = _routes(app)
    assert len(routes) > 30
    for address in routes:
        assert client.get(address).status_code in (403, 405), address
        assert client.post(address, data=data).status_code in (403, 405), address


def test_every_route_leads_visitors_to_the_login(app: Flask, client_as: Clients) -> None:
    client = client_as()
    for address in _routes(app):
        answer = client.get(address)
        assert answer.status_code in (302, 405), address
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/login/"), address


@pytest.mark.parametrize("persona", ["support", "operator"])
def test_support_and_operators_open_every_list(client_as: Clients, persona: str) -> None:
    client = client_as(persona)
    assert client.get("/support/").status_code == 200
    for name in LISTS:
        answer = client.get(f"/support/{name}/?search=a")
        assert answer.status_code == 200, name


def test_an_auditor_opens_the_record_only(client_as: Clients, world: World) -> None:
    service.suspend(system("test"), world.people["guest"], "Left.")
    client = client_as("auditor")
    text = client.get("/support/audit/?search=person.suspended").get_data(as_text=True)
    assert "person.suspended" in text
    assert client.get("/support/").status_code == 200
    for name in LISTS:
        assert client.get(f"/support/{name}/").status_code == 403, name
    assert client_as("support").get("/support/audit/").status_code == 403


def test_the_record_is_filtered_by_day(client_as: Clients, world: World) -> None:
    service.suspend(system("test"), world.people["guest"], "Left.")
    client, today = client_as("operator"), clock.today().isoformat()
    filters = re.findall(
        r'value="(flt__n___[^"]+)"', client.get("/support/audit/").get_data(as_text=True)
    )
    assert filters
    page = client.get(f"/support/audit/?flt0_0={today}").get_data(as_text=True)
    assert "person.suspended" in page
    page = client.get("/support/audit/?flt0_0=2999-01-01").get_data(as_text=True)
    assert "person.suspended" not in page
    assert client.get("/support/audit/?flt0_0=nonsense").status_code == 200


def test_people_are_found_without_accents_and_in_any_script(client_as: Clients) -> None:
    client = client_as("support")
    for text in ("папа", "παπαδοπουλος", "ΠΑΠΑΔΌΠΟΥΛΟΣ", "iwanowa"):
        page = client.get("/support/people/", query_string={"search": text}).get_data(as_text=True)
        assert ("Παπαδόπουλος" in page) == ("παπαδ" in text.lower()), text


def test_suspending_needs_a_reason_and_ends_sessions_at_once(
    client_as: Clients, world: World
) -> None:
    member, client = client_as("member"), client_as("support")
    address = f"/support/people/{world.people['member']}/suspend"
    status, text = _post(client, address)
    assert status == 422
    assert "A reason is needed" in text
    assert member.get("/session/state").status_code == 200
    assert _post(client, address, reason="Left the hospital")[0] == 303
    assert _person(world, "member").suspended_reason == "Left the hospital"
    assert member.get("/session/state", headers={"Accept": "application/json"}).status_code == 401
    assert "person.suspended" in _actions()
    assert _post(client, f"/support/people/{world.people['member']}/unsuspend")[0] == 303
    assert _person(world, "member").suspended_at is None


def test_nobody_suspends_the_own_account(client_as: Clients, world: World) -> None:
    client = client_as("support")
    status, text = _post(client, f"/support/people/{world.people['support']}/suspend", reason="x")
    assert status == 422
    assert "Nobody suspends their own account" in text


def test_ending_sessions_is_asked_by_the_server_too(client_as: Clients, world: World) -> None:
    member, client = client_as("member"), client_as("support")
    address = f"/support/people/{world.people['member']}/sign-out"
    status, text = _post(client, address)
    assert status == 200
    assert "Are you sure?" in text
    assert member.get("/session/state").status_code == 200
    assert _post(client, address, confirmed="yes")[0] == 303
    assert member.get("/session/state", headers={"Accept": "application/json"}).status_code == 401


def test_one_session_of_a_list_is_ended_after_the_question(
    client_as: Clients, world: World
) -> None:
    client_as("member")
    client = client_as("support")
    digest = db.session.scalars(
        select(WebSession.digest).where(WebSession.person_id == world.people["member"])
    ).one()
    data = {"action": "end", "rowid": digest}
    assert "Are you sure?" in _post(client, "/support/sessions/action/", **data)[1]
    assert _post(client, "/support/sessions/action/", **data, confirmed="yes")[0] == 302
    db.session.remove()
    assert db.session.get_one(WebSession, digest).ended_at is not None


def test_guests_are_extended_by_ninety_days(client_as: Clients, world: World) -> None:
    client = client_as("support")
    find = select(Membership).where(Membership.person_id == world.people["guest"])
    membership_id = db.session.scalars(find).one().id
    data = {"action": "extend", "rowid": membership_id}
    assert _post(client, "/support/guests/action/", **data)[0] == 302
    db.session.remove()
    ends = db.session.scalars(find).one().ends_at
    assert ends is not None
    assert (ends - clock.now()).days in (89, 90)


def test_a_waiting_link_is_withdrawn_after_the_question(client_as: Clients, world: World) -> None:
    wanted = NewInvitation(world.networks["nmd"], "guest", "x@hospital.test")
    secret = service.invite(system("test"), wanted)
    client = client_as("support")
    page = client.get("/support/invitations/?search=x@hospital").get_data(as_text=True)
    assert "x@hospital.test" in page
    assert secret not in page
    row_id = re.findall(r'name="rowid"[^>]*value="([^"]+)"', page)[0]
    data = {"action": "withdraw", "rowid": row_id}
    assert "Are you sure?" in _post(client, "/support/invitations/action/", **data)[1]
    assert _post(client, "/support/invitations/action/", **data, confirmed="yes")[0] == 302
    page = client.get("/support/invitations/").get_data(as_text=True)
    assert "x@hospital.test" not in page


def test_a_membership_ends_with_a_reason(client_as: Clients, world: World) -> None:
    client = client_as("support")
    find = select(Membership).where(Membership.person_id == world.people["guest"])
    membership_id = db.session.scalars(find).one().id
    address = f"/support/people/{world.people['guest']}/memberships/{membership_id}/finish"
    assert _post(client, address)[0] == 422
    assert _post(client, address, reason="Case closed")[0] == 303
    db.session.remove()
    ended = db.session.scalars(find).one()
    assert ended.ended_at is not None
    assert ended.ended_reason == "Case closed"


def test_profiles_are_not_granted_from_an_open_screen(client_as: Clients, world: World) -> None:
    client = client_as("support")
    address = f"/support/people/{world.people['pending']}/grant"
    with clock.shifted(timedelta(minutes=11)):
        status, text = _post(client, address, profile="guest", network_id=world.networks["eye"])
    assert status == 403
    assert "Please log in again to go on" in text
    held = db.session.scalars(
        select(Membership.id).where(Membership.person_id == world.people["pending"])
    )
    assert held.all() == []


def test_support_grants_profiles_but_not_its_own_kind(client_as: Clients, world: World) -> None:
    address = f"/support/people/{world.people['pending']}/grant"
    client = client_as("support")
    wanted = {"profile": "guest", "network_id": world.networks["eye"]}
    assert _post(client, address, **wanted)[0] == 303
    status, _text = _post(client, address, profile="operator")
    assert status == 422
    assert _post(client_as("operator"), address, profile="support")[0] == 303
    held = db.session.scalars(
        select(Membership.profile).where(Membership.person_id == world.people["pending"])
    )
    assert sorted(held) == ["guest", "support"]


def test_centres_are_added_and_changed(client_as: Clients, world: World) -> None:
    client = client_as("support")
    new = {
        "code": "be-lie",
        "name": "CHU Sainte-Ève",
        "city": "Liège",
        "country": "BE",
        "active": "y",
    }
    networks = {"networks": world.networks["nmd"]}
    assert _post(client, "/support/centres/new/", **new, **networks)[0] == 302
    centre = db.session.scalars(select(Centre).where(Centre.code == "BE-LIE")).one()
    centre_id = centre.id
    assert db.session.get(CentreNetwork, (centre_id, world.networks["nmd"])) is not None
    status, text = _post(client, "/support/centres/new/", **new)
    assert status == 200
    assert "already used by another centre" in text
    edit = {"name": "CHU", "city": "Liège", "networks": world.networks["eye"]}
    assert _post(client, f"/support/centres/edit/?id={centre_id}", **edit)[0] == 302
    db.session.remove()
    changed = db.session.get_one(Centre, centre_id)
    assert (changed.name, changed.active, changed.code) == ("CHU", False, "BE-LIE")
    assert db.session.get(CentreNetwork, (centre_id, world.networks["nmd"])) is None
    assert db.session.get(CentreNetwork, (centre_id, world.networks["eye"])) is not None


def test_a_centre_with_members_stays_in_its_network(client_as: Clients, world: World) -> None:
    client = client_as("support")
    edit = {"name": "X", "city": "Utrecht", "active": "y"}
    address = f"/support/centres/edit/?id={world.centres['utrecht']}"
    status, text = _post(client, address, **edit)
    assert status == 200
    assert "End those memberships first" in text
    db.session.remove()
    assert db.session.get_one(Centre, world.centres["utrecht"]).name != "X"


def test_nothing_is_created_changed_or_deleted_elsewhere(client_as: Clients, world: World) -> None:
    client = client_as("operator")
    person = world.people["member"]
    for view in (
        "people",
        "requests",
        "guests",
        "memberships",
        "sessions",
        "jobs",
        "mails",
        "audit",
    ):
        for address in (f"/support/{view}/new/", f"/support/{view}/edit/?id={person}"):
            assert client.get(address).status_code in (302, 404), address
        _post(client, f"/support/{view}/delete/", id=person, confirmed="yes")
    _post(client, "/support/centres/delete/", id=world.centres["athens"], confirmed="yes")
    db.session.remove()
    assert db.session.get(Person, person) is not None
    assert db.session.get(Centre, world.centres["athens"]) is not None


def test_a_failed_job_is_tried_again(client_as: Clients) -> None:
    now = clock.now()
    job = Job(
        key="k", kind="x.y", payload={"patient": "not-to-be-shown"}, created_at=now, run_at=now
    )
    job.failed_at, job.attempts, job.last_error = now, 6, "no such host"
    db.session.add(job)
    db.session.commit()
    job_id, client = job.id, client_as("support")
    text = client.get("/support/jobs/?search=failed").get_data(as_text=True)
    assert "no such host" in text
    assert "not-to-be-shown" not in text
    assert _post(client, "/support/jobs/action/", action="retry", rowid=job_id)[0] == 302
    db.session.remove()
    again = db.session.get_one(Job, job_id)
    assert (again.failed_at, again.attempts) == (None, 0)


@pytest.mark.parametrize(
    "query", ["page=abc", "page=-3", "page=99999999999", "sort=99", "sort=x", "page_size=1000000"]
)  # fmt: skip
def test_a_tampered_address_is_answered_calmly(client_as: Clients, query: str) -> None:
    assert client_as("support").get(f"/support/people/?{query}").status_code == 200


def test_lists_cost_a_handful_of_statements(client_as: Clients, count_sql: Statements) -> None:
    client = client_as("operator")
    for name in (*LISTS, "audit"):
        client.get(f"/support/{name}/")
        count_sql.clear()
        assert client.get(f"/support/{name}/").status_code == 200
        assert len(count_sql) <= 8, (name, *count_sql)
