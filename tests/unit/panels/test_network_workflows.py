"""Two networks change the way of a consultation by their plugins; the others keep the portal's own."""

from collections.abc import Callable

import pytest

from portal.access.actor import Actor
from portal.kernel import db
from portal.kernel.errors import ForbiddenError, InvalidInputError
from portal.panels import service as panels
from portal.panels.commands import AskQuestion
from portal.panels.models import Panel
from portal.testing.cases import enrol
from portal.testing.world import World
from portal.workflow import catalogue

ActorOf = Callable[[str], Actor]


def _asked(world: World, actor: Actor, *, centre: str, network: str) -> Panel:
    patient_id = enrol(actor, world, centre=centre, network=network)
    command = AskQuestion(
        question="Which gene panel for this retina?",
        title="Retina",
        patient_id=patient_id,
        area_id=world.areas[network],
    )
    panel = db.session.get(Panel, panels.ask(actor, command))
    assert panel is not None
    return panel


def test_in_ern_eye_a_request_is_screened_first(world: World, actor_of: ActorOf) -> None:
    panel = _asked(world, actor_of("stranger"), centre="lyon", network="eye")
    assert panel.phase == "pre_screening"
    with pytest.raises(ForbiddenError):
        panels.move(actor_of("stranger"), panel.id, "pass_screening")
    with pytest.raises(InvalidInputError):
        panels.move(actor_of("other_coordinator"), panel.id, "return_for_images")
    panels.move(actor_of("other_coordinator"), panel.id, "return_for_images", "Please add the OCT.")
    assert panel.phase == "draft"
    panels.move(actor_of("stranger"), panel.id, "submit")
    panels.move(actor_of("other_coordinator"), panel.id, "pass_screening")
    assert panel.phase == "open"


def test_elsewhere_a_request_waits_for_a_lead_at_once(world: World, actor_of: ActorOf) -> None:
    assert _asked(world, actor_of("enroller"), centre="utrecht", network="nmd").phase == "open"


def test_in_ern_ithaca_nobody_signs(world: World) -> None:
    assert world.networks
    phases = [phase.code for phase in catalogue.workflow_for("ithaca").phases]
    assert "sign_off" not in phases
    assert "sign_off" in [phase.code for phase in catalogue.workflow_for("nmd").phases]
