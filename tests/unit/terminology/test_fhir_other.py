"""$lookup, $subsumes, $translate, capabilities, search and read, batches, what the gate guards."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from flask import Flask, abort
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.terminology.api import EXTENSION
from portal.terminology.fhir.languages import parse
from portal.terminology.fhir.outcome import FhirError
from portal.terminology.fhir.routes import create_blueprint
from portal.terminology.service import Terminology

from .fhir_cases import ALL, BASE, SIMPLE, SYSTEM, Client, concept, read


def _parts(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [
        {p["name"]: next(v for k, v in p.items() if k.startswith("value")) for p in entry["part"]}
        for entry in body["parameter"]
        if entry["name"] == name
    ]


def test_lookup(fhir: Client) -> None:
    body = fhir.post("CodeSystem/$lookup", SYSTEM, system=SIMPLE, code="code2a").json
    found = read(body)
    assert (found["display"], found["name"], found["version"]) == (
        "Display code2a",
        "Simple",
        "0.1.0",
    )
    assert found["abstract"] is False
    properties = [(p["code"], p["value"], p.get("description")) for p in _parts(body, "property")]
    assert ("parent", "code2", "Display code2") in properties
    assert ("child", "code2aI", "Display code2aI") in properties
    assert ("inactive", False, None) in properties
    assert ("prop", "new", None) in properties
    body = fhir.post(
        "CodeSystem/$lookup", SYSTEM, coding={"system": SIMPLE, "code": "code1"}, property="prop"
    ).json
    assert [p["code"] for p in _parts(body, "property")] == ["prop"]
    assert {"use", "value"} <= set(_parts(body, "designation")[1])


@pytest.mark.parametrize(("system", "code"), [(SIMPLE, "nope"), (f"{SIMPLE}X", "code1")])
def test_lookup_of_what_is_not_there(fhir: Client, system: str, code: str) -> None:
    answer = fhir.post("CodeSystem/$lookup", SYSTEM, system=system, code=code)
    assert answer.status_code == 404
    assert answer.json["issue"][0]["code"] == "not-found"


def test_lookup_of_installed_codes_in_a_language(fhir: Client) -> None:
    body = fhir.post(
        "CodeSystem/$lookup", system="https://www.orpha.net", code="558", displayLanguage="de"
    ).json
    assert read(body)["display"] == "Marfan-Syndrom"
    body = fhir.post(
        "CodeSystem/$lookup", system="http://hl7.org/fhir/sid/icd-10", code="Q87.4", header="fr"
    ).json
    assert read(body)["display"] == "Syndrome de Marfan"


@pytest.mark.parametrize(
    ("code_a", "code_b", "outcome"),
    [
        ("code2", "code2aI", "subsumes"),
        ("code2aI", "code2", "subsumed-by"),
        ("code1", "code1", "equivalent"),
        ("code1", "code2", "not-subsumed"),
    ],
)
def test_subsumes(fhir: Client, code_a: str, code_b: str, outcome: str) -> None:
    body = fhir.post("CodeSystem/$subsumes", SYSTEM, system=SIMPLE, codeA=code_a, codeB=code_b).json
    assert read(body) == {"outcome": outcome}
    codings = {
        "codingA": {"system": SIMPLE, "code": code_a},
        "codingB": {"system": SIMPLE, "code": code_b},
    }
    assert read(fhir.post("CodeSystem/$subsumes", SYSTEM, **codings).json) == {"outcome": outcome}


def test_subsumes_across_systems_is_refused(fhir: Client) -> None:
    codings = {
        "codingA": {"system": SIMPLE, "code": "a"},
        "codingB": {"system": f"{SIMPLE}X", "code": "b"},
    }
    assert fhir.post("CodeSystem/$subsumes", SYSTEM, **codings).status_code == 400


MAP = {
    "resourceType": "ConceptMap", "url": f"{BASE}/ConceptMap/m", "version": "1", "status": "active",
    "group": [{"source": SIMPLE, "target": f"{BASE}/CodeSystem/t", "element": [
        {"code": "code1", "target": [{"code": "t1", "relationship": "equivalent"}]},
        {"code": "code2", "target": [{"code": "t2", "equivalence": "wider"}]},
        {"code": "code3", "target": [{"code": "t3", "relationship": "not-related-to"}]}]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "target", "relation", "r4", "result"),
    [
        ("code1", "t1", "equivalent", "equivalent", True),
        ("code2", "t2", "source-is-narrower-than-target", "wider", True),
        ("code3", "t3", "not-related-to", "unmatched", False),
    ],
)
def test_translate_by_a_map_sent_along(
    fhir: Client, code: str, target: str, relation: str, r4: str, *, result: bool
) -> None:
    values = {"sourceSystem": SIMPLE, "sourceCode": code, "targetSystem": f"{BASE}/CodeSystem/t"}
    for release, name, word in (("r5", "relationship", relation), ("r4", "equivalence", r4)):
        body = fhir.post("ConceptMap/$translate", MAP, release=release, **values).json
        match = _parts(body, "match")[0]
        assert match["concept"]["code"] == target
        assert match[name] == word
        assert match["originMap"] == f"{BASE}/ConceptMap/m|1"
        assert read(body)["result"] is result


def test_translate_by_the_installed_maps(fhir: Client) -> None:
    body = fhir.post(
        "ConceptMap/$translate", sourceSystem="https://www.orpha.net", sourceCode="558"
    ).json
    found = {
        (m["concept"]["system"], m["concept"]["code"]): m["relationship"]
        for m in _parts(body, "match")
    }
    assert found["http://hl7.org/fhir/sid/icd-10", "Q87.4"] == "equivalent"
    assert found["http://www.omim.org", "154700"] == "source-is-broader-than-target"
    body = fhir.post(
        "ConceptMap/$translate", sourceSystem="https://www.orpha.net", sourceCode="0"
    ).json
    assert read(body)["result"] is False


@pytest.mark.parametrize(("release", "version"), [("r4", "4.0.1"), ("r5", "5.0.0")])
def test_capabilities(samples: Terminology, release: str, version: str) -> None:
    client = _app(samples, lambda view: view).test_client()
    body = client.get(f"/fhir/{release}/metadata").json
    assert body["fhirVersion"] == version
    assert body["instantiates"] == ["http://hl7.org/fhir/CapabilityStatement/terminology-server"]
    operations = {
        r["type"]: {o["name"] for o in r["operation"]} for r in body["rest"][0]["resource"]
    }
    assert {"expand", "validate-code", "batch-validate-code"} <= operations["ValueSet"]
    assert {"lookup", "subsumes", "validate-code"} <= operations["CodeSystem"]
    body = client.get(f"/fhir/{release}/metadata?mode=terminology").json
    assert body["resourceType"] == "TerminologyCapabilities"
    assert {s["uri"] for s in body["codeSystem"]} >= {"https://www.orpha.net", "http://loinc.org"}
    assert {"tx-resource", "force-system-version"} <= {
        p["name"] for p in body["expansion"]["parameter"]
    }


def test_the_version_that_the_client_asks_for(samples: Terminology) -> None:
    client = _app(samples, lambda view: view).test_client()
    accept = {"Accept": "application/fhir+json; fhirVersion=4.0"}
    assert client.get("/fhir/metadata", headers=accept).json["fhirVersion"] == "4.0.1"
    assert client.get("/fhir/metadata").json["fhirVersion"] == "5.0.0"
    assert {p["name"] for p in client.get("/fhir/$versions").json["parameter"]} == {
        "version",
        "default",
    }


def test_reading_and_searching(samples: Terminology) -> None:
    client = _app(samples, lambda view: view).test_client()
    body = client.get("/fhir/CodeSystem?url=https://www.orpha.net").json
    assert [e["resource"]["id"] for e in body["entry"]] == ["orpha"]
    assert client.get("/fhir/ValueSet/diagnoses").json["compose"]["include"][0] == {
        "system": "https://www.orpha.net"
    }
    assert client.get("/fhir/ValueSet/nope").status_code == 404
    assert client.get("/fhir/ConceptMap").status_code == 404
    body = client.get("/fhir/ValueSet/tumour-sites/$expand?filter=liver").json
    assert [e["code"] for e in body["expansion"]["contains"]] == ["C22.0"]
    body = client.get("/fhir/CodeSystem/$lookup?system=http://loinc.org&code=718-7").json
    assert read(body)["display"] == "Hemoglobin [Mass/volume] in Blood"


def test_a_summary_leaves_out_the_long_parts(samples: Terminology) -> None:
    client = _app(samples, lambda view: view).test_client()
    whole = client.get("/fhir/ValueSet").json
    short = client.get("/fhir/ValueSet?_summary=true").json
    assert short["total"] == whole["total"] > 0
    assert "compose" in whole["entry"][0]["resource"]
    assert all("compose" not in entry["resource"] for entry in short["entry"])


@pytest.mark.parametrize(
    ("code_a", "code_b", "outcome"),
    [("de", "de-CH", "subsumes"), ("de-CH", "de", "subsumed-by"), ("de", "fr", "not-subsumed")],
)
def test_subsumes_for_language_tags(fhir: Client, code_a: str, code_b: str, outcome: str) -> None:
    values = {"system": "urn:ietf:bcp:47", "codeA": code_a, "codeB": code_b}
    assert read(fhir.post("CodeSystem/$subsumes", **values).json) == {"outcome": outcome}


def test_a_batch_bundle(samples: Terminology) -> None:
    client = _app(samples, lambda view: view).test_client()
    parameters = [
        {"name": "system", "valueUri": "http://loinc.org"},
        {"name": "code", "valueCode": "718-7"},
    ]
    good = {
        "request": {"method": "POST", "url": "CodeSystem/$lookup"},
        "resource": {"resourceType": "Parameters", "parameter": parameters},
    }
    url = "CodeSystem/$lookup?system=http://loinc.org&code=718-7"
    asked = {"request": {"method": "GET", "url": url}}
    bad = {"request": {"method": "GET", "url": "Patient/1"}}
    deleting = {"request": {"method": "DELETE", "url": "CodeSystem/$lookup"}}
    entries = [good, asked, bad, deleting, {}, 1, {"request": []}]
    body = client.post(
        "/fhir/", json={"resourceType": "Bundle", "type": "batch", "entry": entries}
    ).json
    statuses = [entry["response"]["status"] for entry in body["entry"]]
    assert statuses == ["200", "200", "404", "400", "400", "400", "400"]
    assert body["entry"][0]["resource"] == body["entry"][1]["resource"]
    assert client.post("/fhir/", json={"resourceType": "Bundle", "entry": 3}).status_code == 400
    many = {"resourceType": "Bundle", "entry": [{}] * 201}
    assert client.post("/fhir/", json=many).status_code == 413
    assert client.post("/fhir/", json={"resourceType": "Patient"}).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"[]", 400),
        (b'{"resourceType": "Patient"}', 400),
        (b'{"resourceType": "Parameters", "parameter": 1}', 400),
    ],
)
def test_bodies_that_are_none(samples: Terminology, body: bytes, status: int) -> None:
    client = _app(samples, lambda view: view).test_client()
    answer = client.post("/fhir/ValueSet/$expand", data=body, content_type="application/fhir+json")
    assert answer.status_code == status
    assert answer.json["resourceType"] == "OperationOutcome"


def test_unknown_operations(samples: Terminology) -> None:
    client = _app(samples, lambda view: view).test_client()
    assert client.get("/fhir/ValueSet/$frobnicate").status_code == 404


def _app(terms: Terminology, gate: Callable[[Any], Any]) -> Flask:
    app = Flask("fhir")
    app.extensions[EXTENSION] = terms
    app.register_blueprint(create_blueprint(gate))
    return app


def test_the_gate_guards_every_address(samples: Terminology) -> None:
    def closed(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def run(*_args: Any, **_values: Any) -> Any:
            abort(401)

        return run

    client = _app(samples, closed).test_client()
    for path in (
        "metadata",
        "$versions",
        "CodeSystem",
        "ValueSet/diagnoses",
        "r4/metadata",
        "ValueSet/x/$expand",
    ):
        assert client.get(f"/fhir/{path}").status_code == 401
    assert client.post("/fhir/ValueSet/$expand", json={}).status_code == 401
    assert client.post("/fhir/", json={}).status_code == 401


@given(st.text(max_size=40))
def test_any_language_header_is_read_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except FhirError as error:
        assert error.status == 400
    else:
        assert all(tag for tag in found.tags)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url", "version", "code", "name", "system", "include", "concept", "compose", "filter", "op", "value", "property"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    values=st.dictionaries(
        st.sampled_from(
            ["url", "code", "coding", "valueSet", "count", "filter", "displayLanguage"]
        ),
        JSON,
        max_size=4,
    )
)
def test_no_parameters_break_the_server(samples: Terminology, values: dict[str, Any]) -> None:
    client = _app(samples, lambda view: view).test_client()
    entries = [{"name": name, "valueString": value} for name, value in values.items()]
    body = {
        "resourceType": "Parameters",
        "parameter": [{"name": "tx-resource", "resource": SYSTEM}, *entries],
    }
    for path in ("ValueSet/$expand", "ValueSet/$validate-code", "CodeSystem/$lookup"):
        answer = client.post(
            f"/fhir/{path}", data=json.dumps(body), content_type="application/json"
        )
        assert answer.status_code < 500
        assert answer.json["resourceType"] in {"OperationOutcome", "Parameters", "ValueSet"}


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(compose=JSON, concepts=JSON)
def test_no_resource_breaks_the_server(samples: Terminology, compose: Any, concepts: Any) -> None:
    client = _app(samples, lambda view: view).test_client()
    made = {**ALL, "compose": compose}
    source = {**SYSTEM, "concept": concepts if isinstance(concepts, list) else [concept("a")]}
    entries = [
        {"name": "tx-resource", "resource": made},
        {"name": "tx-resource", "resource": source},
        {"name": "url", "valueUri": ALL["url"]},
    ]
    body = {"resourceType": "Parameters", "parameter": entries}
    answer = client.post(
        "/fhir/ValueSet/$expand", data=json.dumps(body), content_type="application/json"
    )
    assert answer.status_code < 500
