"""Outcomes: what a panel agrees on, written, signed, sealed, handed out.

The text is a versioned record; signers sign the hash of its exact words; at closing it is sealed and
rendered once as a PDF whose bytes are kept. ``pdf.renderer`` is the one place that knows an engine.
"""

from typing import Any

from flask import Flask

from portal.outcomes import hooks, state, steps
from portal.outcomes.pdf.renderer import PortalRenderer, use
from portal.outcomes.views import OutcomeView, VerificationView
from portal.panels import facts
from portal.panels.service import register_step

__all__ = ["hooks", "register", "setup"]


def register() -> None:
    """Tell panels what the outcome knows, and take part in their moves."""
    facts.register_source("outcomes", state.facts)
    register_step("outcomes", steps.on_move)


def setup(app: Flask, appbuilder: Any) -> None:
    """Choose the renderer and register the pages."""
    use(PortalRenderer(str(app.extensions["portal.settings"].base_url)))
    appbuilder.add_view_no_menu(OutcomeView)
    appbuilder.add_view_no_menu(VerificationView)
