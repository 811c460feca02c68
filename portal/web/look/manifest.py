"""From the name of an asset (``main.css``) to the address of its built, content-hashed file."""

import json
import mimetypes
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for

DIST = Path(__file__).resolve().parent.parent / "static" / "dist"


def manifest_path() -> Path:
    """Return where the build leaves the list of built files."""
    return DIST / "manifest.json"


def _entries() -> dict[str, str]:
    """Return name -> built file name; read again when the file has changed, empty when not built."""
    path = manifest_path()
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _read(path, stamp)


@lru_cache(maxsize=4)
def _read(path: Path, stamp: int) -> dict[str, str]:  # noqa: ARG001 - the stamp is part of the cache key
    entries: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return entries


def has_asset(name: str) -> bool:
    """Say whether the build made this file: entries of plugins and features may be absent."""
    return name in _entries()


def asset_url(name: str) -> str:
    """Return the address of a built asset. Without a build the plain name is kept.

    A page then comes without style and script and still works: Python tests need no Node.
    """
    built = _entries().get(name, name)
    return url_for("assets", name=built)


def setup(app: Flask) -> None:
    """Serve the built files at ``/assets/``: endpoint ``assets``, public, no data of anybody."""
    app.add_url_rule("/assets/<path:name>", endpoint="assets", view_func=serve)


def serve(name: str) -> Response:
    """Send one built file; names carry a hash of the content, so browsers may keep them for a year.

    The compressed twin that the build has made is sent to browsers that take gzip.
    """
    packed = request.accept_encodings.quality("gzip") > 0 and (DIST / f"{name}.gz").is_file()
    response = send_from_directory(DIST, f"{name}.gz" if packed else name, conditional=not packed)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
        response.mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response.headers["Vary"] = "Accept-Encoding"
    if name in _entries().values() or name.startswith("part-"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response
