"""Moving: from question to archive, with reasons, vetoes, dates, suspension, reopening."""

from datetime import timedelta
from typing import Any

import pytest

from portal.extend import hookimpl, manager
from portal.extend.specs import Event
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
from portal.outcomes.queries.page import outcome_page
from portal.panels import jobs, queries
from portal.panels import service as panels
from portal.patients import queries as patients
from portal.patients import service as patient_service
from portal.patients.commands import NewConsent


def _close(stage: Any) -> None:
    stage.to_assessment()
    panels.answer_invitation(stage.actor("expert"), stage.id, accept=True)
    stage.answered("member", "expert")
    panels.move(stage.actor("lead"), stage.id, "begin_outcome")
    outcomes.save_draft(
        stage.actor("lead"),
        stage.id,
        {"findings": "Becker", "rec_treatment": "None yet", "agreement": "full"},
        0,
    )
    panels.move(stage.actor("lead"), stage.id, "ask_for_signatures")
    for who in ("enroller", "member"):
        outcomes.sign(stage.actor(who), stage.id, outcome_page(stage.actor(who), stage.id).hash)
    panels.move(stage.actor("lead"), stage.id, "close")


def test_the_whole_way_leaves_tasks_only_with_who_acts_next(stage: Any) -> None:
    assert stage.kinds("lead") == ["panel_step"]
    stage.to_assessment()
    assert [t.title for t in stage.tasks("lead")] == ["Gather the answers: Weakness of the legs"]
    panels.answer_invitation(stage.actor("expert"), stage.id, accept=True)
    stage.answered("member")
    with pytest.raises(GuardRefusedError, match="2 experts have answered"):
        panels.move(stage.actor("lead"), stage.id, "begin_outcome")
    panels.move(stage.actor("lead"), stage.id, "begin_outcome", "One opinion is enough here.")
    assert stage.tasks("expert") == []
    told = queries.timeline(stage.actor("member"), stage.id, "phases").events[0]
    assert told.reason == "One opinion is enough here."


def test_closing_archiving_and_counting(stage: Any) -> None:
    _close(stage)
    assert stage.panel.closed_at is not None
    network = stage.world.networks["nmd"]
    before = sum(queries.count_by_phase(stage.actor("coordinator"), network).values())
    with pytest.raises((ForbiddenError, NotFoundError)):
        panels.move(stage.actor("member"), stage.id, "archive")
    panels.move(stage.actor("enroller"), stage.id, "archive")
    assert sum(queries.count_by_phase(stage.actor("coordinator"), network).values()) == before
    assert stage.panel.archived_at is not None
    assert stage.panel.closed_at is not None


def test_reopening_is_asked_for_and_agreed_by_the_coordinator(stage: Any) -> None:
    _close(stage)
    with pytest.raises(GuardRefusedError, match="needs a reason"):
        panels.move(stage.actor("enroller"), stage.id, "ask_reopening")
    with pytest.raises(ForbiddenError):
        panels.move(stage.actor("lead"), stage.id, "reopen", "New gene result")
    panels.move(stage.actor("lead"), stage.id, "ask_reopening", "New gene result")
    assert stage.kinds("coordinator") == ["panel_step"]
    panels.move(stage.actor("coordinator"), stage.id, "reopen", "Agreed")
    assert stage.panel.phase == "assessment"
    assert stage.panel.closed_at is None
    assert stage.kinds("member") == ["answer"]


def test_a_plugin_may_veto_a_step(stage: Any) -> None:
    class Careful:
        @hookimpl
        def check_transition(self, network: str, transition: str) -> str | None:
            return (
                "The MRI must be read first."
                if (network, transition) == ("nmd", "complete_data")
                else None
            )

    manager.register(Careful(), "test.careful")
    try:
        with pytest.raises(GuardRefusedError, match="MRI must be read"):
            panels.move(stage.actor("lead"), stage.id, "complete_data")
        assert stage.panel.phase == "panel_selection"
    finally:
        manager.pm.unregister(name="test.careful")
    assert panels.move(stage.actor("lead"), stage.id, "complete_data") == "data_completion"


def test_a_move_is_announced_after_the_commit(stage: Any) -> None:
    seen: list[Event] = []

    class Listener:
        @hookimpl
        def on_panel_moved(self, event: Event) -> None:
            seen.append(event)

    manager.register(Listener(), "test.listener")
    try:
        with pytest.raises(GuardRefusedError):
            panels.move(stage.actor("lead"), stage.id, "begin_outcome")
        panels.move(stage.actor("lead"), stage.id, "complete_data")
    finally:
        manager.pm.unregister(name="test.listener")
    assert [(e.facts["source"], e.facts["target"]) for e in seen] == [
        ("panel_selection", "data_completion")
    ]
    assert "Becker" not in str(seen[0].facts)


def test_two_clicks_at_once_move_the_panel_once(stage: Any) -> None:
    panels.move(stage.actor("lead"), stage.id, "complete_data", expected="panel_selection")
    with pytest.raises(ConflictError, match="Completing the data"):
        panels.move(stage.actor("lead"), stage.id, "complete_data", expected="panel_selection")


@pytest.mark.parametrize("who", ["member", "enroller", "coordinator", "dispatcher"])
def test_only_the_lead_moves_unless_the_network_says_otherwise(who: str, stage: Any) -> None:
    with pytest.raises((ForbiddenError, NotFoundError)):
        panels.move(stage.actor(who), stage.id, "complete_data")
    network = db.session.get_one(Network, stage.world.networks["nmd"])
    network.settings = {**network.settings, "coordinator_moves": True}
    db.session.commit()
    if who == "coordinator":
        assert panels.move(stage.actor(who), stage.id, "complete_data") == "data_completion"
    else:
        with pytest.raises((ForbiddenError, NotFoundError)):
            panels.move(stage.actor(who), stage.id, "complete_data")


def test_withdrawn_consent_suspends_closes_the_patient_and_a_new_one_resumes(stage: Any) -> None:
    stage.to_assessment()
    assert patients.patient(stage.actor("member"), stage.case.patient_id).nickname
    patient_service.withdraw_consent(
        stage.actor("enroller"), stage.case.patient_id, "care", clock.today(), ""
    )
    assert stage.panel.phase == "suspended"
    with pytest.raises(NotFoundError):
        patients.patient(stage.actor("member"), stage.case.patient_id)
    assert stage.mails("member", "panel_suspended")
    assert stage.tasks("member") == []
    assert stage.kinds("enroller") == ["panel_step"]
    for verb in (
        lambda: stage.answered("member"),
        lambda: panels.comment(stage.actor("lead"), stage.id, "x"),
    ):
        with pytest.raises(GuardRefusedError):
            verb()
    with pytest.raises(GuardRefusedError, match="consent for care is in force"):
        panels.move(stage.actor("enroller"), stage.id, "resume", "signed again")
    consent = NewConsent(purpose="care", given=True, signer="guardian", signed_on=clock.today())
    patient_service.record_consent(stage.actor("enroller"), stage.case.patient_id, consent)
    assert panels.move(stage.actor("enroller"), stage.id, "resume", "signed again") == "assessment"
    assert patients.patient(stage.actor("member"), stage.case.patient_id).nickname


def test_withdrawing_another_purpose_does_not_stop_the_panel(stage: Any) -> None:
    consent = NewConsent(purpose="research", given=True, signer="guardian", signed_on=clock.today())
    patient_service.record_consent(stage.actor("enroller"), stage.case.patient_id, consent)
    patient_service.withdraw_consent(
        stage.actor("enroller"), stage.case.patient_id, "research", clock.today(), ""
    )
    assert stage.panel.phase == "panel_selection"


def test_cancelling_ends_everything(stage: Any) -> None:
    with pytest.raises(GuardRefusedError):
        panels.move(stage.actor("enroller"), stage.id, "cancel")
    panels.move(stage.actor("coordinator"), stage.id, "cancel", "Asked twice")
    for name in ("lead", "member", "expert", "enroller"):
        assert stage.tasks(name) == [], name
    assert stage.mails("expert", "panel_cancelled")
    with pytest.raises(NotFoundError):
        patients.patient(stage.actor("member"), stage.case.patient_id)


def test_the_lead_sets_another_date_and_tasks_follow(stage: Any) -> None:
    later = clock.today() + timedelta(days=30)
    panels.set_deadline(stage.actor("lead"), stage.id, later, "Waiting for MLPA")
    assert stage.tasks("lead")[0].due_on == later
    assert stage.mails("member", "panel_due")[0].delivery == "digest"
    with pytest.raises(GuardRefusedError):
        panels.set_deadline(stage.actor("lead"), stage.id, clock.today() - timedelta(days=1))
    with pytest.raises(ForbiddenError):
        panels.set_deadline(stage.actor("enroller"), stage.id, later)


def test_urgent_shortens_dates_and_tells_at_once(stage: Any) -> None:
    with pytest.raises(InvalidInputError):
        panels.mark_urgent(stage.actor("enroller"), stage.id, "")
    with pytest.raises(ForbiddenError):
        panels.mark_urgent(stage.actor("lead"), stage.id, "hurry")
    panels.mark_urgent(stage.actor("dispatcher"), stage.id, "Breathing gets worse")
    assert all(m.delivery == "immediate" for m in stage.mails("member", "panel_urgent"))
    assert stage.tasks("member")[0].urgent
    panels.move(stage.actor("lead"), stage.id, "complete_data")
    assert stage.panel.due_on == clock.today() + timedelta(days=2)
    panels.mark_urgent(stage.actor("enroller"), stage.id, "", urgent=False)
    assert not stage.tasks("member")[0].urgent


def test_who_acts_next_is_reminded_once_per_date(stage: Any) -> None:
    with clock.shifted(timedelta(days=6)):
        jobs.remind({})
        jobs.remind({})
        assert len(stage.mails("lead", "panel_overdue")) == 1
        rows = queries.list_panels(stage.actor("coordinator"), filter="overdue").rows
        assert [row.overdue for row in rows] == [True]
    assert queries.list_panels(stage.actor("coordinator"), filter="overdue").rows == []


def test_the_lead_may_hand_back(stage: Any) -> None:
    panels.move(stage.actor("lead"), stage.id, "hand_back", "Out of my field")
    assert stage.panel.phase == "open"
    assert stage.panel.lead_id is None
    panels.forward(stage.actor("coordinator"), stage.id, stage.person("colleague"))
    assert stage.panel.lead_id == stage.person("colleague")


def test_a_patient_handed_over_takes_the_panels_along(stage: Any) -> None:
    patient_service.hand_over(
        stage.actor("enroller"), stage.case.patient_id, stage.person("colleague")
    )
    assert queries.left_behind(stage.actor("colleague"), stage.case.patient_id)
    with pytest.raises((ForbiddenError, NotFoundError)):
        panels.take_over(stage.actor("enroller"), stage.case.patient_id)
    assert panels.take_over(stage.actor("colleague"), stage.case.patient_id) == 1
    assert stage.panel.requester_id == stage.person("colleague")
    assert not queries.left_behind(stage.actor("colleague"), stage.case.patient_id)
    with pytest.raises(NotFoundError):
        queries.case(stage.actor("enroller"), stage.id)
