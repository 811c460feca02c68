"""The expression language: what it refuses, how it explains, what it costs."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.expressions import ExpressionError, parse, rename
from portal.forms.expressions.functions import PUBLIC
from portal.forms.expressions.ordering import CycleError, in_order
from portal.forms.expressions.parser import names_in
from portal.kernel.errors import DefinitionError
from tests.forms.engine.samples import outcome, small, small_text
from tests.forms.engine.test_reader import issues_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing was found"),
        ("a !=  3", "write 'is_not'"),
        ("a == 3", "a single '='"),
        ("a && b", "write 'and'"),
        ("a || b", "write 'or'"),
        ("!a", "write 'not'"),
        ("a and", "ends too early"),
        ("(a", "ends too early"),
        ("a b", "column 3"),
        ("a = [", "column 5"),
        ("1 +* 2", "column 4"),
        ("x" * 5000, "longer than"),
        ("(" * 500 + "1" + ")" * 500, ""),
        ("not " * 300 + "a", "levels deep"),
    ],
)
def test_faults_are_explained(text: str, words: str) -> None:
    if not words:
        assert parse(text) == ["num", "1"]
        return
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert words in caught.value.message


ITEMS = """
- {id: n, type: integer}
- {id: d, type: date, precision: any}
- {id: w, type: quantity, unit: kg}
- {id: c, type: choice, options: [mild Mild, severe Severe]}
- {id: t, type: text}
- {id: hint, type: note, label: X}
- repeat: rows
  items: [{id: rows.n, type: integer}]
- repeat: others
  items: [{id: others.n, type: integer}]
- id: q
  type: text
  show_if: '%s'
"""


@pytest.mark.parametrize(
    ("text", "words", "near"),
    [
        ("n", "a condition was expected, this gives a number", ""),
        ("n = 5 kg", "a number is compared with a quantity", "20 cm"),
        ("w > 5", "a quantity with unit is compared with a number", "20 cm"),
        ("w > 5 m", "cannot be compared", ""),
        ("w > 5 furlongs", "is not a UCUM unit", ""),
        ('t < "b"', "orders numbers and dates", ""),
        ("c > mild", "orders numbers and dates", ""),
        ("c = milld", "has no option 'milld'", "mild"),
        ('c = "sever"', "has no option 'sever'", "severe"),
        ("c = SCTT:1", "is not declared", "SCT"),
        ("d > 5", "a date is compared with a number", ""),
        ("d = 2024-13", "not a date in the calendar", ""),
        ("d + n > d", "does not work with a date and a number", ""),
        ("rows.n > 1", "say which with any", ""),
        ("any(rows.n > others.n)", "different repeats", ""),
        ("hint is answered", "there is no item", ""),
        ("nn > 1", "there is no item", "n"),
        ("today(1) > d", "takes 0", ""),
        ("rond(n) = 1", "there is no function 'rond'", "round"),
        ("round(n, 1, 2) = 1", "takes 1", ""),
        ("round(t) = 1", "takes a number or quantity as argument 1, not text", ""),
        ("sum(n, al: true) = 1", "has no setting 'al'", "all"),
        ("count_where(n = 1) = 1", "there is no function", ""),
        ("in_unit(w, t) = 1", "needs a UCUM unit in quotes", ""),
        ('matches(t, "(a")', "the pattern cannot be used", ""),
        ('matches(t, "(a)\\1")', "the pattern cannot be used", ""),
        ("n in []", "matches nothing", ""),
        ('n and t = "x"', "n is a number; compare it first", ""),
        ("1.5 days + d > d", "counts whole days", ""),
        ("d + 1.5 days > d", "counts whole days", ""),
    ],
)
def test_meanings_are_checked_before_anything_runs(text: str, words: str, near: str) -> None:
    issues = issues_of(small_text(ITEMS % text.replace("'", "''")))
    found = [issue for issue in issues if issue.key == "q.show_if"]
    assert found, [str(issue) for issue in issues]
    assert words in found[0].message
    if near:
        assert found[0].nearest == near
    assert found[0].line > 0


def test_loops_are_named() -> None:
    with pytest.raises(DefinitionError) as caught:
        small(
            "- {id: a, type: integer, value: b + 1}\n- {id: b, type: integer, value: c}\n"
            "- {id: c, type: integer, show_if: a > 1}"
        )
    assert "a → b → c → a" in caught.value.issues[0].message


def test_loops_through_named_expressions_and_sections_are_found() -> None:
    with pytest.raises(DefinitionError, match="circle"):
        small("- {id: a, type: integer, value: twice}", let="twice: a * 2")
    with pytest.raises(DefinitionError, match="circle"):
        small("- section: s\n  show_if: a > 1\n  items: [{id: a, type: integer}]")


def test_named_expressions_may_build_on_each_other_but_not_on_themselves() -> None:
    form = small(
        "- {id: a, type: integer}\n- {id: b, type: integer, value: four}",
        let="four: two * 2\ntwo: a * 2",
    )
    assert outcome(form, {"a": 3}).computed == {("b", ""): 12}
    with pytest.raises(DefinitionError, match="circle"):
        small("- {id: a, type: integer}", let="x: y + 1\ny: x + 1")
    with pytest.raises(DefinitionError, match="id of an item already"):
        small("- {id: a, type: integer}", let="a: 1 + 1")


def test_references_are_renamed_and_nothing_else() -> None:
    text = 'visus > 2 and note = "visus" or visus.left = 5 kg'
    assert rename(text, {"visus": "eye.visus"}) == "eye." + text
    plain = 'a + a.b = "a" and in_unit(a, "a") > 1 a'
    assert rename(plain, {"a": "x.a"}) == 'x.a + a.b = "a" and in_unit(x.a, "a") > 1 a'
    assert names_in(parse("a + b * a > today()")) == ["a", "b"]


def test_every_function_is_documented() -> None:
    text = (small.__globals__["HERE"].parents[2] / "docs" / "forms.md").read_text(encoding="utf-8")
    missing = [name for name in PUBLIC if f"`{name}" not in text]
    assert missing == []


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab1.5 ()[]+-*/^<>=\"'@:,kgORandotisTZ_", max_size=60))
def test_any_text_parses_or_is_explained(text: str) -> None:
    try:
        tree = parse(text)
    except ExpressionError as fault:
        assert fault.message
    else:
        assert isinstance(tree, list)


@given(st.dictionaries(st.integers(0, 12), st.lists(st.integers(0, 14), max_size=4), max_size=13))
def test_order_puts_needs_first_or_names_a_real_loop(graph: dict[int, list[int]]) -> None:
    needs = {str(key): [str(value) for value in values] for key, values in graph.items()}
    try:
        order = in_order(needs)
    except CycleError as cycle:
        assert cycle.loop[0] == cycle.loop[-1]
        assert all(b in needs[a] for a, b in zip(cycle.loop, cycle.loop[1:], strict=False))
    else:
        place = {name: index for index, name in enumerate(order)}
        assert set(order) == set(needs)
        assert all(place[n] < place[k] for k, v in needs.items() for n in v if n in needs)


def test_huge_expressions_are_refused_quickly() -> None:
    started = time.process_time()
    for text in ("1" + "+1" * 1900, "a" * 4001, "((((" * 900, "not " * 999 + "a", "[1," * 1200):
        with pytest.raises(ExpressionError):
            parse(text)
    assert time.process_time() - started < 2
