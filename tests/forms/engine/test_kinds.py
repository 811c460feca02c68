"""Kinds of fields: what people type, what is stored, what is refused, what is shown."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.forms.definition import same_system
from portal.forms.definition.reading import SYSTEMS
from portal.forms.definition.vocabulary import REGISTERED
from portal.forms.kinds import KINDS, AnswerError, register
from portal.forms.kinds.texts import TextKind
from tests.forms.engine.samples import codes, outcome, small

FORM = """
- {id: text, type: text, min_length: 2, max_length: 10, pattern: "[A-Z].*"}
- {id: long_text, type: long_text}
- {id: url, type: url}
- {id: integer, type: integer, min: 0, max: 120}
- {id: decimal, type: decimal, decimals: 2, min: -1.5}
- {id: quantity, type: quantity, units: [cm, m], min: 20 cm, max: 250 cm, decimals: 1}
- {id: dose, type: quantity, unit: mg, units_open: true}
- {id: yes_no, type: yes_no}
- {id: date, type: date, min: 1900, max: 2024-12-31, precision: month}
- {id: day, type: date}
- {id: datetime, type: datetime}
- {id: time, type: time}
- {id: choice, type: choice, options: [het Heterozygous, SCT:1 One]}
- {id: free, type: choice, options: [a A], other: true}
- {id: searched, type: choice, options_from: valueset:x, control: search}
- {id: several, type: choice, multiple: true, options: [a A, b B, {z None: {exclusive: true}}], at_most: 2, at_least: 1}
- {id: file, type: file, accept: [image/*, application/pdf], max_size: 2 MB}
- {id: reference, type: reference, of: [Patient]}
"""


@pytest.fixture(scope="module")
def form() -> Any:
    return small(FORM, codes="SCT: http://snomed.info/sct")


SNOMED = "http://snomed.info/sct"
HET = {"system": "", "code": "het", "display": "Heterozygous", "language": "en"}
TYPED: list[tuple[str, dict[str, list[str]], Any]] = [
    ("text", {"": ["  Abc "]}, "Abc"),
    ("text", {"": ["   "]}, None),
    ("text", {}, None),
    ("long_text", {"": ["a\r\nb"]}, "a\nb"),
    ("url", {"": ["https://example.org/x"]}, "https://example.org/x"),
    ("integer", {"": ["12"]}, 12),
    ("integer", {"": ["12,0"]}, 12),
    ("integer", {"": ["−3"]}, -3),
    ("decimal", {"": ["12,50"]}, "12.50"),
    ("decimal", {"": ["1 250.5"]}, "1250.5"),
    ("decimal", {"": ["+7"]}, "7"),
    ("quantity", {"": ["1,80"], "unit": ["m"]}, {"value": "1.80", "unit": "m"}),
    ("quantity", {"": ["180"], "unit": [""]}, {"value": "180", "unit": "cm"}),
    ("quantity", {"": ["1.80 m"], "unit": ["cm"]}, {"value": "1.80", "unit": "m"}),
    ("dose", {"": ["5"], "unit": ["mg/kg"]}, {"value": "5", "unit": "mg/kg"}),
    ("yes_no", {"": ["true"]}, True),
    ("yes_no", {"": ["false"]}, False),
    ("yes_no", {"": [""]}, None),
    ("date", {"": ["31.12.2024"]}, "2024-12-31"),
    ("date", {"": ["1.2.2024"]}, "2024-02-01"),
    ("date", {"": ["31/12/2024"]}, "2024-12-31"),
    ("date", {"": ["12/2024"]}, "2024-12"),
    ("date", {"": ["05.2024"]}, "2024-05"),
    ("date", {"": ["2024-05"]}, "2024-05"),
    ("date", {"": ["2024"]}, "2024"),
    ("datetime", {"": ["31.12.2024 9:05"]}, "2024-12-31T09:05"),
    ("datetime", {"": ["2024-12-31 14:30"]}, "2024-12-31T14:30"),
    ("datetime", {"": ["2024-12-31T14:30+02:00"]}, "2024-12-31T14:30+02:00"),
    ("time", {"": ["9:30"]}, "09:30"),
    ("time", {"": ["14.30"]}, "14:30"),
    ("choice", {"": ["|het"]}, HET),
    (
        "choice",
        {"": [f"{SNOMED}|1"]},
        {"system": SNOMED, "code": "1", "display": "One", "language": "en"},
    ),
    ("choice", {"": ["-"]}, None),
    ("free", {"": ["~"], "text": ["my own"]}, {"text": "my own"}),
    ("free", {"": [""], "text": ["my own"]}, {"text": "my own"}),
    (
        "searched",
        {
            "system": ["http://www.orpha.net"],
            "code": ["558"],
            "display": ["Marfan"],
            "version": [""],
            "language": ["en"],
        },
        {"system": "https://www.orpha.net", "code": "558", "display": "Marfan", "language": "en"},
    ),
    (
        "file",
        {"": ["01abc"], "name": ["a.png"], "type": ["image/png"], "size": ["12"]},
        {"id": "01abc", "name": "a.png", "type": "image/png", "size": 12},
    ),
    ("reference", {"": ["Patient/p1"]}, {"type": "Patient", "id": "p1"}),
]


@pytest.mark.parametrize(("item", "posted", "stored"), TYPED)
def test_typed_text_becomes_a_stored_answer(
    form: Any, item: str, posted: dict[str, list[str]], stored: Any
) -> None:
    field = form.items[item]
    assert field.kind.parse(field, posted) == stored
    if stored is not None:
        assert field.kind.coerce(field, stored) == stored
        assert not field.kind.is_empty(stored)
        assert field.kind.display(field, stored, "en")


REFUSED: list[tuple[str, Any, str]] = [
    ("text", "A", "min_length"),
    ("text", "A" * 11, "max_length"),
    ("text", "abc", "pattern"),
    ("text", "A\x00b", "control_characters"),
    ("text", 5, "shape"),
    ("text", ["A"], "shape"),
    ("url", "javascript:alert(1)", "url"),
    ("url", "http://", "url"),
    ("url", "https://[", "url"),
    ("integer", 121, "max"),
    ("integer", -1, "min"),
    ("integer", True, "integer"),
    ("integer", "7", "integer"),
    ("integer", 10**16, "integer"),
    ("decimal", "1.234", "decimals"),
    ("decimal", "-1.51", "min"),
    ("decimal", "1e9", "decimal"),
    ("decimal", 1.5, "decimal"),
    ("decimal", "NaN", "decimal"),
    ("quantity", {"value": "10", "unit": "cm"}, "min"),
    ("quantity", {"value": "2.6", "unit": "m"}, "max"),
    ("quantity", {"value": "2", "unit": "kg"}, "unit"),
    ("quantity", {"value": 2, "unit": "m"}, "decimal"),
    ("quantity", {"value": "1.855", "unit": "m"}, "decimals"),
    ("quantity", {"value": "2", "unit": "m", "extra": 1}, "shape"),
    ("quantity", "2 m", None),
    ("dose", {"value": "2", "unit": "furlong"}, "unit"),
    ("yes_no", "true", "yes_no"),
    ("yes_no", 1, "yes_no"),
    ("date", "2024", "precision"),
    ("date", "2025-01", "max"),
    ("date", "1899-12", "min"),
    ("date", "2024-02-30", "date"),
    ("date", "2024-05-01T10:00", "date"),
    ("day", "2024-05", "precision"),
    ("datetime", "2024-05-01", "datetime"),
    ("time", "24:00", "time"),
    ("choice", {"system": "", "code": "hom"}, "option"),
    ("choice", {"text": "words"}, "option"),
    ("choice", {"system": [], "code": "het"}, "shape"),
    ("choice", "het", None),
    ("free", {"text": "x" * 3000}, "shape"),
    ("free", {"text": "x", "code": "a"}, "shape"),
    ("searched", {"code": "1", "system": ""}, "shape"),
    ("searched", {"code": "x" * 300, "system": "s"}, "shape"),
    ("searched", {"code": "1", "system": "s", "evil": "x"}, "shape"),
    ("file", {"id": "../x"}, "file"),
    ("file", {"id": "a", "type": "text/html", "size": 1}, "accept"),
    ("file", {"id": "a", "type": "image/png", "size": 3_000_000}, "max_size"),
    ("file", {"id": "a", "type": "image/png", "size": -3}, "file"),
    ("reference", {"type": "Group", "id": "1"}, "reference_type"),
    ("reference", {"type": "Patient", "id": "a b"}, "reference"),
]


@pytest.mark.parametrize(("item", "value", "code"), REFUSED)
def test_stored_answers_are_checked(form: Any, item: str, value: Any, code: str | None) -> None:
    found = codes(outcome(form, {item: value}))
    if code is None:
        # an answer that is not even of the right make counts as not given, or as unreadable
        assert not [c for i, c in found if i == item] or (item, "shape") in found
    else:
        assert (item, code) in found


UNREADABLE = [
    ("integer", "1.5"),
    ("integer", "twelve"),
    ("decimal", "1.2.3"),
    ("decimal", ""),
    ("quantity", "tall"),
    ("quantity", {"value": "1"}),
    ("date", "31.2.2024"),
    ("date", "yesterday"),
    ("datetime", "31.12.2024"),
    ("time", "noon"),
    ("yes_no", "maybe"),
    ("choice", "hom"),
    ("choice", None),
    ("reference", "Group/1"),
    ("text", {"a": 1}),
]


@pytest.mark.parametrize(("item", "value"), UNREADABLE)
def test_looser_input_is_refused_with_a_sentence(form: Any, item: str, value: Any) -> None:
    field = form.items[item]
    with pytest.raises(AnswerError) as caught:
        field.kind.coerce(field, value)
    assert str(caught.value).endswith((".", "}."))


def test_several_answers_their_number_and_their_company(form: Any) -> None:
    a, b, z = ({"system": "", "code": code} for code in "abz")
    assert codes(outcome(form, {"several": [a, b]})) == set()
    assert ("several", "at_most") in codes(outcome(form, {"several": [a, b, z]}))
    assert ("several", "exclusive") in codes(outcome(form, {"several": [a, z]}))
    assert ("several", "duplicate") in codes(outcome(form, {"several": [a, a]}))
    assert ("several", "shape") in codes(outcome(form, {"several": a}))


def test_labels_are_shown_in_the_language_of_the_reader() -> None:
    form = small(
        "- {id: c, type: choice, options: [{code: a, label: {en: Yes, de: Ja}}]}\n- {id: y, type: yes_no}\n",
        languages="[en, de]",
    )
    choice, yes_no = form.items["c"], form.items["y"]
    assert choice.kind.display(choice, {"system": "", "code": "a"}, "de") == "Ja"
    assert choice.kind.display(choice, {"system": "", "code": "a"}, "fr") == "Yes"
    assert yes_no.kind.display(yes_no, False, "pl") == "Nie"
    assert yes_no.kind.display(yes_no, True, "de-AT") == "Ja"


class OrcidKind(TextKind):
    """Stands for a plugin's own kind."""

    name = "orcid"
    limit = 19


def test_plugins_add_kinds_and_cannot_take_names() -> None:
    try:
        register(OrcidKind(), like="text")
        register(OrcidKind(), like="text")
        form = small("- {id: who, type: orcid, min_length: 19}")
        assert codes(outcome(form, {"who": "0000-0002-1825-0097"})) == set()
        assert codes(outcome(form, {"who": "0000-0002-1825-00977"})) == {("who", "max_length")}
        assert form.ast["items"]["who"]["t"] == "text"
        with pytest.raises(ValueError, match="cannot be added"):
            register(type("Other", (TextKind,), {"name": "orcid"})(), like="text")
        with pytest.raises(ValueError, match="cannot be added"):
            register(type("Odd", (TextKind,), {"name": "odd"})(), like="section")
    finally:
        KINDS.pop("orcid", None)
        REGISTERED.pop("orcid", None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from(sorted(KINDS)), JSON)
def test_any_json_is_stored_or_refused(form: Any, kind: str, value: Any) -> None:
    if kind not in form.items:
        return
    field = form.items[kind]
    try:
        stored = field.kind.coerce(field, value)
    except AnswerError as fault:
        assert str(fault)
    else:
        assert field.kind.coerce(field, stored) == stored
        field.kind.display(field, stored, "en")


def test_built_in_prefixes_are_the_addresses_of_the_packs() -> None:
    packs = Path(__file__).resolve().parents[3] / "terminology_packs"
    for prefix, pack in (
        ("HPO", "hpo"),
        ("OMIM", "omim"),
        ("ORPHA", "orpha"),
        ("ISO3166", "iso3166"),
    ):
        text = (packs / pack / "pack.yaml").read_text(encoding="utf-8")
        assert f"canonical: {SYSTEMS[prefix]}\n" in text
    for old, new in (
        ("http://purl.obolibrary.org/obo/hp.owl", "http://human-phenotype-ontology.org"),
        ("https://omim.org", "http://www.omim.org"),
    ):
        assert same_system(old) == new
        assert same_system(new) == new
