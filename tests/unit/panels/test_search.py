"""Panels are found by words of number and title; by nobody who may not list them."""

from collections.abc import Callable

import pytest

from portal.access.actor import Actor
from portal.panels import service as panels
from portal.panels.commands import AskQuestion
from portal.panels.queries.lists import find_panels
from portal.testing.cases import Case, open_case
from portal.testing.world import World

ActorOf = Callable[[str], Actor]


@pytest.fixture
def case(world: World, actor_of: ActorOf) -> Case:
    return open_case(world, actor_of)


@pytest.mark.parametrize(
    "text",
    ["weakness", "WEAK", "legs", "weakness legs", "légs", "nmd-2026-0001", "NMD", "0001 legs"],
)
def test_words_beginnings_and_numbers_find_a_panel(
    case: Case, actor_of: ActorOf, text: str
) -> None:
    assert [row.id for row in find_panels(actor_of("lead"), text)] == [case.panel_id]


@pytest.mark.parametrize(
    "text", ["", " ", "x", "eakness", "weakness arms", "%", "_", "'; --", "nmd-2026-0002"]
)
def test_other_words_find_nothing(case: Case, actor_of: ActorOf, text: str) -> None:
    del case
    assert find_panels(actor_of("lead"), text) == []


def test_a_new_title_is_found_and_the_old_one_is_not(
    world: World, case: Case, actor_of: ActorOf
) -> None:
    command = AskQuestion(question="Which gene?", title="Calf pain", area_id=world.areas["nmd"])
    panels.edit_question(actor_of("enroller"), case.panel_id, command)
    assert find_panels(actor_of("lead"), "weakness") == []
    assert [row.id for row in find_panels(actor_of("lead"), "calf")] == [case.panel_id]


@pytest.mark.parametrize("persona", ["stranger", "colleague", "support", "researcher"])
def test_nobody_finds_what_they_may_not_list(case: Case, actor_of: ActorOf, persona: str) -> None:
    del case
    assert find_panels(actor_of(persona), "weakness") == []
