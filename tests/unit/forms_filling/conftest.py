"""A patient of the enroller with a begun form; the assistant is the second editor."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portal.forms.service import SaveAnswers, Saved, ensure_response, save_answers
from portal.patients import service as patients
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.vault import Identity
from portal.testing.world import World

Actors = Callable[[str], Any]


@pytest.fixture
def patient(world: World, actor_of: Actors) -> str:
    """The id of a patient enrolled in Utrecht for the neuromuscular network."""
    consent = NewConsent("care", given=True, signer="patient", signed_on=date(2026, 1, 2))
    command = EnrolPatient(
        centre_id=world.centres["utrecht"],
        network_id=world.networks["nmd"],
        identity=Identity("Jan", "Jansen", date(1984, 3, 27)),
        sex="male",
        country="NL",
        consents=(consent,),
        nickname="Amber Kestrel 417",
    )
    return patients.enrol(actor_of("enroller"), command)


@pytest.fixture
def response(patient: str, actor_of: Actors) -> str:
    """The id of the patient's form, begun by the enroller."""
    return ensure_response(actor_of("enroller"), patient)


@pytest.fixture
def save(response: str, actor_of: Actors) -> Callable[..., Saved]:
    """Save values by name, as the enroller unless another persona is named."""

    def run(changes: dict[str, Any] | None = None, persona: str = "enroller", **more: Any) -> Saved:
        return save_answers(actor_of(persona), response, SaveAnswers(changes or {}, **more))

    return run
