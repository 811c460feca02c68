"""The JSON interface by HTTP: answers, refusals, the gate."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient

from portal.terminology.api import EXTENSION, create_blueprint
from portal.terminology.service import Terminology

URL = "/api/v1/terminology"


def _gate(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        if request.headers.get("X-Actor") != "member":
            abort(401)
        return view(*args, **kwargs)

    return run


@pytest.fixture
def client(samples: Terminology) -> FlaskClient:
    app = Flask("test")
    app.extensions[EXTENSION] = samples
    app.register_blueprint(create_blueprint(_gate))
    client = app.test_client()
    client.environ_base["HTTP_X_ACTOR"] = "member"
    return client


def _get(client: FlaskClient, path: str, **query: str) -> Any:
    return client.get(f"{URL}/{path}", query_string=query)


def test_search_answers_hits(client: FlaskClient) -> None:
    answer = _get(client, "search", q="mucovicidose", pack="orpha,icd10", lang="fr,en")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, max-age=60"
    hit = answer.json["hits"][0]
    assert hit["code"] == "586"
    assert hit["display"] == "Mucoviscidose"
    assert hit["language"] == "fr"
    assert hit["corrected_from"] == "mucovicidose"


def test_search_in_a_value_set(client: FlaskClient) -> None:
    hits = _get(client, "search", q="blastom", value_set="tumour-morphology", limit="3").json[
        "hits"
    ]
    assert len(hits) == 3
    assert {hit["pack"] for hit in hits} == {"icdo"}


def test_too_short_asks_nothing(client: FlaskClient) -> None:
    assert _get(client, "search", q="ma", pack="orpha").json["hits"] == []
    assert _get(client, "search", q="m", pack="ucum").json["hits"][0]["code"] == "m"


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ({"q": "x" * 201, "pack": "orpha"}, 422, "longer than 200"),
        ({"q": "marfan", "pack": "orpa"}, 404, "Did you mean 'orpha'"),
        ({"q": "marfan", "value_set": "nope"}, 404, "No value set"),
        ({"q": "marfan", "limit": "0"}, 422, "from 1 to 50"),
        ({"q": "marfan", "limit": "many"}, 422, "from 1 to 50"),
        ({"q": "marfan", "limit": "²"}, 422, "from 1 to 50"),
        ({"q": "marfan", "lang": "a,b,c,d,e,f,g"}, 422, "6 are allowed"),
        ({"q": "marfan", "pack": ",".join(["hpo"] * 21)}, 422, "20 are allowed"),
    ],
)
def test_refusals_are_problems(
    client: FlaskClient, query: dict[str, str], status: int, detail: str
) -> None:
    answer = _get(client, "search", **query)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert detail in answer.json["detail"]


@pytest.mark.parametrize("path", ["search?q=marfan", "concept?pack=orpha&code=558", "packs"])
def test_the_gate_guards_every_endpoint(client: FlaskClient, path: str) -> None:
    assert client.get(f"{URL}/{path}").status_code == 200
    assert client.get(f"{URL}/{path}", headers={"X-Actor": "stranger"}).status_code == 401
    for name in ("suggest", "outdated"):
        refused = client.post(f"{URL}/{name}", json={}, headers={"X-Actor": "stranger"})
        assert refused.status_code == 401


def test_concept_with_maps(client: FlaskClient) -> None:
    found = _get(client, "concept", pack="orpha", code="558", lang="de").json
    assert found["display"] == "Marfan-Syndrom"
    assert {"Q87.4", "LD28.01", "154700"} <= {row["code"] for row in found["maps"]}
    assert _get(client, "concept", pack="orpha", code="0").status_code == 404
    assert _get(client, "concept", pack="orpha").status_code == 422
    assert _get(client, "concept", pack="orpha", code="558", version="1999").status_code == 404


def test_packs_show_their_notice(client: FlaskClient) -> None:
    _get(client, "search", q="seizure", pack="hpo")
    rows = {row["id"]: row for row in _get(client, "packs", lang="fr").json["packs"]}
    assert rows["hpo"]["title"] == "Ontologie des phénotypes humains"
    assert "(2025-01-16-sample)" in rows["hpo"]["notice"]
    assert rows["hpo"]["starter"] is True


def test_suggestions_for_a_text(client: FlaskClient) -> None:
    answer = client.post(
        f"{URL}/suggest", json={"text": "Short stature, no seizures.", "packs": ["hpo"]}
    )
    spans = answer.json["spans"]
    assert [(s["text"], s["negated"]) for s in spans] == [
        ("Short stature", False),
        ("seizures", True),
    ]
    for body in (None, {"text": 1}, {"text": "x" * 20_001}, []):
        assert client.post(f"{URL}/suggest", json=body).status_code == 422


def test_text_from_people_comes_back_as_data(client: FlaskClient) -> None:
    answer = _get(client, "search", q="<script>alert(1)</script>", pack="orpha")
    assert answer.content_type == "application/json"
    assert answer.json["query"] == "<script>alert(1)</script>"


def test_outdated_codings(client: FlaskClient) -> None:
    codings = [
        {"system": "https://www.orpha.net", "code": "558", "display": "Marfan syndrome"},
        {"pack": "orpha", "code": "99999999", "display": "Marfan syndrome", "version": "2020"},
        {"pack": "hgvs", "code": "FBN1:c.1129C>T"},
    ]
    answer = client.post(f"{URL}/outdated", json={"codings": codings, "lang": "fr"})
    assert answer.status_code == 200
    (found,) = answer.json["outdated"]
    assert (found["problem"], found["coding"]["code"]) == ("gone", "99999999")
    assert found["choices"] == [
        {"code": "558", "display": "Syndrome de Marfan", "reason": "same-name"}
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (None, 422),
        ({"codings": "558"}, 422),
        ({"codings": [{"pack": "orpha"}]}, 422),
        ({"codings": [{"pack": "orpha", "code": 558}]}, 422),
        ({"codings": [{"code": "558"}]}, 422),
        ({"codings": [{"pack": "orpa", "code": "558"}]}, 404),
        ({"codings": [{"pack": "orpha", "code": "558"}] * 5001}, 422),
    ],
)
def test_codings_that_cannot_be_looked_at(client: FlaskClient, body: Any, status: int) -> None:
    answer = client.post(f"{URL}/outdated", json=body)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("packs", [5, "hpo", [5], {"hpo": 1}])
def test_packs_of_another_shape_are_refused(client: FlaskClient, packs: object) -> None:
    answer = client.post(f"{URL}/suggest", json={"text": "Short stature", "packs": packs})
    assert answer.status_code == 422
    assert "list of names" in answer.text
