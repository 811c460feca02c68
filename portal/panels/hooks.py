"""What panels add to the rest of the portal: menu entries, cards, buttons, reactions."""

import logging
from pathlib import Path

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import Actor, system
from portal.access.permissions import Permission
from portal.extend import hookimpl
from portal.extend.specs import CardSpec, Event, JobSpec, MenuEntry, MessageSpec, SearchResult
from portal.kernel import db
from portal.networks.models import Network
from portal.panels import jobs, queries
from portal.panels.events import TEXTS
from portal.panels.service import suspend_for_patient
from portal.patients import terms
from portal.patients.models import Patient

_log = logging.getLogger(__name__)
SHOWN = 5
HOUR = 3600
MESSAGES = Path(__file__).resolve().parent / "messages"
_OUTCOME = ("outcome_to_sign", "outcome_objected", "outcome_sealed")


@hookimpl
def register_messages() -> list[MessageSpec]:
    """What the people of a panel are told."""
    return [
        MessageSpec(kind, MESSAGES, "Open the outcome" if kind in _OUTCOME else "Open the panel")
        for kind in TEXTS
    ]


@hookimpl
def register_jobs() -> list[JobSpec]:
    """Let invitations lapse; remind of dates."""
    return [
        JobSpec("panels.lapse", jobs.lapse, every_seconds=HOUR),
        JobSpec("panels.remind", jobs.remind, every_seconds=HOUR),
    ]


@hookimpl
def search_results(actor: Actor, text: str) -> list[SearchResult]:
    """Panels by number or title, among those that the actor may list."""
    return [
        SearchResult(
            "Panels", row.title, row.url, f"{row.number}, {row.network_name}, {row.phase_label}"
        )
        for row in queries.find_panels(actor, text)
    ]


@hookimpl
def on_consent_withdrawn(event: Event) -> None:
    """Suspend the panels of a patient who no longer consents to care."""
    if event.facts.get("purpose") == terms.Purpose.CARE:
        suspend_for_patient(system("consent-withdrawn"), str(event.facts["patient_id"]))


@hookimpl
def on_panel_moved(event: Event) -> None:
    """Give operators a line per move: identifiers and phases, nothing about the case."""
    _log.info(
        "panel moved",
        extra={
            name: event.facts.get(name, "") for name in ("number", "transition", "source", "target")
        },
    )


@hookimpl
def network_menu(actor: Actor, network_code: str) -> list[MenuEntry]:
    """The panels of a network."""
    del actor
    return [
        MenuEntry("Panels", "NetworkPanelsView.index", "panel", {"code": network_code}, order=10)
    ]


@hookimpl
def centre_menu(actor: Actor, centre_code: str) -> list[MenuEntry]:
    """The panels that a centre has asked for."""
    del actor
    return [MenuEntry("Panels", "CentrePanelsView.index", "panel", {"code": centre_code}, order=20)]


@hookimpl
def patient_cards(actor: Actor, patient_id: str) -> list[CardSpec]:
    """The panels of a patient."""
    page = queries.list_panels(actor, patient_id=patient_id, limit=SHOWN)
    others = queries.left_behind(actor, patient_id)
    return [
        CardSpec(
            "panels",
            "Panels",
            "panels/card_patient.html",
            {"page": page, "patient_id": patient_id, "others": others},
            order=10,
        )
    ]


@hookimpl
def patient_actions(actor: Actor, patient_id: str) -> list[MenuEntry]:
    """Ask a question about the patient."""
    patient = db.session.get(Patient, patient_id)
    if patient is None or not guard.allows(actor, Permission.PATIENT_OPEN_PANEL, patient):
        return []
    if patient.status in terms.LOCKED:
        return []
    return [
        MenuEntry("Ask a question", "AskView.new", "question", {"patient": patient_id}, order=90)
    ]


@hookimpl
def network_cards(actor: Actor, network_id: str) -> list[CardSpec]:
    """Panels by phase, and the newest."""
    known = (g.network_code for g in actor.grants if g.network_id == network_id)
    code = next(known, "") or str(
        db.session.scalar(select(Network.code).where(Network.id == network_id)) or ""
    )
    counts = queries.count_by_phase(actor, network_id)
    labels = queries.phases_of(code)
    figures = [(label, counts[phase], phase) for phase, label in labels if counts.get(phase)]
    context = {
        "figures": figures,
        "code": code,
        "overdue": queries.count_overdue(actor, network_id),
    }
    page = queries.list_panels(actor, network_id=network_id, limit=SHOWN)
    return [
        CardSpec(
            "panels-by-phase", "Panels by phase", "panels/card_phases.html", context, order=10
        ),
        CardSpec(
            "panels-newest",
            "Newest panels",
            "panels/card_panels.html",
            {"page": page},
            order=20,
            wide=True,
        ),
    ]


@hookimpl
def centre_cards(actor: Actor, centre_id: str) -> list[CardSpec]:
    """The newest panels of a centre."""
    page = queries.list_panels(actor, centre_id=centre_id, limit=SHOWN)
    return [
        CardSpec("panels", "Panels", "panels/card_panels.html", {"page": page}, order=20, wide=True)
    ]


@hookimpl
def global_cards(actor: Actor) -> list[CardSpec]:
    """Urgent panels that the actor may list."""
    page = queries.list_panels(actor, filter="urgent", limit=SHOWN)
    if not page.rows:
        return []
    return [
        CardSpec(
            "panels-urgent",
            "Urgent panels",
            "panels/card_panels.html",
            {"page": page},
            order=10,
            wide=True,
        )
    ]
