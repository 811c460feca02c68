"""Begin a patient's form, and bring a draft to the form that its network fills in now."""

from sqlalchemy import select

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.forms import answers as shapes
from portal.forms import overlay_source
from portal.forms.compiled import CompiledForm
from portal.forms.facts import context_of
from portal.forms.migration import migrate
from portal.forms.models import FormResponse
from portal.forms.overlay_source import CONSULTATION, NetworkForm
from portal.forms.prefill import initial_answers
from portal.forms.service.opening import Opened, read_stored
from portal.forms.service.storing import note_completeness, write
from portal.kernel import clock, db
from portal.kernel.uow import writes
from portal.networks.models import Network
from portal.patients.models import Patient
from portal.patients.service import require_unlocked

COMPLETED = "completed"
AMENDED = "amended"
IN_PROGRESS = "in-progress"


def ensure_response(actor: Actor, patient_id: str) -> str:
    """Return the id of the patient's consultation form; begin it when there is none.

    A new one starts with what the record knows. A draft that was begun with an older form is taken
    to the present one: answers keep their ids, so that none is lost; a completed one stays. Looking
    comes first, so that opening a page of a form that is as it should be writes nothing.
    """
    _, _, response, current = _present(actor, patient_id)
    return str(response.id) if response is not None and current else _begin(actor, patient_id)


def _present(
    actor: Actor, patient_id: str
) -> tuple[Patient, CompiledForm, FormResponse | None, bool]:
    """Return patient, the network's form now, the response, and whether it may stay as it is."""
    patient = guard.access(actor, Patient, patient_id, Permission.PATIENT_EDIT)
    require_unlocked(patient)
    network = db.session.get_one(Network, patient.network_id)
    form = overlay_source.form_for(NetworkForm(network.code, network.enabled))
    response = db.session.scalar(
        select(FormResponse)
        .where(FormResponse.patient_id == patient_id, FormResponse.form == CONSULTATION)
        .order_by(FormResponse.id.desc())
        .limit(1)
    )
    current = response is not None and (
        response.form_hash == form.hash or response.status in {COMPLETED, AMENDED}
    )
    return patient, form, response, current


@writes
def _begin(actor: Actor, patient_id: str) -> str:
    guard.access(actor, Patient, patient_id, Permission.PATIENT_EDIT)
    patient, form, response, current = _present(actor, patient_id)
    if response is not None and current:
        return str(response.id)
    overlay_source.keep(form)
    if response is not None:
        _upgrade(actor, Opened(response, patient, form, read_stored(response.id)))
        return str(response.id)
    response = FormResponse(
        patient_id=patient_id,
        network_id=patient.network_id,
        form=CONSULTATION,
        form_version=form.version,
        form_hash=form.hash,
        language=actor.language,
        created_by=actor.person_id,
        created_at=clock.now(),
    )
    db.session.add(response)
    db.session.flush()
    _record(actor, response, "form.begun")
    consents = {c.purpose: c.given and c.withdrawn_on is None for c in patient.consents}
    given = initial_answers(form, context_of(patient, consents))
    opened = Opened(response, patient, form, {})
    flat = dict(shapes.flatten(form, given))
    write(actor, opened, flat, reason="taken from the record")
    note_completeness(opened, opened.evaluated(flat).completeness.percent)
    return response.id


def _upgrade(actor: Actor, opened: Opened) -> None:
    """Take a draft to another version of its form, with the migrations that the version brings.

    Answers to questions that are no longer asked stay in the table, out of sight.
    """
    response, form, flat = opened.response, opened.form, opened.flat
    old = overlay_source.form_by_hash(response.form_hash)
    migrated = migrate(old, form, shapes.nest(old, flat), opened.context)
    moved = shapes.flatten(form, migrated.answers)
    changes = {key: value for key, value in moved.items() if flat.get(key) != value}
    response.form_hash, response.form_version = form.hash, form.version
    _record(actor, response, "form.upgraded")
    if changes:
        write(actor, opened, changes, reason=f"brought to version {form.version}")
    percent = opened.evaluated({**flat, **changes}).completeness.percent
    note_completeness(opened, percent)


def _record(actor: Actor, response: FormResponse, action: str) -> None:
    audit.record(
        actor,
        action,
        f"form_response:{response.id}",
        stream=f"patient:{response.patient_id}",
        detail={"version": response.form_version, "hash": response.form_hash[:16]},
    )
