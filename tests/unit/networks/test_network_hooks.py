"""Networks as users of the public hooks: a network switched off rests; new members tick their areas."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from portal import tasks
from portal.access.actor import Actor
from portal.kernel import db
from portal.kernel.errors import PortalError
from portal.networks.models import Network
from portal.networks.service import set_interests
from portal.panels import service as panels
from portal.people.service import AccessWish, Decision, decide_request, request_access
from portal.testing.cases import open_case
from portal.testing.world import World

ActorOf = Callable[[str], Actor]


def test_panels_of_a_network_that_is_switched_off_rest(world: World, actor_of: ActorOf) -> None:
    case = open_case(world, actor_of)
    switch = update(Network).where(Network.code == "nmd")
    db.session.execute(switch.values(enabled=False))
    db.session.commit()
    with pytest.raises(PortalError, match="switched off"):
        panels.move(actor_of("lead"), case.panel_id, "complete_data")
    db.session.execute(switch.values(enabled=True))
    db.session.commit()
    panels.move(actor_of("lead"), case.panel_id, "complete_data")


def test_a_new_member_is_asked_to_tick_areas_until_they_are_ticked(
    world: World, actor_of: ActorOf
) -> None:
    wish: Any = AccessWish(
        network_id=world.networks["nmd"], profile="clinician", centre_id=world.centres["utrecht"]
    )
    request = request_access(actor_of("pending"), wish)
    decide_request(actor_of("coordinator"), request, Decision.APPROVED)
    (task,) = [t for t in tasks.list_open(actor_of("pending")) if t.kind == "preferences.choose"]
    assert task.url == "/ern/nmd/preferences"
    set_interests(actor_of("pending"), world.networks["nmd"], [world.areas["nmd"]])
    assert [t for t in tasks.list_open(actor_of("pending")) if t.kind == "preferences.choose"] == []


def test_a_rejected_person_is_asked_for_nothing(world: World, actor_of: ActorOf) -> None:
    wish: Any = AccessWish(
        network_id=world.networks["nmd"], profile="clinician", centre_id=world.centres["utrecht"]
    )
    request = request_access(actor_of("pending"), wish)
    decide_request(
        actor_of("coordinator"), request, Decision.REJECTED, "Not a clinician of this hospital."
    )
    assert tasks.list_open(actor_of("pending")) == []
