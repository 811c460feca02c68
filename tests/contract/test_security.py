"""The doors: sessions, cookies, form tokens, headers, redirects, settings. Each rule with its attack."""

import re
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.access.actor import system
from portal.kernel import db
from portal.kernel.errors import DefinitionError
from portal.networks import service as networks
from portal.networks.models import Membership
from portal.people import service as people
from portal.people.sessions import COOKIE, begin_for_tests
from portal.settings import SETTINGS, load
from portal.testing.addresses import House, address, rules
from portal.testing.pytest_plugin import BrowserClient
from portal.testing.world import World
from portal.web.headers import POLICY
from tests.unit.people.conftest import Login, login, running_provider

__all__ = ["login", "running_provider"]  # fixtures

Clients = Callable[..., FlaskClient]
Actors = Callable[[str], Any]

# --- redirects -------------------------------------------------------------------------------------

PAYLOADS = (
    "https://evil.test/", "http://evil.test", "//evil.test", "///evil.test", "////evil.test/%2f..",
    "/\\evil.test", "\\\\evil.test", "/\t/evil.test", "/%09/evil.test", "https:evil.test",
    "javascript:alert(1)", "data:text/html,x", "/\r\nLocation: https://evil.test", " https://evil.test",
)  # fmt: skip


def _stays(answer: TestResponse) -> bool:
    """Whether an answer leads nowhere else: no foreign address that a browser would follow."""
    target = answer.headers.get("Location", "/")
    if "\r" in target or "\n" in target or "Location" in answer.headers.get("X-Injected", ""):
        return False
    plain = re.sub(r"[\t\r\n]", "", target).replace("\\", "/").strip()
    return plain.startswith("/") and not plain.startswith("//")


def _token(client: FlaskClient) -> str:
    answer = client.get("/session/state")
    return str(answer.json["csrf_token"]) if answer.json else ""


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nobody_is_led_to_another_site(payload: str, client_as: Clients, login: Login) -> None:
    signed_in = client_as("enroller")
    token = _token(signed_in)
    support = client_as("support")
    for answer in (
        signed_in.get("/login/", query_string={"next": payload}),
        signed_in.get("/people/welcome", query_string={"next": payload}),
        signed_in.post("/theme", data={"theme": "dark", "next": payload, "csrf_token": token}),
        signed_in.get("/lang/en", headers={"Referer": _line(payload)}),
        support.get("/support/centres/edit/", query_string={"url": payload, "id": "0" * 26}),
        support.get("/support/people/export/csv/", query_string={"url": payload}),
    ):
        assert answer.status_code < 500
        assert _stays(answer), answer.headers["Location"]
    browser = login.browser()
    login.provider.claims = {"sub": "new.doctor"}
    begun = browser.get("/login/", query_string={"next": payload})
    assert "evil" not in begun.headers["Location"]
    back = browser.get(login.begin(browser, "/login/?next=" + _quoted(payload)))
    assert _stays(back), back.headers["Location"]


def _line(payload: str) -> str:
    return payload.replace("\r", "").replace("\n", "").strip()


def _quoted(payload: str) -> str:
    return "".join(f"%{byte:02x}" for byte in payload.encode())


def test_a_forged_host_appears_in_no_address(client_as: Clients, login: Login) -> None:
    forged = {"Host": "evil.test", "X-Forwarded-Host": "evil.test"}
    begun = login.browser().get("/login/", headers=forged)
    assert "evil.test" not in begun.headers["Location"]
    coordinator = client_as("coordinator")
    for url in ("/", "/ern/nmd/invitations", "/help", "/centre/NL-UTR/patients"):
        answer = coordinator.get(url, headers={**forged, "Cookie": _cookie(coordinator)})
        assert "evil.test" not in answer.text
        assert _stays(answer)


def _cookie(client: FlaskClient) -> str:
    cookie = client.get_cookie(COOKIE)
    return f"{COOKIE}={cookie.value}" if cookie else ""


# --- sessions --------------------------------------------------------------------------------------


def test_a_cookie_that_somebody_planted_is_worth_nothing_after_the_login(login: Login) -> None:
    victim = login.browser()
    victim.get("/login/")
    planted = victim.get_cookie(COOKIE)
    assert planted is not None
    address_ = login.begin(victim)
    planted = victim.get_cookie(COOKIE)
    victim.get(address_)
    assert victim.get("/session/state").status_code == 200
    attacker = login.browser()
    attacker.set_cookie(COOKIE, planted.value if planted else "")
    assert attacker.get("/session/state").status_code != 200


def test_an_own_choice_of_secret_opens_nothing(app: Flask) -> None:
    for chosen in ("a" * 43, "v.e30.x.y", "../../x", "'; DROP TABLE web_session;--"):
        client = app.test_client()
        client.set_cookie(COOKIE, chosen)
        assert client.get("/session/state", headers=JSON).status_code == 401


JSON = {"Accept": "application/json"}


def test_a_fresh_login_changes_the_secret_and_ends_the_old_one(login: Login) -> None:
    browser = login.browser()
    login.log_in(browser)
    old = browser.get_cookie(COOKIE)
    login.log_in(browser, "/login/?step_up&next=/")
    new = browser.get_cookie(COOKIE)
    assert old is not None
    assert new is not None
    assert old.value != new.value
    thief = login.browser()
    thief.set_cookie(COOKIE, old.value)
    assert thief.get("/session/state", headers=JSON).status_code == 401


def _ends(name: str) -> Callable[[Any, World, Actors], None]:
    def end_membership(client: Any, world: World, actor_of: Actors) -> None:
        row = db.session.query(Membership).filter_by(person_id=world.people["enroller"]).one()
        networks.end(actor_of("coordinator"), row.id, "Has left the hospital.")

    acts: dict[str, Callable[[Any, World, Actors], Any]] = {
        "logout": lambda client, world, actor_of: client.post(
            "/logout/", data={"csrf_token": _token(client)}
        ),
        "suspension": lambda client, world, actor_of: people.suspend(
            actor_of("support"), world.people["enroller"], "Lost telephone."
        ),
        "sign-out everywhere": lambda client, world, actor_of: people.sign_out_everywhere(
            actor_of("enroller")
        ),
        "support ends it": lambda client, world, actor_of: people.end_session(
            actor_of("support"), world.people["enroller"]
        ),
        "inactive account": lambda client, world, actor_of: people.suspend(
            system("inactive"), world.people["enroller"], "Nobody has used it."
        ),
        "membership ends": end_membership,
    }
    return acts[name]


@pytest.mark.parametrize(
    "event",
    ["logout", "suspension", "sign-out everywhere", "support ends it", "inactive account"],
)
def test_an_old_cookie_is_refused_after(
    event: str, app: Flask, client_as: Clients, world: World, actor_of: Actors
) -> None:
    client = client_as("enroller")
    kept = client.get_cookie(COOKIE)
    assert kept is not None
    assert client.get("/for-me/").status_code == 200
    _ends(event)(client, world, actor_of)
    thief = BrowserClient(app, app.response_class)
    thief.set_cookie(COOKIE, kept.value)
    assert thief.get("/for-me/", headers=JSON).status_code == 401
    assert thief.post("/session/renew", headers=JSON).status_code in {400, 401}


def test_a_session_outlives_a_membership_but_opens_nothing(
    client_as: Clients, world: World, actor_of: Actors
) -> None:
    client = client_as("enroller")
    assert client.get("/ern/nmd/").status_code == 200
    _ends("membership ends")(client, world, actor_of)
    assert client.get("/ern/nmd/").status_code == 403
    assert client.get("/centre/NL-UTR/patients/").status_code == 403


# --- cookies ---------------------------------------------------------------------------------------


def _flags(answer: TestResponse, name: str) -> Any:
    for header in answer.headers.getlist("Set-Cookie"):
        jar: SimpleCookie = SimpleCookie(header)
        if name in jar:
            return jar[name]
    raise AssertionError(f"no cookie {name}")


@pytest.mark.parametrize("secure", [False, True])
def test_cookies_are_for_this_site_and_not_for_scripts(
    app: Flask, login: Login, secure: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", secure)
    browser = login.browser()
    visitor = _flags(browser.get("/login/"), COOKIE)
    member = _flags(browser.get(login.begin(browser)), COOKIE)
    for cookie in (visitor, member):
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert bool(cookie["secure"]) is secure
        assert not cookie["domain"]
    assert not member["expires"], "the browser forgets it when it is closed"
    assert not member["max-age"]


# --- form tokens -----------------------------------------------------------------------------------

WITHOUT_TOKEN = {
    "EuLoginView.backchannel_logout": "the login service signs what it sends",
    "terminology_fhir": "FHIR operations by POST read and change nothing; the gate stands",
}


def _acting(route: str) -> str:
    if route.startswith("/support/"):
        return "operator"
    return "coordinator" if route.startswith(("/ern/", "/configuration/")) else "enroller"


@pytest.mark.parametrize("kind", ["absent", "foreign"])
def test_nothing_is_changed_without_a_token_of_this_session(
    kind: str, house: House, app: Flask, client_as: Clients
) -> None:
    clients = {p: client_as(p) for p in ("enroller", "coordinator", "operator")}
    foreign = _token(client_as("member"))
    through = []
    for rule in rules(app):
        for method in {"POST", "PATCH", "PUT", "DELETE"} & set(rule.methods or ()):
            if any(rule.endpoint.startswith(name) for name in WITHOUT_TOKEN):
                continue
            data = {"confirmed": "yes"} | ({"csrf_token": foreign} if kind == "foreign" else {})
            answer = clients[_acting(str(rule))].open(
                address(app, rule, house.values), method=method, data=data, headers=JSON
            )
            if answer.status_code != 400 or (answer.json or {}).get("code") != "csrf":
                through.append(f"{method} {rule}: {answer.status_code}")
    assert through == []


# --- headers ---------------------------------------------------------------------------------------


# What is the same for everybody may be kept: style sheets, codes of public coding systems, form rules.
NOBODYS = ("/assets/", "/static/", "/healthz", "/readyz", "/api/v1/terminology/", "/forms/rules/")


def test_every_answer_carries_the_headers(house: House, client_as: Clients) -> None:
    clients = {p: client_as(p) for p in ("member", "coordinator", "operator", "")}
    bare, kept = [], []
    for rule, url in house.addresses("GET").items():
        for persona, client in clients.items():
            answer = client.get(url)
            heads = answer.headers
            right = (
                heads.get("X-Content-Type-Options") == "nosniff"
                and heads.get("X-Frame-Options") == "DENY"
                and heads.get("Referrer-Policy") == "same-origin"
                and heads.get("Cross-Origin-Opener-Policy") == "same-origin"
                and "camera" in heads.get("Permissions-Policy", "")
                and _strict(heads.get("Content-Security-Policy", ""))
            )
            if not right:
                bare.append(f"{persona or 'anonymous'} {rule}")
            static = rule.startswith(NOBODYS)
            if persona and not static and "no-store" not in heads.get("Cache-Control", ""):
                kept.append(f"{persona} {rule}: {heads.get('Cache-Control')}")
    assert bare == []
    assert kept == []


def _strict(policy: str) -> bool:
    """The portal's own policy, or a narrower one (documents are sent into a sandbox)."""
    return policy == POLICY or ("default-src 'none'" in policy and "sandbox" in policy)


def test_the_policy_lets_nothing_inline_run() -> None:
    assert "unsafe" not in POLICY
    for part in (
        "default-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
    ):
        assert part in POLICY


def test_production_asks_for_tls_for_a_year(client_as: Clients, app: Flask) -> None:
    from flask import Flask as Plain

    from portal.web import headers

    assert "Strict-Transport-Security" not in client_as("").get("/accessibility").headers
    plain = Plain("plain")
    plain.login_manager = app.login_manager  # type: ignore[attr-defined]
    headers.setup(plain, secure=True)
    plain.add_url_rule("/", "x", lambda: "")
    plain.secret_key = "x"
    assert "max-age=31536000" in plain.test_client().get("/").headers["Strict-Transport-Security"]


# --- settings --------------------------------------------------------------------------------------


def test_production_refuses_every_development_secret() -> None:
    with pytest.raises(DefinitionError) as refusal:
        load({"PORTAL_ENV": "production"})
    named = {issue.key for issue in refusal.value.issues}
    defaults = {
        f"PORTAL_{s.name}" for s in SETTINGS if s.secret and "development-only" in str(s.default)
    }
    assert len(defaults) >= 4
    assert named == defaults


def test_production_starts_with_own_secrets_and_refuses_one_that_is_left() -> None:
    own = {
        f"PORTAL_{s.name}": "own:" + "k" * 40
        for s in SETTINGS
        if s.secret and "development-only" in str(s.default)
    }
    assert load({"PORTAL_ENV": "production", **own}).production
    left = {**own, "PORTAL_VAULT_KEYS": "own:kkk,old:development-only-vault"}
    with pytest.raises(DefinitionError):
        load({"PORTAL_ENV": "production", **left})


def test_sessions_for_tests_are_refused_outside_of_tests(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "portal.settings", load({}))
    with pytest.raises(RuntimeError, match="only for tests"):
        begin_for_tests(world.people["enroller"])
