"""Notices in the page: newest first, read, muted; nobody else's."""

import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from portal.kernel import clock, db
from portal.notifications import service
from portal.notifications.models import MutedSubject, Notice
from portal.testing.world import World


def _notices(world: World, name: str, number: int) -> None:
    db.session.add_all(
        Notice(person_id=world.people[name], text=f"News {n} of {name}", url="/", at=clock.now())
        for n in range(number)
    )
    db.session.commit()


def _post(client: FlaskClient, url: str, **data: str) -> Any:
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/notices/").text)
    assert token
    return client.post(url, data={"csrf_token": token[1], **data})


def test_notices_are_ones_own_page_by_page(
    world: World, client_as: Callable[..., FlaskClient], actor_of: Callable[[str], Any]
) -> None:
    _notices(world, "lead", 30)
    _notices(world, "member", 1)
    first = service.notices(actor_of("lead"))
    second = service.notices(actor_of("lead"), first.next)
    assert (len(first.rows), len(second.rows), second.next) == (25, 5, "")
    page = client_as("lead").get("/notices/").text
    assert "of lead" in page
    assert "of member" not in page
    assert client_as().get("/notices/").status_code == 302


def test_reading_marks_only_ones_own(
    world: World, client_as: Callable[..., FlaskClient], actor_of: Callable[[str], Any]
) -> None:
    _notices(world, "lead", 2)
    _notices(world, "member", 1)
    assert service.count_unread(actor_of("lead")) == 2
    assert _post(client_as("lead"), "/notices/read").status_code == 303
    assert service.count_unread(actor_of("lead")) == 0
    assert service.count_unread(actor_of("member")) == 1


def test_muting_by_page_and_never_away_from_the_portal(
    world: World, client_as: Callable[..., FlaskClient]
) -> None:
    client = client_as("lead")
    answer = _post(client, "/notices/mute", subject="panel:x", back="//evil.example")
    assert answer.headers["Location"] == "/notices/preferences"
    assert "Hear of it again" in client.get("/notices/preferences").text
    assert (
        _post(client, "/notices/mute", subject="panel:x", muted="no", back="/for-me/").headers[
            "Location"
        ]
        == "/for-me/"
    )
    assert (
        db.session.scalars(
            select(MutedSubject).where(MutedSubject.person_id == world.people["lead"])
        ).all()
        == []
    )
    assert _post(client, "/notices/mute", subject="x").status_code == 422
