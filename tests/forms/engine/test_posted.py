"""Posted pages: only what is present changes; rows are added and removed without a script."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from portal.forms.binding import AnswerField, attribute, read_posted, section_form
from portal.forms.compile import compile_form
from tests.forms.engine.samples import MARFAN, consultation, outcome, small

FORM = """
- section: page
  items:
    - {id: name, type: text}
    - {id: tall, type: quantity, units: [cm, m]}
    - {id: signs, type: choice, multiple: true, options: [a A, b B], other: true}
    - {id: codes, type: choice, multiple: true, options_from: valueset:x, control: search}
    - {id: marks, type: integer, multiple: true}
    - {id: fixed, type: text, read_only: true}
    - {id: sum, type: integer, value: sum(rows.n)}
    - repeat: rows
      items:
        - {id: rows.n, type: integer, default: 1}
        - repeat: rows.sub
          items: [{id: rows.sub.t, type: text}]
- section: other
  items: [{id: elsewhere, type: text}]
"""


@pytest.fixture(scope="module")
def form() -> Any:
    return small(FORM)


def post(form: Any, before: Any = None, /, **fields: Any) -> Any:
    data = MultiDict()
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return read_posted(form, "page", data, before or {})


def test_only_what_the_page_holds_changes(form: Any) -> None:
    before = {"name": "Ada", "elsewhere": "kept", "fixed": "f", "tall": {"value": "1", "unit": "m"}}
    assert post(form, before, name="Eva").answers == {**before, "name": "Eva"}
    assert post(form, before, name=" ").answers == {k: v for k, v in before.items() if k != "name"}
    assert post(form, before, elsewhere="x", fixed="x", sum="9").answers == before
    assert before["name"] == "Ada"


def test_what_cannot_be_read_keeps_the_stored_answer(form: Any) -> None:
    before = {"tall": {"value": "1.80", "unit": "m"}}
    found = post(form, before, tall="tall", **{"tall~unit": "m"})
    assert found.answers == before
    assert found.problems == {"tall": "Please write a number, such as 12.5 or 12,5."}
    assert found.typed == {"tall": "tall"}


def test_several_answers_of_every_make(form: Any) -> None:
    found = post(form, signs=["", "|a", "|b"], **{"signs~text": "own words"}).answers["signs"]
    assert [one.get("code") or one["text"] for one in found] == ["a", "b", "own words"]
    assert post(form, {"signs": found}, signs="").answers == {}
    found = post(
        form,
        codes="",
        **{"codes~code": ["1", "2"], "codes~system": ["s", "t"], "codes~display": ["One", "Two"]},
    )
    assert found.answers["codes"] == [
        {"system": "s", "code": "1", "display": "One"},
        {"system": "t", "code": "2", "display": "Two"},
    ]
    dropped = post(
        form,
        codes="",
        **{"codes~code": ["1", "2"], "codes~system": ["s", "t"], "codes~drop": "s|1"},
    )
    assert [one["code"] for one in dropped.answers["codes"]] == ["2"]
    assert post(form, marks=["3", "", "7"]).answers == {"marks": [3, 7]}


def test_rows_are_kept_added_and_removed(form: Any) -> None:
    before = {"rows": [{"row": "a", "rows.n": 1}, {"row": "b", "rows.n": 2}]}
    assert post(form, before, name="x").answers["rows"] == before["rows"]
    changed = post(form, before, rows=["", "b", "c"], **{"rows.n@b": "5", "rows.n@c": "6"})
    assert changed.answers["rows"] == [{"row": "b", "rows.n": 5}, {"row": "c", "rows.n": 6}]
    removed = post(form, before, rows=["", "a", "b"], **{"rows~remove": "a"})
    assert [one["row"] for one in removed.answers["rows"]] == ["b"]
    added = post(form, before, **{"rows~add": "1"}).answers["rows"]
    assert [one["row"] for one in added[:2]] == ["a", "b"]
    assert added[2]["rows.n"] == 1
    assert len(added[2]["row"]) == 26
    assert "rows" not in post(form, before, rows="").answers


def test_rows_in_rows(form: Any) -> None:
    found = post(
        form,
        rows=["", "a"],
        **{
            "rows.sub@a": ["", "s1", "s2"],
            "rows.sub.t@s1": "one",
            "rows.sub.t@s2": "two",
            "rows.sub.t@zz": "x",
        },
    )
    assert found.answers["rows"] == [
        {
            "row": "a",
            "rows.sub": [{"row": "s1", "rows.sub.t": "one"}, {"row": "s2", "rows.sub.t": "two"}],
        }
    ]
    assert outcome(form, found.answers).draft_errors == ()


def test_row_names_of_strangers_are_not_taken(form: Any) -> None:
    found = post(form, rows=["", "../../etc", "a b", "ok", "ok", "x" * 200])
    assert [one["row"] for one in found.answers["rows"]] == ["ok"]


def test_the_generated_wtforms_class_reads_the_same(form: Any) -> None:
    data = {"name": "Ada", "tall": "x", "rows": ["", "a"], "rows.n@a": "seven", "signs": ["", "|a"]}
    bound = section_form(form, "page")(
        MultiDict([(k, v) for k, vs in data.items() for v in ([vs] if isinstance(vs, str) else vs)])
    )
    assert bound.answers == read_posted(form, "page", data, {}).answers
    assert not bound.validate()
    assert set(bound.errors) == {"f_tall", "f_rows"}
    assert bound[attribute("name")].data == "Ada"
    assert isinstance(bound[attribute("name")], AnswerField)
    assert 'value="Ada"' in str(bound[attribute("name")]())
    again = section_form(form, "page")(data={"name": "Eva", "marks": [3]})
    assert again[attribute("name")].data == "Eva"
    assert again.validate()


def test_the_class_checks_stored_values_and_is_made_once_per_content(form: Any) -> None:
    bound = section_form(form, "page")(data={"name": 5})
    assert not bound.validate()
    same = compile_form(form.definition)
    assert section_form(same, "page") is section_form(form, "page")
    with pytest.raises(KeyError):
        section_form(form, "nowhere")


NAMES = st.sampled_from(
    [
        "dx",
        "dx~code",
        "dx~system",
        "dx~display",
        "onset",
        "height",
        "height~unit",
        "weight",
        "bmi",
        "variants",
        "variants~add",
        "variants~remove",
        "variants.gene@r1~code",
        "variants.gene@r1",
        "variants.zygosity@r1",
        "x",
        "~",
        "@",
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(NAMES, st.lists(st.text(max_size=20) | st.just("r1"), max_size=3), max_size=8)
)
def test_any_post_is_read_or_explained(data: dict[str, list[str]]) -> None:
    form = consultation()
    found = read_posted(form, "diagnosis", data, {"dx": MARFAN})
    found = read_posted(form, "variants", data, found.answers)
    assert all(found.problems.values())
    outcome(form, found.answers)
