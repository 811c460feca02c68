"""Translated words in templates, looked up once per request.

Flask-Babel finds the catalogue anew for each text: some 200 times a page, a quarter of its cost.
"""

from typing import Any

from flask import Flask, g, has_request_context
from flask_babel import get_domain


def setup(app: Flask) -> None:
    """Replace the functions behind ``_()`` in templates by ones that keep the request's catalogue."""
    if not hasattr(app.jinja_env, "install_gettext_callables"):
        return  # no Babel in this application yet: the texts stay as they are
    app.jinja_env.install_gettext_callables(
        lambda text: _catalogue().ugettext(text),
        lambda one, many, count: _catalogue().ungettext(one, many, count),
        newstyle=True,
    )


def _catalogue() -> Any:
    if not has_request_context():
        return get_domain().get_translations()
    found = g.get("_catalogue")
    if found is None:
        found = g._catalogue = get_domain().get_translations()
    return found
