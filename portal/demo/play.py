"""Let the panels' stories happen: each line of a script becomes one call of a service."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from portal.demo.answers import ORPHA
from portal.demo.cases import BY_KEY
from portal.demo.scripts import SCRIPTS, Line, Script
from portal.demo.stage import Calendar, Stage, day_before
from portal.kernel import clock, db
from portal.outcomes import service as outcomes
from portal.outcomes.content import hash_of
from portal.outcomes.models import Outcome
from portal.outcomes.service import OutcomeDraft
from portal.panels import service as panels
from portal.panels.commands import AskQuestion, DraftText
from portal.panels.models import Contribution, InformationRequest, Panel
from portal.patients import service as patients

Act = Callable[[Stage, Script, Line], object]


def schedule(stage: Stage, calendar: Calendar) -> None:
    """Put every line of every script into the calendar."""
    for script in SCRIPTS:
        for line in script.lines:
            calendar.add(line.days, partial(ACTS[line.act], stage, script, line))


def _ask(stage: Stage, script: Script, line: Line) -> None:
    case = BY_KEY.get(script.case)
    network = case.network if case else script.network
    area = case.area if case else script.area
    wanted = clock.today() + timedelta(days=line.number) if line.number else None
    stage.panels[script.key] = panels.ask(
        stage.actor(line.who),
        AskQuestion(
            question=case.question if case else script.question,
            network_id=stage.networks[network],
            area_id=stage.areas[f"{network}:{area}"],
            patient_id=stage.patients[case.key] if case else None,
            title=case.title if case else script.title,
            urgent=bool(line.text),
            urgent_reason=line.text,
            wanted_by=wanted,
            lead_id=stage.people[line.people[0]] if line.people else "",
            submit=line.extra != "draft",
        ),
    )


def _forward(stage: Stage, script: Script, line: Line) -> None:
    lead = stage.people[line.people[0]]
    panels.forward(stage.actor(line.who), stage.panels[script.key], lead)


def _invite(stage: Stage, script: Script, line: Line) -> None:
    asked = [stage.people[sub] for sub in line.people]
    panels.invite(
        stage.actor(line.who), stage.panels[script.key], asked, line.text, line.extra or "member"
    )


def _accept(stage: Stage, script: Script, line: Line) -> None:
    panels.answer_invitation(stage.actor(line.who), stage.panels[script.key], accept=True)


def _decline(stage: Stage, script: Script, line: Line) -> None:
    panels.answer_invitation(
        stage.actor(line.who), stage.panels[script.key], accept=False, reason=line.text
    )


def _move(stage: Stage, script: Script, line: Line) -> None:
    panels.move(stage.actor(line.who), stage.panels[script.key], line.extra, line.text)


def _answer(stage: Stage, script: Script, line: Line) -> None:
    written = DraftText(line.text, line.extra, line.number or None)
    panels.send_contribution(stage.actor(line.who), stage.panels[script.key], written)


def _draft(stage: Stage, script: Script, line: Line) -> None:
    panels.save_contribution(stage.actor(line.who), stage.panels[script.key], line.text)


def _agree(stage: Stage, script: Script, line: Line) -> None:
    contribution = db.session.scalars(
        select(Contribution.id).where(
            Contribution.panel_id == stage.panels[script.key],
            Contribution.author_id == stage.people[line.people[0]],
            Contribution.sent_at.is_not(None),
        )
    ).first()
    if contribution is None:
        raise LookupError(f"{script.key}: {line.people[0]} has not answered yet")
    panels.agree(stage.actor(line.who), stage.panels[script.key], contribution)


def _need(stage: Stage, script: Script, line: Line) -> None:
    panels.request_information(
        stage.actor(line.who),
        stage.panels[script.key],
        line.text,
        obligatory=line.extra == "must",
        due_on=day_before(-10),
    )


def _supply(stage: Stage, script: Script, line: Line) -> None:
    request = db.session.scalars(
        select(InformationRequest.id)
        .where(
            InformationRequest.panel_id == stage.panels[script.key],
            InformationRequest.answered_at.is_(None),
        )
        .order_by(InformationRequest.asked_at.desc())
    ).first()
    if request is None:
        raise LookupError(f"{script.key}: no information has been asked for")
    panels.answer_information(stage.actor(line.who), stage.panels[script.key], request, line.text)


def _due(stage: Stage, script: Script, line: Line) -> None:
    day = clock.today() + timedelta(days=line.number)
    panels.set_deadline(stage.actor(line.who), stage.panels[script.key], day)


def _comment(stage: Stage, script: Script, line: Line) -> None:
    panels.comment(stage.actor(line.who), stage.panels[script.key], line.text)


def _outcome(stage: Stage, script: Script, line: Line) -> None:
    text = script.outcome
    if text is None:
        raise LookupError(f"{script.key} has no outcome")
    code, _, label = text.dx.partition(" ")
    parts = ("diagnostic", "treatment", "surgery", "follow_up", "referral")
    outcomes.save_draft(
        stage.actor(line.who),
        stage.panels[script.key],
        OutcomeDraft(
            diagnosis=({"system": ORPHA, "code": code, "display": label},),
            findings=text.findings,
            recommendations={part: getattr(text, part) for part in parts if getattr(text, part)},
            agreement=text.agreement,
            minority_view=text.minority,
            references=text.references,
            patient_summary=text.summary,
            follow_up_on=clock.today() + timedelta(days=text.follow_up_days),
        ),
    )


def _sign(stage: Stage, script: Script, line: Line) -> None:
    panel_id = stage.panels[script.key]
    number, outcome = db.session.execute(
        select(Panel.number, Outcome)
        .join(Outcome, Outcome.panel_id == Panel.id)
        .where(Panel.id == panel_id)
        .order_by(Outcome.number.desc())
    ).first() or ("", None)
    if outcome is None:
        raise LookupError(f"{script.key}: there is no outcome to sign")
    outcomes.sign(stage.actor(line.who), panel_id, hash_of(number, outcome))


def _withdraw(stage: Stage, script: Script, line: Line) -> None:
    patients.withdraw_consent(
        stage.actor(line.who), stage.patients[script.case], "care", clock.today(), line.text
    )


ACTS: dict[str, Act] = {
    "ask": _ask,
    "forward": _forward,
    "invite": _invite,
    "accept": _accept,
    "decline": _decline,
    "move": _move,
    "answer": _answer,
    "draft": _draft,
    "agree": _agree,
    "need": _need,
    "supply": _supply,
    "comment": _comment,
    "due": _due,
    "outcome": _outcome,
    "sign": _sign,
    "withdraw": _withdraw,
}
