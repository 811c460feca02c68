"""Load a panel with what is shown around it, in as few statements as a page may cost."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from portal.access import guard, policy
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import NotFoundError
from portal.networks.models import Centre, Membership, Network, ThematicArea
from portal.panels.models import Comment, Panel, PanelMember
from portal.panels.queries.shapes import (
    NextAct,
    PanelHead,
    PatientChip,
    PhaseMark,
)
from portal.panels.relations import names_of
from portal.patients import terms
from portal.patients.models import Patient
from portal.people.models import Person
from portal.people.queries import PersonCard, cards
from portal.workflow import catalogue
from portal.workflow.engine import relation_words
from portal.workflow.model import Workflow

NOBODY = PersonCard("", "Somebody who has left", "?", "")


@dataclass(frozen=True)
class Loaded:
    """A panel and its surroundings, for the functions of this package only."""

    panel: Panel
    network: Network
    centre: Centre
    area: ThematicArea | None
    patient: Patient | None
    comments: int
    workflow: Workflow
    relations: frozenset[str]
    cards: dict[str, PersonCard]


def load(actor: Actor, panel_id: str, permission: Permission) -> Loaded:
    """Return the panel with its people if the actor may do ``permission``; two statements."""
    counted = (
        select(func.count()).where(Comment.panel_id == Panel.id).correlate(Panel).scalar_subquery()
    )
    row = db.session.execute(
        select(Panel, Network, Centre, ThematicArea, Patient, Person, counted)
        .join(Network, Network.id == Panel.network_id)
        .join(Centre, Centre.id == Panel.centre_id)
        .join(Person, Person.id == Panel.requester_id)
        .outerjoin(ThematicArea, ThematicArea.id == Panel.area_id)
        .outerjoin(Patient, Patient.id == Panel.patient_id)
        .where(Panel.id == panel_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    panel, network, centre, area, patient, requester, comments = row
    cards = {requester.id: _card(requester, centre), **_seat_members(panel)}
    guard.require(actor, permission, panel)
    # The session's identity map is weak: what the rest of the page asks again stays loaded.
    db.session.info["panel page"] = row
    workflow = catalogue.workflow_for(network.code, panel.workflow)
    relations = names_of(actor, panel)
    return Loaded(panel, network, centre, area, patient, comments, workflow, relations, cards)


def _seat_members(panel: Panel) -> dict[str, PersonCard]:
    """Load the rows of everybody asked to the panel together with their cards: one statement."""
    members: dict[str, PanelMember] = {}
    cards: dict[str, PersonCard] = {}
    for member, person, centre in db.session.execute(
        select(PanelMember, Person, Centre)
        .join(Person, Person.id == PanelMember.person_id)
        .outerjoin(Membership, (Membership.person_id == Person.id) & Membership.ended_at.is_(None))
        .outerjoin(Centre, Centre.id == Membership.centre_id)
        .where(PanelMember.panel_id == panel.id)
        .order_by(PanelMember.id, Membership.network_id != panel.network_id, Membership.id)
    ):
        members[member.id] = member
        if person.id not in cards or (centre and not cards[person.id].centre):
            cards[person.id] = _card(person, centre)
    set_committed_value(panel, "members", list(members.values()))
    return cards


def _card(person: Person, centre: Centre | None) -> PersonCard:
    return PersonCard(
        id=person.id,
        name=person.name,
        initials=(person.given_name[:1] + person.family_name[:1]).upper(),
        job_title=person.job_title,
        centre=centre.name if centre else "",
        city=centre.city if centre else "",
        country=centre.country if centre else "",
    )


def allowed(relations: frozenset[str]) -> frozenset[str]:
    """Return the permissions on a panel that follow from the actor's relations to it."""
    return frozenset(
        permission.value
        for permission, rule in policy.RULES.items()
        if permission.value.startswith("panel:") and relations & set(rule.allow)
    )


def people_cards(loaded: Loaded, *more: str | None) -> dict[str, PersonCard]:
    """Return cards of everybody on the panel and of ``more``; a statement only for those not on it."""
    ids = {loaded.panel.lead_id, *more}
    return {**cards(ids - set(loaded.cards)), **loaded.cards}


def head_of(loaded: Loaded, people: dict[str, PersonCard]) -> PanelHead:
    """Return the head of the page."""
    panel, phase = loaded.panel, loaded.workflow.phase(loaded.panel.phase)
    return PanelHead(
        id=panel.id,
        number=panel.number,
        title=panel.title,
        question=panel.question,
        network_id=loaded.network.id,
        network_code=loaded.network.code,
        network_name=loaded.network.short_name,
        centre_id=loaded.centre.id,
        centre_name=loaded.centre.name,
        area_id=panel.area_id,
        area=loaded.area.label if loaded.area else "",
        urgent=panel.urgent,
        urgent_reason=panel.urgent_reason,
        wanted_by=panel.wanted_by,
        due_on=panel.due_on,
        phase=phase.code,
        phase_label=phase.label,
        state=phase.state,
        requester=people.get(panel.requester_id, NOBODY),
        lead=people.get(panel.lead_id) if panel.lead_id else None,
        may=allowed(loaded.relations),
        relations=loaded.relations,
    )


def chip_of(loaded: Loaded) -> PatientChip | None:
    """Return the patient as the panel sees it, or nothing when there is none or it is closed."""
    patient = loaded.patient
    if patient is None:
        return None
    return PatientChip(
        id=patient.id,
        nickname=patient.nickname,
        sex=terms.SEXES.get(patient.sex, patient.sex),
        age=max(0, clock.today().year - patient.birth_year),
        country=terms.COUNTRIES.get(patient.country, patient.country),
        locked=patient.status in terms.LOCKED,
    )


def track_of(loaded: Loaded) -> list[PhaseMark]:
    """Return the forward path with what is done, current and still to come."""
    track = loaded.workflow.track()
    codes = [phase.code for phase in track]
    here = loaded.workflow.phase(loaded.panel.phase)
    if here.code in codes:
        place = codes.index(here.code)
    elif here.code in {"archived", "reopening"}:
        place = len(codes)
    else:
        held = loaded.panel.suspended_from
        place = codes.index(held) if held in codes else 0
    marks = [
        PhaseMark(
            p.label,
            "done" if n < place else "current" if n == place and here.code in codes else "todo",
        )
        for n, p in enumerate(track)
    ]
    return marks if here.code in codes else [*marks, PhaseMark(here.label, "current")]


def next_of(loaded: Loaded, people: dict[str, PersonCard]) -> NextAct | None:
    """Return who acts next; a lead and a requester are named, others by their profile."""
    phase = loaded.workflow.phase(loaded.panel.phase)
    if not phase.owner:
        return None
    named = {"lead": loaded.panel.lead_id, "requester": loaded.panel.requester_id}
    who = next((people[p].name for w in phase.owner if (p := named.get(w)) and p in people), "")
    role = relation_words(phase.owner[:2])
    return NextAct(who or role[:1].upper() + role[1:], phase.todo, loaded.panel.due_on)
