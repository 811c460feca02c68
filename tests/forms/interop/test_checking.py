"""What makes a response valid or not, one rule after another: accepted and refused together."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.forms.interop.checking import check_response
from portal.forms.interop.findings import Finding

Json = dict[str, Any]
EXT = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
UCUM = "http://unitsofmeasure.org"


def form(*items: Json, **more: Any) -> Json:
    return {"resourceType": "Questionnaire", "status": "active", "item": list(items), **more}


def reply(*items: Json, status: str = "completed", **more: Any) -> Json:
    found = {"resourceType": "QuestionnaireResponse", "status": status, **more}
    return {**found, "item": list(items)} if items else found


def answered(link_id: str, *values: Json) -> Json:
    return {"linkId": link_id, "answer": list(values)}


def errors(questionnaire: Json, response: Json, **more: Any) -> list[Finding]:
    found = check_response(questionnaire, response, **more).found
    return [one for one in found if one.severity == "error"]


def ext(name: str, **value: Any) -> Json:
    return {"url": name if name.startswith("http") else EXT + name, **value}


def coding(system: str, code: str, display: str = "") -> Json:
    value = {"system": system, "code": code, "display": display}
    return {key: text for key, text in value.items() if text}


def item(kind: str, *extensions: Json, link_id: str = "q", **more: Any) -> Json:
    return {
        "linkId": link_id,
        "type": kind,
        **({"extension": list(extensions)} if extensions else {}),
        **more,
    }


SINGLE: list[tuple[str, Json, Json, Json]] = [
    ("boolean", item("boolean"), {"valueBoolean": False}, {"valueString": "false"}),
    ("decimal", item("decimal"), {"valueDecimal": 1.5}, {"valueInteger": 1}),
    ("integer range", item("integer", ext("minValue", valueInteger=2)), {"valueInteger": 2}, {"valueInteger": 1}),
    ("decimal range", item("decimal", ext("maxValue", valueDecimal=2.5)), {"valueDecimal": 2.5}, {"valueDecimal": 2.6}),
    ("date", item("date"), {"valueDate": "2024-02"}, {"valueDate": "2023-02-29"}),
    ("date range", item("date", ext("maxValue", valueDate="2024-05-17")), {"valueDate": "2024-05-17"}, {"valueDate": "2024-06"}),
    ("moment", item("dateTime"), {"valueDateTime": "2024-05-17T14:30:00+02:00"}, {"valueDateTime": "2024-05-17T14:30"}),
    ("time range", item("time", ext("minValue", valueTime="08:00:00")), {"valueTime": "08:00:00"}, {"valueTime": "07:59:59"}),
    ("length", item("string", maxLength=3), {"valueString": "abc"}, {"valueString": "abcd"}),
    ("long text too", item("text", maxLength=3), {"valueString": "a\nb"}, {"valueString": "a\nbc"}),
    ("minimal length", item("string", ext("minLength", valueInteger=2)), {"valueString": "ab"}, {"valueString": "a"}),
    ("pattern", item("string", ext("regex", valueString="[A-Z]{2}[0-9]+?")), {"valueString": "DE12"}, {"valueString": "xDE12"}),
    ("empty text", item("string"), {"valueString": " "}, {"valueString": ""}),
    ("address", item("url"), {"valueUri": "https://example.org/a"}, {"valueUri": "https://example.org/ a"}),
    ("media type", item("attachment", ext("mimeType", valueCode="image/*")), {"valueAttachment": {"contentType": "image/png", "url": "https://example.org/x"}}, {"valueAttachment": {"contentType": "text/plain"}}),
    ("attachment size", item("attachment", ext("maxSize", valueDecimal=3)), {"valueAttachment": {"contentType": "text/plain", "data": "YWJj"}}, {"valueAttachment": {"contentType": "text/plain", "data": "YWJjZA=="}}),
    ("attachment without type", item("attachment"), {"valueAttachment": {"title": "x"}}, {"valueAttachment": {"data": "YWJj"}}),
    ("reference", item("reference", ext("questionnaire-referenceResource", valueCode="Patient")), {"valueReference": {"reference": "https://example.org/fhir/Patient/1/_history/2"}}, {"valueReference": {"reference": "Device/1"}}),
    ("reference by type", item("reference", ext("questionnaire-referenceResource", valueCode="Patient")), {"valueReference": {"type": "Patient", "identifier": {"value": "7"}}}, {"valueReference": {"type": "Group", "display": "x"}}),
    ("decimal places", item("decimal", ext("maxDecimalPlaces", valueInteger=1)), {"valueDecimal": 1.5}, {"valueDecimal": 1.55}),
    ("units", item("quantity", ext("questionnaire-unitOption", valueCoding=coding(UCUM, "kg"))), {"valueQuantity": {"value": 3, "system": UCUM, "code": "kg"}}, {"valueQuantity": {"value": 3, "system": UCUM, "code": "g"}}),
    ("quantity range", item("quantity", ext(f"{SDC}minQuantity", valueQuantity={"value": 1, "system": UCUM, "code": "kg"})), {"valueQuantity": {"value": 1000, "system": UCUM, "code": "g"}}, {"valueQuantity": {"value": 999, "system": UCUM, "code": "g"}}),
    ("unit of another kind", item("quantity", ext(f"{SDC}maxQuantity", valueQuantity={"value": 1, "system": UCUM, "code": "kg"})), {"valueQuantity": {"value": 1, "system": UCUM, "code": "kg"}}, {"valueQuantity": {"value": 1, "system": UCUM, "code": "cm"}}),
    ("option", item("choice", answerOption=[{"valueCoding": coding("urn:x", "a", "A")}]), {"valueCoding": coding("urn:x", "a", "other words")}, {"valueCoding": coding("urn:y", "a")}),
    ("option of text", item("choice", answerOption=[{"valueString": "red"}]), {"valueString": "red"}, {"valueString": "blue"}),
    ("option of numbers", item("choice", answerOption=[{"valueInteger": 3}]), {"valueInteger": 3}, {"valueInteger": 4}),
    ("closed choice", item("open-choice", answerOption=[{"valueCoding": coding("urn:x", "a")}]), {"valueString": "my own words"}, {"valueCoding": coding("urn:x", "b")}),
    ("choice of another type", item("choice"), {"valueCoding": coding("urn:x", "a")}, {"valueQuantity": {"value": 1}}),
    ("standard set", item("choice", answerValueSet="http://hl7.org/fhir/ValueSet/administrative-gender"), {"valueCoding": coding("http://hl7.org/fhir/administrative-gender", "female", "female")}, {"valueCoding": coding("http://hl7.org/fhir/administrative-gender", "w")}),
    ("countries", item("choice", answerValueSet="http://hl7.org/fhir/ValueSet/iso3166-1-2"), {"valueCoding": coding("urn:iso:std:iso:3166", "DE")}, {"valueCoding": coding("urn:iso:std:iso:3166", "XX")}),
    ("name given by the set", item("choice", answerValueSet="http://hl7.org/fhir/ValueSet/yesnodontknow"), {"valueCoding": coding("http://terminology.hl7.org/CodeSystem/data-absent-reason", "asked-unknown", "Don't know")}, {"valueCoding": coding("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown")}),
    ("unknown code of a known system", item("choice"), {"valueCoding": coding("http://hl7.org/fhir/item-type", "group")}, {"valueCoding": coding("http://hl7.org/fhir/item-type", "grp")}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked", "good", "bad"), SINGLE, ids=[s[0] for s in SINGLE])
def test_an_answer_is_accepted_or_refused(name: str, asked: Json, good: Json, bad: Json) -> None:
    del name
    assert errors(form(asked), reply(answered("q", good))) == []
    found = errors(form(asked), reply(answered("q", bad)))
    assert found
    assert found[0].link_id == "q"


def test_required_answers_are_missing_only_once_the_response_is_completed() -> None:
    asked = form(item("string", required=True))
    assert [one.code for one in errors(asked, reply())] == ["required"]
    assert [one.code for one in errors(asked, reply({"linkId": "q"}))] == ["required"]
    draft = check_response(asked, reply(status="in-progress"))
    assert draft.valid
    assert [(one.severity, one.code) for one in draft.found] == [("warning", "required")]
    assert errors(asked, reply(status="amended"))


def test_a_required_item_inside_an_absent_group_is_not_missed() -> None:
    group = item("group", link_id="g", item=[item("string", required=True)])
    assert errors(form(group), reply()) == []
    assert errors(form(group), reply({"linkId": "g", "item": [{"linkId": "q"}]}))
    assert errors(form({**group, "required": True}), reply())


def test_places_and_order() -> None:
    asked = form(
        item("string", link_id="a"), item("group", link_id="g", item=[item("string", link_id="b")])
    )
    a, b = answered("a", {"valueString": "1"}), answered("b", {"valueString": "2"})
    assert errors(asked, reply(a, {"linkId": "g", "item": [b]})) == []
    assert "order" in errors(asked, reply({"linkId": "g", "item": [b]}, a))[0].message
    assert "wrong place" in errors(asked, reply(a, b))[0].message
    unknown = errors(asked, reply(answered("aa", {"valueString": "1"})))[0]
    assert unknown.code == "not-found"
    assert "'a'" in unknown.message or "'b'" in unknown.message
    assert errors(asked, reply(answered("g", {"valueString": "1"})))


def test_items_below_a_question_stand_below_its_answer() -> None:
    asked = form(item("boolean", item=[item("string", link_id="why")]))
    why = answered("why", {"valueString": "because"})
    assert errors(asked, reply(answered("q", {"valueBoolean": True, "item": [why]}))) == []
    assert errors(asked, reply({"linkId": "q", "item": [why]}))
    both = {"linkId": "q", "answer": [{"valueBoolean": True}], "item": [why]}
    assert {one.code for one in errors(asked, reply(both))} >= {"invariant", "structure"}


def test_how_often_an_item_may_stand() -> None:
    one, two = {"valueString": "a"}, {"valueString": "b"}
    assert errors(form(item("string")), reply(answered("q", one, two)))
    assert errors(form(item("string", repeats=True)), reply(answered("q", one, two))) == []
    limited = form(item("string", ext("questionnaire-maxOccurs", valueInteger=2), repeats=True))
    assert errors(limited, reply(answered("q", one, two))) == []
    assert errors(limited, reply(answered("q", one, two, {"valueString": "c"})))
    least = form(item("string", ext("questionnaire-minOccurs", valueInteger=2), repeats=True))
    assert errors(least, reply(answered("q", one)))
    assert check_response(least, reply(answered("q", one), status="in-progress")).valid
    group = item("group", item=[item("string", link_id="s")])
    row = {"linkId": "q", "item": [answered("s", one)]}
    assert errors(form(group), reply(row, row))
    assert errors(form({**group, "repeats": True}), reply(row, row)) == []


def test_rules_of_the_form_and_of_its_items() -> None:
    def rule(written: str, severity: str = "error", *, old: bool = False) -> Json:
        expression = (
            {"valueString": written}
            if old
            else {"valueExpression": {"language": "text/fhirpath", "expression": written}}
        )
        parts = [
            {"url": "key", "valueId": "r-1"},
            {"url": "severity", "valueCode": severity},
            {"url": "expression", **expression},
            {"url": "human", "valueString": "that cannot be"},
        ]
        url = f"{EXT}questionnaire-constraint" if old else f"{SDC}targetConstraint"
        return {"url": url, "extension": parts}

    given = reply(answered("q", {"valueInteger": 5}))
    own = item("integer", rule("answer.value < 5", old=True))
    assert [(e.link_id, e.code, e.message) for e in errors(form(own), given)] == [
        ("q", "invariant", "that cannot be")
    ]
    assert errors(form(item("integer", rule("answer.value < 6"))), given) == []
    assert check_response(form(own), {**given, "status": "in-progress"}).valid
    whole = "%resource.item.where(linkId = 'q').answer.value = 5"
    assert errors(form(item("integer"), extension=[rule(whole)]), given) == []
    assert errors(form(item("integer"), extension=[rule(f"({whole}).not()")]), given)
    for written in ("answer.value < 5", "answer.value.htmlChecks()"):
        found = check_response(form(item("integer", rule(written, "warning"))), given)
        assert found.valid
        assert [one.severity for one in found.found] == ["warning"]


def test_answers_of_an_item_that_stands_several_times_are_counted_together() -> None:
    limits = [
        ext("questionnaire-minOccurs", valueInteger=2),
        ext("questionnaire-maxOccurs", valueInteger=3),
    ]
    asked = form(item("string", *limits, repeats=True))
    one = answered("q", {"valueString": "a"})
    assert errors(asked, reply(one, one)) == []
    assert errors(asked, reply(one, one, one, one))
    assert errors(asked, reply(one))


def test_an_exclusive_option_stands_alone() -> None:
    none = {"valueCoding": coding("urn:x", "none")}
    other = {"valueCoding": coding("urn:x", "pain")}
    options = [
        {**none, "extension": [ext("questionnaire-optionExclusive", valueBoolean=True)]},
        other,
    ]
    asked = form(item("choice", repeats=True, answerOption=options))
    assert errors(asked, reply(answered("q", none))) == []
    assert "combined" in errors(asked, reply(answered("q", none, other)))[0].message


def test_the_text_is_the_one_that_was_asked_or_a_translation_of_it() -> None:
    translated = {"extension": [{"url": f"{EXT}translation", "extension": [
        {"url": "lang", "valueCode": "de"}, {"url": "content", "valueString": "Warum?"}]}]}  # fmt: skip
    asked = form(item("string", text="Why?", _text=translated))
    answer = answered("q", {"valueString": "x"})
    for text in ("Why?", "Warum?"):
        assert errors(asked, reply({**answer, "text": text})) == []
    assert errors(asked, reply({**answer, "text": "What?"}))


def test_value_sets_inside_and_beside_the_form() -> None:
    listed = {"include": [{"system": "urn:x", "concept": [{"code": "a", "display": "A"}]}]}
    inside = {"resourceType": "ValueSet", "id": "v", "status": "active", "compose": listed}
    asked = form(item("choice", answerValueSet="#v"), contained=[inside])
    assert errors(asked, reply(answered("q", {"valueCoding": coding("urn:x", "a")}))) == []
    assert errors(asked, reply(answered("q", {"valueCoding": coding("urn:x", "b")})))
    far = form(item("choice", answerValueSet="https://example.org/vs|1"))
    beside = {**inside, "url": "https://example.org/vs"}
    answer = reply(answered("q", {"valueCoding": coding("urn:x", "b")}))
    assert errors(far, answer) == []
    assert errors(far, answer, beside=[beside])
    unsure = check_response(far, answer).found
    assert "not checkable" in unsure[0].message


@pytest.mark.parametrize(
    ("by", "inside"),
    [
        ({"property": "concept", "op": "is-a", "value": "b"}, "bcd"),
        ({"property": "concept", "op": "descendent-of", "value": "b"}, "cd"),
        ({"property": "concept", "op": "is-not-a", "value": "b"}, "ae"),
        ({"property": "code", "op": "in", "value": "a, e"}, "ae"),
        ({"property": "kind", "op": "=", "value": "rare"}, "e"),
        ({"property": "concept", "op": "generalizes", "value": "b"}, "abcde"),
    ],
)
def test_value_sets_defined_by_a_filter(by: Json, inside: str) -> None:
    lower = [{"code": "c", "concept": [{"code": "d"}]}]
    rare = {"code": "e", "property": [{"code": "kind", "valueCode": "rare"}]}
    upper = [{"code": "a"}, {"code": "b", "concept": lower}, rare]
    system = {"resourceType": "CodeSystem", "url": "urn:x", "content": "complete", "concept": upper}
    compose = {"include": [{"system": "urn:x", "filter": [by]}]}
    chosen = {"resourceType": "ValueSet", "url": "urn:v", "status": "active", "compose": compose}
    asked = form(item("choice", answerValueSet="urn:v"))

    def valid(code: str) -> bool:
        answer = reply(answered("q", {"valueCoding": coding("urn:x", code)}))
        return check_response(asked, answer, beside=[system, chosen]).valid

    assert [code for code in "abcdez" if valid(code)] == list(inside)


COLOUR = item("choice", link_id="c", repeats=True)
CONDITIONS: list[tuple[Json, list[Json], bool | None]] = [
    ({"operator": "exists", "answerBoolean": True}, [], False),
    ({"operator": "exists", "answerBoolean": False}, [], True),
    ({"operator": "exists", "answerBoolean": True}, [{"valueInteger": 1}], True),
    ({"operator": "=", "answerInteger": 1}, [{"valueInteger": 1}], True),
    ({"operator": "=", "answerInteger": 1}, [{"valueInteger": 2}], False),
    ({"operator": "=", "answerInteger": 1}, [], False),
    ({"operator": "=", "answerDecimal": 1.0}, [{"valueInteger": 1}], True),
    ({"operator": ">", "answerInteger": 1}, [{"valueInteger": 1}, {"valueInteger": 5}], True),
    ({"operator": "<=", "answerInteger": 1}, [{"valueInteger": 2}], False),
    ({"operator": "!=", "answerInteger": 1}, [{"valueInteger": 2}], True),
    ({"operator": "!=", "answerInteger": 1}, [{"valueInteger": 1}], False),
    ({"operator": "!=", "answerInteger": 1}, [], None),
    ({"operator": "!=", "answerInteger": 1}, [{"valueInteger": 1}, {"valueInteger": 2}], None),
    ({"operator": "=", "answerCoding": coding("urn:x", "a")}, [{"valueCoding": coding("urn:x", "a", "A")}], True),
    ({"operator": "=", "answerCoding": coding("urn:x", "a")}, [{"valueCoding": coding("urn:y", "a")}], False),
    ({"operator": "=", "answerCoding": {"code": "a"}}, [{"valueCoding": coding("urn:y", "a")}], True),
    ({"operator": "=", "answerDate": "2024"}, [{"valueDate": "2024-05"}], None),
    ({"operator": "<", "answerDate": "2025"}, [{"valueDate": "2024-05"}], True),
    ({"operator": ">=", "answerTime": "12:00:00"}, [{"valueTime": "12:30:00"}], True),
    ({"operator": "=", "answerString": "x"}, [{"valueString": "x"}], True),
    ({"operator": "=", "answerBoolean": True}, [{"valueBoolean": False}], False),
    ({"operator": "=", "answerReference": {"reference": "Patient/1"}}, [{"valueReference": {"reference": "Patient/1"}}], True),
    ({"operator": "<", "answerQuantity": {"value": 2, "system": UCUM, "code": "kg"}}, [{"valueQuantity": {"value": 1500, "system": UCUM, "code": "g"}}], True),
    ({"operator": "=", "answerString": "1"}, [{"valueInteger": 1}], None),
    ({"operator": "like", "answerString": "1"}, [{"valueString": "1"}], None),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "given", "enabled"), CONDITIONS)
def test_conditions(condition: Json, given: list[Json], enabled: bool | None) -> None:
    """An enabled item may be answered, a disabled one may be missing, in doubt both may be."""
    kinds = {"Coding": "choice", "DateTime": "dateTime", "Uri": "url"}
    kind = next(iter(given[0])).removeprefix("value") if given else "Integer"
    target = item(kinds.get(kind, kind[:1].lower() + kind[1:]), link_id="t", repeats=True)
    asked = form(target, item("string", required=True, enableWhen=[{"question": "t", **condition}]))
    first = [answered("t", *given)] if given else []
    missing = errors(asked, reply(*first))
    present = errors(asked, reply(*first, answered("q", {"valueString": "x"})))
    assert bool(missing) == (enabled is True)
    assert bool(present) == (enabled is False)


def test_all_or_any_of_several_conditions() -> None:
    conditions = [
        {"question": "a", "operator": "=", "answerBoolean": True},
        {"question": "b", "operator": "=", "answerBoolean": True},
    ]

    def refused(behaviour: str, *, a: bool, b: bool) -> bool:
        more = {"enableBehavior": behaviour} if behaviour else {}
        asked = form(
            item("boolean", link_id="a"),
            item("boolean", link_id="b"),
            item("string", enableWhen=conditions, **more),
        )
        answers = [answered("a", {"valueBoolean": a}), answered("b", {"valueBoolean": b})]
        return bool(errors(asked, reply(*answers, answered("q", {"valueString": "x"}))))

    assert [refused("all", a=True, b=b) for b in (True, False)] == [False, True]
    assert [refused("any", a=a, b=False) for a in (True, False)] == [False, True]
    assert not refused("", a=True, b=False), "without a behaviour nobody can tell"


def test_conditions_look_at_their_own_row() -> None:
    inner = [
        item("boolean", link_id="ask"),
        item("string", enableWhen=[{"question": "ask", "operator": "=", "answerBoolean": True}]),
    ]
    asked = form(item("group", link_id="row", repeats=True, item=inner))

    def row(yes: bool, *more: Json) -> Json:
        return {"linkId": "row", "item": [answered("ask", {"valueBoolean": yes}), *more]}

    text = answered("q", {"valueString": "x"})
    assert errors(asked, reply(row(True, text), row(False))) == []
    assert errors(asked, reply(row(True), row(False, text)))


def test_conditions_written_in_fhirpath() -> None:
    def asked(expression: str) -> Json:
        variable = ext(f"{EXT}variable", valueExpression={"name": "total", "language": "text/fhirpath",
            "expression": "%resource.item.where(linkId.startsWith('n')).answer.value.sum()"})  # fmt: skip
        condition = ext(
            f"{SDC}enableWhenExpression",
            valueExpression={"language": "text/fhirpath", "expression": expression},
        )
        numbers = [item("integer", link_id=f"n{i}") for i in (1, 2)]
        return form(*numbers, item("string", condition), extension=[variable])

    answers = [answered("n1", {"valueInteger": 2}), answered("n2", {"valueInteger": 3})]
    full = reply(*answers, answered("q", {"valueString": "x"}))
    assert errors(asked("%total > 4"), full) == []
    assert errors(asked("%total > 5"), full)
    in_doubt = check_response(asked("%total.htmlChecks()"), full)
    assert in_doubt.valid
    assert "not checkable" in in_doubt.found[0].message


def test_a_response_may_carry_its_own_form() -> None:
    own = {**form(item("boolean")), "id": "mine"}
    response = reply(answered("q", {"valueBoolean": True}), questionnaire="#mine", contained=[own])
    assert errors(form(), response) == []
    assert errors(form(), {**response, "questionnaire": "https://example.org/other"})


OLD = form(
    {"linkId": "c", "type": "choice", "option": [{"valueCoding": coding("urn:x", "a")}]},
    {"linkId": "q", "type": "string", "enableWhen": [{"question": "c", "hasAnswer": True}]},
)
NEW = form({"linkId": "c", "type": "coding", "answerConstraint": "optionsOrString",
            "answerOption": [{"valueCoding": coding("urn:x", "a")}]})  # fmt: skip


def test_forms_of_other_releases() -> None:
    chosen, text = (
        answered("c", {"valueCoding": coding("urn:x", "a")}),
        answered("q", {"valueString": "x"}),
    )
    response = reply(chosen, text, questionnaire={"reference": "Questionnaire/1"})
    assert errors(OLD, response) == []
    assert errors(OLD, reply(text))
    assert errors(NEW, reply(answered("c", {"valueString": "own words"}))) == []
    assert errors(NEW, reply(answered("c", {"valueCoding": coding("urn:x", "b")})))


SHAPES: list[Callable[[], Json]] = [
    lambda: reply(status="done"),
    lambda: {"resourceType": "QuestionnaireResponse"},
    lambda: reply(authored="17.05.2024"),
    lambda: reply(subjekt={"reference": "Patient/1"}),
    lambda: reply({"linkId": "q", "answer": {"valueBoolean": True}}),
    lambda: reply(answered("q", {})),
    lambda: reply(answered("q", {"valueBoolean": True, "valueString": "x"})),
    lambda: reply({"answer": [{"valueBoolean": True}]}),
    lambda: reply(answered("q", {"valueBoolean": "true"})),
    lambda: reply({"linkId": "q", "item": []}),
    lambda: reply(identifier=[{"value": "x"}]),
    lambda: reply(extension=[{"url": "urn:x"}]),
]


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_no_response_of_r4_is_refused(shape: Callable[[], Json]) -> None:
    assert errors(form(item("boolean")), shape())


def test_a_code_without_a_system_cannot_be_judged() -> None:
    asked = form(
        item("choice", answerValueSet="http://hl7.org/fhir/ValueSet/administrative-gender")
    )
    found = check_response(asked, reply(answered("q", {"valueCoding": {"code": "anything"}})))
    assert found.valid
    assert "without a system" in found.found[0].message


def test_without_a_form_only_the_shape_is_judged() -> None:
    response = reply(answered("q", {"valueBoolean": True}), questionnaire="urn:gone")
    found = check_response({}, response)
    assert found.valid
    assert "only the shape" in found.found[0].message
    assert not check_response({}, {**response, "status": "done"}).valid


def test_resources_inside_a_response_are_judged_too() -> None:
    inside = {"resourceType": "ValueSet", "id": "v", "status": "active"}
    assert errors(form(), reply(contained=[inside])) == []
    assert errors(form(), reply(contained=[{**inside, "staatus": "x"}]))
    assert (
        errors(form(), reply(contained=[{"resourceType": "Patient", "id": "p", "nmae": 1}])) == []
    )


def test_references_to_what_the_response_carries() -> None:
    asked = form(
        item("reference", ext("questionnaire-referenceResource", valueCode="Patient")),
    )

    def pointing(target: str, kind: str) -> list[Finding]:
        inside = [{"resourceType": kind, "id": "p"}]
        answer = answered("q", {"valueReference": {"reference": target}})
        return errors(asked, reply(answer, contained=inside))

    assert pointing("#p", "Patient") == []
    assert "Device" in pointing("#p", "Device")[0].message
    assert pointing("#other", "Patient")[0].code == "not-found"


def test_remarks_about_the_heading() -> None:
    asked = form(url="urn:form", version="2", effectivePeriod={"start": "2024", "end": "2025"})
    for response, word in (
        (reply(questionnaire="urn:other"), "answers"),
        (reply(questionnaire="urn:form|1"), "version"),
        (reply(questionnaire="urn:form|2", authored="2023-12-31"), "before"),
        (reply(questionnaire="urn:form", authored="2026-01-01T10:00:00Z"), "after"),
    ):
        found = check_response(asked, response)
        assert found.valid
        assert word in found.found[0].message
