"""At the first login job title and thematic areas are asked before anything else."""

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.access.actor import Actor

# What a person may open before the two questions are answered.
ALLOWED = frozenset(
    {
        "OwnView.welcome",
        "InvitationsView.accept",
        "EuLoginView.login",
        "EuLoginView.callback",
        "EuLoginView.logout",
        "EuLoginView.signed_out",
        "LocaleView.index",
        "assets",
        "static",
        "appbuilder.static",
        "healthz",
        "readyz",
        "help",
        "privacy",
        "accessibility",
        "session_state",
        "session_renew",
        "theme",
    }
)


def setup(app: Flask) -> None:
    """Lead members who have not answered yet to the page that asks."""
    app.before_request(_lead_to_welcome)


def needs_welcome(actor: Actor) -> bool:
    """Return whether the two questions are still open; platform staff belong to no network."""
    return not actor.onboarded and bool(actor.networks_as())


def _lead_to_welcome() -> ResponseReturnValue | None:
    if request.endpoint in ALLOWED or request.endpoint is None or request.method != "GET":
        return None
    actor = getattr(current_user, "actor", None)
    if not isinstance(actor, Actor) or not needs_welcome(actor):
        return None
    if request.accept_mimetypes.best == "application/json":
        return None
    return redirect(url_for("OwnView.welcome", next=request.full_path.rstrip("?")))
