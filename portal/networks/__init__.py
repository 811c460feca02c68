"""Networks, centres, thematic areas, expert groups, memberships."""

from typing import Any

from flask import Flask

from portal.networks import hooks, relations
from portal.networks.views import ALL

__all__ = ["hooks", "register", "setup"]


def register() -> None:
    """Make the relations of networks and centres known to the policy."""
    relations.register()


def setup(app: Flask, appbuilder: Any) -> None:
    """Register the pages of networks and centres."""
    del app
    for view in ALL:
        appbuilder.add_view_no_menu(view)
