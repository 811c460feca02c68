"""The family of a patient, as the form's table of relatives has it."""

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.forms import answers as shapes
from portal.forms.evaluate import completed_answers
from portal.forms.pedigree.model import Pedigree, pedigree_of
from portal.forms.queries.loading import opened_for
from portal.kernel.errors import NotFoundError


def family(actor: Actor, patient_id: str) -> Pedigree:
    """Return the family for those who see the patient; raise when the form has no relatives."""
    opened = opened_for(actor, patient_id, Permission.PATIENT_SEE)
    found = None
    if opened is not None:
        evaluation = opened.evaluated(opened.flat, actor.language)
        nested = shapes.nest(opened.form, opened.flat)
        found = pedigree_of(completed_answers(opened.form, nested, evaluation))
    if found is None:
        raise NotFoundError("The family table of this form has no rows yet.")
    return found
