"""A patient to begin with, and the way a browser posts a form."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portal.kernel import clock
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.vault import Identity

ENROL = "/centre/NL-UTR/enrol"


@pytest.fixture
def command(world) -> Callable[..., EnrolPatient]:
    def make(**changes: Any) -> EnrolPatient:
        given = {
            "centre_id": world.centres["utrecht"],
            "network_id": world.networks["nmd"],
            "identity": Identity("Maria", "Rossi-Bianchi", date(1984, 3, 27), "Trento", "12-345"),
            "sex": "female",
            "country": "NL",
            "consents": (NewConsent("care", True, "patient", clock.today(), "nl", "built-in"),),
        }
        return EnrolPatient(**{**given, **changes})

    return make


@pytest.fixture
def patient_id(actor_of, command) -> str:
    from portal.patients import service

    return service.enrol(actor_of("enroller"), command())


@pytest.fixture
def post(client_as) -> Callable[..., Any]:
    """Return a function (client, url, values, page) that posts with the token of ``page``."""

    def send(client: Any, url: str, values: dict[str, str], page: str = ENROL) -> Any:
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
        return client.post(url, data={**values, "csrf_token": token[1]})

    return send


@pytest.fixture
def enrol_form(world) -> Callable[..., dict[str, str]]:
    def make(**changes: str) -> dict[str, str]:
        values = {
            "network": world.networks["nmd"], "given_name": "Maria", "family_name": "Rossi",
            "birth_date-day": "27", "birth_date-month": "3", "birth_date-year": "1984", "sex": "female",
            "country": "NL", "nickname": "", "care": "yes", "registries": "no", "research": "not-asked",
            "signer": "patient", "signed_on-day": "1", "signed_on-month": "2", "signed_on-year": "2025",
            "language": "nl", "local_number": "12345", "key": "a-key",
        }  # fmt: skip
        return {**values, **changes}

    return make
