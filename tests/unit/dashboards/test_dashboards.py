"""Dashboards: who sees what, empty states, cards of others, the budget of statements."""

import pytest

from portal import tasks
from portal.extend import hookimpl, manager
from portal.extend.specs import CardSpec
from portal.kernel import clock, db
from portal.networks.models import Centre


@pytest.fixture
def cards():
    class Plugin:
        @hookimpl
        def global_cards(self, actor):
            return [
                CardSpec("late", "Later card", "no/such/template.html", {}, order=500),
                CardSpec(
                    "mine",
                    "First card",
                    "patients/cards/mine.html",
                    {"rows": [], "centres": []},
                    order=1,
                ),
            ]

        @hookimpl
        def network_cards(self, actor, network_id):
            raise RuntimeError("a plugin's fault")

    manager.register(Plugin(), name="test.cards")
    yield
    manager.pm.unregister(name="test.cards")


def test_an_anonymous_visitor_is_led_to_the_login(client_as):
    answer = client_as().get("/")
    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]


def test_without_membership_the_way_leads_to_the_request_for_access(client_as):
    answer = client_as("pending").get("/")
    assert answer.status_code == 302
    assert "login" not in answer.headers["Location"]


@pytest.mark.parametrize("persona", ["enroller", "assistant", "coordinator", "dispatcher", "guest", "researcher", "support", "auditor", "operator"])  # fmt: skip
def test_everybody_with_a_membership_has_a_first_page(client_as, persona):
    page = client_as(persona).get("/")
    assert page.status_code == 200
    assert "Nothing waits for you" in page.text


def test_the_first_page_shows_places_tasks_and_notices(client_as, world):
    tasks.open_for(
        [world.people["enroller"]], "answer", "panel:1", title="Answer the question of Lyon",
        url="/panel/1/", reason="You accepted", urgent=True, due_on=clock.today(),
    )  # fmt: skip
    db.session.commit()
    text = client_as("enroller").get("/").text
    for words in (
        "EURO-NMD",
        "Domplein University Hospital",
        "Answer the question of Lyon",
        "Urgent",
    ):
        assert words in text
    assert 'href="/ern/nmd/"' in text
    assert 'href="/centre/NL-UTR/"' in text


def test_cards_come_in_order_and_a_broken_one_harms_nobody(client_as, cards):
    text = client_as("enroller").get("/").text
    assert text.index("First card") < text.index("Later card")
    assert "This part could not be shown" in text
    assert client_as("enroller").get("/ern/nmd/").status_code == 200


def test_networks_and_centres_are_not_there_for_strangers(client_as):
    stranger = client_as("stranger")
    assert stranger.get("/ern/nmd/").status_code == 404
    assert stranger.get("/centre/NL-UTR/").status_code == 404
    assert stranger.get("/ern/none/").status_code == 404
    assert stranger.get("/ern/eye/").status_code == 200
    assert client_as("pending").get("/ern/nmd/").status_code == 403


def test_a_centre_without_the_officer_s_agreement_says_so(client_as, world):
    assert "data protection officer" not in client_as("enroller").get("/centre/NL-UTR/").text
    db.session.get(Centre, world.centres["utrecht"]).dpo_agreed_on = None
    db.session.commit()
    assert "data protection officer" in client_as("enroller").get("/centre/NL-UTR/").text


def test_an_empty_centre_says_what_to_do_next(client_as):
    text = client_as("enroller").get("/centre/NL-UTR/").text
    assert "No patients yet" in text
    assert 'href="/centre/NL-UTR/enrol"' in text


@pytest.mark.parametrize("url", ["/", "/ern/nmd/", "/centre/NL-UTR/"])
def test_a_dashboard_stays_within_its_budget_of_statements(client_as, count_sql, url):
    browser = client_as("enroller")
    browser.get(url)
    count_sql.clear()
    assert browser.get(url).status_code == 200
    assert len(count_sql) <= 8, list(count_sql)
