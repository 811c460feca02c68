"""Logging in and out against a login service with EU Login's habits: what is accepted, what is refused."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.kernel import clock, db
from portal.people.models import ExternalIdentity, Person, WebSession
from portal.people.sessions import COOKIE, digest_of
from portal.testing.world import World
from tests.unit.people.conftest import Login
from tests.unit.people.provider import RSAKey, query


def _sessions() -> list[WebSession]:
    return list(db.session.scalars(select(WebSession)))


def _people(subject: str) -> list[ExternalIdentity]:
    found = select(ExternalIdentity).where(ExternalIdentity.subject == subject)
    return list(db.session.scalars(found))


def test_the_first_login_makes_a_person_without_access(login: Login) -> None:
    browser = login.browser()
    answer = login.log_in(browser, given_name="Γιώργος", family_name="Παπάς", email="g@x.test")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    (identity,) = _people("new.doctor")
    person = db.session.get_one(Person, identity.person_id)
    assert (person.name, person.email) == ("Γιώργος Παπάς", "g@x.test")
    assert browser.get("/session/state").status_code == 200
    assert browser.get("/ern/nmd/").status_code == 403


def test_the_request_asks_for_pkce_nonce_state_and_the_wanted_level(login: Login) -> None:
    login.settings(OIDC_ACR_VALUES="https://ecas.ec.europa.eu/loa/medium")
    login.log_in(login.browser(), acr="https://ecas.ec.europa.eu/loa/medium")
    asked = login.provider.asked
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert min(len(asked["nonce"]), len(asked["state"])) >= 20
    assert asked["acr_values"] == "https://ecas.ec.europa.eu/loa/medium"


def test_a_login_without_second_factor_is_refused(login: Login) -> None:
    login.settings(OIDC_ACR_VALUES="https://ecas.ec.europa.eu/loa/medium")
    answer = login.log_in(login.browser(), acr="https://ecas.ec.europa.eu/loa/basic")
    assert answer.status_code == 403
    assert "second factor" in answer.get_data(as_text=True)
    assert _sessions() == []


def test_only_issuer_and_subject_identify_never_the_address(login: Login) -> None:
    login.log_in(login.browser(), sub="first", email="same@x.test")
    login.log_in(login.browser(), sub="second", email="same@x.test")
    login.log_in(login.browser(), sub="first", email="other@x.test")
    (first,), (second,) = _people("first"), _people("second")
    assert first.person_id != second.person_id


def test_a_known_person_arrives_where_they_wanted_to_go(login: Login, world: World) -> None:
    identity = db.session.scalars(
        select(ExternalIdentity).where(ExternalIdentity.person_id == world.people["enroller"])
    ).one()
    identity.issuer = login.provider.url
    db.session.commit()
    answer = login.log_in(login.browser(), "/login/?next=/ern/nmd/?tab=1", sub="enroller")
    assert answer.headers["Location"] == "/ern/nmd/?tab=1"


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "/\r\nx"]
)
def test_the_way_back_stays_on_this_site(login: Login, target: str) -> None:
    browser = login.browser()
    login.provider.claims = {"sub": "new.doctor"}
    browser_answer = browser.get("/login/", query_string={"next": target})
    assert "evil" not in query(browser_answer.headers["Location"])["redirect_uri"]
    address = login.begin(browser, "/login/?next=" + target.replace("\r\n", "%0d%0a"))
    assert browser.get(address).headers["Location"] == "/"


def test_the_secret_changes_at_login_and_only_its_digest_is_stored(login: Login) -> None:
    browser = login.browser()
    address = login.begin(browser)
    before = browser.get_cookie(COOKIE)
    browser.get(address)
    after = browser.get_cookie(COOKIE)
    assert before is not None
    assert after is not None
    assert after.value != before.value
    (row,) = _sessions()
    assert row.digest == digest_of(after.value)
    assert after.value not in json.dumps(row.data)
    assert after.http_only
    assert after.same_site == "Lax"


def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(login: Login) -> None:
    browser, other = login.browser(), login.browser()
    address = login.begin(browser)
    assert other.get(address).status_code == 403
    assert browser.get(address).status_code == 303
    assert login.browser().get(address).status_code == 403
    assert browser.get(address).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another-client"},
        {"iss": "https://another.test"},
        {"exp": 1},
    ],
)
def test_a_token_that_is_not_for_this_login_is_refused(
    login: Login, claims: dict[str, object]
) -> None:
    answer = login.log_in(login.browser(), **claims)
    assert answer.status_code == 403
    assert "could not be verified" in answer.get_data(as_text=True)
    assert _sessions() == []


def test_a_token_signed_with_a_foreign_key_is_refused(login: Login) -> None:
    browser, own = login.browser(), login.provider.key
    address = login.begin(browser)
    sign, foreign = login.provider.sign, RSAKey.generate_key(2048, {"kid": "k1"})
    login.provider.sign = lambda claims, key=None: sign(claims, foreign)  # type: ignore[method-assign]
    try:
        assert browser.get(address).status_code == 403
    finally:
        del login.provider.sign  # type: ignore[method-assign]
    assert login.provider.key is own
    assert _sessions() == []


def test_new_keys_of_the_provider_are_fetched(login: Login) -> None:
    login.log_in(login.browser())
    login.provider.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
    assert login.log_in(login.browser()).status_code == 303


def test_a_refusal_by_the_login_service_is_a_page(login: Login) -> None:
    browser = login.browser()
    state = query(login.begin(browser))["state"]
    answer = browser.get(f"/login/callback?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert "did not let you through" in answer.get_data(as_text=True)


def test_a_provider_that_is_away_is_a_clear_page(login: Login) -> None:
    login.settings(OIDC_ISSUER="http://127.0.0.1:9")
    answer = login.browser().get("/login/")
    assert answer.status_code == 503
    assert "The login service does not answer" in answer.get_data(as_text=True)


def test_a_provider_of_another_name_is_not_believed(login: Login) -> None:
    login.settings(OIDC_ISSUER=login.provider.url)
    login.provider.issuer = "https://another.test"
    assert login.browser().get("/login/").status_code == 503


def test_a_suspended_person_cannot_log_in(login: Login) -> None:
    browser = login.browser()
    login.log_in(browser)
    person = db.session.get_one(Person, _people("new.doctor")[0].person_id)
    person.suspended_at, person.suspended_reason = clock.now(), "Left the hospital."
    db.session.commit()
    assert browser.get("/session/state").status_code in (302, 401)
    answer = login.log_in(login.browser())
    assert answer.status_code == 403
    assert "Left the hospital." in answer.get_data(as_text=True)


def test_signing_out_ends_the_session_on_the_server_and_leads_to_the_provider(login: Login) -> None:
    browser = login.browser()
    login.log_in(browser)
    stolen = browser.get_cookie(COOKIE)
    assert stolen is not None
    token = browser.get("/session/state").json["csrf_token"]
    assert browser.post("/logout/", data={"csrf_token": token}).status_code == 303
    page = browser.get("/signed-out/")
    assert page.headers["Refresh"].startswith(f"0; url={login.provider.url}/logout?client_id=")
    assert "Refresh" not in browser.get("/signed-out/").headers
    thief = login.browser()
    thief.set_cookie(COOKIE, stolen.value)
    assert thief.get("/session/state", headers={"Accept": "application/json"}).status_code == 401
    (row,) = _sessions()
    assert row.ended_at is not None


def test_signing_out_needs_a_form_of_this_site(login: Login) -> None:
    browser = login.browser()
    login.log_in(browser)
    assert browser.post("/logout/").status_code == 400
    assert browser.get("/logout/").status_code == 200
    assert browser.get("/session/state").status_code == 200


def _notice(login: Login, **changes: object) -> int:
    token = login.provider.logout_token(**changes)
    return (
        login.browser().post("/login/backchannel-logout", data={"logout_token": token}).status_code
    )


def test_the_provider_ends_one_session_or_all_of_a_person(login: Login) -> None:
    one, two, other = login.browser(), login.browser(), login.browser()
    login.log_in(one, sid="s1")
    login.log_in(two, sid="s2")
    login.log_in(other, sub="somebody.else", sid="s3")
    assert _notice(login, sid="s1") == 200
    json_only = {"Accept": "application/json"}
    assert one.get("/session/state", headers=json_only).status_code == 401
    assert two.get("/session/state", headers=json_only).status_code == 200
    assert _notice(login, sub="new.doctor") == 200
    assert two.get("/session/state", headers=json_only).status_code == 401
    assert other.get("/session/state", headers=json_only).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another-client", "sub": "new.doctor"},
        {"iss": "https://another.test", "sub": "new.doctor"},
        {"events": {}, "sub": "new.doctor"},
        {"nonce": "n", "sub": "new.doctor"},
        {"iat": 1, "sub": "new.doctor"},
        {},
    ],
)
def test_a_logout_token_that_breaks_the_rules_ends_nothing(
    login: Login, changes: dict[str, object]
) -> None:
    browser = login.browser()
    login.log_in(browser, sid="s1")
    assert _notice(login, **changes) == 400
    assert browser.get("/session/state").status_code == 200


def test_a_forged_logout_token_ends_nothing(login: Login) -> None:
    browser = login.browser()
    login.log_in(browser)
    answer = browser.post("/login/backchannel-logout", data={"logout_token": "a.b.c"})
    assert answer.status_code == 400
    assert browser.get("/session/state").status_code == 200


def test_a_fresh_login_of_the_same_person_renews_the_proof(login: Login) -> None:
    browser = login.browser()
    with clock.shifted(timedelta(minutes=-20)):
        login.log_in(browser)
    answer = login.log_in(browser, "/login/?step_up=1&next=/help")
    assert answer.headers["Location"] == "/help"
    assert login.provider.asked["prompt"] == "login"
    (row,) = _sessions()
    assert row.authenticated_at is not None
    assert clock.now() - row.authenticated_at < timedelta(minutes=1)


def test_a_fresh_login_of_somebody_else_is_refused_and_changes_nothing(login: Login) -> None:
    browser = login.browser()
    login.log_in(browser)
    answer = login.log_in(browser, "/login/?step_up=1", sub="somebody.else")
    assert answer.status_code == 403
    assert "somebody else" in answer.get_data(as_text=True).lower()
    assert _people("somebody.else") == []
    assert browser.get("/session/state").status_code == 200
