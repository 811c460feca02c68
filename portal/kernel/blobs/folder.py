"""Blobs in a folder: the embedded default."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from portal.kernel.blobs.errors import BlobMissingError
from portal.kernel.blobs.sealing import Sealer, check_key, content_size
from portal.kernel.blobs.store import BlobRef, Readable
from portal.kernel.ids import new_id

ABANDONED_SECONDS = 24 * 3600


class FolderStore:
    """``<root>/<aa>/<key>``; written to ``incoming`` first, synced, then renamed into its place."""

    def __init__(self, root: Path, sealer: Sealer) -> None:
        self.root = root
        self.sealer = sealer
        self.incoming = root / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, stream: Readable, *, size_limit: int) -> BlobRef:
        """Store the stream; see :class:`~portal.kernel.blobs.store.BlobStore`."""
        temporary = self.incoming / new_id()
        try:
            with temporary.open("xb") as target:
                ref = self.sealer.seal(stream, target, size_limit)
                target.flush()
                os.fsync(target.fileno())
            final = self._path(ref.key)
            final.parent.mkdir(exist_ok=True, mode=0o700)
            temporary.replace(final)  # also over an older copy, which mends a damaged one
            _sync_folder(final.parent)
        finally:
            temporary.unlink(missing_ok=True)
        return ref

    def open(self, key: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the content; a missing file is known before the first piece is asked for."""
        sealed_size = self._sealed_size(key)
        return self._pieces(key, sealed_size, offset, length)

    def _pieces(self, key: str, size: int, offset: int, length: int | None) -> Iterator[bytes]:
        with self._path(key).open("rb") as file:

            def read_at(position: int, amount: int) -> bytes:
                file.seek(position)
                return file.read(amount)

            yield from self.sealer.open(key, size, read_at, offset, length)

    def size(self, key: str) -> int:
        """Return the size of the content in bytes."""
        return content_size(self._sealed_size(key))

    def _sealed_size(self, key: str) -> int:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            raise BlobMissingError("The stored file is not there.") from None

    def exists(self, key: str) -> bool:
        """Return whether bytes are stored under ``key``."""
        try:
            return self._path(key).is_file()
        except BlobMissingError:
            return False

    def delete(self, key: str) -> None:
        """Remove the bytes; nothing happens when they are not there."""
        with suppress(BlobMissingError):
            self._path(key).unlink(missing_ok=True)

    def entries(self) -> Iterator[tuple[str, datetime]]:
        """Yield every key in order, with the time when it was last put."""
        for folder in sorted(self.root.glob("??")):
            for path in sorted(folder.iterdir()):
                with suppress(FileNotFoundError):  # deleted while we look
                    yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def answers(self) -> bool:
        """Return whether the folder is there and can be written to."""
        return self.incoming.is_dir() and os.access(self.incoming, os.W_OK | os.X_OK)

    def close(self) -> None:
        """Do nothing: a folder holds no connection."""

    def sweep(self, older_than_seconds: float = ABANDONED_SECONDS) -> int:
        """Remove what a crash left in ``incoming``; return how many files."""
        limit = time.time() - older_than_seconds
        abandoned = [path for path in self.incoming.iterdir() if path.stat().st_mtime < limit]
        for path in abandoned:
            path.unlink(missing_ok=True)
        return len(abandoned)

    def _path(self, key: str) -> Path:
        check_key(key)
        return self.root / key[:2] / key


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable (POSIX only; Windows has no handle for folders)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
