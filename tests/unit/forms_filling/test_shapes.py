"""Answers one by one and as one object are the same answers; two editors never lose a row."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.answers import flatten, joined, nest, reasons, split
from portal.forms.catalogue import load_form
from portal.forms.merging import Verdict, decide, merge_rows

FORM = load_form("consultation")
TEXTS = [i.id for i in FORM.items.values() if i.item.type == "text" and not i.scope][:20]
REPEATS = [i.id for i in FORM.items.values() if i.is_repeat and not i.scope][:6]
COLUMNS = {
    repeat: [i.id for i in FORM.items.values() if i.scope == (repeat,) and i.item.type == "text"]
    for repeat in REPEATS
}
ROWS = st.lists(st.text("abcdef0123456789", min_size=1, max_size=8), unique=True, max_size=5)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """An object of answers; row ids are unique in it."""
    found: dict[str, Any] = draw(
        st.dictionaries(st.sampled_from(TEXTS), st.text(min_size=1, max_size=9), max_size=6)
    )
    for number, repeat in enumerate(REPEATS):
        rows = [
            {"row": f"{number}{row}", **draw(st.dictionaries(st.sampled_from(COLUMNS[repeat] or TEXTS), st.text(min_size=1), max_size=2))}
            for row in draw(ROWS)
        ]  # fmt: skip
        known = set(COLUMNS[repeat])
        rows = [{k: v for k, v in row.items() if k == "row" or k in known} for row in rows]
        if rows:
            found[repeat] = rows
    return found


@given(answers())
def test_there_and_back(given_answers: dict[str, Any]) -> None:
    assert nest(FORM, flatten(FORM, given_answers)) == given_answers


@given(answers(), st.dictionaries(st.tuples(st.text(max_size=5), st.text(max_size=5)), st.text()))
def test_what_the_form_does_not_know_is_left_out(
    given_answers: dict[str, Any], noise: dict[Any, str]
) -> None:
    noise = {key: value for key, value in noise.items() if key[0] not in FORM.items}
    assert nest(FORM, {**noise, **flatten(FORM, given_answers)}) == given_answers


@given(st.text("abc_.", min_size=1, max_size=9), st.text("abc019-_", max_size=9))
def test_names_of_answers(item: str, row: str) -> None:
    assert split(joined((item, row))) == (item, row)


def test_reasons_are_told_apart_from_answers() -> None:
    flat = {("!rule", ""): "why", ("!rule", "r1"): "because", ("dx", ""): "x", ("!gone", ""): None}
    assert reasons(flat) == {"rule": "why", "rule@r1": "because"}


@settings(max_examples=300)
@given(base=ROWS, added_by_me=ROWS, added_by_them=ROWS, data=st.data())
def test_both_editors_rows_are_in_the_outcome(
    base: list[str], added_by_me: list[str], added_by_them: list[str], data: st.DataObject
) -> None:
    mine_kept = [row for row in base if data.draw(st.booleans())]
    theirs_kept = [row for row in base if data.draw(st.booleans())]
    mine = [*mine_kept, *(f"m{row}" for row in added_by_me)]
    theirs = [*theirs_kept, *(f"t{row}" for row in added_by_them)]

    merged = merge_rows(mine, theirs, base)

    assert len(merged) == len(set(merged))
    assert set(merged) == (set(mine) | set(theirs)) - (
        (set(base) - set(mine)) | (set(base) - set(theirs))
    )
    order = [row for row in mine if row in merged]
    assert [row for row in merged if row in set(mine)] == order


VALUES = st.sampled_from([None, "a", "b", "c"])


@given(mine=VALUES, current=VALUES, base=VALUES, stale=st.booleans())
def test_an_answer_is_disputed_only_when_both_changed_it_differently(
    mine: str | None, current: str | None, base: str | None, *, stale: bool
) -> None:
    verdict = decide(mine, current, base=base, stale=stale)
    if verdict is Verdict.CONFLICT:
        assert stale
        assert mine not in (current, base)
    if verdict is Verdict.TAKE:
        assert not stale
        assert mine != current
    if verdict is Verdict.SAME:
        assert mine == current
