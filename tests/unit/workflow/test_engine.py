"""The engine: choices with refusals, moves, automatic steps; the default workflow's table."""

import pytest

from portal.kernel.errors import ForbiddenError, GuardRefusedError
from portal.workflow import catalogue, engine
from portal.workflow.model import Workflow

FACTS = {
    "consent_valid": True,
    "question_filled": True,
    "area_chosen": True,
    "lead_set": True,
    "accepted": 1,
    "open_obligatory": 0,
    "contributions": 2,
    "outcome_missing": [],
    "signatures": 2,
    "quorum": 2,
    "past_due": False,
    "held_from": "",
}


@pytest.fixture(scope="module")
def workflow() -> Workflow:
    return catalogue.base()


# The table of the product: from, step, to, who may, the facts that the guard asks for.
TABLE = [
    ("draft", "submit", "open", "requester", {"question_filled": False}),
    ("draft", "submit", "open", "assistant", {"area_chosen": False}),
    ("draft", "submit", "open", "requester", {"consent_valid": False}),
    ("open", "forward", "panel_selection", "coordinator", {"lead_set": False}),
    ("open", "forward", "panel_selection", "dispatcher", {"lead_set": False}),
    ("panel_selection", "complete_data", "data_completion", "lead", {"accepted": 0}),
    ("data_completion", "begin_assessment", "assessment", "lead", {"open_obligatory": 1}),
    ("outcome", "ask_for_signatures", "sign_off", "lead", {"outcome_missing": ["findings"]}),
    ("sign_off", "close", "closed", "lead", {"signatures": 1}),
    ("closed", "reopen", "assessment", "coordinator", {"consent_valid": False}),
    ("suspended", "resume", "data_completion", "requester", {"consent_valid": False}),
]


@pytest.mark.parametrize(("source", "name", "target", "who", "broken"), TABLE)
def test_each_step_is_taken_by_its_people_and_refused_by_its_guard(
    workflow: Workflow, source: str, name: str, target: str, who: str, broken: dict[str, object]
) -> None:
    facts = {**FACTS, "held_from": "data_completion"}
    done = engine.move(workflow, source, name, facts, {who}, "because")
    assert (done.source.code, done.target.code) == (source, target)
    with pytest.raises(GuardRefusedError, match="opens when"):
        engine.move(workflow, source, name, {**facts, **broken}, {who}, "because")
    with pytest.raises(ForbiddenError) as refused:
        engine.move(workflow, source, name, facts, {"participant", "researcher"}, "because")
    assert refused.value.grantor


def test_a_warning_asks_for_a_reason_and_then_lets_pass(workflow: Workflow) -> None:
    facts = {**FACTS, "contributions": 1}
    with pytest.raises(GuardRefusedError) as refused:
        engine.move(workflow, "assessment", "begin_outcome", facts, {"lead"})
    assert "2 experts have answered (1 so far)" in refused.value.message
    assert "reason" in refused.value.fields
    done = engine.move(
        workflow, "assessment", "begin_outcome", facts, {"lead"}, "The child needs it now."
    )
    assert [w.rule for w in done.warnings] == ["contributions"]


def test_choices_explain_what_is_missing_and_who_supplies_it(workflow: Workflow) -> None:
    facts = {**FACTS, "open_obligatory": 2}
    choices = {c.name: c for c in engine.available(workflow, "data_completion", facts, {"lead"})}
    begin = choices["begin_assessment"]
    assert not begin.allowed
    assert begin.refusals[0].missing == "2 obligatory questions for information are answered"
    assert begin.refusals[0].who == "the requester"
    assert not choices["cancel"].mine
    assert choices["cancel"].who == "the requester or the coordinator"


def test_a_step_that_does_not_lead_out_of_here_names_those_that_do(workflow: Workflow) -> None:
    with pytest.raises(GuardRefusedError) as refused:
        engine.move(workflow, "assessment", "begin_outcom", FACTS, {"lead"})
    assert refused.value.hint == "Did you mean 'begin_outcome'?"
    with pytest.raises(GuardRefusedError) as ended:
        engine.move(workflow, "archived", "close", FACTS, {"lead"})
    assert ended.value.hint == "Nothing follows this phase."


def test_a_request_with_a_lead_goes_on_by_itself(workflow: Workflow) -> None:
    assert engine.automatic(workflow, "open", {**FACTS, "lead_set": False}) is None
    following = engine.automatic(workflow, "open", FACTS)
    assert following is not None
    assert following.target.code == "panel_selection"


def test_a_signature_after_the_due_date_needs_no_quorum(workflow: Workflow) -> None:
    facts = {**FACTS, "signatures": 0, "past_due": True}
    assert engine.move(workflow, "sign_off", "close", facts, {"lead"}).target.code == "closed"


def test_what_was_suspended_goes_back_to_where_it_stood(workflow: Workflow) -> None:
    facts = {**FACTS, "held_from": "assessment"}
    assert (
        engine.move(
            workflow, "suspended", "resume", facts, {"requester"}, "new consent"
        ).target.code
        == "assessment"
    )
    lost = engine.available(workflow, "suspended", FACTS, {"requester"})
    assert lost[0].refusals[-1].rule == "target"


def test_only_the_portal_suspends(workflow: Workflow) -> None:
    everybody = {"requester", "assistant", "lead", "coordinator", "member"}
    assert all(
        c.name != "suspend" for c in engine.available(workflow, "assessment", FACTS, everybody)
    )
    with pytest.raises(ForbiddenError):
        engine.move(workflow, "assessment", "suspend", FACTS, everybody)
    assert (
        engine.move(workflow, "assessment", "suspend", FACTS, {"system"}).target.code == "suspended"
    )
