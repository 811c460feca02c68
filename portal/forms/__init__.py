"""Forms from declarative definitions: read, assemble, compile, evaluate, show.

The engine below this package (definition, expressions, kinds, compile, evaluate, overlays, diff,
versions, checks, rendering, catalogue) is pure: it imports neither Flask nor SQLAlchemy.
``docs/forms.md`` describes the YAML vocabulary, the answers' shape and the functions to call.
"""

import importlib
from types import ModuleType
from typing import Any

from flask import Flask

__all__ = ["hooks", "setup"]

_SAVED_PAGE = "portal.forms.views.section.save_page"


def __getattr__(name: str) -> ModuleType:
    """Import the hooks when the application asks for them: the engine must not need the database."""
    if name == "hooks":
        return importlib.import_module("portal.forms.hooks")
    raise AttributeError(name)


def setup(app: Flask, appbuilder: Any) -> None:
    """Register the pages for filling in and reading forms."""
    del app
    views = importlib.import_module("portal.forms.views")
    for name in views.__all__:
        appbuilder.add_view_no_menu(getattr(views, name))
    # This page checks the token itself, so that what somebody typed whose login has ended is kept.
    importlib.import_module("portal.web").csrf.exempt(_SAVED_PAGE)
