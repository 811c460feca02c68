"""Answers with a document's bytes: ranges, names in any script, and headers that keep it harmless."""

import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, request

from portal.documents.queries import Content

# Nothing in a document runs, loads or sends anything, even when it is opened as a page of its own.
LOCKED_UP = "default-src 'none'; sandbox; frame-ancestors 'self'"
# The browser's own players and viewers need the bytes of this address and nothing else.
SHOWN = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox; frame-ancestors 'self'"


def send(content: Content, *, inline: bool = False) -> Response:
    """Return the content as an attachment, or ``inline`` for pictures, sound and video."""
    whole = Response(status=200)
    start, length = 0, content.size
    wanted = request.range if _range_is_about(content) else None
    if wanted is not None:
        found = wanted.range_for_length(content.size)
        if found is None:
            return _not_satisfiable(content.size)
        start, end = found
        length = end - start
        whole.status_code = 206
        whole.headers["Content-Range"] = f"bytes {start}-{end - 1}/{content.size}"
    if request.method != "HEAD":
        whole.response = _pieces(content, start, length)
    _head(whole, content, inline=inline)
    whole.headers["Content-Length"] = str(length)
    return whole


def is_whole() -> bool:
    """Return whether the request asks for the beginning, which is what the record counts."""
    asked = request.range
    return request.method != "HEAD" and (asked is None or asked.ranges[0][0] == 0)


def _pieces(content: Content, start: int, length: int) -> Iterator[bytes]:
    return content.pieces(start, length if (start, length) != (0, content.size) else None)


def _range_is_about(content: Content) -> bool:
    """A range counts only for the content that the client began with (If-Range)."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return False
    condition = request.if_range
    return condition is None or condition.etag in {None, content.sha256}


def _head(response: Response, content: Content, *, inline: bool) -> None:
    response.headers["Content-Type"] = content.media_type
    response.headers["Content-Disposition"] = disposition(content.name, inline=inline)
    response.headers["Content-Security-Policy"] = SHOWN if inline else LOCKED_UP
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, no-store"
    response.set_etag(content.sha256)


def _not_satisfiable(size: int) -> Response:
    response = Response(status=416)
    response.headers["Content-Range"] = f"bytes */{size}"
    return response


def disposition(name: str, *, inline: bool = False) -> str:
    """Return the header of RFC 6266: a plain name for old clients, the real one in UTF-8."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = plain.replace('"', "'").replace("\\", "_").strip() or "document"
    word = "inline" if inline else "attachment"
    return f"{word}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
