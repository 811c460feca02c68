"""Turns the portal's own refusals into OperationOutcomes: a FHIR client reads no login page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask_login import current_user

from portal.kernel.errors import ForbiddenError
from portal.terminology.fhir.outcome import FhirError, Issue
from portal.terminology.fhir.routes import as_response

Gate = Callable[[Any], Any]


def spoken(gate: Gate) -> Gate:
    """Return ``gate`` for FHIR clients: 401 or 403 with an OperationOutcome."""

    def decorate(view: Any) -> Any:
        guarded = gate(view)

        @wraps(guarded)
        def run(*args: Any, **values: Any) -> Any:
            if not current_user.is_authenticated:
                return _refusal(401, "login", "Log in to the portal first")
            try:
                return guarded(*args, **values)
            except ForbiddenError as error:
                return _refusal(403, "forbidden", error.message)

        return run

    return decorate


def _refusal(status: int, kind: str, text: str) -> Any:
    error = FhirError(status, Issue("error", kind, "", text))
    return as_response(error.as_json(), status)
