"""What forms add to a patient's page; a form is begun as soon as a patient is enrolled."""

from typing import Any

from portal.access import guard
from portal.access.actor import Actor, system
from portal.access.permissions import Permission
from portal.extend import hookimpl
from portal.extend.specs import CardSpec, Event, JobSpec, MenuEntry
from portal.forms import queries
from portal.forms.service import ensure_response
from portal.forms.service.parking import forget_parked
from portal.kernel import db
from portal.patients.models import Patient

EVERY_SECONDS = 6 * 3600


@hookimpl
def register_jobs() -> list[JobSpec]:
    """Forget pages that were put aside and never fetched."""
    return [JobSpec("forms.forget_parked", _forget, every_seconds=EVERY_SECONDS)]


def _forget(payload: dict[str, Any]) -> None:
    del payload
    forget_parked(system("forms"))


@hookimpl
def on_patient_enrolled(event: Event) -> None:
    """Begin the consultation form with what the record knows."""
    ensure_response(event.actor, event.subject.partition(":")[2])


@hookimpl
def patient_cards(actor: Actor, patient_id: str) -> list[CardSpec]:
    """The headline facts, how complete the form is, and what is left."""
    case = queries.summary(actor, patient_id)
    patient = db.session.get(Patient, patient_id)
    context = {
        "case": case,
        "patient_id": patient_id,
        "edits": guard.allows(actor, Permission.PATIENT_EDIT, patient),
        "required": sum(one.required for part in case.left for one in part.missing),
    }
    return [CardSpec("form", "Consultation form", "forms/card.html", context, order=10)]


@hookimpl
def patient_actions(actor: Actor, patient_id: str) -> list[MenuEntry]:
    """The way to the form."""
    del actor
    return [MenuEntry("Form", "FormView.tasks", "form", {"patient_id": patient_id}, order=10)]
