"""What relates an actor to a patient. ``panel_participant`` is registered by panels."""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, select

from portal.access import actor as profiles
from portal.access import relations
from portal.access.actor import Actor
from portal.access.relations import Relation
from portal.kernel import db
from portal.networks.models import Centre
from portal.patients.models import Patient


def _enroller_holds(actor: Actor, thing: Any) -> bool:
    return thing.enrolled_by == actor.person_id and thing.centre_id in actor.centres_as()


def _patients(*criteria: ColumnElement[bool]) -> Select[Any]:
    return select(Patient.id).where(*criteria).correlate(None)


def _enroller_ids(actor: Actor) -> list[Select[Any]]:
    centres = sorted(actor.centres_as())
    if not centres:
        return []
    return [_patients(Patient.enrolled_by == actor.person_id, Patient.centre_id.in_(centres))]


def assisted(actor: Actor) -> list[tuple[str, str]]:
    """Return (clinician, centre) pairs in whose name the actor may act as an assistant."""
    return sorted(
        {
            (grant.acts_for_id, grant.centre_id)
            for grant in actor.grants
            if grant.profile == profiles.ASSISTANT and grant.acts_for_id and grant.centre_id
        }
    )


def _assistant_holds(actor: Actor, thing: Any) -> bool:
    return (thing.enrolled_by, thing.centre_id) in assisted(actor)


def _assistant_ids(actor: Actor) -> list[Select[Any]]:
    return [
        _patients(Patient.enrolled_by == person, Patient.centre_id == centre)
        for person, centre in assisted(actor)
    ]


def _colleague_holds(actor: Actor, thing: Any) -> bool:
    if thing.centre_id not in actor.centres_as(profiles.CLINICIAN):
        return False
    centre = db.session.get(Centre, thing.centre_id)
    return centre is not None and centre.visibility == "centre"


def _colleague_criterion(actor: Actor) -> ColumnElement[bool]:
    centres = sorted(actor.centres_as(profiles.CLINICIAN))
    if not centres:
        return false()
    return Patient.centre_id.in_(
        select(Centre.id).where(Centre.id.in_(centres), Centre.visibility == "centre")
    )


def register() -> None:
    """Make the relations of patients known to the policy."""
    relations.register_key("patient", Patient.id)
    relations.register(
        Relation(
            "patient",
            "enroller",
            "the clinician who enrolled the patient, while at that centre",
            _enroller_holds,
            ids=_enroller_ids,
        ),
        Relation(
            "patient",
            "assistant",
            "an assistant of the clinician who enrolled the patient",
            _assistant_holds,
            ids=_assistant_ids,
        ),
        Relation(
            "patient",
            "centre_colleague",
            "a clinician of a centre that shows its patients to all its clinicians",
            _colleague_holds,
            _colleague_criterion,
        ),
    )
