"""Reading: lists page by page, the finder's reasons, the timeline, what is left."""

from datetime import timedelta
from typing import Any

import pytest

from portal.kernel import clock, db
from portal.kernel.errors import ForbiddenError, NotFoundError
from portal.networks.models import AreaInterest
from portal.panels import queries
from portal.panels import service as panels
from portal.panels.commands import AskQuestion, DraftText
from portal.panels.queries.certificate import certificate
from portal.people.models import Person


def _ask(stage: Any, number: int, who: str = "colleague") -> str:
    return panels.ask(
        stage.actor(who),
        AskQuestion(
            f"Question {number}?",
            network_id=stage.world.networks["nmd"],
            area_id=stage.world.areas["nmd"],
        ),
    )


def test_lists_continue_where_they_stopped(stage: Any) -> None:
    made = [_ask(stage, n) for n in range(30)]
    first = queries.list_panels(stage.actor("coordinator"), network_id=stage.world.networks["nmd"])
    second = queries.list_panels(
        stage.actor("coordinator"), network_id=stage.world.networks["nmd"], before=first.next
    )
    assert [r.id for r in first.rows + second.rows] == [*reversed(made), stage.id]
    assert (len(first.rows), second.next) == (25, "")


@pytest.mark.parametrize(
    ("who", "chosen", "expected"),
    [
        ("coordinator", "all", 2),
        ("coordinator", "mine", 0),
        ("coordinator", "forward", 1),
        ("lead", "led", 1),
        ("lead", "all", 1),
        ("member", "mine", 1),
        ("expert", "mine", 1),
        ("enroller", "mine", 1),
        ("assistant", "mine", 1),
        ("colleague", "all", 1),
        ("stranger", "all", 0),
        ("researcher", "all", 0),
        ("auditor", "all", 0),
    ],
)
def test_who_sees_which_panels_in_lists(who: str, chosen: str, expected: int, stage: Any) -> None:
    _ask(stage, 1)
    assert len(queries.list_panels(stage.actor(who), filter=chosen).rows) == expected


def test_rows_hold_no_clinical_text(stage: Any) -> None:
    row = queries.list_panels(stage.actor("coordinator")).rows[-1]
    assert "Is this Becker" not in str(row)
    assert (row.requester, row.lead, row.phase_label) == (
        "Sanne de Vries",
        "Γιώργος Παπαδόπουλος",
        "Choosing experts",
    )


def test_panels_are_found_by_number_and_title_among_those_listed(stage: Any) -> None:
    number = stage.panel.number
    assert [r.id for r in queries.find_panels(stage.actor("lead"), number.lower())] == [stage.id]
    assert [r.id for r in queries.find_panels(stage.actor("lead"), "weakness")] == [stage.id]
    assert queries.find_panels(stage.actor("stranger"), number) == []
    assert queries.find_panels(stage.actor("lead"), "100%") == []


def test_the_finder_says_why_each_expert_fits(stage: Any) -> None:
    area = stage.world.areas["nmd"]
    db.session.add(AreaInterest(person_id=stage.person("colleague"), area_id=area))
    away = db.session.get_one(Person, stage.person("dispatcher"))
    speaker = db.session.get_one(Person, stage.person("colleague"))
    speaker.spoken_languages = ["nl", "en"]
    speaker.away_until = clock.today() + timedelta(days=5)
    db.session.commit()
    del away
    found = queries.find_experts(stage.actor("lead"), stage.id, "utrecht")
    names = {p.name: p for p in found}
    assert "Pieter Bakker" in names
    one = names["Pieter Bakker"]
    assert "works in this area" in one.reasons
    assert "speaks Nederlands, English" in one.reasons
    assert one.away.startswith("away until ")
    assert not {"Sanne de Vries", "Мария Иванова", "Elena Rossi"} & set(names)
    assert [p.name for p in queries.find_experts(stage.actor("lead"), stage.id, "nederlands")] == [
        "Pieter Bakker"
    ]
    assert queries.find_experts(stage.actor("lead"), stage.id, "Ulaanbaatar") == []


def test_the_finder_counts_cases_like_this_and_the_days_to_an_answer(stage: Any) -> None:
    stage.answered("member")
    other = panels.ask(
        stage.actor("colleague"),
        AskQuestion(
            "Another?",
            title="Becker again",
            network_id=stage.world.networks["nmd"],
            area_id=stage.world.areas["nmd"],
            lead_id=stage.person("lead"),
        ),
    )
    proposal = queries.find_experts(stage.actor("lead"), other, "weakness")[0]
    assert proposal.person_id == stage.person("member")
    assert proposal.reasons[0] == "1 case like this"
    assert "answers in 1 day" in proposal.reasons


def test_other_networks_are_searched_only_by_who_may_ask_there(stage: Any) -> None:
    def names(who: str) -> set[str]:
        return {p.name for p in queries.find_experts(stage.actor(who), stage.id, "")}

    assert "Claire Dubois" not in names("lead")
    assert "Claire Dubois" in names("coordinator")
    with pytest.raises(ForbiddenError):
        queries.find_experts(stage.actor("member"), stage.id)
    with pytest.raises(NotFoundError):
        queries.find_experts(stage.actor("stranger"), stage.id)


def test_the_timeline_tells_everything_newest_first_and_by_kind(stage: Any) -> None:
    stage.to_assessment()
    stage.answered("member")
    shown = [e.text for e in queries.timeline(stage.actor("enroller"), stage.id).events]
    assert shown[0] == "Мария Иванова sent an answer"
    assert "Γιώργος Παπαδόπουλος: from 'Completing the data' to 'Experts answer'" in shown
    assert "Sanne de Vries asked Elena Rossi" in shown
    people = [e.text for e in queries.timeline(stage.actor("enroller"), stage.id, "people").events]
    assert "Мария Иванова joined the panel" in people
    assert "Мария Иванова sent an answer" not in people
    for n in range(30):
        panels.comment(stage.actor("lead"), stage.id, f"Remark {n}")
    first = queries.timeline(stage.actor("lead"), stage.id)
    second = queries.timeline(stage.actor("lead"), stage.id, before=first.next)
    assert len(first.events) == 25
    assert not {e.id for e in first.events} & {e.id for e in second.events}
    with pytest.raises(NotFoundError):
        queries.timeline(stage.actor("stranger"), stage.id)
    with pytest.raises(ForbiddenError):
        queries.timeline(stage.actor("coordinator"), stage.id)


def test_what_is_left_names_the_next_actor_and_what_opens_when(stage: Any) -> None:
    stage.to_assessment()
    stage.answered("member")
    case = queries.case(stage.actor("enroller"), stage.id)
    left = {row.label: row for row in case.left}
    assert left["Ask experts"].state == "2 asked, 1 answered"
    assert (left["Outcome"].state, left["Outcome"].note) == (
        "1 of 2",
        "Opens when 2 experts have answered",
    )
    assert case.next_act is not None
    assert (case.next_act.who, case.next_act.what) == ("Γιώργος Παπαδόπουλος", "Gather the answers")
    assert [(m.label, m.state) for m in case.track][4] == ("Experts answer", "current")


def test_the_certificate_counts_own_answers_of_the_year(stage: Any) -> None:
    panels.send_contribution(stage.actor("member"), stage.id, DraftText("One", effort_minutes=30))
    panels.send_contribution(stage.actor("member"), stage.id, DraftText("Two", effort_minutes=15))
    mine = certificate(stage.actor("member"))
    assert [(line.number, line.answers, line.minutes) for line in mine.lines] == [
        (stage.panel.number, 2, 45)
    ]
    assert mine.minutes == 45
    assert certificate(stage.actor("member"), clock.today().year - 1).lines == ()
    assert certificate(stage.actor("lead")).lines == ()
