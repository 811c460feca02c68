"""$translate: groups and relations, what a map does with unmapped codes, scopes, directions."""

from typing import Any

import pytest

from .fhir_cases import BASE, SIMPLE, SYSTEM, Client, Json, is_a, read, value_set

TARGET = f"{BASE}/CodeSystem/target"


def concept_map(name: str, *elements: Json, unmapped: Json | None = None, **more: Any) -> Json:
    """Make a ConceptMap from the simple code system to the target."""
    group: Json = {"source": SIMPLE, "target": TARGET, "element": list(elements)}
    if unmapped:
        group["unmapped"] = unmapped
    return {
        "resourceType": "ConceptMap",
        "url": f"{BASE}/ConceptMap/{name}",
        "version": "0.1.0",
        "status": "active",
        "group": [group],
        **more,
    }


def element(code: str, target: str, relationship: str = "equivalent", **more: Any) -> Json:
    """Make an element with one target."""
    return {"code": code, "target": [{"code": target, "relationship": relationship, **more}]}


def name_of(found: Json) -> str:
    return f"{found['url']}|{found['version']}"


def ask(fhir: Client, *maps: Json, release: str = "r5", **values: Any) -> tuple[Json, list[Json]]:
    """Translate; return the parameters by name and the matches as dictionaries of their parts."""
    if not any(name.startswith(("source", "target", "code", "coding")) for name in values):
        values |= {"sourceSystem": SIMPLE, "sourceCode": "code1"}
    answer = fhir.post("ConceptMap/$translate", SYSTEM, *maps, release=release, **values)
    assert answer.status_code == 200, answer.json
    matches = [
        {
            part["name"]: next(value for key, value in part.items() if key != "name")
            for part in entry["part"]
        }
        for entry in answer.json["parameter"]
        if entry["name"] == "match"
    ]
    return read(answer.json), matches


FULL = concept_map(
    "full",
    {**element("code1", "t1", comment="about the target"), "comment": "about the source"},
    element("code2", "t2", "source-is-narrower-than-target"),
    element("code3", "t3", "not-related-to"),
    {"code": "code2a", "noMap": True},
)


def test_a_match_names_both_concepts_and_both_comments(fhir: Client) -> None:
    found, (match,) = ask(fhir, FULL)
    assert found["result"] is True
    assert match == {
        "concept": {"system": TARGET, "code": "t1"},
        "originMap": name_of(FULL),
        "relationship": "equivalent",
        "sourceComment": "about the source",
        "sourceConcept": {"system": SIMPLE, "code": "code1"},
        "targetComment": "about the target",
    }


@pytest.mark.parametrize(
    "values",
    [
        {"sourceCoding": {"system": SIMPLE, "code": "code1"}},
        {"coding": {"system": SIMPLE, "code": "code1"}},
        {"code": "code1", "system": SIMPLE, "targetsystem": TARGET},
        {"code": "code1", "system": SIMPLE, "url": FULL["url"]},
        {"code": "code1", "system": SIMPLE, "url": name_of(FULL)},
        {"codeableConcept": {"coding": [{"system": SIMPLE, "code": "code1"}]}},
    ],
)
@pytest.mark.parametrize("release", ["r4", "r5"])
def test_every_way_to_name_the_concept(fhir: Client, values: Json, release: str) -> None:
    _, (match,) = ask(fhir, FULL, release=release, **values)
    assert match["concept"]["code"] == "t1"


def test_statements_that_there_is_no_translation(fhir: Client) -> None:
    found, (match,) = ask(fhir, FULL, sourceSystem=SIMPLE, sourceCode="code3")
    assert (found["result"], match["relationship"]) == (False, "not-related-to")
    found, (match,) = ask(fhir, FULL, sourceSystem=SIMPLE, sourceCode="code2a")
    assert (found["result"], match["noMap"]) == (False, True)
    assert "concept" not in match
    in_r4 = concept_map("r4", {"code": "code1", "target": [{"equivalence": "unmatched"}]})
    found, (match,) = ask(fhir, in_r4, release="r4")
    assert (found["result"], match["noMap"]) == (False, True)
    found, matches = ask(fhir, FULL, sourceSystem=SIMPLE, sourceCode="code2b")
    assert (found["result"], matches) == (False, [])
    assert "message" in found


@pytest.mark.parametrize(
    ("word", "relation"),
    [
        ("wider", "source-is-narrower-than-target"), ("subsumes", "source-is-narrower-than-target"),
        ("narrower", "source-is-broader-than-target"), ("equal", "equivalent"),
        ("specializes", "source-is-broader-than-target"), ("inexact", "related-to"),
    ],
)  # fmt: skip
def test_relations_of_r4(fhir: Client, word: str, relation: str) -> None:
    in_r4 = concept_map("r4", {"code": "code1", "target": [{"code": "t", "equivalence": word}]})
    assert ask(fhir, in_r4, release="r4")[1][0]["equivalence"] == word
    assert ask(fhir, in_r4)[1][0]["relationship"] == relation


def test_what_maps_do_with_unmapped_codes(fhir: Client) -> None:
    same = concept_map("same", unmapped={"mode": "use-source-code", "relationship": "related-to"})
    _, (match,) = ask(fhir, same)
    assert (match["concept"]["code"], match["relationship"]) == ("code1", "related-to")
    fixed = concept_map("fixed", unmapped={"mode": "fixed", "code": "other", "display": "Other"})
    _, (match,) = ask(fhir, fixed)
    assert match["concept"] == {"system": TARGET, "code": "other", "display": "Other"}
    answered = concept_map("both", element("code1", "t1"), unmapped={"mode": "fixed", "code": "x"})
    _, matches = ask(fhir, answered)
    assert [match["concept"]["code"] for match in matches] == ["t1"], "only when it says nothing"


def test_a_map_that_defers_to_another(fhir: Client) -> None:
    first = concept_map("first", unmapped={"mode": "other-map", "otherMap": name_of(FULL)})
    found, (match,) = ask(fhir, FULL, first, url=first["url"])
    assert match["concept"]["code"] == "t1"
    assert match["originMap"] == name_of(first), "where the way started"
    assert found["used-conceptmap"] == name_of(FULL)


@pytest.mark.parametrize(("reference", "text"), [("again", "circular"), ("nowhere", "is not here")])
def test_maps_that_lead_nowhere(fhir: Client, reference: str, text: str) -> None:
    other = {"mode": "other-map", "otherMap": f"{BASE}/ConceptMap/{reference}"}
    back = {"mode": "other-map", "otherMap": f"{BASE}/ConceptMap/first"}
    maps = concept_map("first", unmapped=other), concept_map("again", unmapped=back)
    answer = fhir.post(
        "ConceptMap/$translate", SYSTEM, *maps, sourceSystem=SIMPLE, sourceCode="code1",
        url=maps[0]["url"],
    )  # fmt: skip
    assert answer.status_code == 422
    assert text in answer.json["issue"][0]["details"]["text"]


def test_newer_maps_speak_first(fhir: Client) -> None:
    old = concept_map("old", element("code1", "old"), date="2020-01-01")
    new = concept_map("new", element("code1", "new"), date="2026-01-01")
    dateless = concept_map("none", element("code1", "none"))
    _, matches = ask(fhir, dateless, old, new)
    assert [match["concept"]["code"] for match in matches] == ["new", "old", "none"]


def test_the_scope_of_a_map(fhir: Client) -> None:
    below = value_set("below", [is_a("code2")])
    limited = concept_map(
        "limited", element("code2a", "t"), unmapped={"mode": "fixed", "code": "other"},
        sourceScopeCanonical=below["url"],
    )  # fmt: skip
    for named in ({}, {"url": limited["url"]}):
        codes = {"sourceSystem": SIMPLE, "sourceCode": "code1"}
        found, matches = ask(fhir, below, limited, **codes, **named)
        assert (found["result"], matches) == (False, [])
    _, (match,) = ask(fhir, below, limited, sourceSystem=SIMPLE, sourceCode="code2b")
    assert match["concept"]["code"] == "other"
    answer = fhir.post(
        "ConceptMap/$translate", SYSTEM, limited, sourceSystem=SIMPLE, sourceCode="code1"
    )
    assert answer.status_code == 404, "a scope that is not here cannot be judged"


def test_the_scope_of_a_question(fhir: Client) -> None:
    below = value_set("below", [is_a("code2")])
    values = {"sourceSystem": SIMPLE, "sourceScope": below["url"]}
    assert ask(fhir, below, FULL, sourceCode="code1", **values)[1] == []
    assert len(ask(fhir, below, FULL, sourceCode="code2", **values)[1]) == 1


def test_backwards(fhir: Client) -> None:
    values = {"targetCode": "t2", "targetSystem": TARGET, "sourceSystem": SIMPLE}
    found, (match,) = ask(fhir, FULL, **values)
    assert found["result"] is True
    assert (match["sourceConcept"]["code"], match["concept"]["code"]) == ("code2", "t2")
    assert match["relationship"] == "source-is-narrower-than-target"
    old = {"code": "t2", "system": TARGET, "targetsystem": SIMPLE, "reverse": True}
    _, (match,) = ask(fhir, FULL, release="r4", **old)
    assert (match["sourceConcept"]["code"], match["equivalence"]) == ("code2", "wider")
    answer = fhir.post("ConceptMap/$translate", SYSTEM, FULL, **old)
    assert answer.status_code == 400
    assert "targetCode" in answer.json["issue"][0]["details"]["text"]


def test_backwards_by_the_installed_maps(fhir: Client) -> None:
    _, matches = ask(
        fhir, targetCode="154700", targetSystem="http://www.omim.org",
        sourceSystem="https://www.orpha.net",
    )  # fmt: skip
    assert [(m["sourceConcept"]["code"], m["relationship"]) for m in matches] == [
        ("558", "source-is-broader-than-target")
    ]


def test_a_map_that_is_not_here(fhir: Client) -> None:
    answer = fhir.post(
        "ConceptMap/$translate", SYSTEM, FULL, url=f"{BASE}/ConceptMap/none", sourceCode="code1",
        sourceSystem=SIMPLE,
    )  # fmt: skip
    assert answer.status_code == 404
    assert answer.json["issue"][0]["code"] == "not-found"
