"""Encryption of fields at rest and blind indexes for exact search.

AES-256-GCM with a key identifier and a random nonce; the associated data binds the ciphertext to
its table, column and row, so that it cannot be moved. A blind index is an HMAC-SHA-256 under a
separate key. Keys come from settings or a key file, never from the database.
"""

import base64
import hashlib
import hmac
import os
import unicodedata
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.kernel.errors import PortalError

_NONCE_BYTES = 12


class DecryptionError(PortalError):
    """The ciphertext was altered, moved to another row, or made with a key that is not here."""

    status = 500
    code = "decryption"


def derive_key(secret: str, purpose: str) -> bytes:
    """Return 32 bytes derived from ``secret`` for one ``purpose``."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()


@dataclass(frozen=True)
class KeyRing:
    """Keys by identifier. ``active`` encrypts; every key decrypts; ``index_key`` makes blind indexes."""

    keys: dict[str, bytes]
    active: str
    index_key: bytes

    def encrypt(self, text: str, place: str) -> str:
        """Return ``key-id:base64`` of ``text``; ``place`` is ``table:column:row``."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.keys[self.active]).encrypt(nonce, text.encode(), place.encode())
        return f"{self.active}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, token: str, place: str) -> str:
        """Return the text; raise :class:`DecryptionError` when altered, moved or keyless."""
        key_id, _, body = token.partition(":")
        if key_id not in self.keys:
            raise DecryptionError(
                f"This was encrypted with the key '{key_id}', which is not here. "
                f"Keys here: {', '.join(sorted(self.keys))}.",
                hint="Add the key to PORTAL_VAULT_KEYS, behind the first one, and restart.",
            )
        raw = base64.b64decode(body)
        try:
            plain = AESGCM(self.keys[key_id]).decrypt(
                raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()
            )
        except InvalidTag:
            raise DecryptionError(
                f"The encrypted field cannot be opened: it was altered or moved, or the secret of the "
                f"key '{key_id}' is another than the one it was made with.",
                hint="Compare PORTAL_VAULT_KEYS with the copy of the keys that is kept apart.",
            ) from None
        return plain.decode()

    def needs_rotation(self, token: str) -> bool:
        """Return whether ``token`` was made with another key than the active one."""
        return token.partition(":")[0] != self.active

    def blind_index(self, text: str, field: str) -> str:
        """Return a keyed digest of the normalised ``text`` for exact search in ``field``."""
        plain = unicodedata.normalize("NFKD", text).casefold()
        plain = "".join(c for c in plain if c.isalnum())
        return hmac.new(self.index_key, f"{field}:{plain}".encode(), hashlib.sha256).hexdigest()


_ring: list[KeyRing] = []


def configure(ring: KeyRing) -> None:
    """Make ``ring`` the key ring of this process."""
    _ring[:] = [ring]


def ring() -> KeyRing:
    """Return the key ring of this process."""
    if not _ring:
        raise RuntimeError("no key ring: call portal.app.create_app first")
    return _ring[0]
