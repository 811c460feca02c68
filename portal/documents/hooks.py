"""What documents add to a patient's page, and the work they leave to the queue."""

from portal.access.actor import Actor
from portal.documents import jobs, queries
from portal.extend import hookimpl
from portal.extend.specs import CardSpec, JobSpec, MenuEntry

SHOWN = 6


@hookimpl
def register_jobs() -> list[JobSpec]:
    """Sweep up abandoned uploads and bytes that nothing refers to; scan what had to wait."""
    return [
        JobSpec("documents.sweep", jobs.sweep_job, every_seconds=jobs.EVERY_SECONDS),
        JobSpec("documents.rescan", jobs.rescan_job, every_seconds=jobs.RESCAN_SECONDS),
    ]


@hookimpl
def patient_cards(actor: Actor, patient_id: str) -> list[CardSpec]:
    """The newest documents of the case."""
    rows = [row for row in queries.for_patient(actor, patient_id) if not row.withdrawn]
    context = {"documents": rows[:SHOWN], "more": len(rows) - SHOWN, "patient_id": patient_id}
    return [CardSpec("documents", "Documents", "documents/card.html", context, order=30)]


@hookimpl
def patient_actions(actor: Actor, patient_id: str) -> list[MenuEntry]:
    """The way to the documents."""
    del actor
    values = {"patient_id": patient_id}
    return [MenuEntry("Documents", "PatientDocumentsView.index", "document", values, order=20)]
