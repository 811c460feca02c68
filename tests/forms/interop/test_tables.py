"""Answers as CSV: rows of repeats, labels, and cells that no spreadsheet runs."""

import csv
import io
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.forms.compile import compile_form
from portal.forms.compiled import CompiledForm
from portal.forms.definition import read_definition
from portal.forms.interop.tables import Filled, answer_tables, safe
from tests.forms.interop.answering import random_answers

FORM = """
form: visit
version: 1.0.0
languages: [en, de]
items:
  - {id: name, type: text}
  - {id: score, type: integer}
  - {id: weight, type: quantity, units: [kg, g]}
  - {id: well, type: yes_no}
  - {id: colours, type: choice, multiple: true, other: true, options: [{code: r, label: {en: Red, de: Rot}}, {code: b, label: {en: Blue, de: Blau}}]}
  - {id: dx, type: choice, options_from: valueset:diagnoses}
  - repeat: visits
    items:
      - {id: visits.day, type: date}
      - repeat: drugs
        items:
          - {id: drugs.name, type: text}
"""
ANSWERS: dict[str, Any] = {
    "name": "=HYPERLINK(1)", "score": -3, "weight": {"value": "-2.50", "unit": "kg"}, "well": False,
    "colours": [{"system": "", "code": "r"}, {"text": "@pink"}],
    "dx": {"system": "https://www.orpha.net", "code": "558", "display": "+Marfan"},
    "visits": [
        {"row": "v1", "visits.day": "2024-05", "drugs": [{"row": "d1", "drugs.name": "-a"}, {"row": "d2", "drugs.name": "b"}]},
        {"row": "v2", "visits.day": "2024"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def form() -> CompiledForm:
    return compile_form(read_definition(FORM).required())


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_one_line_per_response_and_a_file_per_repeat(form: CompiledForm) -> None:
    files = answer_tables(form, [Filled("p1", ANSWERS), Filled("=p2", {})], language="de")
    assert set(files) == {"answers.csv", "answers.visits.csv", "answers.drugs.csv"}
    first, second = lines(files["answers.csv"])
    assert first == {
        "response": "p1", "name": "'=HYPERLINK(1)", "score": "-3", "weight": "-2.50", "weight:unit": "kg",
        "well": "false", "colours": "r; ", "colours:label": "Rot; '@pink",
        "dx": "https://www.orpha.net|558", "dx:label": "'+Marfan",
    }  # fmt: skip
    assert second["response"] == "'=p2"
    assert set(second.values()) == {"'=p2", ""}
    assert [row["row:visits"] for row in lines(files["answers.visits.csv"])] == ["v1", "v2"]
    drugs = lines(files["answers.drugs.csv"])
    assert [(d["row:visits"], d["row:drugs"], d["drugs.name"]) for d in drugs] == [
        ("v1", "d1", "'-a"), ("v1", "d2", "b")
    ]  # fmt: skip


def test_rows_side_by_side(form: CompiledForm) -> None:
    files = answer_tables(form, [Filled("p1", ANSWERS), Filled("p2", {})], rows="columns")
    assert set(files) == {"answers.csv"}
    first = lines(files["answers.csv"])[0]
    assert first["visits.1.visits.day"] == "2024-05"
    assert first["visits.1.drugs.2.drugs.name"] == "b"
    assert first["visits.2.visits.day"] == "2024"
    assert "visits.3.visits.day" not in first
    assert first["colours:label"].startswith("Red")


@given(st.text())
def test_no_text_cell_begins_like_a_formula(text: str) -> None:
    assert safe(text)[:1] not in set("=+-@\t\r\n＝＋－＠")
    assert safe(text).endswith(text)


@pytest.mark.parametrize("seed", range(5))
def test_every_cell_of_random_answers_is_harmless(form: CompiledForm, seed: int) -> None:
    filled = [Filled(str(n), random_answers(form, Random(seed * 10 + n), 0.9)) for n in range(3)]
    for rows in ("files", "columns"):
        for text in answer_tables(form, filled, rows=rows).values():
            for row in csv.reader(io.StringIO(text)):
                assert all(not c or c[0] not in "=+@\t\r" for c in row)


def test_answers_of_the_wrong_shape_leave_cells_empty(form: CompiledForm) -> None:
    odd: dict[str, Any] = {"weight": "3 kg", "colours": {"text": 5}, "visits": "none", "dx": 7}
    row = lines(answer_tables(form, [Filled("p", odd)])["answers.csv"])[0]
    assert (row["weight"], row["dx"]) == ("", "")
