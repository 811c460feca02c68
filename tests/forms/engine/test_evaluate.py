"""Evaluation: visible, calculated, wrong, left to do; hidden answers; rows; hostile answers."""

import sys
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.evaluate import Context, completed_answers, evaluate
from portal.forms.prefill import initial_answers, row_defaults
from tests.forms.engine.samples import MARFAN, NOW, codes, consultation, outcome, small

ANSWERS: dict[str, Any] = {
    "dx": MARFAN,
    "onset": "2012-05",
    "height": {"value": "1.80", "unit": "m"},
    "weight": {"value": "81", "unit": "kg"},
    "variants": [
        {"row": "r1", "variants.gene": {"system": "http://www.genenames.org", "code": "3603"}}
    ],
}


def test_a_filled_form() -> None:
    form = consultation()
    found = outcome(form, ANSWERS)
    assert found.issues == ()
    assert found.can_complete
    assert found.computed == {("bmi", ""): "25"}
    assert found.is_visible("onset_note")
    assert found.is_visible("variants.gene", "r1")
    assert found.due == {"diagnosis": "2025-03-15"}
    assert found.completeness.percent == 100
    assert completed_answers(form, ANSWERS, found) == {**ANSWERS, "bmi": "25"}


def test_an_empty_form_says_what_is_left() -> None:
    found = outcome(consultation(), {})
    assert codes(found) == {("dx", "required")}
    assert found.draft_errors == ()
    assert not found.can_complete
    assert (found.completeness.done, found.completeness.total) == (0, 3)
    assert [(left.section, [one.item for one in left.missing]) for left in found.left] == [
        ("diagnosis", ["dx"])
    ]
    assert found.left[0].missing[0].required
    assert found.sections["measures"].percent == 100


def test_hidden_answers_stay_in_the_draft_and_leave_the_completed_response() -> None:
    form = consultation()
    answers = {**ANSWERS, "dx": {**MARFAN, "code": "1"}}
    found = outcome(form, answers)
    assert not found.is_visible("variants")
    assert "variants" not in completed_answers(form, answers, found)
    assert "variants" in answers


def test_cross_field_rules_and_reasons_for_warnings() -> None:
    form = small(
        "- {id: a, type: integer}\n- {id: b, type: integer}",
        rules="- {id: order, check: a <= b, message: {en: A first}, severity: error, at: b}\n"
        "- {id: big, check: a < 100, message: Unusual, severity: warning}",
    )
    found = outcome(form, {"a": 200, "b": 1})
    assert {(i.rule, i.severity, i.item, i.message) for i in found.issues} == {
        ("order", "error", "b", "A first"),
        ("big", "warning", "a", "Unusual"),
    }
    found = outcome(form, {"a": 200, "b": 300})
    assert [issue.rule for issue in found.open_warnings] == ["big"]
    assert not found.can_complete
    found = outcome(form, {"a": 200, "b": 300}, reasons={"big": "measured twice"})
    assert found.can_complete
    assert found.issues[0].reason == "measured twice"
    assert outcome(form, {"a": 5}).issues == ()


def test_rules_speak_of_each_row() -> None:
    form = small(
        "- repeat: rows\n  items: [{id: rows.a, type: integer}, {id: rows.b, type: integer}]",
        rules="- {id: order, check: rows.a <= rows.b, message: Wrong, severity: warning}",
    )
    rows = [{"row": "x", "rows.a": 2, "rows.b": 1}, {"row": "y", "rows.a": 1, "rows.b": 2}]
    found = outcome(form, {"rows": rows}, reasons={"order@x": "known"})
    assert [(i.item, i.row, i.reason) for i in found.issues] == [("rows.a", "x", "known")]


def test_required_under_a_condition() -> None:
    form = small(
        "- {id: a, type: yes_no}\n- {id: b, type: text, required_if: a}\n"
        "- {id: c, type: text, weight: 2}\n- {id: d, type: text}"
    )
    assert codes(outcome(form, {})) == set()
    found = outcome(form, {"a": True})
    assert codes(found) == {("b", "required")}
    assert found.needed == {"": {"b"}}
    assert (found.completeness.done, found.completeness.total) == (0, 3)
    assert codes(outcome(form, {"a": True, "b": "x"})) == set()
    assert outcome(form, {"a": False, "c": "x"}).completeness.percent == 100


def test_bounds_that_depend_on_answers_do_not_make_a_loop() -> None:
    form = small(
        "- {id: start, type: date, max: stop}\n- {id: stop, type: date, min: start}\n"
        "- {id: until, type: date, max: today() + 1 year}"
    )
    found = outcome(form, {"start": "2024-05-02", "stop": "2024-05-01", "until": "2026-03-02"})
    assert codes(found) == {("start", "max"), ("stop", "min"), ("until", "max")}
    assert "2026-03-01" in found.issues[-1].message


def test_options_that_other_answers_rule_out() -> None:
    form = small(
        "- {id: sex, type: choice, options: [f Female, m Male]}\n"
        "- id: organ\n  type: choice\n  options:\n    - heart Heart\n    - {uterus Uterus: {show_if: sex = f}}"
    )
    male = {"sex": {"system": "", "code": "m"}, "organ": {"system": "", "code": "uterus"}}
    found = outcome(form, male)
    assert codes(found) == {("organ", "option_hidden")}
    assert found.options_off == {"": {"organ |uterus"}}
    assert codes(outcome(form, {**male, "sex": {"system": "", "code": "f"}})) == set()


def test_values_that_clash_are_said_and_count_as_unknown() -> None:
    form = small(
        "- {id: q, type: quantity, units: [mmol/L, mg/dL]}\n"
        "- {id: high, type: text, show_if: 'q > 100 mg/dL'}\n- {id: n, type: decimal, value: 'in_unit(q, \"mg/dL\")'}"
    )
    found = outcome(form, {"q": {"value": "5", "unit": "mmol/L"}})
    assert codes(found) == {("high", "expression"), ("n", "expression")}
    assert "mg/dL cannot be compared with mmol/L" in found.issues[0].message
    assert found.computed == {("n", ""): None}
    assert outcome(form, {"q": {"value": "120", "unit": "mg/dL"}}).is_visible("high")


def test_nested_rows_required_columns_and_counts() -> None:
    form = small(
        "- repeat: fam\n  at_most: 2\n  required: true\n  items:\n"
        "    - {id: fam.name, type: text, required: true}\n"
        "    - repeat: fam.tests\n      at_least: 1\n      items: [{id: fam.tests.n, type: integer}]\n"
        "    - {id: fam.sum, type: integer, value: sum(fam.tests.n)}\n"
        "- {id: total, type: integer, value: sum(fam.sum)}"
    )
    assert codes(outcome(form, {})) == {("fam", "required")}
    rows = [
        {
            "row": "a",
            "fam.name": "A",
            "fam.tests": [{"row": "t1", "fam.tests.n": 2}, {"row": "t2", "fam.tests.n": 3}],
        },
        {"row": "b", "fam.tests": []},
        {"row": "c", "fam.name": "C", "fam.tests": [{"row": "t3"}]},
    ]
    found = outcome(form, {"fam": rows})
    assert {(i.item, i.row, i.code) for i in found.issues} == {
        ("fam", "", "at_most"),
        ("fam.name", "b", "required"),
    }
    assert found.computed == {
        ("fam.sum", "a"): 5,
        ("fam.sum", "b"): None,
        ("fam.sum", "c"): None,
        ("total", ""): 5,
    }


def test_calculated_answers_are_never_taken_from_the_client() -> None:
    form = small(
        "- {id: a, type: integer}\n- {id: b, type: integer, value: a * 2}\n- {id: c, type: yes_no, value: b > 3}"
    )
    found = outcome(form, {"a": 2, "b": 999})
    assert found.computed == {("b", ""): 4, ("c", ""): True}
    assert completed_answers(form, {"a": 2, "b": 999}, found) == {"a": 2, "b": 4, "c": True}


def test_calculated_values_are_rounded_to_their_places_and_must_fit() -> None:
    form = small(
        "- {id: a, type: integer}\n- {id: third, type: decimal, decimals: 2, value: a / 3}\n"
        "- {id: whole, type: integer, value: a / 3}\n- {id: small, type: integer, value: a, max: 5}\n"
        '- {id: word, type: choice, options: [lo Low, hi High], value: \'if(a > 5, "hi", "lo")\'}\n'
        "- {id: mass, type: quantity, unit: g, value: a * 1 kg}\n- {id: after, type: text, show_if: small is answered}"
    )
    found = outcome(form, {"a": 10})
    assert found.computed[("third", "")] == "3.33"
    assert found.computed[("whole", "")] is None
    assert found.computed[("word", "")]["code"] == "hi"
    assert found.computed[("mass", "")] == {"value": "10000", "unit": "g"}
    assert codes(found) == {("small", "max")}
    assert not found.is_visible("after")


def test_first_values() -> None:
    form = small(
        "- {id: born, type: date, precision: any, prefill: patient.birth_date}\n"
        "- {id: n, type: integer, default: 3}\n- {id: c, type: choice, default: SCT:1, options: [SCT:1 One, SCT:2 Two]}\n"
        "- {id: m, type: choice, multiple: true, options: [{a A: {default: true}}, b B]}\n"
        "- {id: h, type: quantity, unit: cm, prefill: {last: LOINC:8302-2, within: 6 months}, max: 250 cm}\n"
        "- repeat: rows\n  items: [{id: rows.k, type: text, default: x}, {id: rows.j, type: text}]"
    )
    seen = []

    def observations(code: Any, within: str) -> Any:
        seen.append((code.code, within))
        return {"value": "1.7", "unit": "m"} if len(seen) > 1 else {"value": "170", "unit": "cm"}

    found = initial_answers(form, NOW, observations)
    assert found["born"] == "2011-03-14"
    assert (found["n"], found["c"]["code"], found["m"][0]["code"]) == (3, "1", "a")
    assert found["h"] == {"value": "170", "unit": "cm"}
    assert seen == [("8302-2", "6 months")]
    assert "h" not in initial_answers(form, Context(date(2025, 1, 1)), observations)
    assert "born" not in initial_answers(form, Context(date(2025, 1, 1)))
    assert row_defaults(form, "rows") == {"rows.k": "x"}


def test_facts_of_the_wrong_make_are_unknown() -> None:
    form = small(
        "- {id: a, type: integer, value: 'years_between(patient.birth_date, today)'}\n- {id: b, type: text, show_if: patient.deceased}"
    )
    for wrong in ("never", 5, [], {"a": 1}, None, True):
        context = Context(
            date(2025, 3, 1), values={"patient.birth_date": wrong, "patient.deceased": wrong}
        )
        assert evaluate(form, {}, context).computed == {("a", ""): None}


def test_malformed_rows_are_named_and_left_out() -> None:
    form = small(
        "- repeat: rows\n  items: [{id: rows.n, type: integer}]\n- {id: s, type: integer, value: sum(rows.n)}"
    )
    rows = [
        {"row": "a", "rows.n": 1},
        {"rows.n": 5},
        {"row": "a", "rows.n": 7},
        "x",
        {"row": 3},
        {"row": "b c"},
    ]
    found = outcome(form, {"rows": rows})
    assert [i.code for i in found.issues] == ["unknown_row"] * 5
    assert found.computed == {("s", ""): 1}
    assert codes(outcome(form, {"rows": {"row": "a"}})) == {("rows", "shape")}
    assert codes(outcome(form, [1])) == {("", "shape")}


def test_answers_to_questions_that_do_not_exist_are_said() -> None:
    found = outcome(
        consultation(), {"dx": MARFAN, "evil": 1, "variants.gene": MARFAN, "diagnosis": 1}
    )
    assert [i.params["item"] for i in found.issues if i.code == "unknown_item"] == [
        "evil",
        "variants.gene",
        "diagnosis",
    ]


HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.just("9" * 5000),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["row", "system", "code", "text", "value", "unit", "variants.gene", "dx", "id"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["dx", "onset", "height", "weight", "bmi", "variants", "nothing", "row", ""]
        ),
        HOSTILE,
        max_size=6,
    )
)
def test_hostile_answers_become_issues_in_bounded_time(answers: dict[str, Any]) -> None:
    started = time.process_time()
    found = evaluate(consultation(), answers, NOW)
    assert time.process_time() - started < 0.5
    assert all(issue.message for issue in found.issues)
    assert isinstance(completed_answers(consultation(), answers, found), dict)


@pytest.mark.parametrize(
    "answers",
    [
        {"variants": [{"row": str(i)} for i in range(50_000)]},
        {"variants": [None] * 100_000},
        {f"k{i}": 1 for i in range(50_000)},
        {"dx": {"system": "x" * 10**6, "code": "y" * 10**6}},
        {"onset": "2" * 10**6},
        {"height": {"value": "9" * 10**6, "unit": "m" * 10**6}},
    ],
    ids=["rows", "nothings", "keys", "code", "date", "number"],
)
def test_huge_answers_are_refused_quickly(answers: dict[str, Any]) -> None:
    started = time.process_time()
    found = evaluate(consultation(), answers, NOW)
    assert time.process_time() - started < 1
    assert found.errors
    assert len(found.issues) <= 600


def test_deep_answers_are_refused() -> None:
    deep: Any = []
    for _ in range(sys.getrecursionlimit() + 100):
        deep = [deep]
    assert codes(outcome(consultation(), {"dx": deep, "variants": deep})) >= {("dx", "required")}


def test_the_speed_that_pages_need() -> None:
    form = consultation()
    evaluate(form, ANSWERS, NOW)
    started = time.process_time()
    for _ in range(50):
        evaluate(form, ANSWERS, NOW)
    assert (time.process_time() - started) / 50 < 0.005
