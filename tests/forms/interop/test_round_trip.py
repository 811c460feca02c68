"""Questionnaires in and out again: nothing lost, and every expression means what it meant."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from portal.forms.catalogue import load_form
from portal.forms.compile import compile_form
from portal.forms.compiled import CompiledForm
from portal.forms.definition import canonical_json, read_definition
from portal.forms.definition.writer import to_yaml
from portal.forms.evaluate import Context, completed_answers, evaluate
from portal.forms.interop import answers_from, from_fhir, questionnaire, response
from portal.forms.interop.access import extension, walk
from portal.forms.interop.checking import check_response
from portal.forms.interop.checking.items import Form
from portal.forms.interop.checking.shape import ShapeCheck
from portal.forms.interop.exporting.addresses import CALCULATED, ENABLE
from portal.forms.interop.fhirpath import World
from portal.forms.interop.fhirpath import evaluate as fhirpath
from portal.forms.interop.files import plain_numbers, read_resource
from portal.forms.interop.findings import Findings
from tests.forms.interop.answering import random_answers
from tests.forms.interop.files import WEB, questionnaires
from tests.forms.interop.invented import Inventor
from tests.forms.interop.normal import differences, normal

ALL = questionnaires()
SCORED = [path for path in ALL if b"calculatedExpression" in path.read_bytes()]
DAY = Context(date(2025, 3, 1))


def imported(path: Path) -> CompiledForm:
    definition, _ = from_fhir(read_resource(path).content)
    return compile_form(definition)


def test_both_corpora_are_here() -> None:
    assert len(ALL) >= 108
    assert len(SCORED) >= 30


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_questionnaire_comes_out_as_it_went_in(path: Path) -> None:
    comes_out_as_it_went_in(read_resource(path).content)


@pytest.mark.parametrize("start", range(0, 400, 50))
def test_any_questionnaire_comes_out_as_it_went_in(start: int) -> None:
    for seed in range(start, start + 50):
        try:
            comes_out_as_it_went_in(Inventor(seed).questionnaire())
        except AssertionError as problem:
            raise AssertionError(seed) from problem


def comes_out_as_it_went_in(original: dict[str, Any]) -> None:
    definition, report = from_fhir(original)
    source = read_definition(to_yaml(definition))
    assert source.issues == []
    assert canonical_json(source.definition) == canonical_json(definition)
    form = compile_form(source.required())
    exported = questionnaire(form)
    assert differences(normal(plain_numbers(original)), normal(exported)) == []
    assert report.items == len(form.items)
    assert report.ignored == []
    again, _ = from_fhir(exported)
    assert canonical_json(again) == canonical_json(definition)


def test_most_forms_need_nothing_verbatim() -> None:
    reports = [from_fhir(read_resource(path).content)[1] for path in sorted(WEB.glob("*.json"))]
    clean = [report for report in reports if not report.kept]
    assert len(reports) == 72
    assert len(clean) >= 60, "forms carried by keywords alone"
    assert sum(report.translated for report in reports) >= 120


def number(value: Any) -> Any:
    """Return one value of FHIRPath or of ours so that the two can be compared."""
    value = value[0] if isinstance(value, list) and value else value
    if value is None or value == []:
        return None
    try:
        return value if isinstance(value, bool) else round(Decimal(str(value)), 9)
    except ArithmeticError:
        return str(value)


@pytest.mark.parametrize("path", SCORED, ids=lambda path: path.stem)
def test_expressions_mean_the_same_on_all_sides(path: Path) -> None:
    """The original FHIRPath, our engine and the exported FHIRPath agree on answers at random."""
    form = imported(path)
    original = Form(read_resource(path).content)
    exported = Form(questionnaire(form))
    compared = 0
    for seed in range(6):
        answers = random_answers(form, Random(seed), 0.3 + seed * 0.14)
        outcome = evaluate(form, answers, DAY)
        resource = response(form, answers, outcome, exact=True)
        for item in form.items.values():
            link_id = str(item.item.fhir.get("linkId", item.id))
            for url, ours in ((CALCULATED, item.value), (ENABLE, item.show)):
                before = extension(original.by_id[link_id].node, url)
                if before is None or ours is None:
                    continue
                after = extension(exported.by_id[link_id].node, url)
                found = [
                    fhirpath(
                        text["expression"], World(resource, variables=f.variables(f.by_id[link_id]))
                    )
                    for f, text in ((original, before), (exported, after))
                ]
                mine = (
                    outcome.computed[item.id, ""]
                    if url == CALCULATED
                    else (outcome.is_visible(item.id) or None)
                )
                theirs = [
                    number(one) if url == CALCULATED else number(one) or None for one in found
                ]
                assert theirs == [number(mine)] * 2, (item.id, before["expression"])
                compared += 1
    kept = from_fhir(read_resource(path).content)[1].kept
    assert compared or kept, "every expression is translated or named in the report"


@pytest.fixture(scope="module")
def consultation() -> CompiledForm:
    return load_form("consultation")


def test_our_own_form_is_a_questionnaire_of_r4_and_comes_back(consultation: CompiledForm) -> None:
    exported = questionnaire(consultation)
    findings = Findings()
    ShapeCheck(findings).resource(exported)
    assert findings.found == []
    definition, report = from_fhir(exported)
    assert report.kept == []
    assert report.renamed == {}
    back = compile_form(definition)
    assert questionnaire(back) == exported
    assert set(back.items) == set(consultation.items)
    assert back.languages == consultation.languages
    assert len(back.rules) == len(consultation.rules)
    assert back.definition.checks == consultation.definition.checks


@pytest.mark.parametrize("seed", range(6))
def test_answers_come_back_and_are_judged_as_the_engine_judges_them(
    consultation: CompiledForm, seed: int
) -> None:
    answers = random_answers(consultation, Random(seed), 0.2 + seed * 0.15)
    outcome = evaluate(consultation, answers, DAY)
    resource = response(consultation, answers, outcome, exact=True)
    read = answers_from(consultation, resource)
    assert read.findings.found == []
    assert differences(completed_answers(consultation, answers, outcome), read.answers) == []
    verdict = check_response(questionnaire(consultation), resource)
    missing = {issue.item for issue in outcome.errors if issue.code == "required"}
    named = {f.link_id for f in verdict.found if f.severity == "error" and f.code == "required"}
    conditional = {i.id for i in consultation.items.values() if i.required_if}
    assert named <= missing, "the standard does not miss what lies in an absent group"
    present = {node["linkId"] for node in walk(resource)}
    for name in missing - conditional:
        item = consultation.items[name]
        if not item.scope and (not item.parent or item.parent in present):
            assert name in named


@pytest.mark.parametrize("path", [p for p in ALL if p.parent == WEB][::4], ids=lambda p: p.stem)
def test_responses_to_imported_forms_are_valid(path: Path) -> None:
    form = imported(path)
    answers = random_answers(form, Random(7), 1.0)
    outcome = evaluate(form, answers, DAY)
    told = {issue.item for issue in outcome.errors}
    found = check_response(questionnaire(form), response(form, answers, outcome, exact=True)).found
    links = {str(i.item.fhir.get("linkId", i.id)): i.id for i in form.items.values()}
    wrong = {links[f.link_id] for f in found if f.severity == "error"}
    kept = {
        links[one["linkId"]]
        for one in from_fhir(read_resource(path).content)[1].kept
        if one["linkId"]
    }
    assert wrong - kept <= told
