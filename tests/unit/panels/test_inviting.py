"""Inviting: who asks whom, across networks, groups, accepting, declining, lapsing, leaving."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.kernel import clock, db
from portal.kernel.errors import (
    ConflictError,
    ForbiddenError,
    GuardRefusedError,
    InvalidInputError,
    NotFoundError,
)
from portal.networks.models import ExpertGroup, ExpertGroupMember, Network
from portal.panels import jobs, queries
from portal.panels import service as panels
from portal.panels.models import TimelineEntry
from portal.people.models import Person


def _status(stage: Any, name: str) -> str:
    return next((r.status for r in stage.panel.members if r.person_id == stage.person(name)), "")


@pytest.mark.parametrize("who", ["enroller", "assistant", "lead", "coordinator", "dispatcher"])
def test_who_may_ask_an_expert_of_the_own_network(who: str, stage: Any) -> None:
    assert panels.invite(stage.actor(who), stage.id, [stage.person("colleague")], "Please") == [
        stage.person("colleague")
    ]
    assert stage.kinds("colleague") == ["invitation"]
    mail = stage.mails("colleague", "panel_invitation")[0]
    assert mail.delivery == "immediate"
    assert "Becker" not in str(mail.facts)
    assert "Weakness" not in str(mail.facts)


@pytest.mark.parametrize("who", ["member", "expert", "auditor", "support"])
def test_who_may_not(who: str, stage: Any) -> None:
    with pytest.raises((ForbiddenError, NotFoundError)):
        panels.invite(stage.actor(who), stage.id, [stage.person("colleague")])
    assert _status(stage, "colleague") == ""


def test_a_stranger_learns_nothing(stage: Any) -> None:
    with pytest.raises(NotFoundError):
        panels.invite(stage.actor("stranger"), stage.id, [stage.person("colleague")])


def test_across_networks_a_coordinator_asks_and_others_only_where_the_network_says_so(
    stage: Any,
) -> None:
    for who in ("lead", "enroller", "dispatcher"):
        with pytest.raises(ForbiddenError):
            panels.invite(stage.actor(who), stage.id, [stage.person("stranger")])
    network = db.session.get_one(Network, stage.world.networks["nmd"])
    network.settings = {**network.settings, "experts_invite_across": True}
    db.session.commit()
    panels.invite(stage.actor("lead"), stage.id, [stage.person("stranger")])
    row = next(r for r in stage.panel.members if r.person_id == stage.person("stranger"))
    assert row.role == "guest"
    assert row.ends_at is not None
    assert row.ends_at > clock.now() + timedelta(days=89)


def test_a_guest_across_reads_the_case_until_the_row_ends(stage: Any) -> None:
    panels.invite(stage.actor("coordinator"), stage.id, [stage.person("stranger")])
    panels.answer_invitation(stage.actor("stranger"), stage.id, accept=True)
    assert queries.case(stage.actor("stranger"), stage.id).head.title == "Weakness of the legs"
    over = pytest.raises(ForbiddenError, match="time as a guest of this panel is over")
    with clock.shifted(timedelta(days=91)), over:
        queries.case(stage.actor("stranger"), stage.id)
    panels.extend_guest(stage.actor("lead"), stage.id, stage.person("stranger"), 120)
    with clock.shifted(timedelta(days=91)):
        assert queries.case(stage.actor("stranger"), stage.id).patient is not None


@pytest.mark.parametrize(
    ("who", "field"),
    [
        ("enroller", "person_ids"),
        ("pending", "person_ids"),
        ("researcher", "person_ids"),
        ("expired_guest", "person_ids"),
    ],
)
def test_who_cannot_be_asked(who: str, field: str, stage: Any) -> None:
    with pytest.raises(InvalidInputError) as refused:
        panels.invite(stage.actor("lead"), stage.id, [stage.person(who)])
    assert field in refused.value.fields


def test_a_misspelt_role_names_the_nearest(stage: Any) -> None:
    with pytest.raises(InvalidInputError) as refused:
        panels.invite(stage.actor("lead"), stage.id, [stage.person("colleague")], role="membr")
    assert "Did you mean 'member'?" in refused.value.fields["role"]


def test_asking_again_leaves_who_is_there_alone(stage: Any) -> None:
    assert (
        panels.invite(
            stage.actor("lead"), stage.id, [stage.person("member"), stage.person("expert")]
        )
        == []
    )
    assert len(stage.mails("expert", "panel_invitation")) == 1


def test_a_group_is_asked_at_once(stage: Any) -> None:
    group = ExpertGroup(
        network_id=stage.world.networks["nmd"],
        name="Muscle board",
        area_id=stage.world.areas["nmd"],
    )
    db.session.add(group)
    db.session.flush()
    for name in ("colleague", "member", "enroller", "dispatcher"):
        db.session.add(ExpertGroupMember(group_id=group.id, person_id=stage.person(name)))
    db.session.commit()
    assert [(g.name, g.size, g.fits) for g in queries.groups_of(stage.actor("lead"), stage.id)] == [
        ("Muscle board", 4, True)
    ]
    asked = panels.invite_group(stage.actor("lead"), stage.id, group.id)
    assert set(asked) == {stage.person("colleague"), stage.person("dispatcher")}
    with pytest.raises(NotFoundError):
        panels.invite_group(stage.actor("lead"), stage.id, "no-such-group")


def test_accepting_opens_the_case_and_asks_for_the_answer(stage: Any) -> None:
    with pytest.raises(ForbiddenError):
        queries.case(stage.actor("expert"), stage.id)
    shown = queries.outside(stage.actor("expert"), stage.id)
    assert shown.invited
    assert shown.head.question.startswith("Is this Becker")
    panels.answer_invitation(stage.actor("expert"), stage.id, accept=True)
    panels.answer_invitation(stage.actor("expert"), stage.id, accept=True)  # a repeated click
    assert queries.case(stage.actor("expert"), stage.id).can_answer
    assert stage.kinds("expert") == ["answer"]
    with pytest.raises(ConflictError):
        panels.answer_invitation(stage.actor("expert"), stage.id, accept=False, reason="No time")


def test_declining_needs_a_reason_and_may_propose_a_colleague(stage: Any) -> None:
    with pytest.raises(InvalidInputError) as refused:
        panels.answer_invitation(stage.actor("expert"), stage.id, accept=False)
    assert "reason" in refused.value.fields
    panels.answer_invitation(
        stage.actor("expert"),
        stage.id,
        accept=False,
        reason="Not my field",
        colleague_id=stage.person("colleague"),
    )
    assert _status(stage, "expert") == "declined"
    assert stage.tasks("expert") == []
    with pytest.raises(NotFoundError):
        queries.outside(stage.actor("expert"), stage.id)
    told = [event.text for event in queries.timeline(stage.actor("lead"), stage.id).events]
    assert "Elena Rossi proposes to ask Pieter Bakker" in told
    assert "Elena Rossi declined" in told
    assert stage.mails("enroller", "panel_invitation_answered")
    assert panels.invite(stage.actor("lead"), stage.id, [stage.person("expert")]) == [
        stage.person("expert")
    ]


def test_nobody_answers_for_another(stage: Any) -> None:
    for who in ("coordinator", "lead"):
        with pytest.raises((NotFoundError, ConflictError)):
            panels.answer_invitation(stage.actor(who), stage.id, accept=False, reason="x")
    assert _status(stage, "expert") == "invited"


def test_an_invitation_lapses_and_can_be_given_again(stage: Any) -> None:
    with clock.shifted(timedelta(days=13)):
        jobs.lapse({})
    assert _status(stage, "expert") == "invited"
    with clock.shifted(timedelta(days=15)):
        jobs.lapse({})
        jobs.lapse({})
        assert _status(stage, "expert") == "lapsed"
        assert stage.tasks("expert") == []
        with pytest.raises(NotFoundError):
            panels.answer_invitation(stage.actor("stranger"), stage.id, accept=True)
        with pytest.raises(NotFoundError):
            panels.answer_invitation(stage.actor("expert"), stage.id, accept=True)
        assert panels.invite(stage.actor("lead"), stage.id, [stage.person("expert")])
    lapsed = select(TimelineEntry.id).where(TimelineEntry.kind == "lapsed")
    assert len(db.session.scalars(lapsed).all()) == 1


def test_who_is_taken_off_reads_nothing_any_more(stage: Any) -> None:
    with pytest.raises(InvalidInputError):
        panels.remove(stage.actor("lead"), stage.id, stage.person("member"), " ")
    with pytest.raises(InvalidInputError):
        panels.remove(stage.actor("coordinator"), stage.id, stage.person("lead"), "tired")
    panels.remove(stage.actor("lead"), stage.id, stage.person("member"), "Conflict of interest")
    with pytest.raises(NotFoundError):
        queries.case(stage.actor("member"), stage.id)
    assert stage.tasks("member") == []


def test_the_deputy_of_somebody_who_is_away_hears_too(stage: Any) -> None:
    person = db.session.get_one(Person, stage.person("colleague"))
    person.away_until, person.deputy_id = (
        clock.today() + timedelta(days=3),
        stage.person("dispatcher"),
    )
    db.session.commit()
    panels.invite(stage.actor("lead"), stage.id, [stage.person("colleague")])
    told = stage.mails("dispatcher", "panel_invitation")[0]
    assert str(told.facts["text"]).startswith("For Pieter Bakker, who is away: ")


def test_nobody_is_asked_to_a_panel_that_has_ended(stage: Any) -> None:
    panels.move(stage.actor("enroller"), stage.id, "cancel", "Solved")
    with pytest.raises(GuardRefusedError):
        panels.invite(stage.actor("lead"), stage.id, [stage.person("colleague")])
