"""Every route for everybody: who is let through, who is told no, who is told nothing.

The expected answers stand in ``authorisation_matrix.csv``, a line per method and route, a column per
persona; a route without a line fails. ``PORTAL_WRITE_MATRIX=1`` writes what was found, so that a change
is read as a difference before it is believed; the rules below do not read that file's opinion.
"""

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.kernel import clock, db
from portal.panels.models import PanelMember
from portal.people.sessions import COOKIE, begin_for_tests
from portal.testing.addresses import House, address, rules
from portal.testing.pytest_plugin import BrowserClient
from portal.testing.world import World
from portal.web.public import PUBLIC

TABLE = Path(__file__).with_name("authorisation_matrix.csv")
METHODS = ("GET", "POST", "PATCH", "DELETE")
PERSONAS = (
    "anonymous", "pending", "expired_guest", "stranger", "other_coordinator", "researcher", "support",
    "auditor", "operator", "colleague", "enroller", "assistant", "lead", "member", "guest", "expert",
    "coordinator", "dispatcher",
)  # fmt: skip
# Nobody of these has anything to do with the case; those who pass a page's gate learn nothing.
STRANGERS = ("stranger", "other_coordinator", "researcher", "colleague")
NO_MEMBERS = ("pending", "expired_guest", "support", "auditor", "operator")
CLINICAL = ("<patient_id>", "<panel_id>", "<document_id>")
Matrix = dict[tuple[str, str], dict[str, int]]


@contextmanager
def undone() -> Iterator[None]:
    """Take back what a request has changed, so that every cell begins in the same world."""
    db.session.commit()
    connection = db.session.get_bind()
    nested = connection.begin_nested()  # type: ignore[union-attr]
    try:
        yield
    finally:
        db.session.remove()
        nested.rollback()


@pytest.fixture
def seated(house: House, world: World, app: Flask) -> House:
    """The furnished world; a guest whose time is over sat on the panel. Forms need no token here."""
    for panel in (house.room.panel, house.room.closed):
        db.session.add(
            PanelMember(
                panel_id=panel,
                person_id=world.people["expired_guest"],
                role="guest",
                status="accepted",
                invited_by=world.people["coordinator"],
                invited_at=clock.now(),
            )
        )
    app.config["WTF_CSRF_ENABLED"] = False
    return house


@pytest.fixture(autouse=True)
def csrf_is_back(whole_app: Flask) -> Iterator[None]:
    """Turn the check of form tokens on again."""
    yield
    whole_app.config["WTF_CSRF_ENABLED"] = True


def lines(app: Flask) -> list[tuple[str, Any]]:
    """Return (method, rule) of everything that can be asked."""
    return [(m, rule) for rule in rules(app) for m in METHODS if m in (rule.methods or ())]


def read() -> Matrix:
    """Return the expected table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            (row["method"], row["route"]): {p: int(row[p]) for p in PERSONAS}
            for row in csv.DictReader(file)
        }


def write(matrix: Matrix) -> None:
    """Write the table for reading as a difference."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["method", "route", *PERSONAS])
        for (method, route), cells in matrix.items():
            out.writerow([method, route, *(cells[p] for p in PERSONAS)])


def bodies(world: World) -> dict[str, dict[str, Any]]:
    """Return what is sent to endpoints that say nothing about rights to an empty request."""
    member, colleague = world.people["member"], world.people["colleague"]
    changes = {"json": {"changes": {}, "base": {}, "version": 0, "key": "k"}}
    return {
        "PanelAnswerView.draft": changes,
        "OutcomeView.draft": changes,
        "FormSectionView.autosave": changes,
        "FormSectionView.save_page": {"data": {"_version": "0", "case_summary": "x"}},
        "UploadView.piece": {
            "headers": {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"},
            "content_type": "application/offset+octet-stream",
        },
        "UploadView.send": {"headers": {"Tus-Resumable": "1.0.0", "Upload-Length": "5"}},
        "MembersView.change": {"data": {"act": "review"}},
        "GroupsView.change_members": {"data": {"add": member}},
        "PanelExpertsView.invite": {"data": {"person_ids": colleague}},
        "PanelExpertsView.manage": {"data": {"person_id": member, "reason": "A conflict."}},
        "PanelView.step": {"data": {"transition": "begin_outcome", "reason": "Enough is known."}},
        "PanelView.lead": {"data": {"lead_id": world.people["expert"]}},
        "PanelAnswerView.answer": {"data": {"text": "It is Becker dystrophy.", "key": "k"}},
        "PanelTalkView.discussion": {"data": {"text": "Thank you.", "key": "k"}},
    }


def visit(client: FlaskClient, cookie: str, method: str, url: str, body: dict[str, Any]) -> int:
    """Return the status of one request, as a browser with that cookie sends it."""
    body = dict(body) if method != "GET" else {}
    headers = {"Accept": "text/html", "Cookie": f"{COOKIE}={cookie}" if cookie else ""}
    headers |= body.pop("headers", {})
    with undone():
        return client.open(url, method=method, headers=headers, **body).status_code


def test_every_route_answers_everybody_as_the_table_says(
    seated: House, world: World, app: Flask
) -> None:
    client = BrowserClient(app, app.response_class, use_cookies=False)
    cookies = {p: begin_for_tests(world.people[p]) for p in PERSONAS if p != "anonymous"}
    sent = bodies(world)
    found: Matrix = {}
    for method, rule in lines(app):
        url = address(app, rule, seated.values)
        body = sent.get(rule.endpoint, {})
        app.extensions["portal.throttle"].clear()
        found[method, str(rule)] = {
            p: visit(client, cookies.get(p, ""), method, url, body) for p in PERSONAS
        }
    if os.environ.get("PORTAL_WRITE_MATRIX"):
        write(found)
        pytest.fail("the table was written: read its difference, then run again without the switch")
    expected = read()
    wrong = [
        f"{method} {route}, {persona}: {status}, expected {expected[method, route][persona]}"
        for (method, route), cells in found.items()
        if (method, route) in expected
        for persona, status in cells.items()
        if status != expected[method, route][persona]
    ]
    assert not wrong, "\n".join(wrong)


def test_every_route_has_a_line(app: Flask) -> None:
    wanted = {(method, str(rule)) for method, rule in lines(app)}
    assert sorted(wanted - set(read())) == [], (
        "give these routes a line in authorisation_matrix.csv"
    )
    assert sorted(set(read()) - wanted) == [], "these routes are gone"


def _endpoints(app: Flask) -> dict[str, str]:
    return {str(rule): rule.endpoint for rule in rules(app)}


def test_visitors_pass_only_where_the_public_list_says_so(app: Flask) -> None:
    endpoints = _endpoints(app)
    open_ones = {
        route
        for (method, route), cells in read().items()
        if cells["anonymous"] not in {302, 401, 404, 405} and endpoints[route] not in PUBLIC
    }
    # What is sent after the login has ended is put aside for its writer, who is led to the login.
    assert open_ones == {"/patient/<patient_id>/form/<section>/"}


def test_strangers_are_told_that_there_is_nothing() -> None:
    told = {
        f"{method} {route}: {persona} {cells[persona]}"
        for (method, route), cells in read().items()
        if any(word in route for word in CLINICAL)
        for persona in STRANGERS
        if cells[persona] not in {404, 405}
    }
    assert told == set()


def test_people_without_a_membership_stop_at_the_gate() -> None:
    passed = {
        f"{method} {route}: {persona} {cells[persona]}"
        for (method, route), cells in read().items()
        if any(word in route for word in CLINICAL)
        for persona in NO_MEMBERS
        if cells[persona] not in {403, 404, 405}
    }
    assert passed == set()


def test_nothing_breaks_for_anybody() -> None:
    broken = {route for (_, route), c in read().items() if any(s >= 500 for s in c.values())}
    # The login service of the tests is away, and these pages say so (503).
    assert broken == {"/login/", "/login/callback", "/login/backchannel-logout"}


def test_only_these_change_what_is_theirs() -> None:
    """The hardest rows of the product's table, read from the matrix in words."""
    table = read()

    def may(method: str, route: str) -> set[str]:
        let_in = {200, 201, 302, 303, 422}
        cells = table[method, route].items()
        return {p for p, status in cells if status in let_in and p != "anonymous"}

    record = {"enroller", "assistant"}
    assert may("POST", "/patient/<patient_id>/identity") == record
    assert may("POST", "/patient/<patient_id>/form/<section>/") == record
    assert may("POST", "/patient/<patient_id>/consents/<purpose>/withdraw") == record
    assert may("POST", "/documents/upload/<patient_id>") == record
    assert may("GET", "/patient/<patient_id>/") == record | {"lead", "member", "guest"}
    assert may("GET", "/documents/<document_id>/download") == record | {"lead", "member", "guest"}
    assert may("GET", "/outcome/<panel_id>/pdf") == record | {"lead", "member"}
    assert may("POST", "/outcome/<panel_id>/sign") <= {"enroller", "lead", "member"}


SAME = (
    ("PatientView.show", "patient_id"),
    ("PatientDocumentsView.index", "patient_id"),
    ("FormReadingView.read", "patient_id"),
    ("PanelView.show", "panel_id"),
    ("PanelTalkView.timeline", "panel_id"),
    ("OutcomeView.show", "panel_id"),
    ("OutcomeView.pdf", "panel_id"),
    ("DocumentView.show", "document_id"),
    ("DocumentView.download", "document_id"),
)


@pytest.mark.parametrize("persona", ["stranger", "researcher", "support", "pending"])
def test_what_is_not_yours_looks_like_what_is_not_there(
    persona: str, seated: House, client_as: Callable[..., FlaskClient], app: Flask
) -> None:
    client = client_as(persona)
    by_endpoint = {rule.endpoint: rule for rule in rules(app)}
    for endpoint, word in SAME:
        rule = by_endpoint[endpoint]
        real = client.get(address(app, rule, seated.values))
        values = {**seated.values, word: "0" * 26, endpoint: {word: "0" * 26}}
        absent = client.get(address(app, rule, values))
        assert real.status_code == absent.status_code, endpoint
        hidden = str(seated.values.get(endpoint, seated.values)[word])
        assert _plain(real.text.replace(hidden, "0" * 26)) == _plain(absent.text), endpoint
        assert set(real.headers.keys()) == set(absent.headers.keys()), endpoint


def _plain(body: str) -> str:
    """Return a body without what differs from one request to the next: tokens and time left."""
    return "\n".join(
        line for line in body.splitlines() if "csrf" not in line and "session-expires" not in line
    )
