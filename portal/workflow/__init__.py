"""Workflows: definitions as data, overlays of networks, a pure engine that explains its refusals.

``catalogue.workflow_for(network_code)`` gives the workflow in force, ``engine.available`` what an
actor can do next and why not, ``engine.move`` decides a step. Panels carry it out. See
``docs/workflow.md`` for the language.
"""

from typing import Any

from flask import Flask

from portal.workflow import catalogue
from portal.workflow.views import WorkflowView

__all__ = ["catalogue", "register", "setup"]


def register() -> None:
    """Read every workflow with every network's overlay; a fault stops the start with its place."""
    catalogue.load()


def setup(app: Flask, appbuilder: Any) -> None:
    """Register the page that shows a network's workflow."""
    del app
    appbuilder.add_view_no_menu(WorkflowView)
