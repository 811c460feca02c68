"""Active parts of a PDF document: scripts, programs to start, files inside, password protection."""

import re
import zlib
from collections.abc import Iterator

from portal.documents.sniffing.found import ByteSource

_PIECE = 1024 * 1024
_OVERLAP = 64 * 1024
_MOST_UNPACKED = 4 * 1024 * 1024
_ACTIVE: dict[bytes, str] = {
    rb"/JavaScript\b|/JS\s*[(<\d]": "it contains scripts",
    rb"/Launch\b": "it wants to start a program",
    rb"/(?:EmbeddedFile|EmbeddedFiles|Filespec)\b": "it contains other files",
    rb"/RichMedia\b": "it contains embedded media",
    rb"/Encrypt\b": "it is protected by a password",
}
_PATTERNS = {re.compile(pattern): words for pattern, words in _ACTIVE.items()}
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECT_STREAM = re.compile(rb"/ObjStm\b.{0,300}?stream\r?\n", re.DOTALL)


def concerns_of_pdf(source: ByteSource) -> tuple[str, ...]:
    """Return the active parts in words. Object streams are unpacked, so that nothing hides there."""
    found: list[str] = []
    for piece in _pieces(source):
        for text in (piece, *_object_streams(piece)):
            plain = _ESCAPED.sub(lambda m: bytes([int(m[1], 16)]), text)
            found += [
                w for pattern, w in _PATTERNS.items() if w not in found and pattern.search(plain)
            ]
    return tuple(found)


def _pieces(source: ByteSource) -> Iterator[bytes]:
    source.seek(0)
    kept = b""
    while piece := source.read(_PIECE):
        yield kept + piece
        kept = piece[-_OVERLAP:]


def _object_streams(piece: bytes) -> Iterator[bytes]:
    for match in _OBJECT_STREAM.finditer(piece):
        try:
            yield zlib.decompressobj().decompress(piece[match.end() :], _MOST_UNPACKED)
        except zlib.error:
            continue
