"""Find a response, ask the policy, read its answers: the beginning of every act on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.forms import answers as shapes
from portal.forms.answers import Key
from portal.forms.compiled import CompiledForm
from portal.forms.evaluate import Context, Evaluation, evaluate
from portal.forms.facts import context_of
from portal.forms.models import FormAnswer, FormResponse
from portal.forms.overlay_source import form_by_hash
from portal.kernel import db
from portal.kernel.errors import NotFoundError
from portal.patients.models import Patient
from portal.patients.service import require_unlocked


@dataclass(frozen=True)
class Stored:
    """One answer as it stands: value, version, who set it and when."""

    value: Any
    version: int
    by: str
    at: datetime


@dataclass(frozen=True)
class Opened:
    """A response with its form and answers. ``stored`` holds all answers, also out of sight."""

    response: FormResponse
    patient: Patient
    form: CompiledForm
    stored: dict[Key, Stored]

    @property
    def flat(self) -> dict[Key, Any]:
        """The answers one by one."""
        return {key: one.value for key, one in self.stored.items()}

    @property
    def context(self) -> Context:
        """The facts around the form."""
        return context_of(self.patient)

    def evaluated(self, flat: dict[Key, Any], language: str = "") -> Evaluation:
        """Evaluate answers against the form."""
        nested = shapes.nest(self.form, flat)
        return evaluate(
            self.form, nested, self.context, reasons=shapes.reasons(flat), language=language
        )


# Made once: they begin every save.
_FIND = (
    select(FormResponse, Patient)
    .join(Patient, Patient.id == FormResponse.patient_id)
    .where(FormResponse.id == bindparam("id"))
)
_FIND_LOCKED = _FIND.with_for_update(of=FormResponse).execution_options(populate_existing=True)
_ANSWERS = select(
    FormAnswer.item_id,
    FormAnswer.row_id,
    FormAnswer.value,
    FormAnswer.version,
    FormAnswer.saved_by,
    FormAnswer.saved_at,
).where(FormAnswer.response_id == bindparam("id"))


def access_response(
    actor: Actor, response_id: str, permission: Permission, *, lock: bool = False
) -> Opened:
    """Return a response if the actor may do ``permission`` to its patient; otherwise raise.

    ``lock`` makes the saves of one response wait for each other (on PostgreSQL; SQLite has one
    writer anyway).
    """
    statement = _FIND_LOCKED if lock else _FIND
    found = db.session.execute(statement, {"id": response_id}).one_or_none()
    if found is None:
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    response, patient = found
    guard.access(actor, Patient, patient.id, permission)
    if permission is Permission.PATIENT_EDIT:
        require_unlocked(patient)
    return Opened(response, patient, form_by_hash(response.form_hash), read_stored(response.id))


def read_stored(response_id: str) -> dict[Key, Stored]:
    """Return all answers of a response."""
    rows = db.session.execute(_ANSWERS, {"id": response_id})
    return {
        (item, row): Stored(value, version, by, at) for item, row, value, version, by, at in rows
    }
