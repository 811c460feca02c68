"""From a login without access to a membership: ask, decide, be told; each step refused to others."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import tasks
from portal.access.actor import Actor
from portal.kernel import db
from portal.kernel.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from portal.networks.models import Membership
from portal.notifications.models import Notice
from portal.people import service
from portal.people.models import AccessRequest
from portal.people.service import AccessWish, Decision
from portal.testing.world import World

Clients = Callable[..., FlaskClient]
Actors = Callable[[str], Actor]


def _token(client: FlaskClient) -> str:
    return str(client.get("/session/state").json["csrf_token"])


def _wish(world: World, profile: str = "clinician", centre: str = "utrecht") -> AccessWish:
    return AccessWish(
        world.networks["nmd"], profile, world.centres.get(centre), "Known to Dr Weber."
    )


def _held(world: World, persona: str) -> list[str]:
    found = select(Membership.profile).where(Membership.person_id == world.people[persona])
    return list(db.session.scalars(found))


def test_without_access_only_the_request_is_offered(client_as: Clients) -> None:
    client = client_as("pending")
    assert client.get("/").headers["Location"].endswith("/people/request-access")
    answer = client.get("/ern/nmd/experts")
    assert answer.status_code == 403
    text = answer.get_data(as_text=True)
    assert "request access first" in text
    assert "/people/request-access" in text


def test_the_form_leads_from_network_to_country_to_centre(client_as: Clients, world: World) -> None:
    client = client_as("pending")
    assert "EURO-NMD" in client.get("/people/request-access").get_data(as_text=True)
    step = client.get("/people/request-access?network=nmd").get_data(as_text=True)
    assert ">Netherlands<" in step
    assert ">France<" not in step
    form = client.get("/people/request-access?network=nmd&country=NL").get_data(as_text=True)
    assert "Domplein University Hospital" in form
    assert "My hospital is not in this list" in form
    address = "/people/request-access?network=nmd&country=NL"
    data = {"centre_id": world.centres["utrecht"], "profile": "clinician", "comment": "Neurology"}
    bad = client.post(address, data={"csrf_token": _token(client)})
    assert bad.status_code == 422
    assert "Choose your centre." in bad.get_data(as_text=True)
    assert client.post(address, data={**data, "csrf_token": _token(client)}).status_code == 303
    page = client.get("/people/request-access").get_data(as_text=True)
    assert "Waiting for a decision" in page


def test_the_coordinator_gets_a_task_that_the_decision_closes(
    world: World, actor_of: Actors
) -> None:
    request_id = service.request_access(actor_of("pending"), _wish(world))
    coordinator = actor_of("coordinator")
    (task,) = tasks.list_open(coordinator)
    assert task.url == f"/ern/nmd/access-requests/{request_id}"
    assert "Nadia Neu" in task.title
    assert tasks.list_open(actor_of("other_coordinator")) == []
    service.decide_request(coordinator, request_id, Decision.APPROVED)
    assert tasks.list_open(coordinator) == []
    assert _held(world, "pending") == ["clinician"]
    assert actor_of("pending").networks_as("clinician") == {world.networks["nmd"]}
    notices = db.session.scalars(
        select(Notice.text).where(Notice.person_id == world.people["pending"])
    )
    assert list(notices) == ["Your request for EURO-NMD was approved"]


def test_a_returned_request_is_answered_in_place(world: World, actor_of: Actors) -> None:
    pending, coordinator = actor_of("pending"), actor_of("coordinator")
    request_id = service.request_access(pending, _wish(world))
    with pytest.raises(InvalidInputError):
        service.decide_request(coordinator, request_id, Decision.RETURNED, " ")
    service.decide_request(coordinator, request_id, Decision.RETURNED, "Which department?")
    assert service.request_access(pending, _wish(world)) == request_id
    service.decide_request(coordinator, request_id, Decision.REJECTED, "Not known here")
    assert _held(world, "pending") == []
    request = db.session.get_one(AccessRequest, request_id)
    assert (request.status, request.reason) == ("rejected", "Not known here")


def test_a_decision_is_final_and_nobody_decides_the_own_request(
    world: World, actor_of: Actors
) -> None:
    request_id = service.request_access(actor_of("pending"), _wish(world))
    service.decide_request(actor_of("support"), request_id, Decision.APPROVED)
    with pytest.raises(ConflictError):
        service.decide_request(actor_of("coordinator"), request_id, Decision.REJECTED, "late")
    own = service.request_access(actor_of("coordinator"), _wish(world, "dispatcher"))
    with pytest.raises(InvalidInputError, match="own request"):
        service.decide_request(actor_of("coordinator"), own, Decision.APPROVED)


@pytest.mark.parametrize(
    ("persona", "error"),
    [
        ("enroller", ForbiddenError),
        ("dispatcher", ForbiddenError),
        ("other_coordinator", NotFoundError),
        ("pending", NotFoundError),
    ],
)
def test_others_do_not_decide(
    world: World, actor_of: Actors, persona: str, error: type[Exception]
) -> None:
    request_id = service.request_access(actor_of("pending"), _wish(world))
    with pytest.raises(error):
        service.decide_request(actor_of(persona), request_id, Decision.APPROVED)
    assert _held(world, "pending") == []


@pytest.mark.parametrize(
    ("profile", "centre", "field"),
    [
        ("clinician", "lyon", "centre_id"),
        ("clinician", "", "centre_id"),
        ("operator", "utrecht", "profile"),
        ("king", "utrecht", "profile"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_at_its_field(
    world: World, actor_of: Actors, profile: str, centre: str, field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        service.request_access(actor_of("pending"), _wish(world, profile, centre))
    assert field in caught.value.fields


def test_a_guest_needs_no_centre_and_ends_after_ninety_days(world: World, actor_of: Actors) -> None:
    request_id = service.request_access(actor_of("pending"), _wish(world, "guest", ""))
    service.decide_request(actor_of("coordinator"), request_id, Decision.APPROVED, may_enrol=True)
    (grant,) = actor_of("pending").grants
    assert grant.may_enrol
    assert grant.ends_at is not None


def test_an_assistant_acts_for_a_clinician_of_the_same_centre(
    world: World, actor_of: Actors
) -> None:
    request_id = service.request_access(actor_of("pending"), _wish(world, "assistant"))
    coordinator = actor_of("coordinator")
    for acts_for in (None, world.people["lead"], world.people["guest"]):
        with pytest.raises(InvalidInputError):
            service.decide_request(coordinator, request_id, Decision.APPROVED, acts_for_id=acts_for)
    service.decide_request(
        coordinator, request_id, Decision.APPROVED, acts_for_id=world.people["enroller"]
    )
    assert actor_of("pending").acts_for == {world.people["enroller"]}


def test_a_request_is_taken_back_by_its_owner_only(world: World, actor_of: Actors) -> None:
    request_id = service.request_access(actor_of("pending"), _wish(world))
    with pytest.raises(NotFoundError):
        service.withdraw_request(actor_of("stranger"), request_id)
    service.withdraw_request(actor_of("pending"), request_id)
    assert tasks.list_open(actor_of("coordinator")) == []
    with pytest.raises(ConflictError):
        service.decide_request(actor_of("coordinator"), request_id, Decision.APPROVED)


def test_the_coordinators_pages_show_and_decide(
    client_as: Clients, world: World, actor_of: Actors
) -> None:
    request_id = service.request_access(actor_of("pending"), _wish(world))
    client = client_as("coordinator")
    assert "Nadia Neu" in client.get("/ern/nmd/access-requests").get_data(as_text=True)
    address = f"/ern/nmd/access-requests/{request_id}"
    page = client.get(address).get_data(as_text=True)
    assert "Known to Dr Weber." in page
    token = _token(client)
    refused = client.post(address, data={"decision": "rejected", "csrf_token": token})
    assert refused.status_code == 422
    assert "A reason is needed" in refused.get_data(as_text=True)
    done = client.post(address, data={"decision": "approved", "csrf_token": token})
    assert done.status_code == 303
    assert _held(world, "pending") == ["clinician"]
    assert client_as("enroller").get(address).status_code == 403
    assert client_as("stranger").get(address).status_code == 404
    assert client_as("stranger").get("/ern/nmd/access-requests").status_code == 404


def test_the_first_login_asks_two_questions_before_anything_else(
    client_as: Clients, world: World, actor_of: Actors
) -> None:
    request_id = service.request_access(actor_of("pending"), _wish(world))
    service.decide_request(actor_of("coordinator"), request_id, Decision.APPROVED)
    client = client_as("pending")
    for address in ("/", "/ern/nmd/", "/people/me", "/ern/nmd/experts?area=1"):
        assert client.get(address).headers["Location"].startswith("/people/welcome?next="), address
    address = "/people/welcome?next=/ern/nmd/experts"
    page = client.get(address).get_data(as_text=True)
    assert page.count('name="areas"') > 1
    assert client.post(address, data={"csrf_token": _token(client)}).status_code == 422
    data = {"job_title": "Neurologist", "areas": world.areas["nmd"], "csrf_token": _token(client)}
    answer = client.post(address, data=data)
    assert answer.headers["Location"] == "/ern/nmd/experts"
    text = client.get("/ern/nmd/experts?q=neu").get_data(as_text=True)
    assert "Neurologist" in text
    assert client.get("/people/welcome").status_code == 302


def test_areas_of_foreign_networks_are_not_ticked(world: World, actor_of: Actors) -> None:
    with pytest.raises(NotFoundError):
        service.complete_profile(actor_of("enroller"), "Neurologist", [world.areas["eye"]])
