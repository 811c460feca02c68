"""Upstream routes that the portal does not offer: they answer as if they were not there."""

from flask import Flask, abort
from flask.typing import ResponseReturnValue

from portal.access.roles import Gate
from portal.web.views import gated

CLOSED: dict[str, str] = {
    "MenuApi.get_menu_data": "FAB's menu as JSON: our menus come from hooks",
    "UtilView.back": "FAB's page history: follows what the session remembers, also to strange places",
}


def setup(app: Flask) -> None:
    """Replace the functions of the closed endpoints."""
    for endpoint in CLOSED:
        if endpoint in app.view_functions:
            app.view_functions[endpoint] = gated(Gate.SIGNED_IN)(_nothing)


def _nothing(**values: object) -> ResponseReturnValue:
    del values
    abort(404)
