"""Full addresses of this installation, from its setting and never from what a request calls its host."""

from typing import Any

from flask import current_app, url_for


def full_url(endpoint: str, **values: Any) -> str:
    """Return the address under which people reach a page: ``BASE_URL`` and the page's path.

    A forged Host header must not end up in a link that is mailed, shown or given to the login service.
    """
    base = str(current_app.extensions["portal.settings"].base_url).rstrip("/")
    return base + url_for(endpoint, **values)
