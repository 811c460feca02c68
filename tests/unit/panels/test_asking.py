"""Asking: the question, who may ask, numbers, drafts, urgent, the lead."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.actor import Actor
from portal.kernel import clock, db
from portal.kernel.errors import ForbiddenError, GuardRefusedError, InvalidInputError, NotFoundError
from portal.panels import queries
from portal.panels import service as panels
from portal.panels.commands import AskQuestion
from portal.panels.models import Panel
from portal.patients import service as patients
from portal.testing.cases import enrol
from portal.testing.world import World

ActorOf = Callable[[str], Actor]


def _question(world: World, **more: Any) -> AskQuestion:
    return AskQuestion(question="Is this Becker?", area_id=world.areas["nmd"], **more)


def test_a_question_goes_to_the_network_and_waits_for_a_lead(
    world: World, actor_of: ActorOf
) -> None:
    patient = enrol(actor_of("enroller"), world, centre="utrecht", network="nmd")
    panel_id = panels.ask(actor_of("enroller"), _question(world, patient_id=patient))
    panel = db.session.get_one(Panel, panel_id)
    assert (panel.phase, panel.network_id, panel.centre_id) == (
        "open",
        world.networks["nmd"],
        world.centres["utrecht"],
    )
    assert panel.number == f"NMD-{clock.today().year}-0001"
    assert panel.title == "Is this Becker?"
    waiting = queries.list_panels(actor_of("coordinator"), filter="forward")
    assert [row.number for row in waiting.rows] == [panel.number]


def test_numbers_count_per_network_and_year(world: World, actor_of: ActorOf) -> None:
    first = panels.ask(actor_of("colleague"), _question(world, network_id=world.networks["nmd"]))
    other = AskQuestion(
        question="And here?", area_id=world.areas["eye"], network_id=world.networks["eye"]
    )
    elsewhere = panels.ask(actor_of("stranger"), other)
    with clock.shifted(timedelta(days=366)):
        later = panels.ask(
            actor_of("colleague"), _question(world, network_id=world.networks["nmd"])
        )
    second = panels.ask(actor_of("colleague"), _question(world, network_id=world.networks["nmd"]))
    numbers = [db.session.get_one(Panel, i).number for i in (first, elsewhere, later, second)]
    year = clock.today().year
    assert numbers == [
        f"NMD-{year}-0001",
        f"EYE-{year}-0001",
        f"NMD-{year + 1}-0001",
        f"NMD-{year}-0002",
    ]


def test_without_consent_for_care_nobody_is_asked(world: World, actor_of: ActorOf) -> None:
    enroller = actor_of("enroller")
    patient = enrol(enroller, world, centre="utrecht", network="nmd")
    patients.withdraw_consent(enroller, patient, "care", clock.today(), "changed mind")
    with pytest.raises(GuardRefusedError, match="consent for care"):
        panels.ask(enroller, _question(world, patient_id=patient))
    assert db.session.scalar(select(func.count()).select_from(Panel)) == 0


@pytest.mark.parametrize(
    "who", ["colleague", "lead", "coordinator", "stranger", "pending", "researcher"]
)
def test_others_do_not_ask_about_a_patient(who: str, world: World, actor_of: ActorOf) -> None:
    patient = enrol(actor_of("enroller"), world, centre="utrecht", network="nmd")
    with pytest.raises((NotFoundError, ForbiddenError)):
        panels.ask(actor_of(who), _question(world, patient_id=patient))


def test_an_assistant_asks_in_the_name_of_the_clinician(world: World, actor_of: ActorOf) -> None:
    patient = enrol(actor_of("enroller"), world, centre="utrecht", network="nmd")
    panel_id = panels.ask(actor_of("assistant"), _question(world, patient_id=patient))
    assert db.session.get_one(Panel, panel_id).requester_id == world.people["enroller"]
    general = panels.ask(actor_of("assistant"), _question(world, network_id=world.networks["nmd"]))
    assert db.session.get_one(Panel, general).requester_id == world.people["enroller"]
    with pytest.raises(ForbiddenError):
        panels.ask(
            actor_of("assistant"),
            _question(world, network_id=world.networks["nmd"], acting_for=world.people["lead"]),
        )


def test_a_guest_without_authorisation_does_not_ask(world: World, actor_of: ActorOf) -> None:
    with pytest.raises(ForbiddenError) as refused:
        panels.ask(actor_of("guest"), _question(world, network_id=world.networks["nmd"]))
    assert refused.value.grantor == "the coordinator of the network"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"question": "  "}, "question"),
        ({"question": "x" * 2001}, "question"),
        ({"title": "x" * 121}, "title"),
        ({"urgent": True}, "urgent_reason"),
        ({"wanted_by": clock.today() - timedelta(days=1)}, "wanted_by"),
    ],
)
def test_what_cannot_be_accepted_is_said_at_its_field(
    more: dict[str, Any], field: str, world: World, actor_of: ActorOf
) -> None:
    values = {
        "question": "Is this Becker?",
        "area_id": world.areas["nmd"],
        "network_id": world.networks["nmd"],
        **more,
    }
    with pytest.raises(InvalidInputError) as refused:
        panels.ask(actor_of("colleague"), AskQuestion(**values))
    assert field in refused.value.fields


def test_an_area_of_another_network_and_no_network_are_refused(
    world: World, actor_of: ActorOf
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        panels.ask(
            actor_of("colleague"),
            AskQuestion("Why?", network_id=world.networks["nmd"], area_id=world.areas["eye"]),
        )
    assert "area_id" in refused.value.fields
    with pytest.raises(InvalidInputError) as nowhere:
        panels.ask(actor_of("colleague"), AskQuestion("Why?"))
    assert "network_id" in nowhere.value.fields


def test_a_question_sent_twice_opens_one_panel(world: World, actor_of: ActorOf) -> None:
    command = _question(world, network_id=world.networks["nmd"], key="form-7")
    first = panels.ask(actor_of("colleague"), command)
    assert panels.ask(actor_of("colleague"), command) == first
    assert db.session.scalar(select(func.count()).select_from(Panel)) == 1


def test_a_draft_is_the_requesters_own_until_it_is_sent(world: World, actor_of: ActorOf) -> None:
    draft = AskQuestion("Is this Becker?", network_id=world.networks["nmd"], submit=False)
    panel_id = panels.ask(actor_of("colleague"), draft)
    assert [row.id for row in queries.list_panels(actor_of("colleague")).rows] == [panel_id]
    assert queries.list_panels(actor_of("coordinator")).rows == []
    with pytest.raises(GuardRefusedError, match="thematic area is chosen"):
        panels.move(actor_of("colleague"), panel_id, "submit")
    panels.edit_question(actor_of("colleague"), panel_id, _question(world))
    assert panels.move(actor_of("colleague"), panel_id, "submit") == "open"


def test_with_a_lead_named_the_question_goes_on_at_once(world: World, actor_of: ActorOf) -> None:
    panel_id = panels.ask(
        actor_of("colleague"),
        _question(
            world,
            network_id=world.networks["nmd"],
            lead_id=world.people["lead"],
            person_ids=(world.people["expert"],),
        ),
    )
    panel = db.session.get_one(Panel, panel_id)
    assert (panel.phase, panel.lead_id) == ("panel_selection", world.people["lead"])
    assert [e.card.id for e in queries.case(actor_of("lead"), panel_id).experts] == [
        world.people["lead"],
        world.people["expert"],
    ]


@pytest.mark.parametrize("who", ["colleague", "guest", "stranger", "expired_guest", "researcher"])
def test_who_cannot_lead_is_refused(who: str, world: World, actor_of: ActorOf) -> None:
    command = _question(world, network_id=world.networks["nmd"], lead_id=world.people[who])
    with pytest.raises(InvalidInputError) as refused:
        panels.ask(actor_of("colleague"), command)
    assert "lead_id" in refused.value.fields


def test_the_coordinator_forwards_and_the_requester_does_not(
    world: World, actor_of: ActorOf
) -> None:
    panel_id = panels.ask(actor_of("colleague"), _question(world, network_id=world.networks["nmd"]))
    with pytest.raises(ForbiddenError):
        panels.forward(actor_of("colleague"), panel_id, world.people["lead"])
    with pytest.raises(NotFoundError):
        panels.forward(actor_of("other_coordinator"), panel_id, world.people["lead"])
    panels.forward(actor_of("dispatcher"), panel_id, world.people["lead"])
    assert db.session.get_one(Panel, panel_id).phase == "panel_selection"
    panels.forward(actor_of("coordinator"), panel_id, world.people["member"])
    case = queries.case(actor_of("member"), panel_id)
    assert [(e.card.id, e.role) for e in case.experts] == [
        (world.people["member"], "Lead"),
        (world.people["lead"], "Member"),
    ]


def test_the_requester_names_a_lead_while_nobody_has(world: World, actor_of: ActorOf) -> None:
    panel_id = panels.ask(actor_of("colleague"), _question(world, network_id=world.networks["nmd"]))
    panels.name_lead(actor_of("colleague"), panel_id, world.people["lead"])
    assert db.session.get_one(Panel, panel_id).phase == "panel_selection"
    with pytest.raises(GuardRefusedError, match="has a lead"):
        panels.name_lead(actor_of("colleague"), panel_id, world.people["member"])
