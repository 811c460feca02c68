"""What people ask the services of this feature to do, as plain data."""

from dataclasses import dataclass
from datetime import date

from portal.patients.vault import Identity


@dataclass(frozen=True)
class NewConsent:
    """A decision on one purpose. ``template`` names the text that was signed (``ConsentForm.key``)."""

    purpose: str
    given: bool
    signer: str
    signed_on: date
    language: str = "en"
    template: str = ""


@dataclass(frozen=True)
class EnrolPatient:
    """Enrol a patient at a centre in a network.

    An empty ``nickname`` is generated. ``acting_for`` is the clinician in whose name an assistant
    enrols. ``known_duplicate`` says that the warning about a similar patient was read. ``key`` is the
    idempotency key of the form.
    """

    centre_id: str
    network_id: str
    identity: Identity
    sex: str
    country: str
    consents: tuple[NewConsent, ...]
    nickname: str = ""
    acting_for: str = ""
    known_duplicate: bool = False
    key: str = ""
