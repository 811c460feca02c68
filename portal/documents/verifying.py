"""Whether the store still holds every document as it was put there."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.documents.jobs import referred_keys
from portal.documents.models import Document
from portal.kernel import blobs, db
from portal.kernel.blobs import BlobDamagedError, BlobMissingError

BATCH = 500


@dataclass(frozen=True)
class Fault:
    """A document whose bytes are missing, altered or of another size."""

    document_id: str
    text: str


@dataclass
class StoreReport:
    """``sound`` documents of ``size`` bytes in all; ``orphans`` are stored files nobody refers to."""

    sound: int = 0
    size: int = 0
    orphans: int = 0
    faults: list[Fault] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return asdict(self)


def verify_store(actor: Actor) -> StoreReport:
    """Read every document whole; the store compares the content with its key on the way."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    report = StoreReport()
    for identifier, key, size in _documents():
        text = _fault(key, size)
        if text:
            report.faults.append(Fault(identifier, text))
        else:
            report.sound += 1
            report.size += size
    referred = referred_keys()
    report.orphans = sum(key not in referred for key, _ in blobs.store().entries())
    return report


def _documents() -> Iterator[tuple[str, str, int]]:
    last = ""
    while True:
        rows = db.session.execute(
            select(Document.id, Document.blob, Document.size)
            .where(Document.id > last)
            .order_by(Document.id)
            .limit(BATCH)
        ).all()
        db.session.rollback()  # reading the bytes may take long: no connection is held meanwhile
        if not rows:
            return
        yield from [(identifier, key, size) for identifier, key, size in rows]
        last = rows[-1][0]


def _fault(key: str, size: int) -> str:
    try:
        found = sum(len(piece) for piece in blobs.store().open(key))
    except BlobMissingError:
        return "its bytes are missing from the store"
    except BlobDamagedError as error:
        return error.message
    return "" if found == size else f"it has {found} bytes instead of {size}"
