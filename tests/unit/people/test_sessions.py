"""Sessions: their limits, what ends them, what they cost, and what a visitor leaves behind."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.access.actor import Actor
from portal.kernel import clock, db
from portal.people import service
from portal.people.models import WebSession
from portal.people.recent import RecentLoginNeededError, require_recent
from portal.people.sessions import COOKIE, storable
from portal.testing.pytest_plugin import Statements
from portal.testing.world import World

Clients = Callable[..., FlaskClient]
Actors = Callable[[str], Actor]
JSON = {"Accept": "application/json"}


def _alive(client: FlaskClient) -> bool:
    return client.get("/session/state", headers=JSON).status_code == 200


def _rows() -> int:
    return db.session.scalar(select(func.count()).select_from(WebSession)) or 0


def test_a_session_ends_when_nobody_uses_it(client_as: Clients) -> None:
    client = client_as("member")
    with clock.shifted(timedelta(minutes=29)):
        assert _alive(client)
    with clock.shifted(timedelta(minutes=58)):
        assert _alive(client)
    with clock.shifted(timedelta(minutes=89)):
        assert not _alive(client)


def test_a_session_ends_after_twelve_hours_whatever_happens(client_as: Clients) -> None:
    client = client_as("member")
    for minutes in range(20, 12 * 60, 20):
        with clock.shifted(timedelta(minutes=minutes)):
            assert _alive(client), minutes
    with clock.shifted(timedelta(hours=12, minutes=1)):
        assert not _alive(client)


def test_the_page_says_how_many_seconds_are_left(client_as: Clients) -> None:
    client = client_as("member")
    assert 1790 <= client.get("/session/state").json["expires_in"] <= 1800
    with clock.shifted(timedelta(minutes=10)):
        assert 1190 <= client.get("/session/state").json["expires_in"] <= 1200
        assert 1790 <= client.get("/session/state").json["expires_in"] <= 1800


def test_the_last_use_is_written_once_a_minute(client_as: Clients, count_sql: Statements) -> None:
    client = client_as("member")
    client.get("/session/state")
    count_sql.clear()
    client.get("/session/state")
    assert [s for s in count_sql if s.startswith("UPDATE web_session")] == []
    with clock.shifted(timedelta(minutes=2)):
        client.get("/session/state")
    assert len([s for s in count_sql if s.startswith("UPDATE web_session")]) == 1


def test_session_and_actor_cost_two_statements(client_as: Clients, count_sql: Statements) -> None:
    client = client_as("member")
    client.get("/session/state")
    count_sql.clear()
    client.get("/session/state")
    assert len(count_sql) == 2, "\n".join(count_sql)


def test_style_sheets_and_health_cost_none(client_as: Clients, count_sql: Statements) -> None:
    client = client_as("member")
    count_sql.clear()
    client.get("/healthz")
    client.get("/assets/none.css")
    assert list(count_sql) == []
    assert _alive(client)


def test_a_visitor_leaves_no_row(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/privacy").status_code == 200
    assert client.get("/nowhere").status_code == 404
    assert _rows() == 0


@pytest.mark.parametrize(
    "cookie", ["", "v.", "v.eyJhIjoxfQ.x.y", "nonsense", "v." + "a" * 4000, "é"]
)
def test_a_forged_cookie_opens_nothing(app: Flask, cookie: str) -> None:
    client = app.test_client()
    client.set_cookie(COOKIE, cookie)
    assert not _alive(client)
    assert client.get("/privacy").status_code == 200


def test_a_visitors_cookie_cannot_name_a_user(app: Flask, client_as: Clients) -> None:
    from portal.people.sessions import VISITOR, _signer

    del client_as
    signed = _signer(app).dumps({"_user_id": "1", "person_id": "x"})
    client = app.test_client()
    client.set_cookie(COOKIE, VISITOR + str(signed))
    assert not _alive(client)


def test_my_sessions_are_listed_and_ended_one_by_one(client_as: Clients) -> None:
    here, there = client_as("member"), client_as("member")
    page = here.get("/people/me/sessions").get_data(as_text=True)
    assert page.count("chip-good") == 1
    key = page.split('name="key" value="')[1].split('"')[0]
    token = here.get("/session/state").json["csrf_token"]
    assert (
        here.post("/people/me/sessions/end", data={"key": key, "csrf_token": token}).status_code
        == 303
    )
    assert _alive(here)
    assert not _alive(there)


def test_nobody_ends_a_session_of_somebody_else(client_as: Clients, world: World) -> None:
    client_as("member")
    digest = db.session.scalars(
        select(WebSession.digest).where(WebSession.person_id == world.people["member"])
    ).one()
    client = client_as("lead")
    token = client.get("/session/state").json["csrf_token"]
    answer = client.post("/people/me/sessions/end", data={"key": digest, "csrf_token": token})
    assert answer.status_code == 404


def test_signing_out_everywhere_else_keeps_this_one(client_as: Clients) -> None:
    here, there, phone = client_as("member"), client_as("member"), client_as("member")
    token = here.get("/session/state").json["csrf_token"]
    assert (
        here.post("/people/me/sessions/end-others", data={"csrf_token": token}).status_code == 303
    )
    assert (_alive(here), _alive(there), _alive(phone)) == (True, False, False)


def test_an_ended_membership_is_gone_with_the_next_request(
    client_as: Clients, world: World, actor_of: Actors
) -> None:
    from portal.networks import service as networks
    from portal.networks.models import Membership

    client = client_as("guest")
    assert client.get("/ern/nmd/experts").status_code == 200
    membership = db.session.scalars(
        select(Membership.id).where(Membership.person_id == world.people["guest"])
    ).one()
    networks.end(actor_of("coordinator"), membership, "Case closed")
    assert client.get("/ern/nmd/experts").status_code == 403


def test_a_guest_whose_time_is_up_is_refused(client_as: Clients) -> None:
    assert client_as("expired_guest").get("/ern/nmd/experts").status_code == 403


def test_old_sessions_are_forgotten(client_as: Clients) -> None:
    from portal.access.actor import system

    client_as("member")
    assert service.forget_sessions(system("test")) == 0
    with clock.shifted(timedelta(days=100)):
        assert service.forget_sessions(system("test")) == 1
    assert _rows() == 0


def test_grave_acts_need_a_login_of_a_moment_ago(actor_of: Actors) -> None:
    from dataclasses import replace

    actor = replace(actor_of("lead"), authenticated_at=clock.now())
    require_recent(actor)
    with clock.shifted(timedelta(minutes=11)), pytest.raises(RecentLoginNeededError):
        require_recent(actor)
    with pytest.raises(RecentLoginNeededError):
        require_recent(actor_of("lead"))


def test_what_a_page_keeps_in_the_session_can_be_stored() -> None:
    from flask_babel import lazy_gettext

    assert storable({"_flashes": [("success", "x")], "n": 1, "none": None}) == {
        "_flashes": [["success", "x"]],
        "n": 1,
        "none": None,
    }
    assert lazy_gettext("Saved") is not None
