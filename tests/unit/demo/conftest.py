"""Log in as a person of the demo world."""

import pytest

from portal.testing.pytest_plugin import BrowserClient


@pytest.fixture
def client_as_person(app):
    from portal.people.sessions import begin_for_tests

    def make(person_id: str) -> BrowserClient:
        client = BrowserClient(app, app.response_class)
        client.set_cookie("portal_session", begin_for_tests(person_id))
        return client

    return make
