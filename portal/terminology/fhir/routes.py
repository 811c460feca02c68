"""The addresses below ``/fhir``: R5 by default, R4 below ``/fhir/r4`` or when the client says so."""

import json
import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from portal.kernel.errors import PortalError
from portal.terminology.api import service
from portal.terminology.fhir import (
    batch,
    lookup,
    metadata,
    translate,
    validate_set,
    validate_system,
)
from portal.terminology.fhir.downgrade import to_r4
from portal.terminology.fhir.expand import expand
from portal.terminology.fhir.library import Library
from portal.terminology.fhir.outcome import FhirError, Issue, Json, invalid
from portal.terminology.fhir.parameters import Parameters
from portal.terminology.fhir.versions import joined

URL = "/fhir"
MAX_BODY = 20 * 1024 * 1024
VERSIONS = {"r4": "4.0.1", "r5": "5.0.0"}
_KIND = "/<any(CodeSystem, ValueSet, ConceptMap):kind>"
_ASKED = re.compile(r"fhirVersion=(\d)")
_LONG = {"compose", "copyright", "description"}
Operation = Callable[[Library, Parameters, str], Json]
Gate = Callable[[Any], Any]

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("CodeSystem", "$lookup"): lookup.lookup,
    ("CodeSystem", "$validate-code"): validate_system.validate,
    ("CodeSystem", "$subsumes"): lambda library, parameters, _header: lookup.subsumes(
        library, parameters
    ),
    ("ValueSet", "$expand"): expand,
    ("ValueSet", "$validate-code"): validate_set.validate,
    ("ValueSet", "$batch-validate-code"): validate_set.batch,
    ("ConceptMap", "$translate"): lambda library, parameters, _header: translate.translate(
        library, parameters, r4=release() == "r4"
    ),
}


def create_blueprint(gate: Gate) -> Blueprint:
    """Return the FHIR terminology service; ``gate`` decorates every view."""
    blueprint = Blueprint("terminology_fhir", __name__, url_prefix=URL)
    for prefix in ("", "/<any(r4, r5):fhir_release>"):
        for rule, name, view, methods in (
            ("/metadata", "metadata", _metadata, ["GET"]),
            ("/$versions", "versions", _versions, ["GET", "POST"]),
            ("/", "batch", _batch, ["POST"]),
            (f"{_KIND}/<operation>", "operation", _operation, ["GET", "POST"]),
            (_KIND, "search", _search, ["GET"]),
            (f"{_KIND}/<identity>/<operation>", "instance", _instance, ["GET", "POST"]),
        ):
            endpoint = f"{name}_versioned" if prefix else name
            blueprint.add_url_rule(prefix + rule, endpoint, gate(view), methods=methods)
    return blueprint


def release() -> str:
    """Return ``r4`` or ``r5``: of the address, else of the Accept header, else R5."""
    in_path = (request.view_args or {}).get("fhir_release")
    if in_path in VERSIONS:
        return str(in_path)
    asked = _ASKED.search(request.headers.get("Accept", ""))
    return "r4" if asked and asked[1] == "4" else "r5"


def _base() -> str:
    in_path = (request.view_args or {}).get("fhir_release")
    return f"{request.url_root.rstrip('/')}{URL}" + (f"/{in_path}" if in_path else "")


def as_response(body: Json, status: int = 200) -> Response:
    """Return a resource in the release the client asks for."""
    if release() == "r4":
        body = to_r4(body)
    text = json.dumps(body, ensure_ascii=False)
    version = VERSIONS[release()].rpartition(".")[0]
    response = Response(text, status=status)
    response.headers["Content-Type"] = (
        f"application/fhir+json; charset=utf-8; fhirVersion={version}"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _guarded(work: Callable[[], Json]) -> Response:
    try:
        return as_response(work())
    except FhirError as error:
        return as_response(error.as_json(), error.status)
    except PortalError as error:
        issue = Issue("error", "processing", "", error.message)
        return as_response(FhirError(error.status, issue).as_json(), error.status)


def _body() -> Any:
    if (request.content_length or 0) > MAX_BODY:
        raise FhirError(413, Issue("error", "too-costly", "", "The request is larger than 20 MB"))
    return request.get_json(force=True, silent=True)


def _parameters() -> Parameters:
    pairs = list(request.args.items(multi=True))
    query = Parameters.of_query([pair for pair in pairs if pair[0] != "_format"])
    if request.method == "GET":
        return query
    body = _body()
    if body is None:
        raise invalid("The body is not JSON; this service reads application/fhir+json")
    if isinstance(body, dict) and body.get("resourceType") == "ValueSet":
        return Parameters([{"name": "valueSet", "resource": body}]).plus(query)
    return Parameters.of_resource(body).plus(query)


def _library(parameters: Parameters) -> Library:
    return Library(service(), parameters.resources("tx-resource"))


def _run(kind: str, operation: str, parameters: Parameters) -> Json:
    found = OPERATIONS.get((kind, operation))
    if found is None:
        text = f"There is no operation {operation} on {kind} here"
        raise FhirError(404, Issue("error", "not-supported", "", text))
    header = request.headers.get("Accept-Language", "")
    return found(_library(parameters), parameters, header)


def _operation(kind: str, operation: str, fhir_release: str = "") -> Response:
    del fhir_release
    if not operation.startswith("$"):
        return _guarded(lambda: _read(kind, operation))
    return _guarded(lambda: _run(kind, operation, _parameters()))


def _instance(kind: str, identity: str, operation: str, fhir_release: str = "") -> Response:
    del fhir_release

    def work() -> Json:
        resource = _read(kind, identity)
        url = joined(str(resource["url"]), str(resource.get("version", "")))
        return _run(
            kind, operation, _parameters().plus(Parameters([{"name": "url", "valueUri": url}]))
        )

    return _guarded(work)


def _metadata(fhir_release: str = "") -> Response:
    del fhir_release
    if request.args.get("mode") == "terminology":
        return _guarded(lambda: metadata.terminology(Library(service(), []), _base()))
    return _guarded(lambda: metadata.capabilities(_base(), VERSIONS[release()]))


def _versions(fhir_release: str = "") -> Response:
    del fhir_release
    entries = [{"name": "version", "valueString": v.rpartition(".")[0]} for v in VERSIONS.values()]
    default = VERSIONS[release()].rpartition(".")[0]
    entries.append({"name": "default", "valueString": default})
    return _guarded(lambda: {"resourceType": "Parameters", "parameter": entries})


def _all(kind: str) -> list[Json]:
    terms = service()
    if kind == "ValueSet":
        library = Library(terms, [])
        return [library.as_resource(value_set) for value_set in terms.value_sets.all()]
    if kind != "CodeSystem":
        raise FhirError(404, Issue("error", "not-supported", "", f"{kind} is not kept here"))
    return [
        {
            "resourceType": "CodeSystem",
            "id": pack.id,
            "url": pack.canonical,
            **({"version": index.version} if (index := terms.index(pack.id)) else {}),
            "name": pack.id.upper(),
            "title": pack.name(),
            "status": "active",
            "publisher": pack.publisher,
            "copyright": pack.licence.notice or pack.licence.name,
            "caseSensitive": pack.case_sensitive,
            "content": "not-present",
        }
        for pack in terms.packs.values()
    ]


def _read(kind: str, identity: str) -> Json:
    for resource in _all(kind):
        if resource["id"] == identity:
            return resource
    raise FhirError(404, Issue("error", "not-found", "", f"There is no {kind} '{identity}' here"))


def _search(kind: str, fhir_release: str = "") -> Response:
    del fhir_release

    def work() -> Json:
        wanted = {name: request.args.get(name) for name in ("url", "version", "name")}
        found = [
            resource
            for resource in _all(kind)
            if all(value is None or resource.get(name) == value for name, value in wanted.items())
        ]
        if request.args.get("_summary") == "true":
            found = [{k: v for k, v in r.items() if k not in _LONG} for r in found]
        entries = [
            {"fullUrl": f"{_base()}/{kind}/{r['id']}", "resource": r, "search": {"mode": "match"}}
            for r in found
        ]
        return {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(found),
            "entry": entries,
        }

    return _guarded(work)


def _batch(fhir_release: str = "") -> Response:
    del fhir_release
    return _guarded(lambda: batch.answer(_body(), _run))
