"""A patient and a panel in the small world, made by the services: enrolled, asked, invited, accepted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.access.actor import Actor
from portal.kernel import clock
from portal.panels import service as panels
from portal.panels.commands import AskQuestion
from portal.patients import service as patients
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.vault import Identity
from portal.testing.world import World

SECRET_NAME = "Zuiderwijk-Canary"  # noqa: S105 - a family name that no page of a stranger may show


@dataclass(frozen=True)
class Case:
    """Identifiers of a patient and a panel about the patient."""

    patient_id: str
    panel_id: str


def enrol(actor: Actor, world: World, *, centre: str, network: str, **more: Any) -> str:
    """Enrol an invented patient with consent for care; return the id."""
    identity = Identity(
        given_name="Floor",
        family_name=SECRET_NAME,
        birth_date=date(2017, 5, 4),
        birth_place="Zwolle-Canary",
        local_number=f"MRN-{centre}-1",
    )
    care = NewConsent(purpose="care", given=True, signer="guardian", signed_on=clock.today())
    command = EnrolPatient(
        centre_id=world.centres[centre],
        network_id=world.networks[network],
        identity=identity,
        sex="female",
        country="NL",
        consents=(care,),
        **more,
    )
    return patients.enrol(actor, command)


def open_case(world: World, actor_of: Callable[[str], Actor], *, lead: str = "lead") -> Case:
    """Return a case in nmd: asked by the enroller, led, one member accepted, one expert invited."""
    enroller = actor_of("enroller")
    patient_id = enrol(enroller, world, centre="utrecht", network="nmd")
    panel_id = panels.ask(
        enroller,
        AskQuestion(
            question="Is this Becker or limb-girdle dystrophy?",
            title="Weakness of the legs",
            patient_id=patient_id,
            area_id=world.areas["nmd"],
            lead_id=world.people[lead],
            person_ids=(world.people["member"], world.people["expert"]),
        ),
    )
    panels.answer_invitation(actor_of("member"), panel_id, accept=True)
    return Case(patient_id, panel_id)
