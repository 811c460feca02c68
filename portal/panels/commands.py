"""What people ask the services of this feature to do, as plain data."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class AskQuestion:
    """Ask a network a question, about a patient or in general.

    ``network_id`` may stay empty with a patient: then it is the patient's. ``title`` is what lists
    show; when empty it is made from the question. ``lead_id`` names the lead at once; without it the
    coordinator does. ``person_ids`` are experts to ask at once. ``submit`` False keeps a draft. ``key``
    is the idempotency key of the form. ``acting_for`` is the clinician in whose name an assistant asks.
    """

    question: str
    network_id: str = ""
    area_id: str = ""
    patient_id: str | None = None
    title: str = ""
    urgent: bool = False
    urgent_reason: str = ""
    wanted_by: date | None = None
    lead_id: str = ""
    person_ids: tuple[str, ...] = ()
    submit: bool = True
    key: str = ""
    acting_for: str = ""


@dataclass(frozen=True)
class DraftText:
    """What an expert writes: the answer, what they recommend, the time it took in minutes."""

    text: str = ""
    recommendation: str = ""
    effort_minutes: int | None = None
