"""Too many tries are slowed down, by address or by person, and only there."""

import pytest
from flask import Flask

from portal.people import throttle
from portal.people.throttle import Limit, Throttle


def test_a_window_lets_so_many_through_and_no_more() -> None:
    window = Throttle()
    assert [window.allows("login", "a", 3) for _ in range(5)] == [True, True, True, False, False]
    assert window.allows("login", "b", 3)
    assert window.allows("search", "a", 3)


def test_a_place_is_free_again_after_the_window() -> None:
    window = Throttle(window=0.0)
    assert all(window.allows("login", "a", 1) for _ in range(5))


def test_memory_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_PLACES", 50)
    window = Throttle()
    for number in range(500):
        assert window.allows("login", str(number), 5)
    assert len(window._seen) <= 52


def test_the_door_says_wait_and_how_long(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttle.LIMITS, "EuLoginView.backchannel_logout", Limit(2))
    app.extensions["portal.throttle"].clear()
    client = app.test_client()
    for _ in range(2):
        assert client.post("/login/backchannel-logout").status_code != 429
    answer = client.post("/login/backchannel-logout")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "Wait a minute" in answer.get_data(as_text=True)
    assert client.get("/privacy").status_code == 200
    app.extensions["portal.throttle"].clear()
