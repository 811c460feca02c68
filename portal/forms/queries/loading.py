"""Find the response of a patient for somebody who reads."""

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.forms.models import FormResponse
from portal.forms.overlay_source import CONSULTATION, form_by_hash
from portal.forms.service.opening import Opened, read_stored
from portal.kernel import db
from portal.patients.models import Patient


def opened_for(actor: Actor, patient_id: str, permission: Permission) -> Opened | None:
    """Return the patient's consultation form, or nothing when it was not begun."""
    patient = guard.access(actor, Patient, patient_id, permission)
    response = newest(patient_id)
    if response is None:
        return None
    form = form_by_hash(response.form_hash)
    return Opened(response, patient, form, read_stored(response.id))


def newest(patient_id: str) -> FormResponse | None:
    """Return the response of a patient; whoever calls has asked the policy."""
    found: FormResponse | None = db.session.scalar(
        select(FormResponse)
        .where(FormResponse.patient_id == patient_id, FormResponse.form == CONSULTATION)
        .order_by(FormResponse.id.desc())
        .limit(1)
    )
    return found
