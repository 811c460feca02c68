"""Sweep up what nothing refers to: pieces of abandoned uploads, bytes of refused files."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from portal import audit
from portal.access import guard
from portal.access.actor import Actor, system
from portal.access.permissions import Permission
from portal.documents import scanning
from portal.documents.models import HELD, READY, Document, DocumentUpload
from portal.documents.scanning import ScanVerdict
from portal.kernel import blobs, clock, db
from portal.kernel.uow import writes

EVERY_SECONDS = 3600
RESCAN_SECONDS = 600
MOST_AT_ONCE = 50
# Longer than the longest upload takes from its first stored byte to its record.
LEAST_AGE = timedelta(hours=24)


def rescan_job(payload: dict[str, Any]) -> None:
    """Scan what had to wait for the virus scanner; safe to run twice."""
    del payload
    rescan(system("documents"))


def rescan(actor: Actor) -> int:
    """Scan documents that could not be scanned when they came; return how many have a verdict.

    A clean one is released unless something else holds it; an infected one is taken out.
    """
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    waiting = db.session.execute(
        select(Document.id, Document.blob)
        .where(Document.state == HELD, Document.withdrawn_at.is_(None))
        .where(Document.concerns.contains(scanning.UNSCANNED))
        .limit(MOST_AT_ONCE)
    ).all()
    db.session.rollback()
    done = 0
    for identifier, key in waiting if scanning.is_configured() else ():
        verdict = scanning.scan(blobs.store().open(key))
        if verdict.answered:
            _take_verdict(actor, identifier, verdict)
            done += 1
    return done


@writes
def _take_verdict(actor: Actor, document_id: str, verdict: ScanVerdict) -> None:
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    document = db.session.get_one(Document, document_id)
    if verdict.found:
        document.withdrawn_at = clock.now()
        document.withdrawn_reason = f"The virus scanner found {verdict.found}."
    else:
        left = [c for c in document.concerns.split("; ") if c != scanning.UNSCANNED]
        document.concerns = "; ".join(left)
        document.state = HELD if left else READY
    audit.record(
        actor,
        "document.scanned",
        f"document:{document.id}",
        stream=f"patient:{document.patient_id}",
        detail={"found": verdict.found},
    )


def sweep_job(payload: dict[str, Any]) -> None:
    """Carry out the sweep; safe to run twice."""
    del payload
    forget_expired(system("documents"))
    remove_orphans(system("documents"))


@writes
def forget_expired(actor: Actor) -> int:
    """Delete the rows of uploads that have expired; return how many."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    result = db.session.execute(
        delete(DocumentUpload).where(DocumentUpload.expires_at < clock.now())
    )
    return int(getattr(result, "rowcount", 0))


def remove_orphans(actor: Actor) -> int:
    """Delete bytes older than a day to which no document and no open upload refers; count them."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    store = blobs.store()
    referred = referred_keys()
    limit = clock.now() - LEAST_AGE
    orphans = [key for key, modified in store.entries() if key not in referred and modified < limit]
    for key in orphans:
        store.delete(key)
    return len(orphans)


def referred_keys() -> set[str]:
    """Return the keys of all bytes that a row of any table or an open upload needs.

    Every feature keeps the keys of its bytes in a column called ``blob``: documents, sealed outcomes.
    """
    keys: set[str] = set()
    for table in db.metadata().sorted_tables:
        if "blob" in table.c:
            keys |= set(db.session.scalars(select(table.c.blob).where(table.c.blob.is_not(None))))
    for parts in db.session.scalars(select(DocumentUpload.parts)):
        keys |= {key for key, _ in parts}
    return keys
