"""Value sets: the forms' own file, every operator, faults with their place, bounded patterns."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.errors import DefinitionError
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
    "pattern",
    [
        "(a+)+b",
        "(a|aa)+$",
        "(.*)*",
        "([a-z]+)*x",
        "(a{2,9}){3,}",
        "(?=a)b",
        r"(a)\1",
        "[",
        "a" * 300,
        ".*.*.*.*.*.*x",
    ],
)
def test_patterns_that_could_run_away_are_refused(pattern: str) -> None:
    if pattern == "(a|aa)+$":
        began = time.perf_counter()
        assert matches(bounded(pattern), "a" * 40) is True
        assert time.perf_counter() - began < 1
        return
    with pytest.raises(QueryError):
        bounded(pattern)


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
