"""Where a form's page stands: the patient above it, the side menu beside it, the look of its words."""

from flask import g
from flask_babel import gettext

from portal.access.actor import Actor
from portal.forms.rendering import Look
from portal.patients import queries as patients
from portal.patients.queries import PatientView


def placed(actor: Actor, patient_id: str) -> PatientView:
    """Return the patient and open the side menu of their centre or network."""
    patient = patients.patient(actor, patient_id)
    if patient.centre_id in actor.centres_as():
        g.centre_code = patient.centre_code
    elif patient.network_id in actor.networks_as():
        g.network_code = patient.network_code
    return patient


def look(actor: Actor) -> Look:
    """Return the language of the form's page and the translator of the words around it."""
    return Look(language=actor.language, translate=gettext)
