"""The PDF of an outcome: rendered once when it is sealed, its bytes kept; a draft on request."""

import io
import secrets

from sqlalchemy import select

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import blobs, clock, db
from portal.kernel.errors import GuardRefusedError, InvalidInputError, NotFoundError
from portal.kernel.uow import writes
from portal.outcomes.models import Outcome, SealedDocument
from portal.outcomes.pdf.renderer import OutcomeRenderer, renderer
from portal.outcomes.queries.document import document_of
from portal.outcomes.words import VARIANTS, Status
from portal.panels.models import Panel

LARGEST_PDF = 32 * 1024 * 1024
SEALED = (Status.SEALED, Status.REPLACED)


def pdf(
    actor: Actor, panel_id: str, variant: str = "clinician", number: int | None = None
) -> bytes:
    """Return the outcome as a PDF: the kept bytes of a sealed version, else a draft with a watermark.

    ``number`` asks for a version; by default the newest sealed one, or the draft when none is sealed.
    """
    return named_pdf(actor, panel_id, variant, number)[1]


def named_pdf(
    actor: Actor, panel_id: str, variant: str = "clinician", number: int | None = None
) -> tuple[str, bytes]:
    """Return the same with the name of the file: panel's number, version, variant."""
    panel = guard.access(actor, Panel, panel_id, Permission.PANEL_DOWNLOAD_OUTCOME)
    if variant not in VARIANTS:
        raise InvalidInputError(f"Choose one of: {', '.join(VARIANTS)}.")
    outcome = _wanted(panel.id, number)
    if variant == "patient" and not outcome.patient_summary.strip():
        raise GuardRefusedError(
            "There is no version for the patient: the summary in plain words is empty."
        )
    suffix = "-patient" if variant == "patient" else ""
    name = f"{panel.number}-v{outcome.number}{suffix}.pdf"
    if outcome.status not in SEALED:
        return name, renderer().render(document_of(panel, outcome, variant=variant, code=""))
    outcome_id = outcome.id
    note_download(actor, panel_id, outcome_id, variant)
    return name, kept(actor, outcome_id, variant)


def _wanted(panel_id: str, number: int | None) -> Outcome:
    statement = select(Outcome).where(Outcome.panel_id == panel_id).order_by(Outcome.number.desc())
    versions = db.session.scalars(statement).all()
    if number is not None:
        versions = [v for v in versions if v.number == number]
    sealed = [v for v in versions if v.status in SEALED]
    found = next(iter(sealed or versions), None)
    if found is None or found.version == 0:
        raise NotFoundError("This panel has no outcome yet.")
    return found


def kept(
    actor: Actor, outcome_id: str, variant: str, engine: OutcomeRenderer | None = None
) -> bytes:
    """Return the kept bytes of a sealed version, rendering them if this is the first time.

    Rendering happens outside any transaction; when two do it at once, the first to be kept wins and
    the other's bytes are thrown away.
    """
    row = db.session.get(SealedDocument, (outcome_id, variant, "en"))
    if row is not None:
        return b"".join(blobs.store().open(row.blob))
    outcome = db.session.get_one(Outcome, outcome_id)
    panel = db.session.get_one(Panel, outcome.panel_id)
    code = secrets.token_urlsafe(15)
    made = (engine or renderer()).render(document_of(panel, outcome, variant=variant, code=code))
    ref = blobs.store().put(io.BytesIO(made), size_limit=LARGEST_PDF)
    blob = keep(actor, panel.id, outcome_id, variant, code, ref)
    return made if blob == ref.key else b"".join(blobs.store().open(blob))


@writes
def keep(
    actor: Actor, panel_id: str, outcome_id: str, variant: str, code: str, ref: blobs.BlobRef
) -> str:
    """Keep a rendered PDF with its hash and verification code; return the key of the bytes that count."""
    guard.access(actor, Panel, panel_id, Permission.PANEL_DOWNLOAD_OUTCOME)
    row = db.session.get(SealedDocument, (outcome_id, variant, "en"), with_for_update=True)
    if row is not None:
        return row.blob
    db.session.add(
        SealedDocument(
            outcome_id=outcome_id,
            variant=variant,
            language="en",
            blob=ref.key,
            sha256=ref.sha256,
            verification_code=code,
            rendered_at=clock.now(),
        )
    )
    audit.record(
        actor,
        "outcome.rendered",
        f"outcome:{outcome_id}",
        stream=f"panel:{panel_id}",
        detail={"variant": variant, "sha256": ref.sha256},
    )
    return ref.key


@writes
def note_download(actor: Actor, panel_id: str, outcome_id: str, variant: str) -> None:
    """Put on record that somebody took the outcome out of the portal."""
    guard.access(actor, Panel, panel_id, Permission.PANEL_DOWNLOAD_OUTCOME)
    audit.record(
        actor,
        "outcome.downloaded",
        f"outcome:{outcome_id}",
        stream=f"panel:{panel_id}",
        detail={"variant": variant},
    )


def render_all(actor: Actor, outcome_id: str) -> None:
    """Render what a sealed outcome needs; safe to run twice (a job)."""
    outcome = db.session.get(Outcome, outcome_id)
    if outcome is None or outcome.status not in SEALED:
        return
    kept(actor, outcome_id, "clinician")
    if outcome.patient_summary.strip():
        kept(actor, outcome_id, "patient")
