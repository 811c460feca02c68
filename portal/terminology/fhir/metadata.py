"""CapabilityStatement and TerminologyCapabilities."""

from portal import __version__
from portal.terminology.fhir.library import Library
from portal.terminology.fhir.outcome import Json

RELEASED = "2026-11-25"
TESTS = "1.9.0"
_FEATURE = "http://hl7.org/fhir/uv/application-feature/StructureDefinition/feature"
_TX_FEATURE = "http://hl7.org/fhir/uv/tx-ecosystem/FeatureDefinition/CodeSystemAsParameter"
_TESTS_FEATURE = "http://hl7.org/fhir/uv/tx-tests/FeatureDefinition/test-version"
_DEFINITION = "http://hl7.org/fhir/OperationDefinition/"
PARAMETERS = (
    "activeOnly", "check-system-version", "count", "default-valueset-version", "designation",
    "displayLanguage", "exclude-system", "excludeNested", "filter", "force-system-version",
    "includeDefinition", "includeDesignations", "offset", "property", "system-version",
    "tx-resource", "useSupplement",
)  # fmt: skip


def _feature(definition: str, value: Json) -> Json:
    return {
        "url": _FEATURE,
        "extension": [
            {"url": "definition", "valueCanonical": definition},
            {"url": "value", **value},
        ],
    }


def _operation(kind: str, name: str) -> Json:
    return {"name": name, "definition": f"{_DEFINITION}{kind}-{name}"}


def _resource(kind: str, *operations: str, read: bool = True) -> Json:
    entry: Json = {"type": kind}
    if read:
        entry["interaction"] = [{"code": "read"}, {"code": "search-type"}]
        entry["searchParam"] = [
            {"name": "url", "type": "uri"},
            {"name": "version", "type": "token"},
        ]
    return {**entry, "operation": [_operation(kind, name) for name in operations]}


def _rest() -> Json:
    return {
        "mode": "server",
        "security": {
            "service": [{"text": "Session of the portal"}],
            "description": "Log in to the portal first, except where the service is open",
        },
        "resource": [
            _resource("CodeSystem", "lookup", "subsumes", "validate-code"),
            _resource("ConceptMap", "translate", read=False),
            _resource("ValueSet", "batch-validate-code", "expand", "validate-code"),
        ],
        "operation": [_operation("CapabilityStatement", "versions")],
    }


def capabilities(base: str, fhir_version: str) -> Json:
    """Return the CapabilityStatement of this end point."""
    return {
        "resourceType": "CapabilityStatement",
        "extension": [
            _feature(_TESTS_FEATURE, {"valueCode": TESTS}),
            _feature(_TX_FEATURE, {"valueBoolean": True}),
        ],
        "url": f"{base}/metadata",
        "version": __version__,
        "name": "ErnPortalTerminology",
        "title": "ERN portal terminology service",
        "status": "active",
        "date": RELEASED,
        "kind": "instance",
        "instantiates": ["http://hl7.org/fhir/CapabilityStatement/terminology-server"],
        "software": {"name": "ERN portal", "version": __version__, "releaseDate": RELEASED},
        "implementation": {"description": "Coding systems of the ERN portal", "url": base},
        "fhirVersion": fhir_version,
        "format": ["application/fhir+json"],
        "rest": [_rest()],
    }


def terminology(library: Library, base: str) -> Json:
    """Return the TerminologyCapabilities: systems with versions, and what $expand understands."""
    systems = []
    for uri, versions in library.code_systems():
        entry: Json = {"uri": uri}
        if versions:
            entry["version"] = [{"code": version} for version in versions]
        systems.append(entry)
    return {
        "resourceType": "TerminologyCapabilities",
        "url": f"{base}/metadata?mode=terminology",
        "version": __version__,
        "name": "ErnPortalTerminologyCapabilities",
        "title": "ERN portal terminology service: capabilities",
        "status": "active",
        "date": RELEASED,
        "kind": "instance",
        "codeSystem": systems,
        "expansion": {
            "hierarchical": True,
            "paging": True,
            "parameter": [{"name": name} for name in PARAMETERS],
        },
        "codeSearch": "in-compose-or-expansion",
        "validateCode": {"translations": True},
        "translation": {"needsMap": False},
        "closure": {"translation": False},
    }
