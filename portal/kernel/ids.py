"""Identifiers: sortable by time of making, not guessable, safe in URLs."""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _encode(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, 32)
        digits.append(_ALPHABET[rest])
    return "".join(reversed(digits))


def new_id() -> str:
    """Return 26 lower-case characters: 48 bits of milliseconds, 80 random bits (ULID layout)."""
    return _encode(time.time_ns() // 1_000_000, 10) + _encode(secrets.randbits(80), 16)


def new_secret() -> str:
    """Return a URL-safe secret of 256 random bits for sessions and invitation links."""
    return secrets.token_urlsafe(32)
