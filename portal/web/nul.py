"""A NUL is in no text that people write, and PostgreSQL stores none: refused at the door."""

from flask import Flask, Response, request

from portal.web.errors import answer


def setup(app: Flask) -> None:
    """Refuse addresses and forms that hold a NUL."""
    app.before_request(_refuse)


def _refuse() -> Response | None:
    given = [request.path, *request.args.values()]
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        given += request.form.values()
    if not any("\0" in text for text in given):
        return None
    return answer(400, "nul", "The address or the form holds a character that no text has.")
