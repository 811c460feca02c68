"""The sealed format of stored bytes, the same in every store.

A header of 64 bytes (magic, key identifier, 32 random bytes) and chunks of 1 MiB, each sealed with
AES-256-GCM under a key of its own file (HMAC of the installation's key and the random bytes). The
nonce is the chunk's number and a mark on the last one, so that chunks cannot be swapped, left out
or cut off unnoticed, and a range is read without touching the rest.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.kernel.blobs.errors import BlobDamagedError, BlobMissingError, BlobTooLargeError
from portal.kernel.blobs.store import BlobRef, Readable

MAGIC = b"ERNBLOB1"
CHUNK = 1024 * 1024
_TAG = 16
_KEY_ID = 24
_SALT = 32
HEADER = len(MAGIC) + _KEY_ID + _SALT
_SEALED = CHUNK + _TAG
_KEY_LENGTH = 64

ReadAt = Callable[[int, int], bytes]  # (offset, length) → bytes of the sealed object


def content_size(sealed_size: int) -> int:
    """Return the size of the content in a sealed object of ``sealed_size`` bytes."""
    body = sealed_size - HEADER
    chunks = -(-body // _SEALED)
    if body < _TAG or body - chunks * _TAG < 0:
        raise BlobDamagedError("The stored file is cut short.")
    return body - chunks * _TAG


def check_key(key: str) -> str:
    """Return ``key`` if it can be one; otherwise there is nothing under it."""
    if len(key) != _KEY_LENGTH or any(c not in "0123456789abcdef" for c in key):
        raise BlobMissingError("The stored file is not there.")
    return key


@dataclass(frozen=True)
class Sealer:
    """Keys by identifier: ``active`` seals, every key opens; ``naming`` makes names of contents."""

    keys: dict[str, bytes]
    active: str
    naming: bytes

    def __post_init__(self) -> None:
        long = [name for name in self.keys if len(name.encode()) > _KEY_ID]
        if long:
            raise BlobDamagedError(
                f"The key identifier '{long[0]}' is longer than {_KEY_ID} bytes."
            )

    def name(self, sha256: str) -> str:
        """Return the key under which content with this SHA-256 (hex) is stored."""
        return hmac.new(self.naming, sha256.encode(), hashlib.sha256).hexdigest()

    def seal(self, stream: Readable, target: BinaryIO, size_limit: int) -> BlobRef:
        """Read all of ``stream``, write it sealed to ``target``."""
        salt = os.urandom(_SALT)
        cipher = self._cipher(self.active, salt)
        target.write(MAGIC + self.active.encode().ljust(_KEY_ID, b"\0") + salt)
        digest = hashlib.sha256()
        size, number = 0, 0
        chunk = _fill(stream)
        while True:
            size += len(chunk)
            if size > size_limit:
                raise BlobTooLargeError(size_limit)
            digest.update(chunk)
            following = _fill(stream) if len(chunk) == CHUNK else b""
            target.write(cipher.encrypt(_nonce(number, last=not following), chunk, None))
            if not following:
                break
            chunk, number = following, number + 1
        sha256 = digest.hexdigest()
        return BlobRef(self.name(sha256), size, sha256)

    def open(
        self, key: str, sealed_size: int, read_at: ReadAt, offset: int, length: int | None
    ) -> Iterator[bytes]:
        """Yield the content from ``offset``, at most ``length`` bytes; see ``BlobStore.open``."""
        size = content_size(sealed_size)
        end = size if length is None else min(size, offset + length)
        whole = offset == 0 and end == size
        if offset >= end and not whole:
            return
        cipher = self._cipher_of(read_at(0, HEADER))
        digest = hashlib.sha256()
        last = max(0, (size - 1) // CHUNK)
        for number in range(offset // CHUNK, max(0, (end - 1) // CHUNK) + 1):
            sealed = read_at(HEADER + number * _SEALED, _SEALED)
            plain = _unseal(cipher, number, sealed, last=number == last)
            digest.update(plain)
            start = number * CHUNK
            piece = plain[max(0, offset - start) : end - start]
            if piece:
                yield piece
        if whole and self.name(digest.hexdigest()) != key:
            raise BlobDamagedError("The stored file is not the one that was put here.")

    def _cipher_of(self, header: bytes) -> AESGCM:
        if len(header) != HEADER or not header.startswith(MAGIC):
            raise BlobDamagedError("The stored file does not begin as one of ours.")
        key_id = header[len(MAGIC) : len(MAGIC) + _KEY_ID].rstrip(b"\0").decode("utf-8", "replace")
        return self._cipher(key_id, header[-_SALT:])

    def _cipher(self, key_id: str, salt: bytes) -> AESGCM:
        if key_id not in self.keys:
            raise BlobDamagedError(
                f"The stored file was sealed with the key '{key_id}', which is not here.",
                hint="Add that key to PORTAL_VAULT_KEYS after the active one.",
            )
        return AESGCM(hmac.new(self.keys[key_id], salt, hashlib.sha256).digest())


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _unseal(cipher: AESGCM, number: int, sealed: bytes, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last=last), sealed, None)
    except (InvalidTag, ValueError):
        raise BlobDamagedError("The stored file was altered or is cut short.") from None


def _fill(stream: Readable) -> bytes:
    """Read until a chunk is full or the stream ends: sockets give what they have."""
    pieces: list[bytes] = []
    missing = CHUNK
    while missing:
        piece = stream.read(missing)
        if not piece:
            break
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)
