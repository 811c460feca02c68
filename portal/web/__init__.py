"""The HTTP shell: base views, layout, errors, headers, health, logs. No feature knows it but by its views."""

from collections.abc import Callable

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from portal.access.actor import Actor
from portal.web import bodies, errors, headers, health, logs, nul, pages, shell

csrf = CSRFProtect()


def setup(
    app: Flask,
    *,
    secure: bool,
    checks: dict[str, Callable[[], bool]],
    count_for_me: Callable[[Actor], int],
) -> None:
    """Add everything that all pages share. ``count_for_me`` feeds the badge of "For me"."""
    bodies.setup(app)
    csrf.init_app(app)
    logs.setup(app)
    nul.setup(app)
    headers.setup(app, secure=secure)
    errors.setup(app)
    health.setup(app, checks)
    shell.setup(app, count_for_me)
    pages.setup(app, secure=secure)
