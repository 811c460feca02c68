"""The shell's own pages: search, help, privacy, accessibility, theme, and the session's state for scripts."""

from collections.abc import Callable

from flask import Flask, g, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from portal.access.roles import Gate
from portal.extend import manager
from portal.extend.specs import SearchResult
from portal.web import shell
from portal.web.views import actor, gated

SHORTEST_SEARCH = 2
LONGEST_SEARCH = 200


def setup(app: Flask, *, secure: bool) -> None:
    """Add the pages."""
    app.add_url_rule("/search", "search", gated(Gate.MEMBER)(search))
    app.add_url_rule("/help", "help", gated(Gate.SIGNED_IN)(help_page))
    app.add_url_rule("/privacy", "privacy", lambda: render_template("pages/privacy.html"))
    app.add_url_rule(
        "/accessibility", "accessibility", lambda: render_template("pages/accessibility.html")
    )
    app.add_url_rule("/session/state", "session_state", gated(Gate.SIGNED_IN)(session_state))
    app.add_url_rule(
        "/session/renew", "session_renew", gated(Gate.SIGNED_IN)(session_state), methods=["POST"]
    )
    app.add_url_rule("/theme", "theme", _theme(secure=secure), methods=["POST"])


def search() -> ResponseReturnValue:
    """Search what the actor may see: panels, patients, people, pages. Features contribute by hook."""
    text = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    groups: dict[str, list[SearchResult]] = {}
    if len(text) >= SHORTEST_SEARCH:
        for result in manager.widgets("search_results", actor=actor(), text=text):
            groups.setdefault(result.kind, []).append(result)
    return render_template(
        "pages/search.html", search_text=text, groups=groups, shortest=SHORTEST_SEARCH
    )


def help_page() -> ResponseReturnValue:
    """Say how the portal works, in the order in which a newcomer needs it."""
    return render_template("pages/help.html")


def session_state() -> ResponseReturnValue:
    """Tell a script who is signed in and how many seconds are left; asking renews the session."""
    return jsonify(
        signed_in=True,
        actor=actor().person_id,
        csrf_token=generate_csrf(),
        expires_in=g.get("session_expires"),
    )


def _theme(*, secure: bool) -> Callable[[], ResponseReturnValue]:
    def theme() -> ResponseReturnValue:
        wanted = request.form.get("theme", "auto")
        back = request.form.get("next", "/")
        response = make_response(redirect(back if is_local(back) else "/", 303))
        if wanted in shell.THEMES:
            response.set_cookie("theme", wanted, max_age=31_536_000, samesite="Lax", secure=secure)
        return response

    return theme


def is_local(address: str) -> bool:
    """Return whether an address stays on this site (the only kind we redirect to)."""
    return (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and not any(c in address for c in "\r\n\t")
    )
