"""Panels: consultations from the question to the outcome.

A panel is a question with a workflow: who is asked, what they answer, what happened. ``service`` holds
the verbs, ``queries`` what pages show; ``facts`` and ``relations`` are what workflow and policy ask.
"""

from typing import Any

from flask import Flask

from portal.panels import hooks, relations, views
from portal.panels.service import guests

__all__ = ["hooks", "register", "setup"]


def register() -> None:
    """Make the relations of panels known to the policy."""
    relations.register()
    guests.register()


def setup(app: Flask, appbuilder: Any) -> None:
    """Register the pages."""
    del app
    for view in views.ALL:
        appbuilder.add_view_no_menu(view)
