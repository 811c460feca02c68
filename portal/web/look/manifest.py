"""From the name of an asset (``main.css``) to the address of its built, content-hashed file."""

import json
from functools import lru_cache
from pathlib import Path

from flask import url_for

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
    return url_for("static", filename=f"dist/{built}")
