"""A domain error becomes a page or problem+json here, and nowhere else."""

import logging
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from portal import audit
from portal.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    PortalError,
)
from portal.kernel.ids import new_id

_log = logging.getLogger(__name__)

_TITLES = {
    400: "That did not work",
    401: "Please log in",
    403: "This is not yours to do",
    404: "There is nothing here",
    405: "That did not work",
    409: "Somebody else was quicker",
    413: "That is too large",
    422: "Something is missing",
    429: "Too many tries",
    500: "Something went wrong on our side",
    503: "The portal is busy",
}


def wants_json() -> bool:
    """Return whether the caller is a script rather than a person looking at pages."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return (
        request.path.startswith(("/api/", "/fhir")) or request.is_json or best == "application/json"
    )


def answer(status: int, code: str, message: str, **more: Any) -> Response:
    """Return problem+json (RFC 9457) or the error page for one error."""
    title = _TITLES.get(status, _TITLES[400])
    if wants_json():
        body = {
            "type": f"urn:portal:{code}",
            "title": title,
            "status": status,
            "detail": message,
            "code": code,
            **more,
        }
        response = make_response(jsonify({k: v for k, v in body.items() if v}), status)
        response.headers["Content-Type"] = "application/problem+json"
        return response
    return make_response(
        render_template("errors/error.html", status=status, title=title, message=message, **more),
        status,
    )


def setup(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(PortalError, _portal_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def _portal_error(error: PortalError) -> Response:
    more: dict[str, Any] = {"hint": error.hint}
    if isinstance(error, ForbiddenError):
        more = {"reason": error.reason, "grantor": error.grantor}
        _audit(error.reason)
    elif isinstance(error, NotFoundError):
        _audit("not found or not theirs")
    elif isinstance(error, ConflictError):
        more = {"theirs": error.theirs, "yours": error.yours}
    elif isinstance(error, InvalidInputError):
        more = {"fields": error.fields, "hint": error.hint}
    return answer(error.status, error.code, error.message, **more)


def _audit(reason: str) -> None:
    actor = getattr(current_user, "actor", None)
    if actor is not None:
        audit.denied(
            actor, f"{request.method.lower()}:{request.endpoint or 'none'}"[:60], "route", reason
        )


def _csrf_error(error: CSRFError) -> Response:
    del error
    return answer(
        400,
        "csrf",
        "The page was open for too long. Go back, reload it and send again; nothing was changed.",
    )


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    texts = {
        404: "There is nothing here, or it is not yours to see.",
        405: "This address does not take that kind of request.",
        413: "The file or text is larger than this portal accepts.",
        429: "Wait a minute, then try again.",
    }
    return answer(
        status, f"http-{status}", texts.get(status, "The request could not be understood.")
    )


def _database_error(error: DBAPIError) -> Response:
    reference = _log_unexpected(error)
    response = answer(
        503,
        "busy",
        "The database did not answer. What you typed is still on your screen; try again in a moment.",
        reference=reference,
    )
    response.headers["Retry-After"] = "5"
    return response


def _unexpected(error: Exception) -> Response:
    return answer(
        500,
        "unexpected",
        "The error has been recorded. If it happens again, tell the support desk the reference.",
        reference=_log_unexpected(error),
    )


def _log_unexpected(error: Exception) -> str:
    reference = new_id()[:10]
    _log.error(
        "unexpected error",
        exc_info=error,
        extra={
            "reference": reference,
            "endpoint": request.endpoint,
            "request_id": getattr(g, "request_id", ""),
        },
    )
    return reference
