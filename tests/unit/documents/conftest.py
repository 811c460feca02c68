"""A patient of the enroller, and short ways to attach something."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portal.documents import service
from portal.documents.service import Received, Upload
from portal.patients import service as patients
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.vault import Identity
from portal.testing.world import World


@pytest.fixture
def patient(world: World, actor_of: Callable[[str], Any]) -> str:
    """The id of a patient called Jan Jansen, enrolled in Utrecht."""
    consent = NewConsent("care", given=True, signer="patient", signed_on=date(2026, 1, 2))
    command = EnrolPatient(
        centre_id=world.centres["utrecht"],
        network_id=world.networks["nmd"],
        identity=Identity("Jan", "Jansen", date(1984, 3, 27), "Zwolle", "UTR-4711"),
        sex="male",
        country="NL",
        consents=(consent,),
        nickname="Amber Kestrel 417",
    )
    return patients.enrol(actor_of("enroller"), command)


@pytest.fixture
def attach(patient: str, actor_of: Callable[[str], Any]) -> Callable[..., Received]:
    """Attach content under a name, as the enroller unless another persona is named."""

    def run(name: str, data: bytes, persona: str = "enroller", **details: Any) -> Received:
        upload = Upload(name, io.BytesIO(data), **details)
        return service.receive(actor_of(persona), patient, upload)

    return run
