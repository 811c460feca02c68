"""Joins the terminology to a Flask application: opens the packs, registers the interfaces."""

from typing import Any

from flask import Flask

from portal.access.roles import Gate
from portal.terminology import api
from portal.terminology.cli import default_value_sets
from portal.terminology.fhir import routes
from portal.terminology.fhir.door import spoken
from portal.terminology.service import Terminology
from portal.web import csrf
from portal.web.views import gated


def wire(app: Flask) -> None:
    """Open the packs below the data folder and register its two interfaces behind the gate."""
    settings = app.extensions["portal.settings"]
    app.extensions[api.EXTENSION] = Terminology(
        settings.data_path, value_set_files=default_value_sets()
    )
    gate = opened if settings.terminology_open else gated(Gate.MEMBER)
    app.register_blueprint(api.create_blueprint(gate))
    operations = routes.create_blueprint(opened if settings.terminology_open else spoken(gate))
    # FHIR clients send no form token; every operation only reads, so there is nothing to forge.
    csrf.exempt(operations)
    app.register_blueprint(operations)


def opened(view: Any) -> Any:
    """Let everybody through: only where the setting TERMINOLOGY_OPEN says so.

    The view still carries the mark of the gate that guards it otherwise.
    """
    view.gate = Gate.MEMBER
    return view


def terminology_of(app: Flask) -> Terminology:
    """Return the terminology of an application."""
    found: Terminology = app.extensions[api.EXTENSION]
    return found
