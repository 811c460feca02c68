"""People: login, sessions, profiles, access requests, guests."""

from datetime import timedelta
from typing import Any

from flask import Flask

from portal.people import login, sessions
from portal.people.actors import load_user
from portal.people.login import EuLoginView, require_recent_login

__all__ = ["EuLoginView", "load_user", "require_recent_login", "setup"]


def setup(app: Flask, appbuilder: Any) -> None:
    """Use server-side sessions and the login client."""
    del appbuilder
    settings = app.extensions["portal.settings"]
    app.session_interface = sessions.ServerSessions(
        timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    )
    app.config["SESSION_PROTECTION"] = None  # ours is the secret; hospitals' addresses change
    login.setup(app)
