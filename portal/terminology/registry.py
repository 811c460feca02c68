"""Which releases of which packs are installed: ``registry.sqlite`` beside the index files.

A release is ``staged`` (built, not yet used), ``active`` (one per pack) or ``retained`` (kept:
answers may still point to it). Who accepted the publisher's licence, and when, stands here too.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from portal.kernel import clock
from portal.terminology.errors import UnknownReleaseError

STAGED, ACTIVE, RETAINED = "staged", "active", "retained"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS release(
  pack TEXT NOT NULL, version TEXT NOT NULL, status TEXT NOT NULL, file TEXT NOT NULL,
  digest TEXT NOT NULL, sample INTEGER NOT NULL, title TEXT NOT NULL, loaded_at TEXT NOT NULL,
  loaded_by TEXT NOT NULL, accepted_by TEXT NOT NULL, accepted_at TEXT NOT NULL,
  counts TEXT NOT NULL, PRIMARY KEY(pack, version));
CREATE UNIQUE INDEX IF NOT EXISTS one_active ON release(pack) WHERE status = 'active';
"""
_COLUMNS = (
    "pack, version, status, file, digest, sample, title, loaded_at, loaded_by, accepted_by, "
    "accepted_at, counts"
)


@dataclass(frozen=True)
class Release:
    """One installed release. ``loaded_at`` and ``accepted_at`` are ISO times in UTC."""

    pack: str
    version: str
    status: str
    file: str
    digest: str
    sample: bool = False
    title: str = ""
    loaded_at: str = ""
    loaded_by: str = ""
    accepted_by: str = ""
    accepted_at: str = ""
    counts: dict[str, int] = field(default_factory=dict)


class Registry:
    """The table of releases in ``folder``; safe for several processes at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "registry.sqlite"

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        try:
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()

    def stamp(self) -> tuple[int, int]:
        """Return a value that changes when another process or thread writes the registry."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)

    def releases(self, pack: str = "") -> list[Release]:
        """Return all releases, of one pack or of all, by pack and version."""
        if not self.path.exists():
            return []
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=30)
        try:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM release WHERE ? IN ('', pack) ORDER BY pack, version",  # noqa: S608
                (pack,),
            ).fetchall()
        finally:
            connection.close()
        return [_release(row) for row in rows]

    def active(self, pack: str) -> Release | None:
        """Return the active release of a pack, or None."""
        return next((x for x in self.releases(pack) if x.status == ACTIVE), None)

    def get(self, pack: str, version: str) -> Release:
        """Return one release or raise UnknownReleaseError with the versions that are loaded."""
        found = self.releases(pack)
        for release in found:
            if release.version == version:
                return release
        raise UnknownReleaseError(pack, version, [x.version for x in found])

    def put(self, release: Release) -> None:
        """Insert or replace one row; with status active, the active one before is retained.

        An active sample that makes way for a real release leaves the registry altogether.
        """
        with self._open() as connection:
            if release.status == ACTIVE:
                self._retire(connection, release.pack)
            marks = ",".join("?" * 12)
            connection.execute(
                f"INSERT OR REPLACE INTO release({_COLUMNS}) VALUES({marks})",
                _row(release),
            )

    def activate(self, pack: str, version: str) -> None:
        """Make one loaded release the active one, in one transaction."""
        self.get(pack, version)
        with self._open() as connection:
            self._retire(connection, pack)
            connection.execute(
                "UPDATE release SET status='active' WHERE pack=? AND version=?", (pack, version)
            )

    def drop(self, pack: str, version: str) -> None:
        """Forget one release and delete its index file."""
        release = self.get(pack, version)
        with self._open() as connection:
            connection.execute("DELETE FROM release WHERE pack=? AND version=?", (pack, version))
        (self.folder / release.file).unlink(missing_ok=True)

    def _retire(self, connection: sqlite3.Connection, pack: str) -> None:
        connection.execute(
            "DELETE FROM release WHERE pack=? AND status='active' AND sample", (pack,)
        )
        connection.execute(
            "UPDATE release SET status='retained' WHERE pack=? AND status='active'", (pack,)
        )


def _row(release: Release) -> tuple[object, ...]:
    loaded_at = release.loaded_at or clock.now().isoformat(timespec="seconds")
    return (
        release.pack, release.version, release.status, release.file, release.digest,
        release.sample, release.title, loaded_at, release.loaded_by, release.accepted_by,
        release.accepted_at, json.dumps(release.counts),
    )  # fmt: skip


def _release(row: tuple[object, ...]) -> Release:
    texts = [str(value) for value in row]
    return Release(
        pack=texts[0], version=texts[1], status=texts[2], file=texts[3], digest=texts[4],
        sample=bool(row[5]), title=texts[6], loaded_at=texts[7], loaded_by=texts[8],
        accepted_by=texts[9], accepted_at=texts[10], counts=json.loads(texts[11]),
    )  # fmt: skip
