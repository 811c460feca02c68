"""The portal as the client of a login service that behaves like EU Login."""

import dataclasses
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.people import oidc
from tests.unit.people.provider import CLIENT_ID, CLIENT_SECRET, Provider, serving


@dataclass
class Login:
    """Logs a browser in by following both services, as a browser does."""

    app: Flask
    provider: Provider

    def settings(self, **values: str) -> None:
        """Change settings of the portal under test."""
        now = self.app.extensions["portal.settings"]
        changed = dataclasses.replace(now, values={**now.values, **values})
        self.app.extensions["portal.settings"] = changed
        oidc.setup(self.app)

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def begin(self, browser: FlaskClient, address: str = "/login/") -> str:
        """Ask to log in; return where the login service sends the browser back to."""
        answer = browser.get(address)
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return _follow_once(answer.headers["Location"])

    def log_in(self, browser: FlaskClient, address: str = "/login/", **claims: Any) -> TestResponse:
        """Log in as the person whose claims these are; return the portal's answer."""
        self.provider.claims = {"sub": "new.doctor", **claims}
        return browser.get(self.begin(browser, address))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _follow_once(address: str) -> str:
    try:
        urllib.request.build_opener(_NoRedirect).open(address)
    except urllib.error.HTTPError as answer:
        answer.close()
        return str(answer.headers["Location"]).removeprefix("http://localhost")
    raise AssertionError("the login service did not redirect")


@pytest.fixture(scope="session")
def running_provider() -> Iterator[Provider]:
    with serving(Provider()) as provider:
        yield provider


@pytest.fixture
def login(app: Flask, running_provider: Provider) -> Iterator[Login]:
    before = app.extensions["portal.settings"]
    app.extensions["portal.throttle"].clear()
    running_provider.issuer, running_provider.token_alg = "", "PS512"
    login = Login(app, running_provider)
    login.settings(
        BASE_URL="http://localhost",
        OIDC_ISSUER=running_provider.url,
        OIDC_CLIENT_ID=CLIENT_ID,
        OIDC_CLIENT_SECRET=CLIENT_SECRET,
        OIDC_AUTH_METHOD="client_secret_jwt",
    )
    yield login
    app.extensions["portal.settings"] = before
    oidc.setup(app)
