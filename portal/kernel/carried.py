"""Data that travels with the portal: found beside it in a checkout, inside it in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
FOLDERS = ("form_definitions", "terminology_packs", "migrations")


def folder(name: str) -> Path:
    """Return the folder ``name``, one of :data:`FOLDERS`."""
    if name not in FOLDERS:
        raise ValueError(f"'{name}' does not travel; these do: {', '.join(FOLDERS)}")
    checkout = _PACKAGE.parent / name
    return checkout if checkout.is_dir() else _PACKAGE / "carried" / name
