"""The HTTP shell: base views, layout, errors, headers, health, logs. No feature knows it but by its views."""

from collections.abc import Callable

from flask import Flask, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from portal.web import errors, headers, health, logs, shell

csrf = CSRFProtect()


def setup(app: Flask, *, secure: bool, checks: dict[str, Callable[[], bool]]) -> None:
    """Add everything that all pages share."""
    csrf.init_app(app)
    logs.setup(app)
    headers.setup(app, secure=secure)
    errors.setup(app)
    health.setup(app, checks)
    shell.setup(app)
    _small_pages(app, secure=secure)


def _small_pages(app: Flask, *, secure: bool) -> None:
    @app.post("/theme", endpoint="theme")
    def theme() -> ResponseReturnValue:
        wanted = request.form.get("theme", "auto")
        back = request.form.get("next", "/")
        response = make_response(redirect(back if _is_local(back) else "/"))
        if wanted in shell.THEMES:
            response.set_cookie("theme", wanted, max_age=31_536_000, samesite="Lax", secure=secure)
        return response

    @app.get("/accessibility", endpoint="accessibility")
    def accessibility() -> ResponseReturnValue:
        return render_template("pages/accessibility.html")


def _is_local(address: str) -> bool:
    return address.startswith("/") and not address.startswith(("//", "/\\"))
