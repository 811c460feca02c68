"""The interfaces inside the whole application: what a visitor without a login is told."""

from flask import Flask

from portal.terminology.service import Terminology
from portal.terminology.wiring import terminology_of


def test_the_application_has_one_terminology(app: Flask) -> None:
    assert isinstance(terminology_of(app), Terminology)


def test_fhir_clients_without_a_login_get_an_operation_outcome(app: Flask) -> None:
    client = app.test_client()
    accept = {"Accept": "application/fhir+json"}
    for answer in (
        client.get("/fhir/metadata", headers=accept),
        client.get("/fhir/r4/metadata"),
        client.post("/fhir/ValueSet/$expand", json={}, headers=accept),
    ):
        assert answer.status_code == 401
        assert answer.json is not None
        assert answer.json["resourceType"] == "OperationOutcome"
        assert answer.json["issue"][0]["code"] == "login"
        assert answer.mimetype == "application/fhir+json"


def test_scripts_without_a_login_are_told_so_in_json(app: Flask) -> None:
    client = app.test_client()
    headers = {"Accept": "application/json"}
    answer = client.get("/api/v1/terminology/search?pack=hpo&q=seizure", headers=headers)
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["code"] == "login-needed"
