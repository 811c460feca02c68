"""Seals over the audit record: what somebody who can write the database still cannot forge.

Two things carry a keyed digest (HMAC-SHA-256) under ``PORTAL_AUDIT_KEY``, which is never in the
database. The head of each stream, at every event: a chain that was rewritten from its first event on
needs a head that nobody without the key can make. And, daily, a line in a file beside the database,
which says where every stream stood that had grown: a head that was put back to an earlier, genuine
one is found by that. The lines are chained, and the record counts them, so that a line that was taken
out is missed.
"""

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

FILE = "audit-seals.jsonl"
STREAM = "seals"


@dataclass(frozen=True)
class Seal:
    """One line of the file: where streams stood. ``heads`` are [stream, sequence, hash]."""

    number: int
    at: str
    heads: list[list[Any]]
    previous: str
    mac: str

    def genuine(self) -> bool:
        """Whether the line was made with this installation's key and not changed since."""
        return hmac.compare_digest(
            self.mac, _line_mac(self.number, self.at, self.heads, self.previous)
        )


_place: list[tuple[bytes, Path]] = []


def configure(key: bytes, folder: Path) -> None:
    """Take the key, 32 bytes, and the folder of the file."""
    _place[:] = [(key, folder / FILE)]


def path() -> Path:
    """Return where the seals are written."""
    return _configured()[1]


def head_mac(stream: str, sequence: int, digest: str) -> str:
    """Return the keyed digest of a stream's head, 64 hexadecimal digits."""
    return _mac(["head", stream, sequence, digest])


def read() -> Iterator[Seal]:
    """Yield the lines of the file in their order; ``ValueError`` names a line that is none."""
    if not path().exists():
        return
    with path().open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield Seal(**json.loads(line))
            except (TypeError, ValueError):
                raise ValueError(f"line {number} of the seals cannot be read") from None


def last() -> Seal | None:
    """Return the newest seal, or nothing."""
    newest = None
    for newest in read():  # noqa: B007 - the last one is wanted
        pass
    return newest


def append(at: str, heads: list[list[Any]]) -> Seal:
    """Write one more line and return it; the bytes are on the disk when this returns."""
    before = last()
    number, previous = (before.number + 1, before.mac) if before else (1, "")
    seal = Seal(number, at, heads, previous, _line_mac(number, at, heads, previous))
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a", encoding="utf-8") as file:
        file.write(json.dumps(seal.__dict__, separators=(",", ":")) + "\n")
        file.flush()
    return seal


def _line_mac(number: int, at: str, heads: list[list[Any]], previous: str) -> str:
    return _mac(["seal", number, at, heads, previous])


def _mac(content: list[Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(_configured()[0], text.encode(), sha256).hexdigest()


def _configured() -> tuple[bytes, Path]:
    if not _place:
        raise RuntimeError("no audit key: call portal.app.create_app first")
    return _place[0]
