"""How much a request may carry: little, unless its page takes files; and JSON that is an object or a list.

Upstream reads a form of any size up to the whole upload limit into memory before any page is asked.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request

from portal.web.errors import answer

F = TypeVar("F", bound=Callable[..., Any])
FORM_BYTES = 4 * 1024 * 1024
MESSAGE_BYTES = 16 * 1024 * 1024


def takes_files(function: F) -> F:
    """Mark a page that takes whole files, up to the upload limit."""
    function.takes_files = True  # type: ignore[attr-defined]
    return function


def setup(app: Flask) -> None:
    """Set the limits before anything reads a body; must come before the check of form tokens."""
    app.before_request(_limit)


def _limit() -> Response | None:
    view = current_app.view_functions.get(str(request.endpoint))
    if getattr(view, "takes_files", False) and not request.is_json:
        return None
    form = request.mimetype == "application/x-www-form-urlencoded"
    most = FORM_BYTES if form else MESSAGE_BYTES
    request.max_content_length = most
    if (request.content_length or 0) > most:
        return answer(413, "http-413", "The file or text is larger than this portal accepts.")
    if request.is_json and request.get_data().lstrip()[:1] not in (b"{", b"[", b""):
        return answer(400, "http-400", "Expected a JSON object.")
    return None
