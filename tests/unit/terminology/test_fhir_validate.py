"""$validate-code by HTTP: what is right, what is wrong, where, and in which words."""

from typing import Any

import pytest

from portal.terminology.fhir.resource_system import STANDARDS_STATUS

from .fhir_cases import (
    ALL,
    BASE,
    SIMPLE,
    SYSTEM,
    Client,
    code_system,
    concept,
    is_a,
    line,
    prop,
    value_set,
)

NOT_IN = f"was not found in the value set '{ALL['url']}|5.0.0'"
Json = dict[str, Any]


def _validate(fhir: Client, **values: Any) -> Json:
    return fhir.validate(SYSTEM, ALL, url=ALL["url"], **values)


def _coding(code: str, **more: Any) -> Json:
    return {"system": SIMPLE, "code": code, **more}


@pytest.mark.parametrize(
    "subject",
    [
        {"code": "code1", "system": SIMPLE},
        {"code": "code1", "system": SIMPLE, "display": "Display code1"},
        {"code": "code1", "system": SIMPLE, "display": "display CODE1"},
        {"code": "code1", "inferSystem": True},
        {"coding": _coding("code1")},
        {"codeableConcept": {"coding": [_coding("code1")], "text": "words"}},
    ],
)
def test_good_codes(fhir: Client, subject: Json) -> None:
    found = _validate(fhir, **subject)
    assert found["result"] is True
    assert (found["code"], found["system"], found["version"]) == ("code1", SIMPLE, "0.1.0")
    assert found["display"] == "Display code1"
    assert "issues" not in found
    assert "message" not in found
    assert ("codeableConcept" in found) == ("codeableConcept" in subject)


@pytest.mark.parametrize(
    ("subject", "place"),
    [
        ({"code": "code1x", "system": SIMPLE}, "code"),
        ({"coding": _coding("code1x")}, "Coding.code"),
    ],
)
def test_an_unknown_code(fhir: Client, subject: Json, place: str) -> None:
    found = _validate(fhir, **subject)
    assert found["result"] is False
    outside = f"The provided code '{SIMPLE}#code1x' {NOT_IN}"
    unknown = f"Unknown code 'code1x' in the CodeSystem '{SIMPLE}' version '0.1.0'"
    assert found["issues"] == [
        f"error/code-invalid/not-in-vs@{place}: {outside}",
        f"error/code-invalid/invalid-code@{place}: {unknown}",
    ]
    assert found["message"] == f"{outside}; {unknown}"
    assert (found["code"], found["version"]) == ("code1x", "0.1.0")


def test_a_codeable_concept_without_a_good_coding(fhir: Client) -> None:
    found = _validate(fhir, codeableConcept={"coding": [_coding("code1x")]})
    none = f"No valid coding was found for the value set '{ALL['url']}|5.0.0'"
    unknown = f"Unknown code 'code1x' in the CodeSystem '{SIMPLE}' version '0.1.0'"
    place = "CodeableConcept.coding[0].code"
    assert found["issues"] == [
        f"error/code-invalid/not-in-vs@: {none}",
        f"error/code-invalid/invalid-code@{place}: {unknown}",
        f"information/code-invalid/this-code-not-in-vs@{place}: The provided code '{SIMPLE}#code1x' {NOT_IN}",
    ]
    assert found["message"] == f"{none}; {unknown}"
    assert "code" not in found


def test_text_alone_is_no_coding(fhir: Client) -> None:
    found = _validate(fhir, codeableConcept={"text": "Display 1"})
    assert found["result"] is False
    assert found["issues"] == [
        f"error/code-invalid/not-in-vs@: No valid coding was found for the value set '{ALL['url']}|5.0.0'"
    ]


def test_one_good_coding_beside_a_bad_one(fhir: Client) -> None:
    codings = [_coding("code1"), _coding("code9")]
    found = _validate(fhir, codeableConcept={"coding": codings})
    assert found["result"] is False, "an unknown code is an error wherever it stands"
    assert (found["code"], found["display"]) == ("code1", "Display code1")
    other = [_coding("code1"), {"system": f"{BASE}/CodeSystem/other", "code": "x"}]
    listed = code_system("other", [concept("x")])
    found = fhir.validate(SYSTEM, ALL, listed, url=ALL["url"], codeableConcept={"coding": other})
    assert found["result"] is True
    assert [issue.split("@")[0] for issue in found["issues"]] == [
        "information/code-invalid/this-code-not-in-vs"
    ]


def test_membership_alone(fhir: Client) -> None:
    codings = [_coding("code9", display="x"), _coding("code9")]
    found = _validate(fhir, codeableConcept={"coding": codings}, valueset_membership_only=True)
    assert {issue.split("@")[0] for issue in found["issues"]} == {
        "error/code-invalid/not-in-vs", "information/code-invalid/this-code-not-in-vs",
    }  # fmt: skip
    found = _validate(fhir, coding=_coding("code1", display="Wrong"), valueset_membership_only=True)
    assert found["result"] is True


@pytest.mark.parametrize("lenient", [True, False])
def test_a_wrong_display(fhir: Client, *, lenient: bool) -> None:
    found = _validate(
        fhir, coding=_coding("code3", display="Nope"), lenient_display_validation=lenient
    )
    text = (
        f"Wrong Display Name 'Nope' for {SIMPLE}#code3. Valid display is 'Display code3' (en) "
        "(for the language(s) '--')"
    )
    severity = "warning" if lenient else "error"
    assert found["issues"] == [f"{severity}/invalid/invalid-display@Coding.display: {text}"]
    assert found["message"] == text
    assert found["result"] is lenient
    assert found["display"] == "Display code3"


def test_wrong_white_space_and_several_choices(fhir: Client) -> None:
    found = _validate(fhir, coding=_coding("code3", display="Display  code3"))
    assert found["issues"][0].partition(": ")[2].startswith("Wrong whitespace in Display Name")
    system = code_system(
        "several",
        [
            concept(
                "a",
                designation=[
                    {"value": "Alpha", "language": "en"},
                    {"value": "alph", "use": {"system": f"{BASE}/uses", "code": "abbreviation"}},
                ],
            )
        ],
    )
    values = value_set("several", [{"system": system["url"]}])
    about = {"system": system["url"], "code": "a"}
    found = fhir.validate(system, values, url=values["url"], coding={**about, "display": "x"})
    proposed = "Valid display is one of 2 choices: 'Display a' (en) or 'Alpha' (en) "
    assert proposed in found["message"], "a name for another use is not proposed"
    found = fhir.validate(system, values, url=values["url"], coding={**about, "display": "alph"})
    assert found["result"] is True, "but it is accepted"


def test_a_withdrawn_display(fhir: Client) -> None:
    status = {"url": STANDARDS_STATUS, "valueCode": "withdrawn"}
    old = [{"value": "Hound", "language": "en", "extension": [status]}]
    system = code_system("animals", [concept("dog", designation=old)])
    values = value_set("animals", [{"system": system["url"]}])
    coding = {"system": system["url"], "code": "dog", "display": "Hound"}
    text = (
        "'Hound' is no longer considered a correct display for code 'dog' (status = withdrawn). "
        "The correct display is 'Display dog'"
    )
    for lenient, severity in ((True, "warning"), (False, "error")):
        found = fhir.validate(
            system, values, url=values["url"], coding=coding, lenient_display_validation=lenient
        )
        assert found["issues"] == [f"{severity}/invalid/display-comment@Coding.display: {text}"]
        assert found["result"] is lenient
    _, body = fhir.expand(system, values, url=values["url"], includeDesignations=True)
    (shown,) = body["expansion"]["contains"][0]["designation"]
    assert shown["extension"] == [status]


def test_a_deprecated_concept_may_be_used(fhir: Client) -> None:
    declared = [
        {"code": "status", "uri": "http://hl7.org/fhir/concept-properties#status", "type": "code"}
    ]
    system = code_system(
        "plants", [concept("fern", property=[prop("status", "deprecated")])], property=declared
    )
    values = value_set("plants", [{"system": system["url"]}])
    found = fhir.validate(
        system, values, url=values["url"], coding={"system": system["url"], "code": "fern"}
    )
    assert (found["result"], found["status"]) == (True, "deprecated")
    assert "inactive" not in found
    (issue,) = found["issues"]
    assert issue == (
        "warning/business-rule/code-comment@Coding: "
        "The concept 'fern' is deprecated and its use should be reviewed"
    )


NO_SYSTEM = "Coding has no system. A code with no system has no defined meaning"


def test_a_coding_that_lacks_something_is_not_valid(fhir: Client) -> None:
    found = _validate(fhir, coding={"system": SIMPLE})
    text = f"Coding has no code for system {SIMPLE} and cannot be validated"
    assert found == {
        "issues": [f"warning/invalid/invalid-data@Coding: {text}"], "message": text, "result": False,
    }  # fmt: skip
    found = _validate(fhir, coding={"display": "Display code1"})
    assert [issue.split(":")[0] for issue in found["issues"]] == [
        "warning/invalid/invalid-data@Coding"
    ]
    found = _validate(fhir, coding={"code": "code1"}, inferSystem=True)
    assert found["result"] is False, "only a single code is looked for without its system"


def test_incomplete_codings_of_a_concept(fhir: Client) -> None:
    found = _validate(fhir, codeableConcept={"coding": [{"code": "code1"}, _coding("code1")]})
    assert (found["result"], found["code"]) == (True, "code1")
    assert found["issues"][0].startswith(
        f"warning/invalid/invalid-data@CodeableConcept.coding[0]: {NO_SYSTEM}"
    )
    found = _validate(fhir, codeableConcept={"coding": [{"system": SIMPLE}]})
    assert [issue.split(":")[0] for issue in found["issues"]] == [
        "error/code-invalid/not-in-vs@",
        "warning/invalid/invalid-data@CodeableConcept.coding[0]",
    ]
    assert found["result"] is False


def test_a_system_validates_no_incomplete_coding(fhir: Client) -> None:
    for coding, text in (
        ({"code": "code1"}, NO_SYSTEM),
        ({"system": SIMPLE}, "Coding has no code"),
        ({"display": "x"}, "Coding has no system and no code"),
    ):
        for values in ({"coding": coding}, {"codeableConcept": {"coding": [coding]}}):
            found = fhir.validate(SYSTEM, kind="CodeSystem", url=SIMPLE, **values)
            assert found["result"] is False
            (issue,) = found["issues"]
            assert text in issue


def test_an_unknown_system_beside_a_valid_coding(fhir: Client) -> None:
    codings = [{"system": "http://example.org/none", "code": "a"}, _coding("code1")]
    found = _validate(fhir, codeableConcept={"coding": codings})
    assert found["result"] is True
    assert found["issues"][0] == (
        "warning/not-found/not-found@CodeableConcept.coding[0].system: A definition for CodeSystem "
        "'http://example.org/none' could not be found, so this coding was not checked"
    )
    assert not [name for name in found if name.startswith("x-")]
    found = _validate(fhir, codeableConcept={"coding": codings[:1]})
    assert found["result"] is False
    assert found["x-unknown-system"] == "http://example.org/none"


def test_what_is_said_of_a_code_outside_the_value_set(fhir: Client) -> None:
    below = value_set("below", [is_a("code2")])
    coding = _coding("code1", display="Display code1")
    found = fhir.validate(SYSTEM, below, url=below["url"], coding=coding)
    assert f"'{SIMPLE}#code1 ('Display code1')' was not found in the value set" in found["message"]
    assert len(found["issues"]) == 1
    coding = _coding("code1", display="Nonsense")
    found = fhir.validate(SYSTEM, below, url=below["url"], coding=coding)
    assert any("invalid-display@Coding.display" in issue for issue in found["issues"])
    nameless = {"resourceType": "ValueSet", "compose": below["compose"]}
    found = fhir.validate(SYSTEM, valueSet=nameless, coding=_coding("code1"))
    assert found["message"].endswith("was not found in the value set '(unidentified)'")


def _contained(*extra: Json) -> Json:
    listed = {"system": SIMPLE, "concept": [{"code": "code1"}, {"code": "code3"}]}
    inner = [
        {"resourceType": "ValueSet", "id": "vs1", "compose": {"include": [{"valueSet": ["#vs2"]}]}},
        {"resourceType": "ValueSet", "id": "vs2", "compose": {"include": [listed, *extra]}},
    ]
    return value_set("nested", [{"valueSet": ["#vs1"]}], contained=inner)


def test_contained_value_sets_that_refer_to_each_other(fhir: Client) -> None:
    nested = _contained()
    found = fhir.validate(SYSTEM, valueSet=nested, coding=_coding("code3"))
    assert found["result"] is True
    assert fhir.validate(SYSTEM, valueSet=nested, coding=_coding("code2"))["result"] is False
    status, body = fhir.expand(SYSTEM, valueSet=nested)
    assert status == 200
    assert [entry["code"] for entry in body["expansion"]["contains"]] == ["code1", "code3"]
    used = [p["name"] for p in body["expansion"]["parameter"]]
    assert used == ["used-codesystem"], "a contained value set has no address to name"
    status, body = fhir.expand(SYSTEM, valueSet=_contained({"valueSet": ["#vs1"]}))
    assert status == 422
    assert "#vs1" in body["issue"][0]["details"]["text"]


LANGUAGES = code_system(
    "en-multi",
    [
        {
            "code": "code1",
            "display": "Display 1",
            "designation": [{"language": "de", "value": "Anzeige 1"}],
        }
    ],
)
LANGUAGES_ALL = value_set("en-multi", [{"system": LANGUAGES["url"]}])


@pytest.mark.parametrize(
    ("display", "language", "good"),
    [
        ("Display 1", "", True),
        ("Anzeige 1", "", True),
        ("Anzeige 1", "de", True),
        ("Anzeige 1", "en", False),
        ("Display 1", "de", False),
        ("Anzeige 1", "en, de", True),
        ("Anzeige 1", "de-CH", True),
    ],
)
def test_displays_in_a_language(fhir: Client, display: str, language: str, *, good: bool) -> None:
    subject = {"system": LANGUAGES["url"], "code": "code1", "display": display}
    for way in ({"displayLanguage": language}, {"header": language}) if language else ({},):
        found = fhir.validate(
            LANGUAGES, LANGUAGES_ALL, url=LANGUAGES_ALL["url"], coding=subject, **way
        )  # type: ignore[arg-type]
        assert found["result"] is good
        if not good:
            assert f"(for the language(s) '{language}')" in found["message"]


def test_a_language_in_which_the_code_has_no_name(fhir: Client) -> None:
    subject = {"system": LANGUAGES["url"], "code": "code1", "display": "Display 1"}
    found = fhir.validate(
        LANGUAGES, LANGUAGES_ALL, url=LANGUAGES_ALL["url"], coding=subject, displayLanguage="fr"
    )
    assert found["result"] is True
    assert found["issues"][0].startswith(
        "information/invalid/invalid-display@Coding.display: There are no valid"
    )
    wrong = {**subject, "display": "Nom"}
    found = fhir.validate(
        LANGUAGES, LANGUAGES_ALL, url=LANGUAGES_ALL["url"], coding=wrong, displayLanguage="fr"
    )
    assert found["result"] is False
    assert "Default display is 'Display 1'" in found["message"]


def test_systems_that_are_not_there(fhir: Client) -> None:
    found = _validate(fhir, coding={"system": f"{SIMPLE}x", "code": "code1"})
    missing = f"A definition for CodeSystem '{SIMPLE}x' could not be found, so the code cannot be validated"
    assert f"error/not-found/not-found@Coding.system: {missing}" in found["issues"]
    assert found["x-unknown-system"] == f"{SIMPLE}x"
    assert found["system"] == f"{SIMPLE}x"
    assert "version" not in found


def test_a_system_that_the_value_set_needs_is_not_there(fhir: Client) -> None:
    url = f"{SIMPLE}X"
    made = value_set("gone", [{"system": url}])
    found = fhir.validate(made, url=made["url"], code="code1", system=url)
    assert found["issues"] == [
        f"error/not-found/not-found@system: A definition for CodeSystem '{url}' could not be found, so the code cannot be validated"
    ]
    assert found["x-caused-by-unknown-system"] == url


def test_systems_that_are_no_systems(fhir: Client) -> None:
    found = _validate(fhir, coding={"system": "Location1", "code": "code1"})
    assert any("must be an absolute reference" in issue for issue in found["issues"])
    found = _validate(fhir, coding={"system": ALL["url"], "code": "code1"})
    assert (
        f"error/invalid/invalid-data@Coding.system: The Coding references a value set, not a code system ('{ALL['url']}')"
        in found["issues"]
    )
    assert "x-unknown-system" not in found
    extra = code_system("extra", [concept("code1")], content="supplement", supplements=SIMPLE)
    coding = {"system": extra["url"], "code": "code1"}
    found = fhir.validate(SYSTEM, ALL, extra, url=ALL["url"], coding=coding)
    assert any(
        f"{extra['url']}|0.1.0 is a supplement, so can't be used" in issue
        for issue in found["issues"]
    )
    found = _validate(fhir, coding={"code": "code1"})
    assert (
        found["issues"][0]
        == f"error/code-invalid/not-in-vs@Coding.code: The provided code '#code1' {NOT_IN}"
    )
    assert found["issues"][1].startswith(
        "warning/invalid/invalid-data@Coding: Coding has no system."
    )
    assert "system" not in found


def test_inferring_a_system(fhir: Client) -> None:
    twin = code_system("twin", [concept("code1")])
    both = value_set("both", [{"system": SIMPLE}, {"system": twin["url"]}])
    found = fhir.validate(SYSTEM, twin, both, url=both["url"], code="code1", inferSystem=True)
    assert found["result"] is False
    several = f"value set expansion has multiple matches: [{SIMPLE}, {twin['url']}]"
    assert any(issue.endswith(several) for issue in found["issues"])
    found = _validate(fhir, code="code1x", inferSystem=True)
    assert any(
        "The System URI could not be determined for the code 'code1x'" in i for i in found["issues"]
    )


def test_value_sets_that_are_not_there(fhir: Client) -> None:
    answer = fhir.post(
        "ValueSet/$validate-code", SYSTEM, url=f"{ALL['url']}X", code="code1", system=SIMPLE
    )
    assert answer.status_code == 422
    assert line(answer.json["issue"][0]) == (
        f"error/not-found/not-found@: A definition for the value Set '{ALL['url']}X' could not be found"
    )
    broken = value_set("broken", [{"valueSet": [f"{ALL['url']}X"]}])
    found = fhir.validate(SYSTEM, broken, url=broken["url"], coding=_coding("code1"))
    assert found["result"] is False
    assert found["message"] == f"A definition for the value Set '{ALL['url']}X' could not be found"
    assert (found["system"], found["display"]) == (SIMPLE, "Display code1")


def test_retired_codes(fhir: Client) -> None:
    found = _validate(fhir, coding=_coding("code2"))
    assert found["result"] is True
    assert (found["inactive"], found["status"]) == (True, "retired")
    assert [issue.partition("@")[0] for issue in found["issues"]] == [
        "warning/business-rule/code-comment"
    ] * 2
    assert found["issues"][0].endswith("has a status of inactive and its use should be reviewed")
    active = value_set("active", [{"system": SIMPLE}], compose={"inactive": False})
    for made, more in ((active, {}), (ALL, {"activeOnly": True})):
        found = fhir.validate(SYSTEM, made, url=made["url"], coding=_coding("code2"), **more)
        assert found["result"] is False
        assert "The concept 'code2' is valid but is not active" in found["message"]
        assert any("not-in-vs@Coding.code" in issue for issue in found["issues"])


def test_groups_where_only_leaves_are_wanted(fhir: Client) -> None:
    assert _validate(fhir, coding=_coding("code2"), abstract=True)["result"] is True
    found = _validate(fhir, coding=_coding("code2"), abstract=False)
    assert found["result"] is False
    assert f"Code '{SIMPLE}#code2' is abstract, and not allowed in this context" in found["message"]


@pytest.mark.parametrize(
    ("sensitive", "code", "result", "normal"),
    [(True, "CODE1", False, None), (False, "CODE1", True, "code1"), (False, "code1", True, None)],
)
def test_case(
    fhir: Client, code: str, normal: str | None, *, sensitive: bool, result: bool
) -> None:
    source = code_system("case", [concept("code1")], caseSensitive=sensitive)
    whole = value_set("case", [{"system": source["url"]}])
    subject = {"system": source["url"], "code": code}
    found = fhir.validate(source, whole, url=whole["url"], coding=subject)
    assert found["result"] is result
    assert found.get("normalized-code") == normal
    if normal:
        assert found["code"] == code
        assert found["issues"][0].startswith(
            "information/business-rule/code-rule@Coding.code: The code 'CODE1' differs"
        )
        assert "message" not in found


def test_fragments_give_the_benefit_of_the_doubt(fhir: Client) -> None:
    source = code_system("fragment", [concept("code1")], content="fragment")
    whole = value_set("fragment", [{"system": source["url"]}])
    subject = {"system": source["url"], "code": "code1x"}
    found = fhir.validate(source, whole, url=whole["url"], coding=subject)
    assert found["result"] is True
    assert found["issues"][0].startswith(
        "warning/code-invalid/invalid-code@Coding.code: Unknown Code 'code1x'"
    )
    assert "may be valid in some other fragment" in found["issues"][0]


def test_codes_that_the_value_set_marks_as_deprecated(fhir: Client) -> None:
    mark = {
        "url": "http://hl7.org/fhir/StructureDefinition/valueset-deprecated",
        "valueBoolean": True,
    }
    made = value_set(
        "dep", [{"system": SIMPLE, "concept": [{"code": "code1", "extension": [mark]}]}]
    )
    found = fhir.validate(SYSTEM, made, url=made["url"], coding=_coding("code1"))
    assert found["result"] is True
    assert (
        "is marked with a status of deprecated and its use should be reviewed" in found["issues"][0]
    )
    _status, body = fhir.expand(SYSTEM, made, url=made["url"])
    assert body["expansion"]["contains"][0]["extension"] == [mark]


def test_status_of_the_code_system_is_noted(fhir: Client) -> None:
    source = code_system("draft", [concept("code1")], status="draft")
    whole = value_set("draft", [{"system": source["url"]}])
    found = fhir.validate(
        source, whole, url=whole["url"], coding={"system": source["url"], "code": "code1"}
    )
    assert found["issues"] == [
        f"information/business-rule/status-check@: Reference to draft CodeSystem {source['url']}|0.1.0"
    ]
    assert "message" not in found


def test_filters_imports_and_excludes_decide(fhir: Client) -> None:
    below = value_set("below", [is_a("code2a")])
    made = value_set("most", [{"system": SIMPLE}], [{"valueSet": [below["url"]]}])
    for code, inside in (("code2aI", False), ("code2b", True), ("code1", True)):
        found = fhir.validate(SYSTEM, below, made, url=made["url"], coding=_coding(code))
        assert found["result"] is inside
    dual = value_set(
        "dual",
        [
            {
                "system": SIMPLE,
                "filter": [
                    {"property": "concept", "op": "is-a", "value": "code2"},
                    {"property": "prop", "op": "=", "value": "old"},
                ],
            }
        ],
    )
    for code, inside in (("code2b", True), ("code2a", False), ("code1", False)):
        found = fhir.validate(SYSTEM, dual, url=dual["url"], coding=_coding(code))
        assert found["result"] is inside


def test_code_system_validation(fhir: Client) -> None:
    def check(**values: Any) -> Json:
        return fhir.validate(SYSTEM, kind="CodeSystem", url=SIMPLE, **values)

    assert check(code="code1")["result"] is True
    found = check(code="code1x")
    assert found["issues"] == [
        f"error/code-invalid/invalid-code@code: Unknown code 'code1x' in the CodeSystem '{SIMPLE}' version '0.1.0'"
    ]
    assert check(coding=_coding("code1", display="x"))["result"] is False
    assert (
        check(coding=_coding("code1", version="9"))["x-caused-by-unknown-system"] == f"{SIMPLE}|9"
    )
    assert check(code="code2")["inactive"] is True
    found = fhir.validate(kind="CodeSystem", url=f"{SIMPLE}X", code="a")
    assert found["result"] is False


@pytest.mark.parametrize(
    ("path", "values", "text"),
    [
        ("CodeSystem/$validate-code", {"url": SIMPLE}, "Unable to find code to validate"),
        ("CodeSystem/$validate-code", {"code": "a"}, "Name the code system"),
        ("ValueSet/$validate-code", {"code": "a"}, "Name the value set"),
        ("ValueSet/$validate-code", {"url": ALL["url"], "code": "code1"}, "needs its 'system'"),
        ("ValueSet/$validate-code", {"url": ALL["url"], "system": SIMPLE}, "Unable to find code"),
        ("ValueSet/$validate-code", {"url": ALL["url"]}, "Unable to find code to validate"),
        ("CodeSystem/$lookup", {"system": SIMPLE}, "Name the code"),
        ("CodeSystem/$subsumes", {"codeA": "code1", "codeB": "code2"}, "Name the code system"),
        ("CodeSystem/$subsumes", {"system": SIMPLE, "codeA": "code1"}, "Name both codes"),
        ("ConceptMap/$translate", {"sourceCode": "1"}, "Name the concept"),
    ],
)
def test_requests_that_lack_something(fhir: Client, path: str, values: Json, text: str) -> None:
    answer = fhir.post(path, SYSTEM, ALL, **values)
    assert answer.status_code == 400
    assert answer.json["resourceType"] == "OperationOutcome"
    assert answer.json["issue"][0]["code"] == "invalid"
    assert text in answer.json["issue"][0]["details"]["text"]


def test_batches(fhir: Client) -> None:
    entries = [
        {
            "resourceType": "Parameters",
            "parameter": [{"name": "coding", "valueCoding": _coding(code)}],
        }
        for code in ("code1", "code9")
    ]
    answer = fhir.post(
        "ValueSet/$batch-validate-code", SYSTEM, ALL, url=ALL["url"], validation=entries
    )
    results = [
        next(p["valueBoolean"] for p in entry["resource"]["parameter"] if p["name"] == "result")
        for entry in answer.json["parameter"]
    ]
    assert results == [True, False]


def test_installed_packs(fhir: Client) -> None:
    hpo = "http://human-phenotype-ontology.org"
    found = fhir.validate(
        url="urn:portal:value-set:phenotypes", coding={"system": hpo, "code": "HP:0001250"}
    )
    assert (found["result"], found["display"]) == (True, "Seizure")
    assert found["version"] == "2025-01-16-sample"
    found = fhir.validate(
        url="urn:portal:value-set:phenotypes", coding={"system": hpo, "code": "HP:0000118"}
    )
    assert found["result"] is False
    ucum = {"url": "http://unitsofmeasure.org", "kind": "CodeSystem"}
    assert fhir.validate(**ucum, code="mg/dL")["display"] == "milligram per deciliter"
    assert fhir.validate(**ucum, code="mg/dl2x")["result"] is False
    tag = fhir.validate(kind="CodeSystem", url="urn:ietf:bcp:47", code="de-at")
    assert tag["normalized-code"] == "de-AT"


def test_property_filters_on_undeclared_properties_are_refused(fhir: Client) -> None:
    source = code_system("undeclared", [concept("a", property=[prop("secret", "x")])])
    made = value_set(
        "u",
        [{"system": source["url"], "filter": [{"property": "secret", "op": "=", "value": "x"}]}],
    )
    answer = fhir.post(
        "ValueSet/$validate-code",
        source,
        made,
        url=made["url"],
        coding={"system": source["url"], "code": "a"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("content", ["not-present", "example"])
def test_a_system_without_its_codes_is_as_good_as_unknown(fhir: Client, content: str) -> None:
    empty = code_system("empty", [concept("a")], content=content)
    values = value_set("empty", [{"system": empty["url"]}])
    coding = {"system": empty["url"], "code": "a"}
    found = fhir.validate(empty, values, url=values["url"], coding=coding)
    assert found["result"] is False
    assert "could not be found" in found["message"]
    found = fhir.validate(empty, kind="CodeSystem", url=empty["url"], coding=coding)
    assert found["result"] is False
    status, body = fhir.expand(empty, values, url=values["url"])
    assert status == 422
    assert "could not be found" in body["issue"][0]["details"]["text"]


@pytest.mark.parametrize(
    "change",
    [
        {"modifierExtension": [{"url": "http://example.org/not", "valueBoolean": True}]},
        {"implicitRules": "http://example.org/rules"},
    ],
)
def test_what_changes_the_meaning_is_not_overlooked(fhir: Client, change: Json) -> None:
    made = value_set("changed", [{"system": SIMPLE}], **change)
    status, body = fhir.expand(SYSTEM, made, url=made["url"])
    assert status == 422
    assert "may change the meaning" in body["issue"][0]["details"]["text"]
    include = {"system": SIMPLE, **change}
    made = value_set("changed", [include])
    assert fhir.expand(SYSTEM, made, url=made["url"])[0] == 422
