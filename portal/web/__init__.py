"""The HTTP shell: base views, layout, errors, headers, health, logs. No feature knows it but by its views."""

from collections.abc import Callable

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from portal.web import errors, headers, health, logs, pages, shell

csrf = CSRFProtect()


def setup(app: Flask, *, secure: bool, checks: dict[str, Callable[[], bool]]) -> None:
    """Add everything that all pages share."""
    csrf.init_app(app)
    logs.setup(app)
    headers.setup(app, secure=secure)
    errors.setup(app)
    health.setup(app, checks)
    shell.setup(app)
    pages.setup(app, secure=secure)
