"""The interface of a blob store."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class BlobRef:
    """What was stored: ``key`` finds it again, ``size`` in bytes, ``sha256`` in hex."""

    key: str
    size: int
    sha256: str


class Readable(Protocol):
    """Anything that bytes are read from: an open file, an upload, a request body."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes; empty at the end."""
        ...


class BlobStore(Protocol):
    """Where bytes are kept. Every method may be called from several threads and processes."""

    def put(self, stream: Readable, *, size_limit: int) -> BlobRef:
        """Store the stream and return its reference; equal content is stored once.

        Raises ``BlobTooLargeError`` past ``size_limit`` bytes. The bytes are durable on return, and
        a fault in the middle leaves nothing that could be read.
        """
        ...

    def open(self, key: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the content from ``offset``, at most ``length`` bytes, in pieces of up to 1 MiB.

        Raises ``BlobMissingError`` at once, and ``BlobDamagedError`` before a damaged piece. A
        whole read also compares the SHA-256 of all bytes with the key.
        """
        ...

    def size(self, key: str) -> int:
        """Return the size of the content in bytes."""
        ...

    def exists(self, key: str) -> bool:
        """Return whether bytes are stored under ``key``."""
        ...

    def delete(self, key: str) -> None:
        """Remove the bytes; nothing happens when they are not there."""
        ...

    def entries(self) -> Iterator[tuple[str, datetime]]:
        """Yield every key with the time (UTC) when it was last put, for checks of the whole store."""
        ...

    def answers(self) -> bool:
        """Return whether the store can be reached and written to."""
        ...

    def close(self) -> None:
        """Give back connections; the store is not used afterwards."""
        ...
