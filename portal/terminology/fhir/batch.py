"""A Bundle of operations, each answered by itself."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from portal.kernel.errors import PortalError
from portal.terminology.fhir.outcome import FhirError, Issue, Json, invalid
from portal.terminology.fhir.parameters import Parameters

MAX_ENTRIES = 200
Run = Callable[[str, str, Parameters], Json]


def answer(body: Any, run: Run) -> Json:
    """Return the batch-response to a batch; ``run`` carries out one operation."""
    if not isinstance(body, dict) or body.get("resourceType") != "Bundle":
        raise invalid("The body of a batch is a Bundle")
    entries = body.get("entry", [])
    if not isinstance(entries, list):
        raise invalid("Bundle.entry is a list in FHIR JSON")
    if len(entries) > MAX_ENTRIES:
        text = f"The batch has more than {MAX_ENTRIES} entries"
        raise FhirError(413, Issue("error", "too-costly", "", text))
    return {
        "resourceType": "Bundle",
        "type": "batch-response",
        "entry": [_entry(entry, run) for entry in entries],
    }


def _entry(entry: Any, run: Run) -> Json:
    try:
        kind, operation, parameters = _asked(entry)
        body = run(kind, operation, parameters)
    except FhirError as error:
        return _refused(error)
    except PortalError as error:
        return _refused(FhirError(error.status, Issue("error", "processing", "", error.message)))
    return {"resource": body, "response": {"status": "200"}}


def _asked(entry: Any) -> tuple[str, str, Parameters]:
    asked = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(asked, dict):
        raise invalid("A batch entry is an object with a request")
    address, _, query = str(asked.get("url", "")).partition("?")
    path = address.strip("/").split("/")
    if len(path) != 2 or asked.get("method") not in {"GET", "POST"}:
        raise invalid("A batch entry asks for an operation, such as ValueSet/$validate-code")
    parameters = Parameters.of_query(parse_qsl(query))
    if asked["method"] == "POST":
        parameters = Parameters.of_resource(entry.get("resource")).plus(parameters)
    return path[0], path[1], parameters


def _refused(error: FhirError) -> Json:
    return {"resource": error.as_json(), "response": {"status": str(error.status)}}
