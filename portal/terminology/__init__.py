"""The room 'terminology', being furnished."""

from typing import Any

from flask import Flask


def setup(app: Flask, appbuilder: Any) -> None:
    """Register the room's pages."""
    del app, appbuilder
