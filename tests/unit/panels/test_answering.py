"""Answering: drafts that nobody else sees, conflicts, sending, silent agreement, information, comments."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.kernel import clock, db
from portal.kernel.errors import (
    ConflictError,
    ForbiddenError,
    GuardRefusedError,
    InvalidInputError,
    NotFoundError,
)
from portal.notifications.models import Notice, OutboxMessage
from portal.panels import queries
from portal.panels import service as panels
from portal.panels.commands import DraftText
from portal.panels.errors import DraftConflictError
from portal.panels.models import Contribution


def test_a_draft_is_kept_version_by_version_and_seen_by_its_author_only(stage: Any) -> None:
    first = panels.save_contribution(stage.actor("member"), stage.id, "I thi", 0, "k1")
    second = panels.save_contribution(
        stage.actor("member"), stage.id, {"recommendation": "MLPA"}, first.version, "k2"
    )
    assert (first.version, second.version) == (1, 2)
    mine = queries.case(stage.actor("member"), stage.id).draft
    assert (mine.text, mine.recommendation) == ("I thi", "MLPA")
    for who in ("lead", "enroller"):
        case = queries.case(stage.actor(who), stage.id)
        assert case.draft.text == ""
        assert case.answers == []


def test_a_save_repeated_after_a_lost_answer_counts_once(stage: Any) -> None:
    first = panels.save_contribution(stage.actor("member"), stage.id, "I think", 0, "k1")
    again = panels.save_contribution(stage.actor("member"), stage.id, "I think", 0, "k1")
    assert first == again
    assert db.session.scalar(select(func.count()).select_from(Contribution)) == 1


def test_two_windows_lose_nothing(stage: Any) -> None:
    panels.save_contribution(stage.actor("member"), stage.id, "From the left window", 0, "left")
    with pytest.raises(DraftConflictError) as conflict:
        panels.save_contribution(
            stage.actor("member"), stage.id, "From the right window", 0, "right"
        )
    assert conflict.value.fields_theirs["text"] == "From the left window"
    assert conflict.value.fields_yours == {"text": "From the right window"}
    assert conflict.value.version == 1
    kept = panels.save_contribution(
        stage.actor("member"), stage.id, "From the right window", 1, "right-again"
    )
    assert kept.version == 2


def test_sending_shows_the_answer_and_ends_the_task(stage: Any) -> None:
    assert stage.kinds("member") == ["answer"]
    panels.save_contribution(stage.actor("member"), stage.id, "I think it is Becker.", 0, "k")
    panels.send_contribution(stage.actor("member"), stage.id)
    case = queries.case(stage.actor("enroller"), stage.id)
    assert [a.text for a in case.answers] == ["I think it is Becker."]
    assert stage.tasks("member") == []
    mail = stage.mails("enroller", "panel_contribution")[0]
    assert mail.delivery == "digest"
    assert "Becker" not in str(mail.facts)
    with pytest.raises(ConflictError):
        panels.save_contribution(stage.actor("member"), stage.id, "late autosave", 1, "late")


def test_sending_twice_with_one_key_sends_once(stage: Any) -> None:
    sent = panels.send_contribution(stage.actor("member"), stage.id, "Once.", key="s")
    assert panels.send_contribution(stage.actor("member"), stage.id, "Once.", key="s") == sent
    assert len(queries.case(stage.actor("member"), stage.id).answers) == 1


@pytest.mark.parametrize(
    ("written", "field"),
    [
        (DraftText(" "), "text"),
        (DraftText("x" * 20_001), "text"),
        (DraftText("x", effort_minutes=-1), "effort_minutes"),
    ],
)
def test_what_cannot_be_sent_is_said_at_its_field(
    written: DraftText, field: str, stage: Any
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        panels.send_contribution(stage.actor("member"), stage.id, written)
    assert field in refused.value.fields


@pytest.mark.parametrize("who", ["expert", "coordinator", "colleague", "stranger"])
def test_only_the_panel_answers(who: str, stage: Any) -> None:
    with pytest.raises((ForbiddenError, NotFoundError)):
        panels.send_contribution(stage.actor(who), stage.id, "I was not asked.")


def test_agreeing_is_silent_and_can_be_taken_back(stage: Any) -> None:
    (answer,) = stage.answered("member")
    before = (
        db.session.scalar(select(func.count()).select_from(OutboxMessage)),
        db.session.scalar(select(func.count()).select_from(Notice)),
    )
    assert panels.agree(stage.actor("lead"), stage.id, answer) == 1
    assert panels.agree(stage.actor("lead"), stage.id, answer) == 1
    assert panels.agree(stage.actor("enroller"), stage.id, answer) == 2
    assert panels.agree(stage.actor("lead"), stage.id, answer, on=False) == 1
    after = (
        db.session.scalar(select(func.count()).select_from(OutboxMessage)),
        db.session.scalar(select(func.count()).select_from(Notice)),
    )
    assert before == after
    shown = queries.case(stage.actor("enroller"), stage.id).answers[0]
    assert (shown.agreements, shown.agreed, shown.mine) == (1, True, False)
    with pytest.raises(InvalidInputError):
        panels.agree(stage.actor("member"), stage.id, answer)
    with pytest.raises(NotFoundError):
        panels.agree(stage.actor("lead"), stage.id, "no-such-answer")


def test_an_obligatory_question_for_information_holds_the_panel(stage: Any) -> None:
    asked = panels.request_information(
        stage.actor("member"), stage.id, "CK before the infection?", obligatory=True
    )
    panels.move(stage.actor("lead"), stage.id, "complete_data")
    with pytest.raises(GuardRefusedError, match="obligatory question"):
        panels.move(stage.actor("lead"), stage.id, "begin_assessment")
    assert stage.kinds("enroller") == ["information"]
    assert stage.kinds("assistant") == ["information"]
    with pytest.raises(ForbiddenError):
        panels.answer_information(stage.actor("member"), stage.id, asked, "I guess 8000")
    panels.answer_information(stage.actor("assistant"), stage.id, asked, "8 420 U/L")
    panels.answer_information(
        stage.actor("enroller"), stage.id, asked, "8 420 U/L"
    )  # the same again
    with pytest.raises(ConflictError) as conflict:
        panels.answer_information(stage.actor("enroller"), stage.id, asked, "8 421 U/L")
    assert (conflict.value.theirs, conflict.value.yours) == ("8 420 U/L", "8 421 U/L")
    assert stage.tasks("enroller") == []
    assert panels.move(stage.actor("lead"), stage.id, "begin_assessment") == "assessment"


def test_information_is_due_and_late(stage: Any) -> None:
    panels.request_information(
        stage.actor("lead"), stage.id, "Any MRI?", due_on=clock.today() + timedelta(days=2)
    )
    with pytest.raises(InvalidInputError) as refused:
        panels.request_information(
            stage.actor("lead"), stage.id, "And CT?", due_on=clock.today() - timedelta(days=1)
        )
    assert "due_on" in refused.value.fields
    with clock.shifted(timedelta(days=3)):
        case = queries.case(stage.actor("lead"), stage.id)
        assert case.information[0].late
        assert next(row for row in case.left if row.label == "Information asked for").late
        assert stage.tasks("enroller")[0].overdue


def test_comments_reach_mentioned_people_at_once_and_the_others_in_the_digest(stage: Any) -> None:
    panels.comment(
        stage.actor("enroller"), stage.id, "MLPA is on its way.", [stage.person("member")]
    )
    assert [m.delivery for m in stage.mails("member", "panel_mention")] == ["immediate"]
    assert [m.delivery for m in stage.mails("lead", "panel_comment")] == ["digest"]
    assert [c.text for c in queries.discussion(stage.actor("member"), stage.id).comments] == [
        "MLPA is on its way."
    ]
    with pytest.raises(InvalidInputError) as refused:
        panels.comment(stage.actor("enroller"), stage.id, "Hello", [stage.person("stranger")])
    assert "mention_ids" in refused.value.fields
    with pytest.raises(ForbiddenError):
        panels.comment(stage.actor("expert"), stage.id, "Not yet accepted")


def test_experts_show_whether_they_have_seen_the_case(stage: Any) -> None:
    def state(name: str) -> str:
        rows = queries.case(stage.actor("enroller"), stage.id).experts
        return next(e.state for e in rows if e.card.id == stage.person(name))

    assert (state("member"), state("expert")) == ("Not seen", "Asked, not seen")
    panels.mark_seen(stage.actor("member"), stage.id)
    panels.mark_seen(stage.actor("expert"), stage.id)
    assert (state("member"), state("expert")) == ("Seen today", "Asked, seen today")
    stage.answered("member")
    assert state("member") == "Answered"
