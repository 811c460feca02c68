"""What becomes of single parts of a Questionnaire, and of hostile ones."""

from typing import Any

import pytest
from hypothesis import given, settings

from portal.forms.compile import compile_form
from portal.forms.definition import canonical_json, read_definition
from portal.forms.definition.writer import to_yaml
from portal.forms.interop import from_fhir, questionnaire
from portal.forms.interop.importing.report import Report
from portal.kernel.errors import DefinitionError
from tests.forms.interop.normal import differences, normal
from tests.forms.interop.test_checking import EXT, SDC, UCUM, coding, ext, form, item
from tests.forms.interop.test_hostile import OBJECTS

Json = dict[str, Any]


def taken(*items: Json, **more: Any) -> tuple[dict[str, Any], Report, Json]:
    """Import items; return ours by id, the report, and what is exported again."""
    original = form(*items, **more)
    definition, report = from_fhir(original)
    assert read_definition(to_yaml(definition)).definition == definition
    compiled = compile_form(definition)
    exported = questionnaire(compiled)
    assert differences(normal(original), normal(exported)) == []
    return {key: value.item for key, value in compiled.items.items()}, report, exported


def expression(written: str) -> Json:
    return {"language": "text/fhirpath", "expression": written}


def test_texts_codes_and_flags() -> None:
    german = {"extension": [{"url": f"{EXT}translation", "extension": [
        {"url": "lang", "valueCode": "de"}, {"url": "content", "valueString": "Warum?"}]}]}  # fmt: skip
    ours, report, _ = taken(
        item("string", link_id="Why-1", text="Why?", _text=german, prefix="1.", required=True,
             maxLength=20, repeats=True, readOnly=True, code=[coding("http://loinc.org", "8302-2", "Height")]),
    )  # fmt: skip
    why = ours["why_1"]
    assert why.label == {"en": "Why?", "de": "Warum?"}
    assert (why.number, why.required, why.max_length) == ("1.", True, 20)
    assert (why.multiple, why.read_only) == (True, True)
    assert (why.code[0].system, why.code[0].display) == ("http://loinc.org", "Height")
    assert why.fhir == {"linkId": "Why-1"}
    assert report.renamed == {"Why-1": "why_1"}


def test_options_with_scores_texts_and_twins() -> None:
    options = [
        {
            "valueCoding": coding("urn:x", "a", "A"),
            "extension": [ext("ordinalValue", valueDecimal=2)],
        },
        {"valueCoding": coding("urn:x", "b", "B"), "initialSelected": True},
        {"valueCoding": {"display": "no code"}},
        {"valueString": "free & easy"},
        {"valueInteger": 7},
    ]
    ours, report, exported = taken(item("open-choice", answerOption=options))
    choice = ours["q"]
    assert choice.other
    assert [o.code for o in choice.options] == ["a", "b", "no_code", "free_easy", "option_7"]
    assert (choice.options[0].score, choice.options[1].default) == ("2", True)
    assert exported["item"][0]["answerOption"][3] == {"valueString": "free & easy"}
    assert report.kept == []
    twins = [{"valueCoding": coding("urn:x", "a", words)} for words in ("A", "B")]
    ours, report, _ = taken(item("choice", answerOption=twins))
    assert len(ours["q"].options) == 1
    assert report.kept[0]["what"] == "answerOption"


def test_value_sets_inside_become_lists_and_outside_sources() -> None:
    concepts = [{"code": "y", "display": "Yes", "designation": [{"language": "de", "value": "Ja"}]}]
    inside = {"resourceType": "ValueSet", "id": "yes-no", "status": "active",
              "compose": {"include": [{"system": "urn:x", "concept": concepts}]}}  # fmt: skip
    ours, _, _ = taken(
        item("choice", answerValueSet="#yes-no"),
        item("choice", link_id="far", answerValueSet="https://example.org/vs|2"),
        item("choice", link_id="none"),
        contained=[inside],
    )
    assert ours["q"].option_list == "yes_no"
    assert ours["far"].options_from == ("https://example.org/vs|2",)
    assert ours["none"].options_from == ("urn:any-code",)


def test_limits_units_and_looks() -> None:
    ours, report, _ = taken(
        item("quantity", ext("questionnaire-unitOption", valueCoding=coding(UCUM, "kg", "kilogram")),
             ext("questionnaire-unitOption", valueCoding=coding(UCUM, "g", "g")), link_id="weight"),
        item("integer", ext("minValue", valueInteger=-3), ext("questionnaire-sliderStepValue", valueInteger=1),
             link_id="number"),
        item("date", ext("maxValue", valueDate="2024"), link_id="day"),
        item("string", ext("regex", valueString="[0-9]{5}"), ext("entryFormat", valueString="nnnnn"), link_id="zip"),
        item("attachment", ext("mimeType", valueCode="image/png"), ext("maxSize", valueDecimal=2_000_000), link_id="file"),
        item("attachment", ext("maxSize", valueDecimal=50), link_id="tiny"),
        item("string", ext("regex", valueString="(?=a)a"), link_id="look"),
    )  # fmt: skip
    assert ours["weight"].units == ("kg", "g")
    assert (ours["number"].min, ours["number"].step) == ("-3", "1")
    assert (ours["day"].max, ours["day"].precision) == ("@2024", "any")
    assert (ours["zip"].pattern, ours["zip"].placeholder) == ("[0-9]{5}", {"en": "nnnnn"})
    assert (ours["file"].accept, ours["file"].max_size) == (("image/png",), "2 MB")
    assert {one["linkId"] for one in report.kept} == {"tiny", "look"}


def test_conditions_become_show_if() -> None:
    def asked(*conditions: Json, **more: Any) -> Json:
        return item("string", enableWhen=list(conditions), **more)

    yes = {"question": "b", "operator": "=", "answerBoolean": True}
    no_answer = {"question": "n", "operator": "exists", "answerBoolean": False}
    more = {"question": "n", "operator": ">", "answerInteger": 3}
    red, blue = (
        {"question": "c", "operator": "=", "answerCoding": coding("urn:x", code)}
        for code in ("r", "b")
    )
    colours = [{"valueCoding": coding("urn:1", code)} for code in ("r", "b")]
    ours, report, _ = taken(
        item("boolean", link_id="b"),
        item("integer", link_id="n"),
        item("choice", link_id="c", answerOption=colours),
        asked(yes, link_id="one"),
        asked(yes, no_answer, link_id="both", enableBehavior="all"),
        asked(red, blue, link_id="either", enableBehavior="any"),
        asked({**more, "operator": "!="}, link_id="not"),
        asked({**yes, "question": "gone"}, link_id="lost"),
    )
    assert ours["one"].show_if == "b = true"
    assert ours["both"].show_if == "b = true and n is not answered"
    assert ours["either"].show_if == "c in [URNX:r, URNX:b]"
    assert ours["not_q"].show_if == "n is_not 3"
    assert ours["lost"].show_if == ""
    assert [one["linkId"] for one in report.kept] == ["lost", "lost"]


PATHS = [
    ("%resource.item.where(linkId='n1').answer.value > 3", "show_if", "n1 > 3"),
    ("%resource.item.where(linkId='c').answer.valueCoding.code = 'r'", "show_if", 'c = "r"'),
    ("%resource.item.where(linkId='c').answer.value.where(code in ('r'|'b')).exists()", "show_if", 'c in ["r", "b"]'),
    ("%resource.item.where(linkId='n1').answer.empty()", "show_if", "n1 is not answered"),
    ("%resource.item.where(linkId='n1' or linkId='n2').answer.exists()", "show_if", "n1 is answered or n2 is answered"),
    ("%resource.item.where(linkId.matches('^n[0-9]$')).answer.value.sum() >= 2", "show_if", "sum(n1, n2) >= 2"),
    ("%resource.repeat(item).where(linkId='d').answer.value <= today() - 18 years", "show_if", "d <= today() - 18 years"),
    ("(%resource.item.where(linkId='b').answer.value = true).not()", "show_if", "not b = true"),
    ("%resource.item.where(linkId='t').answer.value.startsWith('A')", "show_if", 'starts_with(t, "A")'),
    ("%resource.item.where(linkId='n1').answer.value * 2 + 1", "value", "n1 * 2 + 1"),
    ("iif(%resource.item.where(linkId='n1').answer.exists(), 1, 0)", "value", "if(n1 is answered, 1, 0)"),
    ("%resource.item.where(linkId in ('n1'|'n2')).answer.value.avg().round(1)", "value", "round(mean(n1, n2), 1)"),
    ("%resource.item.where(linkId='c').answer.value.ordinal() + 1", "value", "score(c) + 1"),
    ("%resource.item.where(linkId.startsWith('n')).where(answer.exists()).count()", "value", "count(n1, n2)"),
    ("%resource.item.where(linkId='rows').item.where(linkId='r').answer.value.sum()", "value", "sum(r)"),
    ("(%resource.item.where(linkId='n1').answer.value | %resource.item.where(linkId='n2').answer.value).sum()", "value", ""),
    ("%resource.item.where(linkId='n1').answer.value.toString().length()", "value", ""),
    ("%patient.birthDate.exists()", "show_if", ""),
    ("%resource.item.where(linkId='rows').item.where(linkId='r').answer.value > 3", "show_if", ""),
    ("%resource.item[0].answer.value", "value", ""),
    ("item.answer.value > 1", "show_if", ""),
    ("1 +", "value", ""),
]  # fmt: skip


@pytest.mark.parametrize(("written", "keyword", "ours"), PATHS)
def test_fhirpath_becomes_our_language_or_stays(written: str, keyword: str, ours: str) -> None:
    colours = [{"valueCoding": {"code": code}} for code in ("r", "b")]
    url = f"{SDC}enableWhenExpression" if keyword == "show_if" else f"{SDC}calculatedExpression"
    target = item(
        "decimal", ext(url, valueExpression=expression(written)), readOnly=keyword == "value"
    )
    original = form(
        *(item("integer", link_id=name) for name in ("n1", "n2")),
        item("boolean", link_id="b"),
        item("string", link_id="t"),
        item("date", link_id="d"),
        item("choice", link_id="c", answerOption=colours),
        item("group", link_id="rows", repeats=True, item=[item("integer", link_id="r")]),
        target,
    )
    definition, report = from_fhir(original)
    asked = definition.items[-1]
    assert getattr(asked, keyword) == ours
    exported = questionnaire(compile_form(definition))["item"][-1]
    found = next((one for one in exported.get("extension", []) if one["url"] == url), None)
    if ours:
        assert report.translated == 1
        assert "enableWhen" in exported or found["valueExpression"]["language"] == "text/fhirpath"
    else:
        assert found["valueExpression"] == expression(written)
        assert report.kept[0]["linkId"] == "q"


def test_what_the_engine_refuses_goes_back_under_fhir() -> None:
    ours, report, _ = taken(
        item(
            "integer",
            ext("minValue", valueInteger=9),
            ext("maxValue", valueInteger=1),
            link_id="odd",
        ),
        item("string", initial=[{"valueString": "x" * 50}], maxLength=5),
    )
    assert ours["odd"].min == "" or ours["odd"].max == ""
    assert ours["q"].default is None
    assert {one["why"] for one in report.kept if one["what"] in {"min", "default"}} == {
        "the engine refuses it"
    }


def test_rules_lists_of_rows_and_help() -> None:
    rule = {"url": f"{EXT}targetConstraint", "extension": [
        {"url": "key", "valueId": "later"}, {"url": "severity", "valueCode": "warning"},
        {"url": "human", "valueString": "End before start."}, {"url": "location", "valueString": "end"},
        {"url": "expression", "valueExpression": expression(
            "%resource.item.where(linkId='start').answer.value <= %resource.item.where(linkId='end').answer.value")}]}  # fmt: skip
    definition, _ = from_fhir(
        form(item("date", link_id="start"), item("date", link_id="end"), extension=[rule])
    )
    assert definition.rules[0].check == "default(start <= end, false)"
    assert (definition.rules[0].severity, definition.rules[0].at) == ("warning", "end")
    control = {
        "coding": [{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "help"}]
    }
    shown = item(
        "display",
        ext("questionnaire-itemControl", valueCodeableConcept=control),
        link_id="h",
        text="Because.",
    )
    ours, _, _ = taken(item("string", item=[shown]))
    assert ours["q"].help == {"en": "Because."}
    assert ours["q"].fhir == {"as": {"help": "h"}}


def test_forms_that_are_too_deep_or_odd_are_kept_whole() -> None:
    inner: Json = item("string", link_id="deep")
    for level in range(20):
        inner = item("group", link_id=f"g{level}", item=[inner])
    ours, report, exported = taken(inner)
    assert len(ours) == 12
    assert any(one["why"] == "nested too deeply" for one in report.kept)
    assert "deep" in str(exported)


@settings(max_examples=250, deadline=None)
@given(OBJECTS)
def test_any_json_becomes_a_form_or_a_refusal(resource: Json) -> None:
    original = {**resource, "resourceType": "Questionnaire"}
    try:
        definition, _ = from_fhir(original)
    except DefinitionError as refusal:
        assert refusal.issues
        return
    source = read_definition(to_yaml(definition))
    assert [issue for issue in source.issues if issue.severity == "error"] == []
    assert canonical_json(source.definition) == canonical_json(definition)
    questionnaire(compile_form(definition))


def test_a_condition_on_a_code_without_a_system_means_the_only_option_of_that_code() -> None:
    def asked(*systems: str) -> Json:
        options = [{"valueCoding": coding(system, "a", system)} for system in systems]
        condition = {"question": "q", "operator": "=", "answerCoding": {"code": "a"}}
        return form(
            item("choice", link_id="q", answerOption=options),
            item("string", link_id="then", enableWhen=[condition]),
        )

    found = compile_form(from_fhir(asked("urn:x"))[0]).items
    assert found["then"].item.show_if == "q = URNX:a"
    found = compile_form(from_fhir(asked("urn:x", "urn:y"))[0]).items
    assert found["then"].item.show_if == ""
    assert found["then"].item.fhir["enableWhen"][0]["answerCoding"] == {"code": "a"}
