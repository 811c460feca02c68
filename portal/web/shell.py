"""What every page shows around its content: networks, side menu, the For me count, theme, language."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_login import current_user
from werkzeug.routing import BuildError

from portal import __version__
from portal.access import guard, policy
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.extend import manager
from portal.extend.specs import MenuEntry
from portal.kernel import clock

MOST_ADDRESSES = 5000
THEMES = ("auto", "light", "dark")
LINKS = {
    "home": "/",
    "search": "/search",
    "for_me": "/for-me/",
    "help": "/help",
    "privacy": "/privacy",
    "accessibility": "/accessibility",
    "profile": "/people/me",
    "login": "/login/",
    "logout": "/logout/",
    "theme": "/theme",
    "login-url": "/login/",
    "session-state": "/session/state",
    "session-renew": "/session/renew",
}


USER_LINKS = (
    {"url": "/people/me/sessions", "label": "My sessions", "icon": "lock"},
    {"url": "/notices/", "label": "Notifications", "icon": "bell"},
)


def setup(app: Flask, count_for_me: Callable[[Actor], int]) -> None:
    """Give templates the shell's values; ``count_for_me`` says how many things wait for an actor."""
    app.context_processor(lambda: _context(count_for_me))
    app.jinja_env.globals.update(Permission=Permission, now=clock.now, today=clock.today)
    app.jinja_env.globals["rule_of"] = lambda permission: policy.RULES[permission]
    app.jinja_env.filters.update(day=day, moment=moment)


def _context(count_for_me: Callable[[Actor], int]) -> dict[str, Any]:
    actor: Actor | None = getattr(current_user, "actor", None)
    return {
        "actor": actor,
        "networks_menu": networks_menu(actor),
        "for_me_count": count_for_me(actor) if actor and actor.is_member else 0,
        "side_menu": side_menu(actor),
        "theme": request.cookies.get("theme", "auto")
        if request.cookies.get("theme") in THEMES
        else "auto",
        "locale": actor.language if actor else "en",
        "may": lambda permission, thing: guard.allows(actor, permission, thing),
        "session_expires": g.get("session_expires"),
        "shell_links": LINKS,
        "user_links": USER_LINKS if actor and actor.is_member else USER_LINKS[:1],
        "portal_version": __version__,
    }


def networks_menu(actor: Actor | None) -> list[dict[str, Any]]:
    """Return the networks of the actor for the switcher: label, url, active."""
    if actor is None:
        return []
    current = (request.view_args or {}).get("code") or g.get("network_code")
    seen = {grant.network_code: grant.network_name for grant in actor.grants if grant.network_code}
    return [
        {
            "label": name,
            "url": _url("NetworkDashboardView.index", code=code),
            "active": code == current,
        }
        for code, name in sorted(seen.items(), key=lambda pair: pair[1])
    ]


def side_menu(actor: Actor | None) -> list[dict[str, Any]]:
    """Return the side menu's groups for the page that is being rendered."""
    if actor is None:
        return []
    entries: list[MenuEntry] = []
    if g.get("network_code"):
        entries += manager.widgets("network_menu", actor=actor, network_code=g.network_code)
    if g.get("centre_code"):
        entries += manager.widgets("centre_menu", actor=actor, centre_code=g.centre_code)
    entries += manager.widgets("administration_menu", actor=actor)
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in sorted(entries, key=lambda e: e.order):
        url = _url(entry.endpoint, **entry.values)
        if url:
            groups.setdefault(entry.group, []).append(
                {
                    "label": entry.label,
                    "url": url,
                    "icon": entry.icon,
                    "badge": entry.badge,
                    "active": request.path == url.split("?")[0],
                }
            )
    return [{"label": label, "entries": rows} for label, rows in groups.items()]


def _url(endpoint: str, **values: Any) -> str:
    """Return the address of a menu's entry, or nothing; menus are the same on every page."""
    known: dict[Any, str] = current_app.extensions.setdefault("portal.menu-addresses", {})
    key = (endpoint, request.script_root, *sorted(values.items()))
    if key not in known:
        if len(known) > MOST_ADDRESSES:
            known.clear()
        try:
            known[key] = url_for(endpoint, **values)
        except BuildError:
            known[key] = ""
    return known[key]


def day(value: Any) -> str:
    """Return a date in words: ``5 March 2026``."""
    return f"{value.day} {value:%B %Y}" if value else ""


def moment(value: Any) -> str:
    """Return a moment in words: ``5 March 2026, 16:05 UTC``."""
    return f"{value.day} {value:%B %Y, %H:%M} UTC" if value else ""
