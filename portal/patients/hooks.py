"""What patients add to menus and dashboards, and the work they leave to the queue."""

from pathlib import Path

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.extend import hookimpl
from portal.extend.specs import CardSpec, JobSpec, MenuEntry, MessageSpec, SearchResult
from portal.patients import queries, rules, terms
from portal.patients.places import CentreRef
from portal.patients.service.erasure import erase_job

MESSAGES = Path(__file__).resolve().parent / "messages"


@hookimpl
def register_jobs() -> list[JobSpec]:
    """Erase identities after a withdrawn consent for care."""
    return [JobSpec("patients.erase", erase_job)]


@hookimpl
def check_enrolment(actor: Actor, network: str, centre: str) -> str | None:
    """Nobody is enrolled at a closed centre, or for a network that is switched off."""
    del actor
    return rules.closed(network, centre)


@hookimpl
def register_messages() -> list[MessageSpec]:
    """What the clinician of a patient is told."""
    return [
        MessageSpec("consent_withdrawn", MESSAGES, "Open the record"),
        MessageSpec("patient_enrolled_for_you", MESSAGES, "Open the record"),
        MessageSpec("patient_handed_over", MESSAGES, "Open the record"),
    ]


@hookimpl
def search_results(actor: Actor, text: str) -> list[SearchResult]:
    """Patients by nickname, among those whom the actor may see. Names are never searched here."""
    return [
        SearchResult(
            "Patients",
            patient.nickname,
            f"/patient/{patient.id}/",
            f"{patient.sex_label}, {patient.birth_year}, {patient.centre_name}",
        )
        for patient in queries.by_nickname(actor, text)
    ]


@hookimpl
def centre_menu(actor: Actor, centre_code: str) -> list[MenuEntry]:
    """Patients, enrolment, consents and the record of accesses."""
    place = {"code": centre_code}
    entries = [
        MenuEntry("Patients", "CentrePatientsView.patients", "patient", place, order=10),
        MenuEntry("Consents", "CentrePatientsView.consents", "consent", place, order=40),
        MenuEntry("Who looked", "CentrePatientsView.audit", "audit", place, order=90),
    ]
    if _may_enrol(actor, centre_code):
        entries.append(
            MenuEntry("Enrol Patient", "CentrePatientsView.enrol", "add", place, order=20)
        )
    return entries


@hookimpl
def centre_cards(actor: Actor, centre_id: str) -> list[CardSpec]:
    """How many patients there are, and the newest."""
    code = next((g.centre_code for g in actor.grants if g.centre_id == centre_id), "")
    if not code:
        return []  # support staff open the page too; patients are not theirs to see
    counts = queries.count_in_centre(actor, centre_id)
    newest = queries.in_centre(actor, centre_id).rows[:5] if counts else []
    context = {
        "centre_code": code,
        "counts": [(terms.STATUS_LABELS.get(s, s), n) for s, n in sorted(counts.items())],
        "total": sum(counts.values()),
        "newest": newest,
        "may_enrol": guard.allows(actor, Permission.CENTRE_ENROL, CentreRef(centre_id)),
    }
    return [CardSpec("patients", "Patients", "patients/cards/centre.html", context, order=10)]


@hookimpl
def global_cards(actor: Actor) -> list[CardSpec]:
    """The newest of my own patients, for those who enrol."""
    if not actor.centres_as():
        return []
    rows = queries.latest_of(actor)
    centres = sorted({(g.centre_code, g.centre_name) for g in actor.grants if g.centre_code})
    return [
        CardSpec(
            "patients",
            "My patients",
            "patients/cards/mine.html",
            {"rows": rows, "centres": centres},
            order=40,
        )
    ]


def _may_enrol(actor: Actor, centre_code: str) -> bool:
    mine = {g.centre_id for g in actor.grants if g.centre_code == centre_code and g.centre_id}
    return any(guard.allows(actor, Permission.CENTRE_ENROL, CentreRef(i)) for i in mine)
