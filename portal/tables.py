"""All tables in one place, for migrations and the command line; importing models has no effect else."""

import importlib
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def import_models() -> None:
    """Import every module that declares tables, so that the metadata is complete."""
    importlib.import_module("flask_appbuilder.security.sqla.models")
    importlib.import_module("portal.access.fab")
    importlib.import_module("portal.kernel.idempotency")
    for path in sorted(_HERE.glob("*/models.py")):
        importlib.import_module(f"portal.{path.parent.name}.models")
