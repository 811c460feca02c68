"""Networks, centres, thematic areas, expert groups, memberships."""

from typing import Any

from flask import Flask

from portal.networks import relations


def register() -> None:
    """Make the relations of networks and centres known to the policy."""
    relations.register()


def setup(app: Flask, appbuilder: Any) -> None:
    """Register the room's pages."""
    del app, appbuilder
