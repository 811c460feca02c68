"""Sweep up what nothing refers to: pieces of abandoned uploads, bytes of refused files."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from portal.access import guard
from portal.access.actor import Actor, system
from portal.access.permissions import Permission
from portal.documents.models import Document, DocumentUpload
from portal.kernel import blobs, clock, db
from portal.kernel.uow import writes

EVERY_SECONDS = 3600
# Longer than the longest upload takes from its first stored byte to its record.
LEAST_AGE = timedelta(hours=24)


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
    """Return the keys of all bytes that a document or an open upload needs."""
    keys = set(db.session.scalars(select(Document.blob)))
    for parts in db.session.scalars(select(DocumentUpload.parts)):
        keys |= {key for key, _ in parts}
    return keys
