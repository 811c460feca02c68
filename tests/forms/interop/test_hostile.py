"""Files made to break the reader: a verdict or a refusal comes back, never a traceback."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.cli import forms
from portal.forms.interop.checking import check_response
from portal.forms.interop.fhirpath import PathError, World, evaluate
from portal.forms.interop.files import UnreadableError, parse

Json = dict[str, Any]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["q", "group", "choice", "string", "boolean", "completed", "#v", "urn:x"]),
)
KEYS = st.sampled_from(
    ["linkId", "type", "item", "answer", "valueCoding", "valueString", "valueQuantity", "code",
     "valueDate", "answerOption", "enableWhen", "question", "operator", "answerBoolean", "system",
     "extension", "url", "valueInteger", "valueExpression", "expression", "language", "status",
     "contained", "id", "resourceType", "compose", "include", "concept", "answerValueSet",
     "required", "repeats", "maxLength", "questionnaire", "text", "_text", "valueAttachment"]
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=25,
)
OBJECTS = st.dictionaries(KEYS, ANYTHING, max_size=7)


@settings(max_examples=300, deadline=None)
@given(OBJECTS, OBJECTS)
def test_any_json_gives_a_verdict(questionnaire: Json, response: Json) -> None:
    form = {**questionnaire, "resourceType": "Questionnaire"}
    answers = {**response, "resourceType": "QuestionnaireResponse"}
    verdict = check_response(form, answers).plain()
    assert verdict["valid"] == all(i["severity"] != "error" for i in verdict["issues"])
    json.dumps(verdict)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), OBJECTS)
def test_any_text_as_fhirpath_gives_values_or_a_refusal(written: str, resource: Json) -> None:
    try:
        found = evaluate(written, World(resource))
    except PathError as refusal:
        assert str(refusal)
    else:
        assert isinstance(found, list)


def judged(folder: Path, questionnaire: str, response: str) -> Result:
    files = []
    for name, text in (("q.json", questionnaire), ("r.json", response)):
        (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
        files.append(str(folder / name))
    return CliRunner().invoke(forms, ["validate", *files, "--json"])


FORM = '{"resourceType":"Questionnaire","item":[{"linkId":"q","type":"string"}]}'
REPLY = '{"resourceType":"QuestionnaireResponse","status":"completed","item":[%s]}'


@pytest.mark.parametrize(
    ("response", "code"),
    [
        ("", 2),
        ("[]", 2),
        ("{", 2),
        ("null", 2),
        ('{"resourceType":"Patient"}', 2),
        ('{"resourceType":["QuestionnaireResponse"]}', 2),
        ("[" * 5000, 2),
        (REPLY % ('{"item":[' * 90 + "{}" + "]}" * 90), 2),
        (REPLY % ('{"linkId":"q","item":[' * 60 + "{}" + "]}" * 60), 1),
        (REPLY % ('{"linkId":"q","answer":[{"item":[' * 30 + "{}" + "]}]}" * 30), 1),
        (REPLY % '{"linkId":"q","answer":[{"valueInteger":1e999999}]}', 2),
        (REPLY % ('{"linkId":"q","answer":[{"valueInteger":' + "9" * 5000 + "}]}"), 2),
        (REPLY % '{"linkId":"q","answer":[{"valueDecimal":NaN}]}', 2),
        (REPLY % '{"linkId":"q","linkId":"q"}', 1),
        (REPLY % '{"linkId":7,"answer":[{"valueString":"\\ud800"}]}', 1),
        ('<!DOCTYPE a [<!ENTITY b "c">]><QuestionnaireResponse xmlns="http://hl7.org/fhir"/>', 2),
        ("<QuestionnaireResponse/>", 2),
        ("<a" * 400, 2),
    ],
)
def test_broken_files_are_refused_by_exit_code(tmp_path: Path, response: str, code: int) -> None:
    result = judged(tmp_path, FORM, response)
    assert result.exit_code == code, result.output
    verdict = json.loads(result.output)
    assert verdict["valid"] is False
    assert verdict["issues"]


def test_texts_of_ten_megabytes_are_answered_quickly(tmp_path: Path) -> None:
    huge = "a" * 10_000_000
    pattern = (
        '{"resourceType":"Questionnaire","item":[{"linkId":"q","type":"string","extension":'
        '[{"url":"http://hl7.org/fhir/StructureDefinition/regex","valueString":"(a+)+b"}]}]}'
    )
    result = judged(
        tmp_path, pattern, REPLY % f'{{"linkId":"q","answer":[{{"valueString":"{huge}"}}]}}'
    )
    assert result.exit_code == 1
    assert len(result.output) < 5_000, "the text is not repeated in the verdict"
    assert judged(tmp_path, pattern, REPLY % f'{{"linkId":"{huge}"}}').exit_code == 1


def test_a_greedy_pattern_ends_in_time() -> None:
    form = parse(FORM.replace('"type"', '"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/'
                              'regex","valueString":"(a|aa)+$"}],"type"')).content  # fmt: skip
    text = "a" * 60 + "b"
    response = parse(REPLY % f'{{"linkId":"q","answer":[{{"valueString":"{text}"}}]}}').content
    assert not check_response(form, response).valid


def test_an_expression_that_would_run_for_ever_is_given_up() -> None:
    resource = {"item": [{"linkId": str(i)} for i in range(400)]}
    grow = "item" + ".select(%resource.item)" * 6
    with pytest.raises(PathError, match="too long"):
        evaluate(grow, World(resource))
    with pytest.raises(PathError, match="itself"):
        evaluate("%a", World({}, variables={"a": "%b", "b": "%a"}))
    with pytest.raises(PathError, match="deep"):
        evaluate("(" * 500 + "1" + ")" * 500, World({}))


def test_value_sets_that_include_each_other_end() -> None:
    sets = [
        {"resourceType": "ValueSet", "url": f"urn:{a}", "compose": {"include": [{"valueSet": [f"urn:{b}"]}]}}
        for a, b in (("a", "b"), ("b", "a"))
    ]  # fmt: skip
    form = {
        "resourceType": "Questionnaire",
        "item": [{"linkId": "q", "type": "choice", "answerValueSet": "urn:a"}],
    }
    answer = {"linkId": "q", "answer": [{"valueCoding": {"system": "urn:x", "code": "1"}}]}
    response = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [answer]}
    verdict = check_response(form, response, beside=sets)
    assert verdict.valid
    assert "without end" in verdict.found[0].message


def test_xml_and_json_say_the_same() -> None:
    written = """<QuestionnaireResponse xmlns="http://hl7.org/fhir"><status value="completed"/>
      <item><linkId value="q"/><answer><valueDecimal value="1.50"/></answer>
      <answer><valueBoolean value="true"/><item><linkId value="r"/></item></answer></item>
      <item><linkId value="s"/><text value="T"><extension url="urn:x"><valueInteger value="3"/>
      </extension></text></item></QuestionnaireResponse>"""
    found = parse(written).content
    assert found["item"][0]["answer"][1] == {"valueBoolean": True, "item": [{"linkId": "r"}]}
    assert str(found["item"][0]["answer"][0]["valueDecimal"]) == "1.50"
    assert found["item"][1]["_text"] == {"extension": [{"url": "urn:x", "valueInteger": 3}]}
    with pytest.raises(UnreadableError, match="twice"):
        parse(written.replace('<status value="completed"/>', '<status value="completed"/>' * 2))


def test_forms_of_stu3_in_xml_are_understood() -> None:
    written = """<Questionnaire xmlns="http://hl7.org/fhir"><status value="active"/><item>
      <linkId value="c"/><type value="choice"/>
      <option><valueCoding><system value="urn:x"/><code value="a"/></valueCoding></option>
      <option><valueCoding><system value="urn:x"/><code value="b"/></valueCoding></option></item>
      <item><linkId value="q"/><type value="string"/><enableWhen><question value="c"/>
      <hasAnswer value="true"/></enableWhen></item></Questionnaire>"""
    answers = """<QuestionnaireResponse xmlns="http://hl7.org/fhir">
      <questionnaire><reference value="Questionnaire/1"/></questionnaire><status value="completed"/>
      <item><linkId value="c"/><subject><reference value="Patient/1"/></subject>
      <answer><valueCoding><system value="urn:x"/><code value="%s"/></valueCoding></answer></item>
      <item><linkId value="q"/><answer><valueString value="x"/></answer></item>
      </QuestionnaireResponse>"""
    form = parse(written).content
    assert check_response(form, parse(answers % "b").content).found == []
    assert not check_response(form, parse(answers % "c").content).valid
