"""Data dictionaries of REDCap in and out."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.catalogue import load_form
from portal.forms.compile import compile_form
from portal.forms.compiled import CompiledForm
from portal.forms.definition import read_definition
from portal.forms.definition.writer import to_yaml
from portal.forms.evaluate import Context, evaluate
from portal.forms.interop.files import UnreadableError
from portal.forms.interop.importing.report import Report
from portal.forms.interop.redcap.columns import TITLES, read_rows, write_rows
from portal.forms.interop.redcap.reader import from_redcap
from portal.forms.interop.redcap.writer import to_redcap

DICTIONARY = (Path(__file__).parent / "dictionary.csv").read_text(encoding="utf-8")
WORDS = ("branching_logic", "choices")


@pytest.fixture(scope="module")
def study() -> tuple[CompiledForm, Report]:
    definition, report = from_redcap(DICTIONARY, "study")
    assert read_definition(to_yaml(definition)).definition == definition
    return compile_form(definition), report


def test_fields_become_items(study: tuple[CompiledForm, Report]) -> None:
    form, report = study
    items = {key: value.item for key, value in form.items.items()}
    assert report.items == 22
    assert [item.id for item in form.definition.items] == ["demographics", "signs"]
    assert items["dob"].type == "date"
    assert (items["dob"].min, items["dob"].max) == ("1900-01-01", "today()")
    assert (items["dob"].required, items["dob"].sensitive) == (True, ("sensitive",))
    assert form.items["dob"].parent == "demographics_about_you"
    assert items["demographics_about_you"].label == {"en": "About you"}
    assert (items["sex"].control, items["sex"].layout) == ("radio", "horizontal")
    assert items["sym"].multiple
    assert [option.exclusive for option in items["sym"].options] == [False, False, True]
    assert (items["fev"].type, items["fev"].decimals) == ("decimal", 1)
    assert items["freq"].type == "table"
    assert [child.id for child in items["freq"].items] == ["q1", "q2"]
    assert items["pain"].control == "slider"
    assert items["mail"].default == "a@b.eu"
    assert items["code"].hidden
    assert [option.code for option in items["code"].options] == ["a-1", "b_c"]


def test_logic_becomes_expressions_or_stays(study: tuple[CompiledForm, Report]) -> None:
    form, report = study
    shown = {key: value.item.show_if for key, value in form.items.items() if value.item.show_if}
    assert shown["fev"] == 'sym = "2"'
    assert shown["bmi"] == "w is answered and h is answered"
    assert shown["mail"] == 'sym is_not "1" or w > 90.5 and sex is_not "2"'
    assert shown["inf"] == "not default(preg = true, false) or score(q1) > 0"
    values = {key: value.item.value for key, value in form.items.items() if value.item.value}
    assert values["age"] == "years_between(dob, today())"
    assert values["score"] == "sum(score(q1), score(q2))"
    assert values["bmi"] == "round(w / (h / 100) ^ 2, 1)"
    kept = {(one["linkId"], one["what"]) for one in report.kept}
    assert ("odd", "show_if") in kept
    assert ("med", "value") in kept
    assert report.translated == 8


def test_the_form_computes_what_redcap_computes(study: tuple[CompiledForm, Report]) -> None:
    form, _ = study
    answers: dict[str, Any] = {
        "w": "81", "h": 180, "dob": "1990-05-18",
        "q1": {"system": "", "code": "1"}, "q2": {"system": "", "code": "0"},
        "sym": [{"system": "", "code": "2"}],
    }  # fmt: skip
    outcome = evaluate(form, answers, Context(date(2025, 5, 17)))
    assert outcome.computed["bmi", ""] == "25"
    assert outcome.computed["age", ""] == "34"
    assert outcome.computed["score", ""] == "1"
    assert outcome.is_visible("fev")
    assert not outcome.is_visible("preg")


def same(column: str, value: str) -> str:
    """Return a cell so that blanks, quotes and brackets of expressions do not count."""
    if column not in WORDS:
        return value
    for sign in " ()\"'":
        value = value.replace(sign, "")
    return value


def test_a_dictionary_comes_out_as_it_went_in(study: tuple[CompiledForm, Report]) -> None:
    written, report = to_redcap(study[0])
    assert report.ignored == []
    before, after = read_rows(DICTIONARY), read_rows(written)
    assert [row["field_name"] for row in before] == [row["field_name"] for row in after]
    for old, new in zip(before, after, strict=True):
        for column in TITLES:
            if old["field_name"] in {"preg", "inf"} and column == "branching_logic":
                continue  # said with other words: datediff in days, « not » turned round
            assert same(column, old[column]) == same(column, new[column]), (
                old["field_name"],
                column,
            )
    assert compile_form(from_redcap(written, "study")[0]).definition.items


def test_our_own_form_can_be_written(tmp_path: Path) -> None:
    form = load_form("consultation")
    written, report = to_redcap(form)
    rows = read_rows(written)
    assert rows[0]["field_name"] == "record_id"
    assert len({row["field_name"] for row in rows}) == len(rows)
    questions = [item for item in form.items.values() if not item.item.is_container]
    assert len(rows) == len(questions) + 1
    named = {row["field_name"]: row for row in rows}
    assert named["fev1"]["validation"] == "number"
    assert "medicines" in {row["form_name"] for row in rows}
    assert {one["what"] for one in report.kept} == {"repeat"}
    again, second = from_redcap(written, "again")
    assert second.items == len(rows)
    assert [k for k in second.kept if k["what"] in {"show_if", "value"}] == []
    compile_form(again)


def test_the_other_heading_and_separator_are_understood() -> None:
    rows = read_rows(
        "field_name;form_name;field_type;field_label;select_choices_or_calculations\n"
        "a;f;radio;Label;1, One | 2, Two\n;;;;\n"
    )
    assert rows == [
        {**dict.fromkeys(TITLES, ""), "field_name": "a", "form_name": "f", "field_type": "radio",
         "field_label": "Label", "choices": "1, One | 2, Two"}
    ]  # fmt: skip


@pytest.mark.parametrize("written", ["", "\n", "a,b\n1,2\n", "just text", "\0"])
def test_what_is_no_dictionary_is_refused(written: str) -> None:
    with pytest.raises(UnreadableError) as refusal:
        from_redcap(written)
    assert refusal.value.message


def test_twins_and_strange_names() -> None:
    rows = [
        {"field_name": name, "form_name": "F", "field_type": kind, "field_label": name, "choices": choices}
        for name, kind, choices in (
            ("Ünïcode", "text", ""), ("and", "text", ""), ("and", "notes", ""), ("x", "unheard_of", ""),
            ("c", "radio", ""), ("loop", "calc", "[loop]+1"),
        )
    ]  # fmt: skip
    definition, report = from_redcap(write_rows(rows))
    form = compile_form(definition)
    assert {"and_q", "x", "c", "loop"} < set(form.items)
    assert report.ignored[0]["why"] == "a field of this name came before"
    assert form.items["loop"].value is None
    assert form.items["x"].item.type == "text"
    assert to_redcap(form)[0].count("unheard_of") == 1


def test_columns_that_mean_nothing_for_a_type_are_kept() -> None:
    rows = [
        {"field_name": "hpo", "form_name": "f", "field_type": "text", "choices": "BIOPORTAL:HP"},
        {"field_name": "n", "form_name": "f", "field_type": "notes", "validation": "odd"},
        {"field_name": "sex", "form_name": "f", "field_type": "radio", "choices": "snomedct_1, Female | snomedct_2, Male"},
        {"field_name": "x", "form_name": "f", "field_type": "text", "branching_logic": '[sex]="snomedct_1" OR [sex] = "snomedct_2"'},
    ]  # fmt: skip
    definition, report = from_redcap(write_rows(rows))
    form = compile_form(definition)
    assert form.items["x"].item.show_if == 'sex = "snomedct_1" or sex = "snomedct_2"'
    assert {(one["linkId"], one["what"]) for one in report.kept} == {
        ("hpo", "choices"),
        ("n", "validation"),
    }
    after = {row["field_name"]: row for row in read_rows(to_redcap(form)[0])}
    assert after["hpo"]["choices"] == "BIOPORTAL:HP"
    assert after["n"]["validation"] == "odd"


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["radio", "calc", "text", "[a] = '1'", "1, A | 2, B", "y"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(*[CELLS] * 8), max_size=5))
def test_any_cells_give_a_form(cells: list[tuple[str, ...]]) -> None:
    columns = ("field_name", "form_name", "section_header", "field_type", "field_label", "choices",
               "validation", "branching_logic")  # fmt: skip
    text = write_rows([dict(zip(columns, line, strict=True)) for line in cells])
    definition, report = from_redcap(text)
    form = compile_form(definition)
    assert report.items <= len(form.items)
    to_redcap(form)
