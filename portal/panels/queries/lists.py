"""Lists of panels and their counts: numbers, titles, phases; no clinical content."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all
from sqlalchemy.orm import aliased

from portal.access import guard
from portal.access.actor import COORDINATOR, DISPATCHER, Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.networks.models import Centre, Network, ThematicArea
from portal.panels.indexing import LONGEST_SEARCH, few_with, having, searched
from portal.panels.models import Panel, PanelMember
from portal.panels.queries.shapes import Page, PanelRow
from portal.panels.words import Status
from portal.patients.models import Patient
from portal.people.models import Person
from portal.workflow import catalogue

PAGE = 25
_Requester = aliased(Person)
_Lead = aliased(Person)


def list_panels(
    actor: Actor,
    network_id: str | None = None,
    centre_id: str | None = None,
    patient_id: str | None = None,
    filter: str = "all",  # noqa: A002 - the word of the pages
    phase: str = "",
    before: str | None = None,
    limit: int = PAGE,
    text: str = "",
) -> Page:
    """Return panels that the actor may list, newest first.

    ``filter`` is a key of ``words.FILTERS``; ``text`` asks for words of number and title.
    """
    statement = _joined().where(listed(actor), *_with_words(actor, text))
    for column, value in (
        (Panel.network_id, network_id),
        (Panel.centre_id, centre_id),
        (Panel.patient_id, patient_id),
    ):
        if value:
            statement = statement.where(column == value)
    if filter != "all":
        statement = statement.where(_filtered(actor, filter))
    if phase:
        statement = statement.where(Panel.phase == phase)
    if before:
        statement = statement.where(Panel.id < before)
    rows = db.session.execute(statement.order_by(Panel.id.desc()).limit(limit + 1)).all()
    shown = [_row(row) for row in rows[:limit]]
    return Page(shown, shown[-1].id if len(rows) > limit else "")


def find_panels(actor: Actor, text: str, limit: int = 5) -> list[PanelRow]:
    """Return panels whose number or title has every word of ``text``, newest first."""
    if not searched(text[:LONGEST_SEARCH]):
        return []
    statement = _joined().where(listed(actor), *_with_words(actor, text))
    return [
        _row(row) for row in db.session.execute(statement.order_by(Panel.id.desc()).limit(limit))
    ]


def _with_words(actor: Actor, text: str) -> list[ColumnElement[bool]]:
    """Return the criteria of a search; see ``indexing.py``. A text without a word asks for nothing."""
    words = searched(text[:LONGEST_SEARCH])
    if not words:
        return []
    whole = actor.networks_as(COORDINATOR, DISPATCHER)
    few = few_with(words, whole) if whole else None
    if few is None:
        return having(words)
    elsewhere = Panel.network_id.not_in(sorted(whole))
    return [*having(words), or_(Panel.id.in_(few), and_(elsewhere, Panel.id.in_(_own(actor))))]


def _own(actor: Actor) -> Any:
    """Return the select of the panels in which the actor has a part."""
    asked = select(PanelMember.panel_id).where(
        PanelMember.person_id == actor.person_id,
        PanelMember.status.in_([Status.INVITED, Status.ACCEPTED]),
    )
    mine = select(Panel.id).where(Panel.requester_id.in_({actor.person_id, *actor.acts_for}))
    led = select(Panel.id).where(Panel.lead_id == actor.person_id)
    return union_all(asked, mine.correlate(None), led.correlate(None))


def left_behind(actor: Actor, patient_id: str) -> bool:
    """Return whether open panels of a patient who is the actor's now still have somebody else as requester."""
    patient = db.session.get(Patient, patient_id)
    if patient is None or patient.enrolled_by != actor.person_id:
        return False
    found = db.session.scalar(
        select(Panel.id)
        .where(
            Panel.patient_id == patient_id,
            Panel.requester_id != actor.person_id,
            Panel.phase.not_in(["cancelled", "archived"]),
        )
        .limit(1)
    )
    return found is not None


def listed(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion for panels in the actor's lists; a draft is in its requester's only."""
    return guard.visible(actor, Permission.PANEL_LIST)


@cache
def _joined() -> Any:
    """Select the columns that a row shows, and no more: whole objects cost a third of the page.

    Made once: a statement never changes.
    """
    return (
        select(
            Panel.id,
            Panel.number,
            Panel.title,
            Panel.phase,
            Panel.workflow,
            Panel.urgent,
            Panel.due_on,
            Panel.wanted_by,
            Panel.created_at,
            Panel.closed_at,
            Network.code.label("network_code"),
            Network.short_name.label("network_name"),
            Centre.name.label("centre_name"),
            ThematicArea.label.label("area"),
            *_name_of(_Requester, "requester"),
            *_name_of(_Lead, "lead"),
        )
        .join(Network, Network.id == Panel.network_id)
        .join(Centre, Centre.id == Panel.centre_id)
        .join(_Requester, _Requester.id == Panel.requester_id)
        .outerjoin(ThematicArea, ThematicArea.id == Panel.area_id)
        .outerjoin(_Lead, _Lead.id == Panel.lead_id)
    )


def running() -> ColumnElement[bool]:
    """Return the criterion for panels under way, in every workflow there is."""
    return and_(
        Panel.opened_at.is_not(None),
        Panel.closed_at.is_(None),
        Panel.phase.not_in(["cancelled", "suspended"]),
    )


def _filtered(actor: Actor, name: str) -> ColumnElement[bool]:
    if name == "mine":
        return Panel.id.in_(_own(actor))
    if name == "led":
        return Panel.lead_id == actor.person_id
    if name == "forward":
        return Panel.phase == "open"
    if name == "urgent":
        return and_(Panel.urgent.is_(True), running())
    if name == "overdue":  # few: a panel that is closed has no date
        late = select(Panel.id).where(Panel.due_on < clock.today(), running()).correlate(None)
        return Panel.id.in_(late)
    return Panel.id == Panel.id


def _name_of(person: Any, prefix: str) -> list[Any]:
    parts = ("academic_title", "given_name", "family_name")
    return [getattr(person, part).label(f"{prefix}_{part}") for part in parts]


def _name(title: str | None, given: str | None, family: str | None) -> str:
    return " ".join(part for part in (title, given, family) if part)


def _row(row: Any) -> PanelRow:
    phase = catalogue.workflow_for(row.network_code, row.workflow).phase(row.phase)
    return PanelRow(
        id=row.id,
        number=row.number,
        title=row.title,
        network_code=row.network_code,
        network_name=row.network_name,
        centre_name=row.centre_name,
        area=row.area or "",
        phase=phase.code,
        phase_label=phase.label,
        state=phase.state,
        urgent=row.urgent,
        due_on=row.due_on,
        wanted_by=row.wanted_by,
        requester=_name(
            row.requester_academic_title, row.requester_given_name, row.requester_family_name
        ),
        lead=_name(row.lead_academic_title, row.lead_given_name, row.lead_family_name),
        created_at=row.created_at,
        closed_at=row.closed_at,
    )


def phases_of(network_code: str) -> list[tuple[str, str]]:
    """Return (code, label) of the phases of a network's workflow, for the filter."""
    return [(p.code, p.label) for p in catalogue.workflow_for(network_code).phases]


def count_by_phase(actor: Actor, network_id: str) -> dict[str, int]:
    """Return how many panels of a network the actor may list, by phase; archived ones count too."""
    rows = db.session.execute(
        select(Panel.phase, func.count())
        .where(listed(actor), Panel.network_id == network_id)
        .group_by(Panel.phase)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def count_overdue(actor: Actor, network_id: str) -> int:
    """Return how many panels of a network are past the date of their phase."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Panel)
            .where(listed(actor), Panel.network_id == network_id, _filtered(actor, "overdue"))
        )
        or 0
    )


def forwards(actor: Actor, network_id: str) -> bool:
    """Return whether the actor forwards requests of a network."""
    return network_id in actor.networks_as(COORDINATOR, DISPATCHER)
