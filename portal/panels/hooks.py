"""What panels add to the rest of the portal: menu entries, cards, jobs, messages, reactions."""

from portal.access.actor import system
from portal.extend import hookimpl
from portal.extend.specs import Event
from portal.panels.service import suspend_for_patient


@hookimpl
def on_consent_withdrawn(event: Event) -> None:
    """Suspend the panels of a patient who no longer consents to care."""
    if event.facts.get("purpose") == "care":
        suspend_for_patient(system("consent-withdrawn"), str(event.facts["patient_id"]))
