"""ValueSet $expand by HTTP: trees, pages, languages, designations, properties, refusals."""

from typing import Any

import pytest

from .fhir_cases import (
    ALL,
    BASE,
    SIMPLE,
    SYSTEM,
    Client,
    code_system,
    concept,
    is_a,
    prop,
    value_set,
)

EVERY = ["code1", "code2", "code2a", "code2aI", "code2aII", "code2b", "code3"]


def _with(fhir: Client, made: dict[str, Any], **values: Any) -> list[str]:
    return fhir.codes(SYSTEM, made, url=made["url"], **values)


def _parameters(body: dict[str, Any]) -> dict[str, Any]:
    found = body["expansion"]["parameter"]
    return {p["name"]: next(v for k, v in p.items() if k.startswith("value")) for p in found}


def test_a_whole_system_as_a_tree(fhir: Client) -> None:
    status, body = fhir.expand(SYSTEM, ALL, url=ALL["url"], excludeNested=False)
    assert status == 200
    expansion = body["expansion"]
    assert expansion["total"] == 7
    assert expansion["identifier"].startswith("urn:uuid:")
    top = expansion["contains"]
    assert [entry["code"] for entry in top] == ["code1", "code2", "code3"]
    assert top[1]["abstract"] is True
    assert top[1]["inactive"] is True
    assert top[1]["property"] == [{"code": "status", "valueCode": "retired"}]
    assert [entry["code"] for entry in top[1]["contains"]] == ["code2a", "code2b"]
    assert _parameters(body) == {"excludeNested": False, "used-codesystem": f"{SIMPLE}|0.1.0"}
    assert expansion["property"] == [
        {"code": "status", "uri": "http://hl7.org/fhir/concept-properties#status"}
    ]
    assert "compose" not in body


def test_flat_in_the_systems_order(fhir: Client) -> None:
    assert _with(fhir, ALL) == EVERY


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([("concept", "is-a", "code2")], ["code2", "code2a", "code2aI", "code2aII", "code2b"]),
        ([("concept", "descendent-of", "code2")], ["code2a", "code2aI", "code2aII", "code2b"]),
        ([("concept", "child-of", "code2")], ["code2a", "code2b"]),
        ([("concept", "descendent-leaf", "code2")], ["code2aI", "code2aII", "code2b"]),
        ([("concept", "is-not-a", "code2")], ["code1", "code3"]),
        ([("concept", "generalizes", "code2a")], ["code2", "code2a"]),
        ([("concept", "in", "code1,code3")], ["code1", "code3"]),
        ([("prop", "=", "new")], ["code2", "code2a"]),
        ([("prop", "in", "new,old")], ["code1", "code2", "code2a", "code2aI", "code2b", "code3"]),
        ([("prop", "exists", "false")], ["code2aII"]),
        ([("prop", "regex", "n.w")], ["code2", "code2a"]),
        ([("code", "regex", "code2.*I+")], ["code2aI", "code2aII"]),
        ([("display", "regex", ".*3")], ["code3"]),
        ([("code", "regex", "((code)+3)+")], ["code3"]),
        ([("concept", "is-a", "code2"), ("prop", "=", "old")], ["code2aI", "code2b"]),
        ([("notSelectable", "=", "true")], ["code2"]),
        ([("status", "=", "retired")], ["code2"]),
    ],
)
def test_filters(fhir: Client, filters: list[tuple[str, str, str]], expected: list[str]) -> None:
    listed = [{"property": p, "op": op, "value": v} for p, op, v in filters]
    assert _with(fhir, value_set("f", [{"system": SIMPLE, "filter": listed}])) == expected


def test_listed_codes_skip_what_is_unknown_and_keep_their_own_names(fhir: Client) -> None:
    listed = [{"code": "code3", "display": "Mine"}, {"code": "codeX"}, {"code": "code1"}]
    made = value_set("l", [{"system": SIMPLE, "concept": listed}])
    _status, body = fhir.expand(SYSTEM, made, url=made["url"])
    shown = [(e["code"], e["display"]) for e in body["expansion"]["contains"]]
    assert shown == [("code3", "Mine"), ("code1", "Display code1")]


def test_excludes_imports_and_duplicates(fhir: Client) -> None:
    below = value_set("below", [is_a("code2a")])
    made = value_set("e", [{"system": SIMPLE}, is_a("code2")], [{"valueSet": [below["url"]]}])
    assert fhir.codes(SYSTEM, below, made, url=made["url"]) == ["code1", "code2", "code2b", "code3"]
    both = value_set("both", [{"valueSet": [below["url"]], **is_a("code2")}])
    assert fhir.codes(SYSTEM, below, both, url=both["url"]) == ["code2a", "code2aI", "code2aII"]
    _status, body = fhir.expand(SYSTEM, below, both, url=both["url"])
    assert _parameters(body)["used-valueset"] == f"{below['url']}|5.0.0"


def test_contained_value_sets(fhir: Client) -> None:
    inner = {**value_set("inner", [is_a("code2a")]), "id": "vs1"}
    outer = value_set("outer", [{"valueSet": ["#vs1"]}], contained=[inner])
    assert fhir.codes(SYSTEM, outer, url=outer["url"]) == ["code2a", "code2aI", "code2aII"]


def test_active_only(fhir: Client) -> None:
    active = ["code1", "code2a", "code2aI", "code2aII", "code2b", "code3"]
    assert _with(fhir, ALL, activeOnly=True) == active
    assert _with(fhir, value_set("a", [{"system": SIMPLE}], compose={"inactive": False})) == active
    _status, body = fhir.expand(SYSTEM, ALL, url=ALL["url"], activeOnly=True)
    top = [entry["code"] for entry in body["expansion"]["contains"]]
    assert top == ["code1", "code2a", "code2b", "code3"], "children of what is left out move up"


def test_pages(fhir: Client) -> None:
    status, body = fhir.expand(SYSTEM, ALL, url=ALL["url"], count=2, offset=3)
    assert status == 200
    assert [e["code"] for e in body["expansion"]["contains"]] == ["code2aI", "code2aII"]
    assert (body["expansion"]["total"], body["expansion"]["offset"]) == (7, 3)
    _status, body = fhir.expand(SYSTEM, ALL, url=ALL["url"], count=0)
    assert body["expansion"]["total"] == 7
    assert "contains" not in body["expansion"]


def test_more_than_a_thousand_need_a_page(fhir: Client) -> None:
    big = code_system("big", [concept(f"c{n}") for n in range(1500)])
    made = value_set("big", [{"system": big["url"]}])
    status, body = fhir.expand(big, made, url=made["url"])
    assert status == 422
    assert body["issue"][0]["code"] == "too-costly"
    assert "too many codes to produce (>1000)" in body["issue"][0]["details"]["text"]
    status, body = fhir.expand(big, made, url=made["url"], count=50, offset=50)
    assert status == 200
    assert len(body["expansion"]["contains"]) == 50
    assert body["expansion"]["total"] == 1500


def test_text_filter(fhir: Client) -> None:
    assert _with(fhir, ALL, filter="nothing of that") == []
    assert _with(fhir, ALL, filter="code2a") == ["code2a", "code2aI", "code2aII"]
    assert _with(fhir, ALL, filter="mine") == ["code1"], "a designation answers as well"
    _status, body = fhir.expand(SYSTEM, ALL, url=ALL["url"], filter="display")
    assert _parameters(body)["filter"] == "display"


def test_designations_definitions_and_properties(fhir: Client) -> None:
    _status, body = fhir.expand(
        SYSTEM, ALL, url=ALL["url"], includeDesignations=True, includeDefinition=True,
        property=["definition", "prop"],
    )  # fmt: skip
    first = body["expansion"]["contains"][0]
    assert first["designation"] == [
        {"use": {"system": f"{BASE}/uses", "code": "olde"}, "value": "mine own"}
    ]
    assert first["property"] == [
        {"code": "definition", "valueString": "First"},
        {"code": "prop", "valueCode": "old"},
    ]
    assert body["compose"] == ALL["compose"]
    declared = {p["code"]: p.get("uri", "") for p in body["expansion"]["property"]}
    assert declared["definition"].endswith("#definition")
    assert declared["prop"] == f"{BASE}/props#prop"


GERMAN = code_system(
    "de-multi",
    [
        {"code": "code1", "display": "Anzeige 1", "designation": [
            {"language": "en", "value": "Display 1"}, {"language": "es", "value": "Mostrar 1"}]},
        {"code": "code2", "display": "Anzeige 2", "designation": [{"language": "de-CH", "value": "Anzeige CH"}]},
    ],
    language="de",
)  # fmt: skip
GERMAN_ALL = value_set("de", [{"system": GERMAN["url"]}])


@pytest.mark.parametrize(
    ("wanted", "displays"),
    [
        ("", ["Anzeige 1", "Anzeige 2"]),
        ("en", ["Display 1", "Anzeige 2"]),
        ("en, *; q=0", ["Display 1", None]),
        ("en, *; q=0.1", ["Display 1", "Anzeige 2"]),
        ("fr;q=0.5, es", ["Mostrar 1", "Anzeige 2"]),
        ("de-CH", ["Anzeige 1", "Anzeige CH"]),
        ("en-GB", ["Display 1", "Anzeige 2"]),
    ],
)
def test_languages(fhir: Client, wanted: str, displays: list[str | None]) -> None:
    for way in (
        {"displayLanguage": wanted} if wanted else {},
        {"header": wanted} if wanted else {},
    ):
        _status, body = fhir.expand(GERMAN, GERMAN_ALL, url=GERMAN_ALL["url"], **way)
        shown = [entry.get("display") for entry in body["expansion"]["contains"]]
        assert shown == displays
        assert _parameters(body).get("displayLanguage", "") == wanted


def test_the_order_in_which_languages_count(fhir: Client) -> None:
    extension = {
        "url": "http://hl7.org/fhir/tools/StructureDefinition/valueset-expansion-parameter",
        "extension": [
            {"url": "name", "valueCode": "displayLanguage"},
            {"url": "value", "valueCode": "es"},
        ],
    }
    own = value_set(
        "own", [{"system": GERMAN["url"]}], language="en", compose={"extension": [extension]}
    )
    spoken = value_set("spoken", [{"system": GERMAN["url"]}], language="en")

    def first(made: dict[str, Any], **more: Any) -> str:
        _status, body = fhir.expand(GERMAN, made, url=made["url"], **more)
        return str(body["expansion"]["contains"][0]["display"])

    assert first(own, displayLanguage="de", header="en") == "Anzeige 1"
    assert first(own, header="en") == "Mostrar 1"
    assert first(spoken, header="es") == "Mostrar 1"
    assert first(spoken) == "Display 1"


def test_chosen_designations(fhir: Client) -> None:
    _status, body = fhir.expand(
        GERMAN, GERMAN_ALL, url=GERMAN_ALL["url"], includeDesignations=True, displayLanguage="en",
        designation=["urn:ietf:bcp:47|es", "urn:ietf:bcp:47|de"],
    )  # fmt: skip
    found = body["expansion"]["contains"][0]["designation"]
    assert {(d["language"], d["value"]) for d in found} == {
        ("de", "Anzeige 1"),
        ("es", "Mostrar 1"),
    }


def test_a_language_that_is_none(fhir: Client) -> None:
    status, body = fhir.expand(GERMAN, GERMAN_ALL, url=GERMAN_ALL["url"], displayLanguage="-")
    assert status == 400
    assert body["issue"][0]["details"]["text"] == "Invalid displayLanguage: '-'"


def test_supplements_are_applied_when_asked_for_and_missed_when_missing(fhir: Client) -> None:
    supplement = {
        "resourceType": "CodeSystem", "content": "supplement", "url": f"{BASE}/CodeSystem/sup",
        "version": "0.1.1", "supplements": SIMPLE,
        "concept": [{"code": "code1", "designation": [{"language": "nl", "value": "Weergave 1"}]}],
    }  # fmt: skip
    url = supplement["url"]
    assert _display(fhir, supplement, displayLanguage="nl") == "Display code1"
    assert _display(fhir, supplement, displayLanguage="nl", useSupplement=url) == "Weergave 1"
    _status, body = fhir.expand(SYSTEM, ALL, supplement, url=ALL["url"], useSupplement=url)
    assert _parameters(body)["used-supplement"] == f"{url}|0.1.1"
    status, body = fhir.expand(SYSTEM, ALL, supplement, url=ALL["url"], useSupplement=f"{url}X")
    assert status == 422
    assert body["issue"][0]["details"]["text"] == f"Required supplement not found: {url}X"


def _display(fhir: Client, supplement: dict[str, Any], **more: Any) -> str:
    _status, body = fhir.expand(SYSTEM, ALL, supplement, url=ALL["url"], **more)
    return str(body["expansion"]["contains"][0]["display"])


@pytest.mark.parametrize(
    ("system", "made", "word"),
    [
        ({"status": "draft"}, {}, "draft"),
        ({"experimental": True}, {}, "experimental"),
        ({"experimental": True}, {"experimental": True}, ""),
        ({"status": "draft"}, {"status": "draft"}, ""),
        (
            {
                "extension": [
                    {
                        "url": "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status",
                        "valueCode": "deprecated",
                    }
                ]
            },
            {},
            "deprecated",
        ),
        (
            {},
            {
                "extension": [
                    {
                        "url": "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status",
                        "valueCode": "withdrawn",
                    }
                ]
            },
            "withdrawn",
        ),
    ],
)
def test_warnings_about_status(
    fhir: Client, system: dict[str, Any], made: dict[str, Any], word: str
) -> None:
    source = code_system("st", [concept("a")], **system)
    whole = value_set("st", [{"system": source["url"]}], **made)
    _status, body = fhir.expand(source, whole, url=whole["url"])
    warnings = {name: v for name, v in _parameters(body).items() if name.startswith("warning-")}
    owner = f"{whole['url']}|5.0.0" if word == "withdrawn" else f"{source['url']}|0.1.0"
    assert warnings == ({f"warning-{word}": owner} if word else {})


def test_renamed_and_undeclared_properties(fhir: Client) -> None:
    uri = "http://hl7.org/fhir/concept-properties#notSelectable"
    for name, declared in (
        ("hidden", [{"code": "hidden", "uri": uri, "type": "boolean"}]),
        ("notSelectable", []),
    ):
        source = code_system(
            "ns", [concept("a", property=[prop(name, True)]), concept("b")], property=declared
        )
        whole = value_set("ns", [{"system": source["url"]}])
        _status, body = fhir.expand(source, whole, url=whole["url"])
        assert [e.get("abstract", False) for e in body["expansion"]["contains"]] == [True, False]


def test_circles_are_told(fhir: Client) -> None:
    one = value_set("one", [{"valueSet": [f"{BASE}/ValueSet/two"]}])
    two = value_set("two", [{"system": SIMPLE}], [{"valueSet": [one["url"]]}])
    status, body = fhir.expand(SYSTEM, one, two, url=one["url"])
    assert status == 422
    issue = body["issue"][0]
    assert issue["code"] == "processing"
    assert issue["details"]["text"].startswith(
        f"Found a circularity pointing to {one['url']}|5.0.0"
    )


@pytest.mark.parametrize(
    ("include", "code", "text"),
    [
        (
            {"system": f"{SIMPLE}X"},
            "not-found",
            "could not be found, so the value set cannot be expanded",
        ),
        ({"valueSet": [f"{BASE}/ValueSet/nope"]}, "not-found", "A definition for the value Set"),
        (
            {"system": SIMPLE, "filter": [{"property": "concept", "op": "is-a"}]},
            "invalid",
            "has no value",
        ),
        (
            {"system": SIMPLE, "filter": [{"property": "x", "op": "=", "value": "1"}]},
            "not-supported",
            "was not understood",
        ),
        (
            {"system": SIMPLE, "filter": [{"property": "concept", "op": "like", "value": "1"}]},
            "not-supported",
            "not known",
        ),
        (
            {"system": SIMPLE, "filter": [{"property": "code", "op": "regex", "value": "(a)\\1"}]},
            "invalid",
            "refused",
        ),
        ({"concept": [{"code": "code1"}]}, "invalid", "without a system"),
    ],
)
def test_value_sets_that_mean_nothing(
    fhir: Client, include: dict[str, Any], code: str, text: str
) -> None:
    made = value_set("bad", [include])
    status, body = fhir.expand(SYSTEM, made, url=made["url"])
    assert status == 422
    assert body["issue"][0]["code"] == code
    assert text in body["issue"][0]["details"]["text"]


def test_requests_that_name_nothing(fhir: Client) -> None:
    status, body = fhir.expand(SYSTEM)
    assert status == 400
    assert "Name the value set" in body["issue"][0]["details"]["text"]
    status, _body = fhir.expand(SYSTEM, ALL, url=ALL["url"], count=-1)
    assert status == 400


def test_inline_and_already_expanded_value_sets(fhir: Client) -> None:
    assert fhir.codes(SYSTEM, valueSet=value_set("i", [is_a("code2a")])) == [
        "code2a",
        "code2aI",
        "code2aII",
    ]
    done = {
        **ALL,
        "url": f"{BASE}/ValueSet/done",
        "expansion": {"contains": [{"system": SIMPLE, "code": "code3"}]},
    }
    del done["compose"]
    assert fhir.codes(SYSTEM, done, url=done["url"]) == ["code3"]


def test_r4_has_its_properties_as_extensions(fhir: Client) -> None:
    answer = fhir.post("ValueSet/$expand", SYSTEM, ALL, url=ALL["url"], release="r4")
    expansion = answer.json["expansion"]
    assert "property" not in expansion
    assert expansion["extension"][0]["url"].endswith("ValueSet.expansion.property")
    second = expansion["contains"][1]
    assert second["extension"][0]["extension"][1] == {"url": "value", "valueCode": "retired"}
    assert "fhirVersion=4.0" in answer.headers["Content-Type"]


def test_installed_packs_and_the_forms_value_sets(fhir: Client) -> None:
    _status, body = fhir.expand(url="http://www.whocc.no/atc?fhir_vs=isa/A16AB", excludeNested=True)
    assert body["expansion"]["contains"][0]["code"] == "A16AB"
    _status, body = fhir.expand(
        url="urn:portal:value-set:tumour-morphology", filter="blastom", count=3
    )
    assert len(body["expansion"]["contains"]) == 3
    status, body = fhir.expand(url="http://varnomen.hgvs.org?fhir_vs")
    assert status == 422
    assert "is a grammar" in body["issue"][0]["details"]["text"]
    assert fhir.expand(url="http://nowhere.org?fhir_vs")[0] == 422
