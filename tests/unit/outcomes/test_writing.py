"""Writing and signing: a draft from the answers, versions, conflicts, exact hashes, objections."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel import clock, db
from portal.kernel.errors import (
    ConflictError,
    ForbiddenError,
    GuardRefusedError,
    InvalidInputError,
    NotFoundError,
)
from portal.networks.models import Network
from portal.outcomes import service as outcomes
from portal.outcomes.content import OutcomeDraft, hash_of, missing, put
from portal.outcomes.models import Outcome
from portal.outcomes.queries.document import shown
from portal.outcomes.words import AGREEMENTS, RECOMMENDATIONS
from portal.panels import service as panels
from portal.panels.errors import DraftConflictError


def test_the_draft_begins_with_what_the_experts_wrote(stage: Any) -> None:
    page = stage.page("lead")
    assert page.prefilled
    assert (
        page.draft.findings == "Мария Иванова: Fatty change fits Becker.\n\nElena Rossi: I agree."
    )
    assert page.draft.recommendations == {"diagnostic": "Elena Rossi: MLPA first"}
    assert page.missing == ["the level of agreement"]


def test_one_change_keeps_the_rest_of_the_proposal(stage: Any) -> None:
    saved = outcomes.save_draft(stage.actor("lead"), stage.id, {"agreement": "full"}, 0)
    page = stage.page("lead")
    assert (saved.version, page.prefilled) == (1, False)
    assert page.draft.findings.startswith("Мария Иванова: ")
    assert page.draft.agreement == "full"


def test_two_writers_lose_nothing(stage: Any) -> None:
    outcomes.save_draft(stage.actor("lead"), stage.id, {"findings": "From the left"}, 0, "left")
    with pytest.raises(DraftConflictError) as conflict:
        outcomes.save_draft(
            stage.actor("lead"), stage.id, {"findings": "From the right"}, 0, "right"
        )
    assert conflict.value.fields_theirs["findings"] == "From the left"
    assert conflict.value.version == 1
    again = outcomes.save_draft(
        stage.actor("lead"), stage.id, {"findings": "From the left"}, 0, "left"
    )
    assert again.version == 1


@pytest.mark.parametrize("who", ["member", "expert", "enroller", "assistant", "coordinator"])
def test_only_the_lead_writes(who: str, stage: Any) -> None:
    with pytest.raises((ForbiddenError, NotFoundError)):
        outcomes.save_draft(stage.actor(who), stage.id, {"findings": "Mine"}, 0)


def test_a_coordinator_writes_where_the_network_says_so(stage: Any) -> None:
    network = db.session.get_one(Network, stage.world.networks["nmd"])
    network.settings = {**network.settings, "coordinator_moves": True}
    db.session.commit()
    outcomes.save_draft(stage.actor("coordinator"), stage.id, {"agreement": "full"}, 0)
    assert stage.page("coordinator").may_write


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"agreement": "most"}, "agreement"),
        ({"findings": "x" * 20_001}, "findings"),
        ({"rec_treatment": "x" * 20_001}, "rec_treatment"),
        ({"diagnosis": ({"display": "nothing else"},)}, "diagnosis"),
        ({"diagnosis": tuple({"text": str(n)} for n in range(13))}, "diagnosis"),
    ],
)
def test_what_cannot_be_accepted_is_said_at_its_field(
    changes: dict[str, Any], field: str, stage: Any
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        outcomes.save_draft(stage.actor("lead"), stage.id, changes, 0)
    assert field in refused.value.fields


def test_an_unknown_part_names_the_nearest(stage: Any) -> None:
    with pytest.raises(InvalidInputError, match="Did you mean 'findings'"):
        outcomes.save_draft(stage.actor("lead"), stage.id, {"finding": "x"}, 0)


def test_an_incomplete_outcome_is_not_put_up_for_signatures(stage: Any) -> None:
    stage.write(agreement="split")
    with pytest.raises(GuardRefusedError, match="the other view"):
        panels.move(stage.actor("lead"), stage.id, "ask_for_signatures")
    stage.write(agreement="split", minority_view="One of us thinks of LGMD.")
    assert panels.move(stage.actor("lead"), stage.id, "ask_for_signatures") == "sign_off"


def test_signatures_are_of_the_exact_text_and_count_once(stage: Any) -> None:
    hash_ = stage.put_up()
    assert outcomes.sign(stage.actor("enroller"), stage.id, hash_) == 1
    assert outcomes.sign(stage.actor("enroller"), stage.id, hash_) == 1
    with pytest.raises(GuardRefusedError, match="2 have signed"):
        panels.move(stage.actor("lead"), stage.id, "close")
    with pytest.raises(ConflictError, match="changed since"):
        outcomes.sign(stage.actor("member"), stage.id, "0" * 64)
    assert outcomes.sign(stage.actor("member"), stage.id, hash_, "Well put.") == 2
    assert panels.move(stage.actor("lead"), stage.id, "close") == "closed"


@pytest.mark.parametrize("who", ["assistant", "coordinator", "dispatcher", "stranger", "colleague"])
def test_who_does_not_sign(who: str, stage: Any) -> None:
    hash_ = stage.put_up()
    with pytest.raises((ForbiddenError, NotFoundError)):
        outcomes.sign(stage.actor(who), stage.id, hash_)


def test_guests_sign_only_where_the_network_says_so(stage: Any) -> None:
    panels.invite(stage.actor("lead"), stage.id, [stage.world.people["guest"]])
    panels.answer_invitation(stage.actor("guest"), stage.id, accept=True)
    hash_ = stage.put_up()
    with pytest.raises(ForbiddenError):
        outcomes.sign(stage.actor("guest"), stage.id, hash_)
    network = db.session.get_one(Network, stage.world.networks["nmd"])
    network.settings = {**network.settings, "guests_sign": True}
    db.session.commit()
    assert outcomes.sign(stage.actor("guest"), stage.id, hash_) == 1


def test_an_objection_sends_the_outcome_back_and_signatures_are_given_anew(stage: Any) -> None:
    hash_ = stage.put_up()
    outcomes.sign(stage.actor("member"), stage.id, hash_)
    with pytest.raises(InvalidInputError) as refused:
        outcomes.object_to(stage.actor("enroller"), stage.id, hash_, " ")
    assert "remark" in refused.value.fields
    outcomes.object_to(stage.actor("enroller"), stage.id, hash_, "Name the exon, please.")
    assert stage.panel.phase == "outcome"
    with pytest.raises(GuardRefusedError):
        outcomes.sign(stage.actor("member"), stage.id, hash_)
    stage.write(findings="Becker, exon 45 to 47.")
    panels.move(stage.actor("lead"), stage.id, "ask_for_signatures")
    page = stage.page("member")
    assert (page.signed, page.signed_by_me) == (0, False)
    assert [(r.decision, r.current) for r in page.signatures] == [
        ("Signed", False),
        ("Objected", False),
    ]


def test_the_text_is_frozen_while_it_is_signed(stage: Any) -> None:
    stage.put_up()
    with pytest.raises(GuardRefusedError):
        outcomes.save_draft(stage.actor("lead"), stage.id, {"findings": "Quietly changed"}, 1)


def test_after_the_due_date_the_lead_closes_without_the_quorum(stage: Any) -> None:
    stage.put_up()
    with clock.shifted(timedelta(days=15)):
        assert panels.move(stage.actor("lead"), stage.id, "close") == "closed"


def test_reopening_begins_a_new_version_and_keeps_the_sealed_one(stage: Any) -> None:
    stage.close()
    panels.move(stage.actor("coordinator"), stage.id, "reopen", "New gene result")
    page = stage.page("lead")
    assert page.may_write
    assert page.draft.agreement == "full"
    outcomes.save_draft(stage.actor("lead"), stage.id, {"findings": "Exon 45 deleted."}, 0)
    assert [(v.number, v.status) for v in stage.page("lead").versions] == [
        (2, "draft"),
        (1, "sealed"),
    ]
    panels.move(stage.actor("lead"), stage.id, "begin_outcome")
    hash_ = stage.put_up()
    for who in ("enroller", "expert"):
        outcomes.sign(stage.actor(who), stage.id, hash_)
    panels.move(stage.actor("lead"), stage.id, "close")
    assert [(v.number, v.status) for v in stage.page("lead").versions] == [
        (2, "sealed"),
        (1, "replaced"),
    ]


TEXT = st.text(max_size=40)
DRAFTS = st.builds(
    OutcomeDraft,
    diagnosis=st.lists(
        st.fixed_dictionaries({"text": st.text(min_size=1, max_size=10)}), max_size=3
    ).map(tuple),
    findings=TEXT,
    recommendations=st.dictionaries(st.sampled_from(sorted(RECOMMENDATIONS)), TEXT, max_size=3),
    agreement=st.sampled_from(["", *AGREEMENTS]),
    minority_view=TEXT,
    follow_up_on=st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2030, 1, 1))),
)


def _stored(draft: OutcomeDraft) -> Outcome:
    outcome = Outcome(number=1)
    put(outcome, draft)
    return outcome


@given(DRAFTS, DRAFTS)
def test_the_hash_is_the_same_only_for_the_same_words(
    one: OutcomeDraft, other: OutcomeDraft
) -> None:
    first, second = _stored(one), _stored(other)
    same = (
        first.diagnosis == second.diagnosis
        and first.recommendations == second.recommendations
        and (one.findings, one.agreement, one.minority_view, one.follow_up_on)
        == (other.findings, other.agreement, other.minority_view, other.follow_up_on)
    )
    assert (hash_of("NMD-2026-0001", first) == hash_of("NMD-2026-0001", second)) == same
    assert hash_of("NMD-2026-0001", first) != hash_of("NMD-2026-0002", first)


@given(DRAFTS)
def test_what_is_missing_is_said_in_words(draft: OutcomeDraft) -> None:
    left = missing(draft)
    assert all(isinstance(text, str) and text for text in left)
    assert ("agreed findings" in left) == (not draft.findings.strip())


def test_codes_are_shown_as_their_publishers_write_them() -> None:
    assert (
        shown(
            {
                "system": "https://www.orpha.net",
                "code": "98895",
                "display": "Becker muscular dystrophy",
            }
        )
        == "Becker muscular dystrophy (ORPHA:98895)"
    )
    assert shown({"text": "Something new"}) == "Something new"
    assert shown({"system": "urn:elsewhere", "code": "X1"}) == "X1"
