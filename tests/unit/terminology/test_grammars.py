"""Systems without a list: units, variants, language tags."""

import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.terminology.grammars import Grammar, GrammarError, grammar
from portal.terminology.grammars.bcp47 import Bcp47
from portal.terminology.service import Terminology


@pytest.fixture(scope="module")
def ucum(real: Terminology) -> Grammar:
    return grammar("ucum", real.index("ucum"))


@pytest.mark.parametrize(
    ("text", "display"),
    [
        ("mg/dL", "milligram per deciliter"),
        ("mm[Hg]", "millimeter of mercury column"),
        ("10*3/uL", "the number ten for arbitrary powers to the power 3 per microliter"),
        ("kg.m/s2", "kilogram meter per second to the power 2"),
        ("/min", "per minute"),
        ("mL/min/{1.73_m2}", "milliliter per minute per {1.73_m2}"),
        ("g{creat}", "gram{creat}"),
        ("m[H2O]", "meter of water column"),
        ("(mg/kg)/d", "(milligram per kilogram) per day"),
        ("{score}", "{score}"),
        ("m-2", "meter to the power -2"),
        ("daL", "dekaliter"),
        ("1", "1"),
    ],
)
def test_units_are_read_aloud(ucum: Grammar, text: str, display: str) -> None:
    parsed = ucum.parse(text)
    assert (parsed.code, parsed.display) == (text, display)


@pytest.mark.parametrize(
    ("text", "position", "near"),
    [
        ("", 0, ""),
        ("XG", 0, ""),
        ("mg/DL", 3, ""),
        ("kmin", 0, "min"),
        ("mg//dL", 3, ""),
        ("(mg", 3, ""),
        ("mg)", 2, ""),
        ("mg{unclosed", 2, ""),
        ("mg dL", 2, ""),
        ("CEL", 0, "Cel"),
        ("[iu", 0, ""),
        ("mg/{µ}", 3, ""),
    ],
)
def test_what_is_no_unit_says_where(ucum: Grammar, text: str, position: int, near: str) -> None:
    with pytest.raises(GrammarError) as caught:
        ucum.parse(text)
    assert caught.value.position == position
    if near:
        assert caught.value.nearest == near


def test_every_unit_of_the_published_examples_parses(ucum: Grammar) -> None:
    text = files("ucumvert").joinpath("vendor/ucum_examples.tsv").read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines(), delimiter="\t"))
    codes = {cell for row in rows[1:] for cell in row[1:2] if cell}
    assert len(codes) > 500
    wrong = {}
    for code in sorted(codes):
        try:
            ucum.parse(code)
        except GrammarError as error:
            wrong[code] = error.message
    assert set(wrong) == {"Torr"}, "the list names it, the table of atoms does not have it"


@given(text=st.text(alphabet="mgLsk10*./(){}[]-+^2 é", max_size=20))
def test_units_never_end_in_an_accident(samples: Terminology, text: str) -> None:
    parser = grammar("ucum", samples.index("ucum"))
    try:
        assert parser.parse(text).code == text
    except GrammarError as error:
        assert 0 <= error.position <= len(text)


@pytest.mark.parametrize(
    ("text", "kind", "changes"),
    [
        ("NM_000138.5:c.1129C>T", "coding DNA", "substitution"),
        ("NM_000492.4:c.1521_1523del", "coding DNA", "deletion"),
        ("NM_004006.2:c.5697dup", "coding DNA", "duplication"),
        ("NM_004006.2:c.20_21insG", "coding DNA", "insertion"),
        ("NC_000023.11:g.32389644_32389645delinsTA", "genomic", "delins"),
        ("NM_004006.2:c.93+1G>T", "coding DNA", "substitution"),
        ("NM_000206.3:c.*32G>A", "coding DNA", "substitution"),
        ("NM_000138.5:c.-10A>C", "coding DNA", "substitution"),
        ("NG_012232.1(NM_004006.2):c.93+1G>T", "coding DNA", "substitution"),
        ("NC_000001.11:g.1234_2345inv", "genomic", "inversion"),
        ("NC_000023.11:g.(31060227_31100351)_(33274278_33417151)dup", "genomic", "duplication"),
        ("NC_012920.1:m.3243A>G", "mitochondrial", "substitution"),
        ("NM_002024.5:c.-129CGG[79]", "coding DNA", "repeat"),
        ("NP_003997.1:p.Trp24Cys", "protein", "substitution"),
        ("NP_003997.1:p.(Trp24Ter)", "protein", "substitution"),
        ("NP_003997.1:p.Arg97ProfsTer23", "protein", "frameshift"),
        ("NP_003997.2:p.Lys23_Val25del", "protein", "deletion"),
        ("NP_003997.1:p.Met1ext-5", "protein", "extension"),
        ("LRG_199t1:c.79_80delinsTT", "coding DNA", "delins"),
        ("NM_004006.2:c.[76A>C;103del]", "coding DNA", "deletion, substitution"),
        ("NM_004006.2:c.[2376G>C];[3103del]", "coding DNA", "deletion, substitution"),
        ("FBN1:c.1129C>T", "coding DNA", "substitution"),
        ("NM_004006.3:r.76a>u", "RNA", "substitution"),
        ("NM_004006.2:c.76=", "coding DNA", "same"),
        ("NP_003997.1:p.?", "protein", "unknown effect"),
        ("ENST00000357033.9:c.76A>C", "coding DNA", "substitution"),
    ],
)
def test_variants(text: str, kind: str, changes: str) -> None:
    parts = grammar("hgvs", None).parse(text).parts
    assert (parts["kind"], parts["changes"]) == (kind, changes)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("c.1129C>T", 0),
        ("NM_000138.5:1129C>T", 12),
        ("NM_000138.5:x.1129C>T", 12),
        ("NM_000138.5:c.1129C>Z", 14),
        ("NM_000138.5:c.1129", 14),
        ("NP_003997.1:p.Trp24Foo", 14),
        ("NM_004006.2:c.[76A>C;103foo]", 21),
        ("hello", 0),
    ],
)
def test_what_is_no_variant_says_where(text: str, position: int) -> None:
    with pytest.raises(GrammarError) as caught:
        grammar("hgvs", None).parse(text)
    assert caught.value.position == position


@given(st.text(alphabet="NMP_01:cgp.>delinsdup[]();ATrp24*-+", max_size=60))
def test_variants_never_end_in_an_accident(text: str) -> None:
    try:
        grammar("hgvs", None).parse(text)
    except GrammarError as error:
        assert error.position >= 0


@pytest.mark.parametrize(
    ("text", "code", "display"),
    [
        ("de", "de", "German"),
        ("de-at", "de-AT", "German (Austria)"),
        ("ZH-hant-tw", "zh-Hant-TW", "Chinese (Han (Traditional variant), Taiwan)"),
        ("sl-rozaj", "sl-rozaj", "Slovenian (rozaj)"),
        ("en-US-x-private", "en-US-x-private", "English (United States, x-private)"),
        ("x-own", "x-own", "private use"),
        ("qaa", "qaa", "qaa"),
        ("es-419", "es-419", "Spanish (419)"),
        ("de-XK", "de-XK", "German (XK)"),
        ("de-Qaaa", "de-Qaaa", "German (Qaaa)"),
    ],
)
def test_language_tags(samples: Terminology, text: str, code: str, display: str) -> None:
    parsed = grammar("bcp47", samples.index("bcp47")).parse(text)
    assert (parsed.code, parsed.display) == (code, display)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "d",
        "de_AT",
        "german",
        "de-",
        "deu",
        "xx",
        "de--AT",
        "e" * 200,
        "de-QA-QA",
        "de-UK",
        "de-Abcd",
    ],
)
def test_what_is_no_language_tag(samples: Terminology, text: str) -> None:
    with pytest.raises(GrammarError):
        grammar("bcp47", samples.index("bcp47")).parse(text)


@pytest.mark.parametrize(
    ("code", "ancestor", "below"),
    [
        ("de-CH", "de", True), ("de-Latn-CH", "de-CH", True), ("de-CH-1996", "de-CH", True),
        ("de", "de-CH", False), ("fr-CH", "de", False), ("de-x-CH", "de-CH", False),
        ("DE-ch", "de-CH", True),
    ],
)  # fmt: skip
def test_language_ranges(code: str, ancestor: str, *, below: bool) -> None:
    assert Bcp47().is_below(code, ancestor) is below


def test_grammars_answer_through_the_service(samples: Terminology) -> None:
    assert samples.lookup("hgvs", "NM_000138.5:c.1129C>T").properties
    assert samples.validate_code("ucum", "mg/dL").ok is True
    assert samples.validate_code("ucum", "mg/dL", value_set="units").ok is True
    refusal = samples.validate_code("ucum", "mg/dl2x")
    assert refusal.ok is False
    assert samples.search(["hgvs"], "FBN1:c.1129C>T")[0].code == "FBN1:c.1129C>T"
    assert samples.search(["hgvs"], "not a variant") == []
    assert samples.search([], "FBN1", value_set="genes")[0].code == "HGNC:3603"
