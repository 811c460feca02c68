"""Value sets: the forms' own file, every operator, faults with their place, bounded patterns."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.errors import DefinitionError
from portal.terminology.automaton import Automaton, NotRegularError, parser
from portal.terminology.errors import QueryError
from portal.terminology.membership import condition
from portal.terminology.packs import Pack, PackNames
from portal.terminology.patterns import bounded, matches
from portal.terminology.service import Terminology
from portal.terminology.valuesets import Filter, Include, ValueSet, ValueSets, read_value_sets


def _members(
    terms: Terminology, pack: str, *include: Include, exclude: tuple[Include, ...] = ()
) -> set[str]:
    value_set = ValueSet("test", {"en": "Test"}, include, exclude)
    index = terms.index(pack)
    assert index is not None
    found = condition(index, value_set, terms.value_sets)
    sql = f"SELECT c.code FROM concept c WHERE {found.sql}"  # noqa: S608
    return {row[0] for row in index.rows(sql, found.values)}


def _by(op: str, value: str, name: str = "concept", pack: str = "atc") -> Include:
    return Include(pack=pack, filters=(Filter(name, op, value),))


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("is-a", "A16AB", {"A16AB", "A16AB02", "A16AB03", "A16AB04", "A16AB05", "A16AB07"}),
        ("descendent-of", "C02K", {"C02KX", "C02KX01"}),
        ("child-of", "C02K", {"C02KX"}),
        ("descendent-leaf", "C", {"C02KX01"}),
        ("generalizes", "C02KX01", {"C02KX01", "C02KX", "C02K", "C02", "C"}),
        ("in", "A, C", {"A", "C"}),
        ("=", "C", {"C"}),
        ("regex", "C.*", {"C", "C02", "C02K", "C02KX", "C02KX01"}),
        ("is-a", "nowhere", set()),
    ],
)
def test_operators(samples: Terminology, op: str, value: str, expected: set[str]) -> None:
    assert _members(samples, "atc", _by(op, value)) == expected


def test_negative_operators_are_complements(samples: Terminology) -> None:
    index = samples.index("atc")
    assert index is not None
    everything = {c.code for c in index.all_concepts()}
    for op, opposite, value in (("is-a", "is-not-a", "C"), ("in", "not-in", "A,C")):
        inside = _members(samples, "atc", _by(op, value))
        assert _members(samples, "atc", _by(opposite, value)) == everything - inside


def test_properties_exists_and_parent(samples: Terminology) -> None:
    metric = _by("=", "true", "metric", "ucum")
    assert {"m", "g", "mol"} <= _members(samples, "ucum", metric)
    assert "h" not in _members(samples, "ucum", metric)
    assert "prefix:k" in _members(samples, "ucum", _by("exists", "false", "metric", "ucum"))
    assert _members(samples, "atc", _by("=", "C02K", "parent")) == {"C02KX"}
    assert _members(samples, "ucum", _by("regex", "len.*", "property", "ucum")) >= {"m", "[in_i]"}


def test_includes_are_joined_by_or_filters_by_and_excludes_win(samples: Terminology) -> None:
    both = Include(
        pack="atc", filters=(Filter("concept", "is-a", "A16A"), Filter("code", "regex", ".{7}"))
    )
    found = _members(samples, "atc", both, _by("=", "C"), exclude=(_by("is-a", "A16AB"),))
    assert found == {"C", "A16AA05", "A16AX04", "A16AX06", "A16AX07"}


def test_listed_codes_and_other_value_sets(samples: Terminology) -> None:
    listed = Include(pack="ucum", codes=("g", "m", "nonsense"))
    assert _members(samples, "ucum", listed) == {"g", "m"}
    units = Include(value_sets=("units",))
    assert {"g", "m"} < _members(samples, "ucum", units)
    assert _members(samples, "atc", units) == set()


def test_retired_concepts_belong_only_when_listed(samples: Terminology) -> None:
    whole = Include(pack="hpo")
    assert "HP:0001388" not in _members(samples, "hpo", whole)
    assert _members(samples, "hpo", Include(pack="hpo", codes=("HP:0001388",))) == {"HP:0001388"}


def test_a_fixed_version_is_another_release(samples: Terminology) -> None:
    assert _members(samples, "hpo", Include(pack="hpo", version="2020-10-12")) == set()
    assert _members(samples, "hpo", Include(pack="hpo", version="2025-01-16-sample"))


def test_value_sets_that_refer_in_a_circle(samples: Terminology) -> None:
    ring = [ValueSet(a, {}, (Include(value_sets=(b,)),)) for a, b in (("a", "b"), ("b", "a"))]
    index = samples.index("atc")
    assert index is not None
    with pytest.raises(QueryError, match="refers to itself"):
        condition(index, ring[0], ValueSets(ring))


def test_every_value_set_of_the_forms_offers_something(samples: Terminology) -> None:
    for value_set in samples.value_sets.all():
        found = False
        for pack in samples.packs_of(value_set):
            index = samples.index(pack)
            assert index is not None
            within = samples.condition(index, value_set)
            sql = f"SELECT 1 FROM concept c WHERE {within.sql} LIMIT 1"  # noqa: S608
            found = found or bool(index.rows(sql, within.values))
        assert found, value_set.id


def test_search_stays_inside_the_value_set(samples: Terminology) -> None:
    hits = samples.search([], "blastoma", value_set="tumour-morphology", limit=50)
    assert hits
    assert {hit.pack for hit in hits} == {"icdo"}
    assert all("/" in hit.code for hit in hits)
    assert samples.search([], "kidney", value_set="tumour-morphology") == []
    assert [h.code for h in samples.search([], "mg/kg", value_set="units")][:1] == ["mg/kg"]


GOOD = """\
value_sets:
  - id: toy
    title: {en: Toy}
    include:
      - pack: orpha
        filter: [{property: concept, op: is-a, value: "1"}]
"""


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("pack: orpha", "pack: orpa"), 5, "no terminology is called 'orpa'"),
        (("op: is-a", "op: isa"), 6, "Did you mean 'is-a'"),
        (("    title", "    titel"), 3, "not a known key"),
        (("id: toy", "name: toy"), 2, "'id' is missing"),
        (("pack: orpha", "value_set: other"), 0, "which nobody defines"),
    ],
)
def test_faults_name_their_place(
    tmp_path: Path, packs: dict[str, Pack], change: tuple[str, str], line: int, message: str
) -> None:
    path = tmp_path / "value_sets.yaml"
    path.write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        read_value_sets([path], PackNames(packs))
    assert any(message in str(issue) and issue.line == line for issue in caught.value.issues)


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ("(a+)+b", "a" * 50 + "b"), ("(a|aa)+$", "a" * 50), ("(.*)*", "!" * 50),
        ("([a-z]+)*x", "a" * 50 + "x"), ("(a{2,9}){3,}", "a" * 50), ("((a+)+)+", "a" * 50),
        (".*.*.*.*.*.*x", "a" * 250 + "x"), ("(a?b?)+", "ab" * 30), ("(?:a|ab|b)*", "ab" * 30), ("^(?:[^b]*)*$", "a" * 50), (r"(\d+|\w+)+", "a1_" * 20),
    ],
)  # fmt: skip
def test_patterns_that_could_run_away_do_not(pattern: str, fitting: str) -> None:
    began = time.perf_counter()
    compiled = bounded(pattern)
    assert matches(compiled, fitting) is True
    assert matches(compiled, f"{fitting}!b\n") is False
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    "pattern", ["(?=a)b", r"(a)\1", "[", "a" * 300, "(?i)(a+)+", "((a{40}){40})+", r"(\ba+)+"]
)
def test_patterns_that_cannot_be_bounded_are_refused(pattern: str) -> None:
    with pytest.raises(QueryError):
        bounded(pattern)


@given(
    st.text(alphabet="ab.*+?()|[]^$\\dw{}12,", max_size=10),
    st.text(alphabet="ab1_ \n", max_size=6),
)
def test_the_automaton_agrees_with_pythons_engine(pattern: str, text: str) -> None:
    try:
        compiled = re.compile(pattern)
        automaton = Automaton(parser.parse(pattern))
    except (re.error, NotRegularError, FutureWarning):
        return
    if text.endswith("\n"):
        return  # Python's ``$`` also stands before a last line break
    assert automaton.fullmatch(text) is (compiled.fullmatch(text) is not None)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("C[0-9]{2}(\\.[0-9])?", "C71.6", True),
        ("C[0-9]{2}", "C71.6", False),
        ("[A-Z]+-.*", "AB-1", True),
        ("a?", "", True),
    ],
)
def test_ordinary_patterns_work(pattern: str, text: str, *, expected: bool) -> None:
    assert matches(bounded(pattern), text) is expected


@given(st.text(alphabet="ab(|)*+?{}[]^.,12", max_size=14))
def test_no_accepted_pattern_takes_long(pattern: str) -> None:
    try:
        compiled = bounded(pattern)
    except QueryError:
        return
    began = time.perf_counter()
    matches(compiled, "a" * 120 + "b")
    assert time.perf_counter() - began < 2
