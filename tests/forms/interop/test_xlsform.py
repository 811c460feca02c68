"""XLSForms in, through pyxform's reader; what is carried, what is named in the report."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from portal.forms.compile import compile_form
from portal.forms.compiled import CompiledForm
from portal.forms.definition import read_definition
from portal.forms.definition.writer import to_yaml
from portal.forms.evaluate import Context, evaluate
from portal.forms.interop.files import UnreadableError
from portal.forms.interop.importing.report import Report
from portal.forms.interop.xlsform.reader import from_book, from_xlsform
from portal.forms.interop.xlsform.sheets import from_sheets, language_code
from portal.kernel.errors import PortalError

SURVEY = [
    ["type", "name", "label::English (en)", "label::Deutsch (de)", "hint", "relevant", "constraint",
     "constraint_message", "calculation", "required", "appearance", "repeat_count", "default",
     "choice_filter", "parameters", "read_only"],
    ["start", "start"],
    ["text", "given_name", "Name", "Name", "As in the passport", "", "regex(., '^[A-Z].*$')", "A capital first", "", "yes", "multiline"],
    ["integer", "age", "Age", "Alter", "", "", ". >= 0 and . <= 120", "Impossible", "", "true()", "", "", "5"],
    ["select_one yn", "smoke", "Smoker?", "Raucher?", "", "${age} > 15", "", "", "", "", "minimal"],
    ["select_multiple sym or_other", "sym", "Symptoms", "Symptome", "", "${smoke} = 'y'"],
    ["begin group", "g1", "Body", "Körper", "", "not(${age} < 18)", "", "", "", "", "field-list"],
    ["decimal", "w", "Weight", "Gewicht"],
    ["decimal", "h", "Height", "Größe", "", "", ". < 3"],
    ["calculate", "bmi", "", "", "", "", "", "", "round(${w} div pow(${h}, 2), 1)"],
    ["calculate", "word", "", "", "", "", "", "", "if(${bmi} >= 30, 'high', 'usual')"],
    ["calculate", "heavy", "", "", "", "", "", "", "${bmi} > 25 and selected(${sym}, 'a')"],
    ["note", "n1", "Well done", "Gut"],
    ["end group"],
    ["begin_repeat", "kids", "Children", "Kinder", "", "", "", "", "", "", "", "3"],
    ["text", "kname", "Name", "Name"],
    ["date", "kdob", "Born", "Geboren", "", "", ". <= today()", "", "", "", "month-year"],
    ["end_repeat"],
    ["calculate", "how_many", "", "", "", "", "", "", "count(${kids})"],
    ["select_one likert", "q1", "Tired", "Müde", "", "", "", "", "", "", "likert"],
    ["select_one likert", "q2", "Sad", "Traurig"],
    ["calculate", "total", "", "", "", "", "", "", "${q1} + ${q2}"],
    ["select_one country", "country", "Country", "Land"],
    ["select_one city", "city", "City", "Stadt", "", "", "", "", "", "", "", "", "", "country=${country}"],
    ["text", "why", "Why?", "Warum?", "", "${sym} != '' and string-length(${given_name}) > 2", "", "", "", "${smoke} = 'n'"],
    ["range", "pain", "Pain", "Schmerz", "", "", "", "", "", "", "", "", "", "", "start=1 end=5 step=0.5"],
    ["image", "pic", "Photo", "Foto"],
    ["geopoint", "loc", "Where", "Wo"],
    ["text", "odd", "Odd", "Seltsam", "", "jr:choice-name(${smoke}, 'smoke') = 'Yes'"],
]  # fmt: skip
CHOICES = [
    ["list_name", "name", "label::English (en)", "label::Deutsch (de)", "country"],
    ["yn", "y", "Yes", "Ja"], ["yn", "n", "No", "Nein"],
    ["sym", "a", "Ache", "Weh"], ["sym", "b#c", "Burn", "Brand"],
    ["likert", "0", "Never", "Nie"], ["likert", "1", "Often", "Oft"],
    ["country", "de", "Germany", "Deutschland"], ["country", "fr", "France", "Frankreich"],
    ["city", "berlin", "Berlin", "Berlin", "de"], ["city", "paris", "Paris", "Paris", "fr"],
]  # fmt: skip
SETTINGS = [["form_title", "form_id", "version", "default_language"],
            ["My study", "study-1", "20240501", "English (en)"]]  # fmt: skip


def workbook(path: Path, **sheets: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[CompiledForm, Report]:
    path = tmp_path_factory.mktemp("xls") / "study.xlsx"
    workbook(path, survey=SURVEY, choices=CHOICES, settings=SETTINGS)
    definition, report = from_xlsform(path)
    assert read_definition(to_yaml(definition)).definition == definition
    return compile_form(definition), report


def test_rows_become_items(study: tuple[CompiledForm, Report]) -> None:
    form, report = study
    items = {key: value.item for key, value in form.items.items()}
    assert (form.name, form.title("en"), form.languages) == ("study-1", "My study", ("en", "de"))
    assert items["smoke"].label == {"en": "Smoker?", "de": "Raucher?"}
    assert items["given_name"].type == "long_text"
    assert (items["given_name"].pattern, items["given_name"].required) == ("[A-Z].*", True)
    assert items["given_name"].pattern_help == {"en": "A capital first"}
    assert (items["age"].min, items["age"].max, items["age"].default) == ("0", "120", 5)
    assert (items["smoke"].control, items["smoke"].show_if) == ("dropdown", "age > 15")
    assert (items["sym"].multiple, items["sym"].other) == (True, True)
    assert [option.code for option in items["sym"].options] == ["a", "b_c"]
    assert form.definition.items[4].type == "section"
    assert items["kids"].repeats
    assert (items["kids"].at_most, items["kdob"].precision, items["kdob"].max) == (
        3,
        "month",
        "today()",
    )
    assert (items["pain"].control, items["pain"].step) == ("slider", "0.5")
    assert items["pic"].accept == ("image/*",)
    assert form.rules[0].rule.check == "h < 3"
    assert report.items == 25


def test_expressions_and_filters(study: tuple[CompiledForm, Report]) -> None:
    form, report = study
    items = {key: value.item for key, value in form.items.items()}
    assert items["g1"].show_if == "not default(age < 18, false)"
    assert items["bmi"].value == "round(w / h ^ 2, 1)"
    assert (items["word"].type, items["heavy"].type) == ("text", "yes_no")
    assert items["how_many"].value == "count(kids)"
    assert items["total"].value == "score(q1) + score(q2)"
    assert items["why"].show_if == "sym is answered and length(given_name) > 2"
    assert items["why"].required_if == 'smoke = "n"'
    assert [option.show_if for option in items["city"].options] == [
        'country = "de"',
        'country = "fr"',
    ]
    kept = {(one["linkId"], one["what"]) for one in report.kept}
    assert {("loc", "type"), ("odd", "relevant")} <= kept
    assert report.ignored == [
        {"linkId": "start", "what": "start", "why": "facts about the device and the moment"}
    ]


def test_the_form_computes(study: tuple[CompiledForm, Report]) -> None:
    form, _ = study
    answers: dict[str, Any] = {
        "age": 40, "w": "100", "h": "1.8", "kids": [{"row": "a"}, {"row": "b"}],
        "smoke": {"system": "", "code": "y"}, "sym": [{"system": "", "code": "a"}],
        "q1": {"system": "", "code": "1"}, "q2": {"system": "", "code": "1"},
    }  # fmt: skip
    outcome = evaluate(form, answers, Context(date(2025, 1, 1)))
    found = {
        name: outcome.computed[name, ""] for name in ("bmi", "word", "heavy", "how_many", "total")
    }
    assert found == {"bmi": "30.9", "word": "high", "heavy": True, "how_many": "2", "total": "2"}
    young = evaluate(form, {"age": 12}, Context(date(2025, 1, 1)))
    assert not young.is_visible("w")
    assert not young.is_visible("smoke")


def test_every_binding_of_pyxform_is_carried_or_named(
    study: tuple[CompiledForm, Report], tmp_path: Path
) -> None:
    """pyxform itself converts the same file: each question it finds is an item of ours."""
    path = workbook(tmp_path / "study.xlsx", survey=SURVEY[:-1], choices=CHOICES, settings=SETTINGS)
    survey = convert(xlsform=path)._pyxform
    assert survey is not None
    names: set[str] = set()
    todo = list(survey["children"])
    while todo:
        one = todo.pop()
        names.add(one["name"])
        todo += one.get("children", [])
    ours = set(study[0].items) | {one["linkId"] for one in study[1].ignored}
    generated = {"meta", "instanceID", "sym_other", "kids_count"}
    assert names - generated <= ours


def test_markdown_and_csv_are_read_as_well(tmp_path: Path) -> None:
    table = "| survey |\n| | type | name | label |\n| | text | a | A |\n| | integer | b | B |\n"
    (tmp_path / "form.md").write_text(table, encoding="utf-8")
    definition, _ = from_xlsform(tmp_path / "form.md")
    assert [(item.id, item.type) for item in definition.items] == [("a", "text"), ("b", "integer")]
    assert definition.form == "form"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"not a workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0"),
        ("a.md", b"nothing"),
        ("a.csv", b"x,y\n1,2\n"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableError) as refusal:
        from_xlsform(tmp_path / name)
    assert name in refusal.value.message or "survey" in refusal.value.message


def test_a_missing_file_is_said() -> None:
    with pytest.raises(UnreadableError, match="is no file"):
        from_xlsform(Path("/nowhere/form.xlsx"))


def test_without_pyxform_the_way_to_get_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyxform.xls2json_backends", None)
    with pytest.raises(PortalError, match="pyxform") as refusal:
        from_xlsform(workbook(tmp_path / "a.xlsx", survey=SURVEY))
    assert "pip install" in refusal.value.hint


def test_languages_are_recognised_by_code_or_name() -> None:
    found = [
        language_code(name) for name in ("English (en)", "de", "French", "default", "Polski (pl)")
    ]
    assert found == ["en", "de", "fr", "en", "pl"]


CELLS = st.one_of(
    st.text(max_size=10),
    st.sampled_from(["select_one l", "text", "begin_group", "end_group", "begin_repeat", "calculate",
                     "${a} > 1", "selected(${a}, 'x')", ". < 3", "a", "yes", "count(${a})", "l"]),
)  # fmt: skip
COLUMNS = ("type", "name", "label", "relevant", "constraint", "calculation", "required", "default",
           "choice_filter", "appearance")  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from(COLUMNS), CELLS, max_size=6), min_size=1, max_size=7)
)
def test_any_cells_give_a_form(rows: list[dict[str, str]]) -> None:
    choices = [{"list_name": "l", "name": "a", "label": "A"}, {"list_name": "l", "name": "1"}]
    definition, report = from_book(from_sheets({"survey": rows, "choices": choices}))
    form = compile_form(definition)
    assert report.items >= len([item for item in form.items if item])
    assert read_definition(to_yaml(definition)).definition == definition
