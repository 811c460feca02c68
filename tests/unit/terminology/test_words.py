"""Normal forms: what two spellings of one word have in common, and what must stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.terminology.words import code_form, key, plain


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("haematuria", "Hematuria"),
        ("oedema", "Edema"),
        ("Behcet disease", "Behçet disease"),
        ("tumour", "Tumor"),
        ("long fingers", "Long, finger"),
        ("type II", "type 2"),
        ("Marfans syndrome", "Marfan's syndromes"),
        ("α-thalassemia", "Alpha thalassaemia"),
        ("Cœur", "coeur"),
        ("straße", "STRASSE"),
        ("Smith-Lemli-Opitz", "smith lemli opitz"),
        ("abnormality", "abnormalities"),
    ],
)
def test_variants_share_a_key(typed: str, stored: str) -> None:
    assert key(typed) == key(stored)


@pytest.mark.parametrize(
    ("one", "other"), [("factor V", "factor IX"), ("mass", "mas"), ("type 1", "type 2")]
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_codes_lose_case_and_separators() -> None:
    assert code_form("HP_0001250") == code_form("hp:0001250") == "hp0001250"
    assert code_form("G63.2*") == "g632"


@given(st.text(max_size=60))
def test_normal_forms_are_stable_and_clean(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert "  " not in once
    assert once == once.strip()
    assert not set(once) & set("\"'*^(){}:-,.")
    assert '"' not in key(text)
