"""Whatever the facts and whoever acts: no state without an owner, guards answer, refusals explain."""

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel.errors import DefinitionError, ForbiddenError, GuardRefusedError
from portal.workflow import catalogue, engine, guards, overlays
from portal.workflow.checks import check, reachable
from portal.workflow.model import SYSTEM

RELATIONS = [
    "requester",
    "assistant",
    "lead",
    "coordinator",
    "coordinator_moves",
    "dispatcher",
    "member",
    "participant",
    "invited",
    "guest_signs",
    SYSTEM,
]
VALUES = st.one_of(
    st.booleans(),
    st.integers(-2, 5),
    st.none(),
    st.text(max_size=8),
    st.lists(st.text(max_size=5), max_size=3),
)
NAMES = [
    "consent_valid",
    "question_filled",
    "area_chosen",
    "lead_set",
    "accepted",
    "open_obligatory",
    "contributions",
    "outcome_missing",
    "signatures",
    "quorum",
    "past_due",
    "held_from",
]
ANY_FACTS = st.dictionaries(st.sampled_from(NAMES), VALUES)
GOOD_FACTS = st.fixed_dictionaries(
    {
        "consent_valid": st.booleans(),
        "question_filled": st.booleans(),
        "area_chosen": st.booleans(),
        "lead_set": st.booleans(),
        "accepted": st.integers(0, 3),
        "open_obligatory": st.integers(0, 2),
        "contributions": st.integers(0, 3),
        "outcome_missing": st.lists(st.sampled_from(["findings", "agreement"]), max_size=2),
        "signatures": st.integers(0, 3),
        "quorum": st.integers(1, 3),
        "past_due": st.booleans(),
    }
)
WALK = st.lists(st.tuples(GOOD_FACTS, st.sampled_from(RELATIONS), st.integers(0, 20)), max_size=25)


@given(ANY_FACTS, st.integers(-3, 9))
def test_guards_are_total(facts: dict[str, Any], wanted: int) -> None:
    for name in [*guards.names(), "no-such-guard"]:
        assert isinstance(guards.missing(name, facts, {"at_least": wanted}), str)


@given(WALK)
@settings(max_examples=200)
def test_no_walk_ends_without_an_owner_or_a_way_out(
    walk: list[tuple[dict[str, Any], str, int]],
) -> None:
    workflow = catalogue.base()
    phase, held = workflow.start, ""
    for facts, relation, pick in walk:
        leaving = workflow.leaving(phase)
        if not leaving:
            break
        transition = leaving[pick % len(leaving)]
        try:
            done = engine.move(
                workflow,
                phase,
                transition.name,
                {**facts, "held_from": held},
                {relation},
                "a reason",
            )
        except (GuardRefusedError, ForbiddenError) as refused:
            assert refused.message
            assert refused.hint or refused.__class__ is GuardRefusedError
            continue
        held = phase if done.target.state == "held" else held
        phase = done.target.code
        here = workflow.phase(phase)
        assert here.state == "ended" or any(not t.by_system for t in workflow.leaving(phase))
        assert here.state in {"ended", "closed"} or (here.owner and here.todo)


@given(GOOD_FACTS, st.sampled_from(RELATIONS))
def test_what_is_offered_can_be_done_and_the_rest_is_refused(
    facts: dict[str, Any], relation: str
) -> None:
    workflow = catalogue.base()
    for phase in workflow.phases:
        for choice in engine.available(
            workflow, phase.code, {**facts, "held_from": "open"}, {relation}
        ):
            try:
                engine.move(
                    workflow,
                    phase.code,
                    choice.name,
                    {**facts, "held_from": "open"},
                    {relation},
                    "a reason",
                )
                moved = True
            except (GuardRefusedError, ForbiddenError):
                moved = False
            assert moved == choice.allowed, (phase.code, choice.name)


MIDDLE = ["open", "panel_selection", "data_completion", "assessment", "outcome", "sign_off"]


@given(st.permutations(MIDDLE), st.sets(st.sampled_from(MIDDLE)))
@settings(max_examples=60, deadline=None)
def test_an_overlay_is_sound_or_refused_with_its_place(
    tmp_path_factory: Any, order: list[str], skipped: set[str]
) -> None:
    path: Path = tmp_path_factory.mktemp("overlay") / "nmd.yaml"
    left = [p for p in order if p not in skipped]
    lines = ["overlay: nmd", "workflow: consultation", 'version: "1"']
    if skipped:
        lines += ["phases:", *[f"  {p}: {{skip: true}}" for p in sorted(skipped)]]
    lines += [f"order: [draft, {', '.join([*left, 'closed'])}]"]
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        made = overlays.apply(catalogue.base(), path)
    except DefinitionError as refused:
        assert all(issue.message and issue.file for issue in refused.issues)
        return
    assert check(made) == []
    assert reachable(made) == {p.code for p in made.phases}
    track = [p.code for p in made.track()]
    assert track[0] == "draft"
    assert set(made.moved) == skipped
    assert all(made.has_phase(code) for code in made.moved.values())
