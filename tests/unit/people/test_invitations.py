"""Invitation links: used once, in time, by whoever holds them; made by those who decide."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.access.actor import Actor, system
from portal.kernel import clock, db
from portal.kernel.errors import (
    ForbiddenError,
    GuardRefusedError,
    InvalidInputError,
    NotFoundError,
)
from portal.notifications import catalogue
from portal.notifications.delivery import mark_sent
from portal.notifications.models import OutboxMessage
from portal.people import service
from portal.people.models import AccessInvitation
from portal.people.service import NewInvitation
from portal.testing.world import World

Clients = Callable[..., FlaskClient]
Actors = Callable[[str], Actor]


def _wanted(world: World, **changes: object) -> NewInvitation:
    values = {
        "network_id": world.networks["nmd"],
        "profile": "clinician",
        "email": "pending@hospital.test",
        "centre_id": world.centres["athens"],
        **changes,
    }
    return NewInvitation(**values)  # type: ignore[arg-type]


def test_a_link_carries_network_centre_and_profile(world: World, actor_of: Actors) -> None:
    secret = service.invite(actor_of("coordinator"), _wanted(world))
    assert service.accept_invitation(actor_of("pending"), secret) == "nmd"
    (grant,) = actor_of("pending").grants
    assert (grant.profile, grant.network_code, grant.centre_code) == ("clinician", "nmd", "GR-ATH")


def test_the_secret_is_stored_nowhere(world: World, actor_of: Actors) -> None:
    secret = service.invite(actor_of("coordinator"), _wanted(world))
    row = db.session.scalars(select(AccessInvitation)).one()
    assert secret not in str(vars(row))
    assert len(secret) >= 40


def test_a_link_works_once(world: World, actor_of: Actors) -> None:
    secret = service.invite(actor_of("coordinator"), _wanted(world))
    service.accept_invitation(actor_of("pending"), secret)
    with pytest.raises(GuardRefusedError, match="has been used"):
        service.accept_invitation(actor_of("stranger"), secret)
    assert actor_of("stranger").networks_as() == {world.networks["eye"]}


def test_a_link_that_was_passed_on_opens_nothing(
    client_as: Clients, world: World, actor_of: Actors
) -> None:
    secret = service.invite(actor_of("coordinator"), _wanted(world))
    other = client_as("stranger")
    page = other.get(f"/people/invitation/{secret}")
    assert page.status_code == 422
    assert "for somebody else" in page.text
    assert "p…@hospital.test" in page.text
    assert "pending@hospital.test" not in page.text
    with pytest.raises(GuardRefusedError, match="somebody else"):
        service.accept_invitation(actor_of("stranger"), secret)
    assert service.accept_invitation(actor_of("pending"), secret) == "nmd"


def test_the_mail_carries_the_link_and_forgets_it(world: World, actor_of: Actors) -> None:
    coordinator = actor_of("coordinator")
    secret = service.invite(coordinator, _wanted(world, mail=True, message="Room 12, bring Anna"))
    mail = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "invitation")).one()
    assert (mail.person_id, mail.address) == (None, "pending@hospital.test")
    written = catalogue.write(mail.kind, dict(mail.facts))
    assert "Anna Weber" in written.body
    assert "Room 12" not in written.body
    assert secret in str(mail.facts["url"])
    mark_sent(system("notifications"), [mail.id])
    assert mail.facts == {}
    service.invite(coordinator, _wanted(world, mail=True))
    row = db.session.scalars(select(AccessInvitation).order_by(AccessInvitation.id.desc())).first()
    assert row is not None
    service.withdraw_invitation(coordinator, row.id)
    waiting = select(OutboxMessage).where(OutboxMessage.subject == f"access_invitation:{row.id}")
    assert [(m.sent_at is not None, m.facts) for m in db.session.scalars(waiting)] == [(True, {})]


def test_a_link_runs_out_and_can_be_withdrawn(world: World, actor_of: Actors) -> None:
    coordinator, pending = actor_of("coordinator"), actor_of("pending")
    late = service.invite(coordinator, _wanted(world, days=1))
    with (
        clock.shifted(timedelta(days=1, minutes=1)),
        pytest.raises(GuardRefusedError, match="run out"),
    ):
        service.accept_invitation(pending, late)
    useless = service.invite(coordinator, _wanted(world))
    row = db.session.scalars(select(AccessInvitation).order_by(AccessInvitation.id.desc())).first()
    assert row is not None
    service.withdraw_invitation(coordinator, row.id)
    with pytest.raises(NotFoundError):
        service.accept_invitation(pending, useless)
    with pytest.raises(NotFoundError):
        service.accept_invitation(pending, "guessed")
    assert actor_of("pending").grants == ()


@pytest.mark.parametrize(
    ("persona", "error"),
    [
        ("enroller", ForbiddenError),
        ("dispatcher", ForbiddenError),
        ("other_coordinator", NotFoundError),
        ("pending", NotFoundError),
    ],
)
def test_only_those_who_decide_invite(
    world: World, actor_of: Actors, persona: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        service.invite(actor_of(persona), _wanted(world))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"profile": "operator"}, "profile"),
        ({"profile": "support"}, "profile"),
        ({"days": 100}, "days"),
        ({"centre_id": None}, "centre_id"),
        ({"profile": "assistant"}, "acts_for_id"),
    ],
)
def test_what_cannot_be_promised_is_refused_at_its_field(
    world: World, actor_of: Actors, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        service.invite(actor_of("coordinator"), _wanted(world, **changes))
    assert field in caught.value.fields


def test_from_the_coordinators_page_to_the_newcomers_first_page(
    client_as: Clients, world: World
) -> None:
    coordinator = client_as("coordinator")
    token = coordinator.get("/session/state").json["csrf_token"]
    data = {
        "email": "Pending@hospital.test", "profile": "clinician", "centre_id": world.centres["athens"],
        "message": "Welcome, Nadia", "days": "14", "mail": "y", "csrf_token": token,
    }  # fmt: skip
    page = coordinator.post("/ern/nmd/invitations", data=data).get_data(as_text=True)
    found = re.search(r'value="http://127.0.0.1:8080(/people/invitation/[^"]+)"', page)
    assert found is not None
    link = found.group(1)
    assert link not in coordinator.get("/ern/nmd/invitations").get_data(as_text=True)
    visitor = client_as().get(link)
    assert visitor.headers["Location"].startswith("/login/?next=/people/invitation/")
    newcomer = client_as("pending")
    text = newcomer.get(link).get_data(as_text=True)
    assert "Welcome, Nadia" in text
    assert "Anna Weber" in text
    token = newcomer.get("/session/state").json["csrf_token"]
    answer = newcomer.post(link, data={"csrf_token": token})
    assert answer.headers["Location"].startswith("/people/welcome?next=")
    assert newcomer.get(link).status_code == 422
    state = coordinator.get("/ern/nmd/invitations").get_data(as_text=True)
    assert "Accepted" in state
