"""Codes for a pasted paragraph."""

from itertools import pairwise

from portal.terminology.service import Terminology

TEXT = (
    "Boy of 7 years with Global developmental delay, microcephaly and short stature. "
    "No seizures. Kein Krampfanfall bekannt. Echo: dilatation of the aorta, ASD closed at 2 years. "
    "Low muscle tone was noted at birth; spider fingers."
)


def _found(
    real: Terminology, text: str, language: str = "en", value_set: str = ""
) -> dict[str, tuple[str, bool]]:
    spans = real.suggest(text, ["hpo"], language, value_set)
    return {span.text: (span.hits[0].code, span.negated) for span in spans}


def test_names_synonyms_and_lay_words_are_found(real: Terminology) -> None:
    found = _found(real, TEXT)
    assert found["Global developmental delay"] == ("HP:0001263", False)
    assert found["microcephaly"] == ("HP:0000252", False)
    assert found["short stature"] == ("HP:0004322", False)
    assert found["Low muscle tone"] == ("HP:0001252", False)
    spans = real.suggest(TEXT, ["hpo"], "en")
    meanings = next(span.hits for span in spans if span.text == "ASD")
    assert {"HP:0001631", "HP:0000729"} <= {hit.code for hit in meanings}, "both are offered"


def test_denied_signs_are_marked(real: Terminology) -> None:
    assert _found(real, TEXT)["seizures"] == ("HP:0001250", True)
    assert _found(real, "Kein Krampfanfall, aber Kleinwuchs.", "de") == {
        "Krampfanfall": ("HP:0001250", True),
        "Kleinwuchs": ("HP:0004322", False),
    }


def test_a_negation_ends_with_its_sentence(real: Terminology) -> None:
    assert _found(real, "No fever. Seizures since birth.")["Seizures"][1] is False


def test_spans_point_into_the_text_and_do_not_overlap(real: Terminology) -> None:
    spans = real.suggest(TEXT, ["hpo", "orpha"], "en")
    for span in spans:
        assert TEXT[span.start : span.end] == span.text
    for before, after in pairwise(spans):
        assert before.end <= after.start


def test_the_longest_name_wins(real: Terminology) -> None:
    found = _found(real, "He has focal-onset seizure and autosomal dominant inheritance")
    assert "focal-onset seizure" in found
    assert "seizure" not in found


def test_abbreviations_only_in_capitals(real: Terminology) -> None:
    assert "ASD" in _found(real, "known ASD")
    assert "asd" not in _found(real, "known asd")


def test_value_set_bounds_the_suggestions(real: Terminology) -> None:
    text = "Autosomal dominant inheritance and seizures"
    assert "Autosomal dominant inheritance" in _found(real, text)
    assert set(_found(real, text, value_set="phenotypes")) == {"seizures"}


def test_nothing_and_too_much(real: Terminology) -> None:
    assert real.suggest("", ["hpo"], "en") == []
    assert real.suggest("of the and with", ["hpo"], "en") == []
    assert len(real.suggest("seizures " * 20_000, ["hpo"], "en")) <= 20_000 // len("seizures ") + 1
