"""What the guards of a workflow know about a panel. Features above panels add their facts here."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from portal.kernel import db
from portal.panels.models import Contribution, InformationRequest, Panel
from portal.panels.words import Role, Status
from portal.patients import terms
from portal.patients.models import Patient
from portal.patients.service.consents import in_force

Source = Callable[[Panel], dict[str, Any]]
_sources: dict[str, Source] = {}


def register_source(name: str, source: Source) -> None:
    """Let a feature above panels contribute facts (outcomes: what is missing, who has signed)."""
    _sources[name] = source


def facts_of(panel: Panel, **known: Any) -> dict[str, Any]:
    """Return the facts that guards read; counts are of people, not of rows.

    ``known`` are facts that the caller has at hand already, so that a page need not ask twice; under
    the name of a source, all of that source's.
    """
    given = {name: known.pop(name) for name in list(_sources) if name in known}
    if "consent_valid" not in known:
        known["consent_valid"] = consent_valid(panel.patient_id)
    if not {"contributions", "open_obligatory"} <= set(known):
        known = {**_counted(panel), **known}
    facts: dict[str, Any] = {
        "has_patient": panel.patient_id is not None,
        "question_filled": bool(panel.question.strip()),
        "area_chosen": panel.area_id is not None,
        "lead_set": panel.lead_id is not None,
        "accepted": accepted(panel),
        "held_from": panel.suspended_from,
        "urgent": panel.urgent,
        **known,
    }
    for name, source in _sources.items():
        facts |= given[name] if name in given else source(panel)
    return facts


def consent_valid(patient_id: str | None) -> bool:
    """Return whether a panel may go on: there is no patient, or consent for care is in force."""
    if patient_id is None:
        return True
    patient = db.session.get(Patient, patient_id)
    if patient is None or patient.status in terms.LOCKED:
        return False
    return in_force(patient_id, terms.Purpose.CARE) is not None


def accepted(panel: Panel) -> int:
    """Return how many invited experts have accepted; the lead does not count."""
    return sum(
        r.status == Status.ACCEPTED and r.role in {Role.MEMBER, Role.GUEST} for r in panel.members
    )


def _counted(panel: Panel) -> dict[str, int]:
    """Return how many experts other than the requester have answered, and what is still asked."""
    answered = select(func.count(func.distinct(Contribution.author_id))).where(
        Contribution.panel_id == panel.id,
        Contribution.sent_at.is_not(None),
        Contribution.author_id != panel.requester_id,
    )
    asked = select(func.count(InformationRequest.id)).where(
        InformationRequest.panel_id == panel.id,
        InformationRequest.obligatory.is_(True),
        InformationRequest.answered_at.is_(None),
    )
    row = db.session.execute(select(answered.scalar_subquery(), asked.scalar_subquery())).one()
    return {"contributions": int(row[0] or 0), "open_obligatory": int(row[1] or 0)}
