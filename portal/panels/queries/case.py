"""The case page, and the page for those who do not read the case."""

from sqlalchemy import func, select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.panels.facts import facts_of
from portal.panels.models import Agreement, Contribution, InformationRequest, Panel, PanelMember
from portal.panels.queries.left import left_of
from portal.panels.queries.loading import (
    NOBODY,
    Loaded,
    allowed,
    chip_of,
    head_of,
    load,
    next_of,
    people_cards,
    track_of,
)
from portal.panels.queries.shapes import (
    AnswerRow,
    CaseView,
    ConsentChip,
    DraftView,
    ExpertRow,
    InformationRow,
    OutsideView,
    PanelHead,
)
from portal.panels.service.discussing import stale
from portal.panels.words import CONTRIBUTING, ROLES, STATUSES, Role, Status
from portal.patients import terms
from portal.patients.models import Consent
from portal.people.queries import PersonCard
from portal.workflow import engine

Cards = dict[str, PersonCard]


def case(actor: Actor, panel_id: str) -> CaseView:
    """Return the case for somebody who reads it; others get not found or the reason."""
    loaded = load(actor, panel_id, Permission.PANEL_SEE)
    panel = loaded.panel
    written = _contributions(actor, panel)
    asked = db.session.scalars(
        select(InformationRequest)
        .where(InformationRequest.panel_id == panel.id)
        .order_by(InformationRequest.id)
    ).all()
    people = people_cards(
        loaded,
        *[r.asked_by for r in asked],
        *[r.answered_by for r in asked],
        *[c.author_id for c, *_ in written],
    )
    answers = [_answer(actor, people, *row) for row in written if row[0].sent_at]
    information = [_information(people, row) for row in asked]
    consents = _consents(panel)
    authors = {a.author.id for a in answers} - {panel.requester_id}
    facts = facts_of(
        panel,
        consent_valid=_consent_valid(loaded, consents),
        contributions=len(authors),
        open_obligatory=sum(r.obligatory and r.answered_at is None for r in asked),
    )
    experts = experts_of(panel, people, {a.author.id for a in answers})
    choices = engine.available(loaded.workflow, panel.phase, facts, loaded.relations)
    top = head_of(loaded, people)
    return CaseView(
        head=top,
        patient=chip_of(loaded),
        consents=[ConsentChip(label, state) for label, state in consents.values()],
        track=track_of(loaded),
        experts=experts,
        answers=answers,
        draft=_draft(written),
        information=information,
        choices=choices,
        left=left_of(loaded, facts, experts, information),
        next_act=next_of(loaded, people),
        comments=loaded.comments,
        seen_before=_seen(actor, panel),
        can_answer=_can_answer(loaded, top.may),
    )


def _can_answer(loaded: Loaded, may: frozenset[str]) -> bool:
    """Experts answer while the panel is under way; the requester comments instead."""
    phase = loaded.workflow.phase(loaded.panel.phase)
    writing = phase.state == "running" and phase.code not in {"draft", "sign_off"}
    return (
        writing
        and Permission.PANEL_CONTRIBUTE.value in may
        and bool(loaded.relations & {"lead", "contributor"})
    )


_Written = list[tuple[Contribution, int, int]]


def _contributions(actor: Actor, panel: Panel) -> _Written:
    """Return sent contributions and the actor's draft, with agreements and whether one is the actor's."""
    rows = db.session.execute(
        select(
            Contribution,
            func.count(Agreement.person_id),
            func.count(Agreement.person_id).filter(Agreement.person_id == actor.person_id),
        )
        .outerjoin(Agreement, Agreement.contribution_id == Contribution.id)
        .where(
            Contribution.panel_id == panel.id,
            Contribution.sent_at.is_not(None) | (Contribution.author_id == actor.person_id),
        )
        .group_by(Contribution.id)
        .order_by(Contribution.sent_at, Contribution.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _answer(
    actor: Actor, people: Cards, row: Contribution, agreements: int, agreed: int
) -> AnswerRow:
    return AnswerRow(
        id=row.id,
        author=people.get(row.author_id, NOBODY),
        at=row.sent_at or row.saved_at,
        text=row.text,
        recommendation=row.recommendation,
        agreements=agreements,
        agreed=agreed > 0,
        mine=row.author_id == actor.person_id,
    )


def _draft(written: _Written) -> DraftView:
    for row, _, _ in written:
        if row.sent_at is None:
            return DraftView(
                row.text, row.recommendation, row.effort_minutes, row.version, row.saved_at
            )
    return DraftView()


def _information(people: Cards, row: InformationRequest) -> InformationRow:
    return InformationRow(
        id=row.id,
        asker=people.get(row.asked_by, NOBODY),
        text=row.text,
        obligatory=row.obligatory,
        due_on=row.due_on,
        asked_at=row.asked_at,
        answer=row.answer,
        answerer=people.get(row.answered_by) if row.answered_by else None,
        answered_at=row.answered_at,
    )


def _consents(panel: Panel) -> dict[str, tuple[str, str]]:
    """Return purpose -> (label, state) of the newest decision on each purpose."""
    if panel.patient_id is None:
        return {}
    states: dict[str, str] = {}
    for row in db.session.scalars(
        select(Consent)
        .where(Consent.patient_id == panel.patient_id)
        .order_by(Consent.recorded_at, Consent.id)
    ):
        given = "given" if row.given else "refused"
        states[row.purpose] = "withdrawn" if row.withdrawn_on is not None else given
    short = {"care": "Consent for care", "registries": "Registries", "research": "Research contact"}
    return {
        purpose: (short.get(purpose, label), states.get(purpose, "not asked"))
        for purpose, label in terms.PURPOSE_LABELS.items()
    }


def _consent_valid(loaded: Loaded, consents: dict[str, tuple[str, str]]) -> bool:
    if loaded.patient is None:
        return True
    return loaded.patient.status not in terms.LOCKED and consents[terms.Purpose.CARE][1] == "given"


def experts_of(panel: Panel, people: Cards, answered: set[str]) -> list[ExpertRow]:
    """Return everybody who was asked: the lead first, then in the order of asking; declined ones last."""
    rank = {Status.ACCEPTED: 0, Status.INVITED: 1}
    rows = sorted(
        panel.members, key=lambda r: (r.role != Role.LEAD, rank.get(Status(r.status), 2), r.id)
    )
    return [
        ExpertRow(
            card=people.get(row.person_id, NOBODY),
            role=ROLES.get(row.role, row.role),
            status=row.status,
            state=_state(row, answered=row.person_id in answered),
            reason=row.reason,
            contributing=row.role in CONTRIBUTING,
            role_code=row.role,
            ends_at=row.ends_at,
        )
        for row in rows
    ]


def _state(row: PanelMember, *, answered: bool) -> str:
    if answered:
        return "Answered"
    if row.status not in {Status.ACCEPTED, Status.INVITED}:
        return STATUSES[row.status]
    seen = "Not seen" if row.seen_at is None else _seen_words(row)
    return seen if row.status == Status.ACCEPTED else f"Asked, {seen[:1].lower()}{seen[1:]}"


def _seen_words(row: PanelMember) -> str:
    day = row.seen_at.date() if row.seen_at else clock.today()
    if day == clock.today():
        return "Seen today"
    return f"Seen {day.day} {day:%B}"


def _seen(actor: Actor, panel: Panel) -> bool:
    """Return whether nothing needs to be noted about the actor having opened the panel."""
    row = next((r for r in panel.members if r.person_id == actor.person_id), None)
    return row is None or not stale(row)


def head(actor: Actor, panel_id: str) -> PanelHead:
    """Return the head of the panel for whoever may know of it; two statements."""
    loaded = load(actor, panel_id, Permission.PANEL_SEE_INVITATION)
    return head_of(loaded, people_cards(loaded))


def asked(actor: Actor, panel_id: str) -> tuple[PanelHead, list[ExpertRow]]:
    """Return the head of the panel and everybody who is or was asked, for those who may ask."""
    loaded = load(actor, panel_id, Permission.PANEL_INVITE)
    people = people_cards(loaded)
    return head_of(loaded, people), experts_of(loaded.panel, people, set())


def about_patient(actor: Actor, panel_id: str) -> bool:
    """Return whether the panel is about a patient, for whoever may know of the panel."""
    return load(actor, panel_id, Permission.PANEL_SEE_INVITATION).panel.patient_id is not None


def outside(actor: Actor, panel_id: str) -> OutsideView:
    """Return what an invited person or a coordinator sees: the question and who asks, not the case."""
    loaded = load(actor, panel_id, Permission.PANEL_SEE_INVITATION)
    panel = loaded.panel
    row = next((r for r in panel.members if r.person_id == actor.person_id), None)
    people = people_cards(loaded, row.invited_by if row else None)
    managing = Permission.PANEL_INVITE.value in allowed(loaded.relations)
    facts = facts_of(panel) if managing else {}
    return OutsideView(
        head=head_of(loaded, people),
        invited="invited" in loaded.relations,
        invited_by=people.get(row.invited_by) if row else None,
        message=row.message if row else "",
        seen_before=_seen(actor, panel),
        track=track_of(loaded),
        experts=experts_of(panel, people, set()) if managing else [],
        choices=engine.available(loaded.workflow, panel.phase, facts, loaded.relations)
        if managing
        else [],
        next_act=next_of(loaded, people),
    )
