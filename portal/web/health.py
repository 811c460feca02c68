"""Liveness and readiness."""

from collections.abc import Callable

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from portal import __version__


def setup(app: Flask, checks: dict[str, Callable[[], bool]]) -> None:
    """Add ``/healthz`` (the process answers) and ``/readyz`` (each named check passes)."""

    @app.get("/healthz", endpoint="healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok", version=__version__)

    @app.get("/readyz", endpoint="readyz")
    def readyz() -> ResponseReturnValue:
        found = {name: _passes(check) for name, check in checks.items()}
        ready = all(found.values())
        return jsonify(
            status="ready" if ready else "not ready", checks=found
        ), 200 if ready else 503


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return bool(check())
    except Exception:  # a check that cannot be carried out is a check that fails
        return False
