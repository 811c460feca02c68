"""Patterns: the subset means what Python's regular expressions mean, and always ends in time."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.patterns import Pattern, PatternError

ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", r"\.", "[a-c0-9]", "é"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}"])).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(PATTERNS, st.text(alphabet="abc1.é\n", max_size=8))
def test_same_meaning_as_python(pattern: str, text: str) -> None:
    wanted = re.fullmatch(pattern, text, re.DOTALL | re.ASCII) is not None
    assert Pattern.of(pattern).matches(text) is wanted


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|aa)+b", "(a*)*b", "(a|a?)+b", "(.*)(.*)(.*)b", "([a-z]+)*[0-9]"]
)
def test_patterns_that_ruin_others_end_in_time(pattern: str) -> None:
    started = time.process_time()
    assert not Pattern.of(pattern).matches("a" * 20_000 + "!")
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(", "missing"),
        (")", "unexpected"),
        ("*a", "nothing to repeat"),
        ("a**", "doubled"),
        ("a+?", "lazy"),
        ("(?=a)", "groups"),
        ("(?P<x>a)", "groups"),
        (r"(a)\1", "not supported"),
        (r"\bword", "not supported"),
        ("a^b", "speaks of the whole text"),
        ("[", "class"),
        ("[]", "class"),
        ("[z-a]", "class"),
        ("a{2", "no {n}"),
        ("a{3,2}", "smaller number first"),
        ("a{900}", "go up to"),
        ("((a{100}){100}){100}", "too large"),
        ("a" * 500, "longer"),
        ("(" * 30 + "a" + ")" * 30, "nested"),
    ],
)
def test_what_is_outside_the_subset(pattern: str, words: str) -> None:
    with pytest.raises(PatternError, match=re.escape(words)):
        Pattern.of(pattern)


def test_anchors_are_allowed_at_the_ends() -> None:
    assert Pattern.of("^a+$").matches("aaa")
    assert Pattern.of(r"\$\$").matches("$$")
    assert Pattern.of(r"5\$").matches("5$")
