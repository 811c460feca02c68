"""The scorer as a pure function, and search through its public door on small content."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.terminology import records as r
from portal.terminology.errors import UnknownPackError, UnknownValueSetError
from portal.terminology.index import Row
from portal.terminology.scoring import NO_CORRECTIONS, Corrections, Query, score
from portal.terminology.service import Terminology
from portal.terminology.words import key, plain

WORDS = st.lists(
    st.sampled_from(["abnormal", "heart", "renal", "cyst", "short", "stature", "type", "valve", "of", "the", "left", "hand"]),
    min_size=1, max_size=6,
)  # fmt: skip


def _row(
    term: str, use: str = r.SYNONYM, lang: str = "en", popularity: int = 0, *, active: int = 1
) -> Row:
    return Row(1, 1, "X", lang, use, term, plain(term), key(term), active, 1, popularity)


def _score(query: str, term: str, fixes: Corrections = NO_CORRECTIONS, **row: object) -> float:
    return score(Query.of(query), _row(term, **row), fixes, "en")[0]  # type: ignore[arg-type]


def test_better_answers_score_higher() -> None:
    fixes = Corrections(whole={"seizrue": {"seizure": 1}})
    ladder = [
        _score("seizure", "Seizure"),
        _score("seizures", "Seizure"),
        _score("seiz", "Seizure disorder"),
        _score("focal seizure", "Focal motor seizure"),
        _score("seizure focal", "Focal motor onset seizure"),
        _score("seizrue", "Focal seizure", fixes),
        _score("violent seizure", "Seizure"),
    ]
    assert ladder == sorted(ladder, reverse=True)
    assert len(set(ladder)) == len(ladder)


def test_small_preferences() -> None:
    assert _score("cyst", "Cyst", use=r.PREFERRED) > _score("cyst", "Cyst", use=r.BROAD)
    assert _score("cyst", "Cyst", popularity=100) > _score("cyst", "Cyst", popularity=1)
    assert _score("cyst", "Cyst", lang="en") > _score("cyst", "Cyst", lang="fr")
    assert _score("cyst", "Cyst", lang="en-GB") == _score("cyst", "Cyst", lang="en")
    assert _score("cyst", "Renal cyst", active=1) > _score("cyst", "Cyst", active=0)


@given(WORDS)
def test_a_name_answers_itself_best(words: list[str]) -> None:
    name = " ".join(words)
    assert score(Query.of(name), _row(name), NO_CORRECTIONS, "en")[0] > 1000
    longer = score(Query.of(name), _row(f"{name} zzz"), NO_CORRECTIONS, "en")[0]
    assert longer < score(Query.of(name), _row(name), NO_CORRECTIONS, "en")[0]


@given(WORDS, WORDS)
def test_scores_are_bounded_and_repeatable(query: list[str], name: list[str]) -> None:
    row = _row(" ".join(name))
    first = score(Query.of(" ".join(query)), row, NO_CORRECTIONS, "en")
    assert first == score(Query.of(" ".join(query)), row, NO_CORRECTIONS, "en")
    assert -100 < first[0] < 1100
    assert first[1] == 0


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=80))
def test_no_text_breaks_the_search(samples: Terminology, text: str) -> None:
    hits = samples.search(["orpha", "hpo", "ucum", "bcp47", "hgvs"], text, ["de", "fr"])
    assert len(hits) <= 10
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "a AND b OR (",
        "NEAR(a b)",
        "*",
        "^",
        "col:x",
        "' OR 1=1 --",
        "\x00",
        "fts",
        "-",
        "a" * 500,
    ],
)
def test_query_syntax_of_the_database_is_only_text(samples: Terminology, text: str) -> None:
    assert isinstance(samples.search(["orpha", "hpo"], text), list)


def test_a_hit_names_what_matched_and_what_was_corrected(samples: Terminology) -> None:
    hit = samples.search(["orpha"], "mucovicidose", ["de"])[0]
    assert hit.code == "586"
    assert hit.shown_code == "ORPHA:586"
    assert hit.system == "https://www.orpha.net"
    assert hit.version == "2025-12-09-sample"
    assert (hit.display, hit.language) == ("Zystische Fibrose", "de")
    assert (hit.matched, hit.matched_language) == ("Mucoviscidosis", "en")
    assert hit.corrected_from == "mucovicidose"
    assert samples.search(["orpha"], "mucoviscidosis", ["de"])[0].corrected_from == ""


def test_several_systems_in_one_question(samples: Terminology) -> None:
    hits = samples.search(["orpha", "icd10", "omim"], "marfan", ["en"])
    assert {hit.pack for hit in hits} == {"orpha", "icd10", "omim"}
    assert {hit.display for hit in hits} == {"Marfan syndrome"}


def test_a_typed_code_leaves_no_noise(samples: Terminology) -> None:
    assert [h.shown_code for h in samples.search([], "ORPHA:558")] == ["ORPHA:558"]
    assert samples.search(["icd10"], "q87.4")[0].code == "Q87.4"
    assert {h.code for h in samples.search(["atc"], "A16AB0")} == {
        "A16AB02", "A16AB03", "A16AB04", "A16AB05", "A16AB07",
    }  # fmt: skip


def test_codes_that_differ_only_in_case(samples: Terminology) -> None:
    assert samples.lookup("ucum", "m").display == "meter"
    assert samples.lookup("ucum", "Mm").display == "megameter"
    assert samples.search(["ucum"], "m")[0].display == "meter"
    assert samples.validate_code("ucum", "M").ok is False


def test_alternative_codes_of_countries_and_languages(samples: Terminology) -> None:
    assert samples.search(["iso3166"], "DEU")[0].code == "DE"
    assert samples.search(["bcp47"], "deu")[0].code == "de"
    assert samples.search(["iso3166"], "Griechenland", ["de"])[0].code == "GR"
    assert samples.search(["iso3166"], "österreich", ["de"])[0].display == "Österreich"


def test_unknown_names_are_answered(samples: Terminology) -> None:
    with pytest.raises(UnknownPackError, match="Did you mean 'hpo'"):
        samples.search(["hpoo"], "x")
    with pytest.raises(UnknownValueSetError, match="Did you mean 'diagnoses'"):
        samples.search([], "x", value_set="diagnosis")
    assert samples.search(["orpha"], "") == []
    assert samples.search(["orpha"], "qqqqqqqq") == []


def test_look_up_tells_everything(samples: Terminology) -> None:
    view = samples.lookup("hpo", "HP:0001250", languages=["fr"])
    assert (view.display, view.language) == ("Crise épileptique", "fr")
    assert "HP:0000707" in view.parents
    assert {name.lang for name in view.designations} >= {"en", "de", "fr", "es"}
    assert samples.lookup("bcp47", "DE").code == "de"
    with pytest.raises(Exception, match="not a code of hpo"):
        samples.lookup("hpo", "HP:9999999")


def test_subsumption_and_neighbours(samples: Terminology) -> None:
    assert samples.subsumes("hpo", "HP:0000118", "HP:0001250") == "subsumes"
    assert samples.subsumes("hpo", "HP:0001250", "HP:0000118") == "subsumed-by"
    assert samples.subsumes("hpo", "HP:0001250", "HP:0001250") == "equivalent"
    assert samples.subsumes("hpo", "HP:0001250", "HP:0001083") == "not-subsumed"
    assert "HP:0001250" in {h.code for h in samples.children("hpo", "HP:0000707")}
    assert {h.code for h in samples.ancestors("hpo", "HP:0001250")} == {"HP:0000707", "HP:0000118"}
    with pytest.raises(Exception, match="not a code of hpo"):
        samples.subsumes("hpo", "HP:0000118", "HP:9999999")


def test_validation_says_why_not(samples: Terminology) -> None:
    def check(code: str, **more: str) -> object:
        found = samples.validate_code("hpo", code, **more)  # type: ignore[arg-type]
        return found.ok or found.message

    assert check("HP:0001250") is True
    assert check("HP:0001250", display="seizures") is True
    assert "it is called 'Seizure'" in str(check("HP:0001250", display="Cough"))
    assert "Use 'HP:0001382' instead" in str(check("HP:0001388"))
    assert "not a code of hpo" in str(check("HP:123"))
    assert "not in the value set" in str(check("HP:0000118", value_set="phenotypes"))
    assert check("HP:0001250", value_set="phenotypes") is True


def test_maps_read_both_ways(samples: Terminology) -> None:
    forwards = {(m.target, m.code, m.relation) for m in samples.maps("orpha", "558")}
    assert ("icd10", "Q87.4", "equivalent") in forwards
    assert ("omim", "154700", "source-is-broader-than-target") in forwards
    back = samples.maps("omim", "154700", "orpha")
    assert [(m.code, m.relation, m.display) for m in back] == [
        ("558", "source-is-narrower-than-target", "Marfan syndrome")
    ]
    assert samples.maps("orpha", "0") == []
