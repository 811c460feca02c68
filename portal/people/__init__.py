"""People: login, sessions, profiles, access requests, invitations, members, experts.

Logging in shows who somebody is and gives nothing. Access comes from memberships, which a coordinator
grants by approving a request or by making an invitation link, and which run out, are reviewed and end.
"""

from datetime import timedelta
from typing import Any

from flask import Flask

from portal.access.actor import PROFILES
from portal.people import hooks, login, onboarding, relations, sessions, throttle
from portal.people.actors import load_user
from portal.people.login import EuLoginView, require_recent_login
from portal.people.queries import own
from portal.people.views import ALL

__all__ = ["EuLoginView", "hooks", "load_user", "register", "require_recent_login", "setup"]


def register() -> None:
    """Make the relations between people known to the policy."""
    relations.register()


def setup(app: Flask, appbuilder: Any) -> None:
    """Use server-side sessions and the login client; register the pages."""
    settings = app.extensions["portal.settings"]
    app.session_interface = sessions.ServerSessions(
        timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    )
    app.config["SESSION_PROTECTION"] = None  # ours is the secret; hospitals' addresses change
    app.jinja_env.globals["profile_words"] = PROFILES
    app.extensions["portal.ended_access"] = own.ended_access
    throttle.setup(app)
    login.setup(app)
    onboarding.setup(app)
    for view in ALL:
        appbuilder.add_view_no_menu(view)
