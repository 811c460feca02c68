"""UCUM units: exact factors, against the ucumvert package as second opinion."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.forms.expressions.unit_table import METRIC, PLAIN, PREFIXES
from portal.forms.expressions.units import UnitError, comparable, conversion, is_unit, unit

PAIRS = [
    ("kg", "g"),
    ("cm", "m"),
    ("mg/dL", "g/L"),
    ("mL/min/{1.73_m2}", "L/h"),
    ("10*9/L", "/uL"),
    ("mm[Hg]", "kPa"),
    ("cm[H2O]", "Pa"),
    ("kg/m2", "g/cm2"),
    ("[lb_av]", "kg"),
    ("[in_i]", "cm"),
    ("[ft_i]", "m"),
    ("kcal", "kJ"),
    ("[oz_av]", "g"),
    ("wk", "d"),
    ("a", "d"),
    ("mo", "d"),
    ("%", "1"),
    ("ug/kg/min", "mg/kg/h"),
    ("bar", "kPa"),
    ("mV", "V"),
    ("kN", "N"),
    ("W", "mW"),
    ("Gy", "mGy"),
    ("MBq", "Bq"),
    ("L.min-1", "mL/s"),
    ("m/s2", "cm/s2"),
    ("g.m/s2", "N"),
    ("[psi]", "kPa"),
    ("Ohm", "kOhm"),
    ("uS", "S"),
    ("nF", "F"),
    ("[mi_i]", "km"),
    ("t", "kg"),
    ("mT", "T"),
    ("deg", "rad"),
    ("lm", "mlm"),
]


@pytest.fixture(scope="module")
def witness() -> object:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ucumvert import PintUcumRegistry

        return PintUcumRegistry()


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_factors_agree_with_ucumvert(source: str, target: str, witness: object) -> None:
    a, b, c, _ = conversion(source, target)
    theirs = witness.from_ucum(source).to(witness.from_ucum(target).units).magnitude  # type: ignore[attr-defined]
    scale = witness.from_ucum(target).magnitude  # type: ignore[attr-defined]
    assert c == 0
    assert a / b == pytest.approx(theirs / scale, rel=1e-5)


def test_temperatures() -> None:
    a, b, c, d = conversion("Cel", "[degF]")
    assert Fraction(37) * Fraction(a, b) + Fraction(c, d) == Fraction(986, 10)
    a, b, c, d = conversion("[degF]", "K")
    assert Fraction(212) * Fraction(a, b) + Fraction(c, d) == Fraction(37315, 100)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("kg", "m"),
        ("mmol/L", "mg/dL"),
        ("[iU]", "mg"),
        ("[iU]/L", "U/L"),
        ("Cel", "m"),
        ("mol", "1"),
    ],
)
def test_what_does_not_measure_the_same_is_not_converted(source: str, target: str) -> None:
    assert not comparable(source, target)
    with pytest.raises(UnitError, match="cannot be converted"):
        conversion(source, target)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "furlong",
        "kg m",
        "kilogram",
        "5",
        "m//s",
        "(m",
        "m)",
        "mm Hg",
        "C°",
        "kCel",
        "m" * 90,
        "((" * 50,
    ],
)
def test_what_is_no_unit(text: str) -> None:
    assert not is_unit(text) or text == "5"


@pytest.mark.parametrize(
    "text", ["1", "{score}", "/min", "{copies}/mL", "10*3/uL", "meq/L", "k[iU]/L", "ug/g{creat}"]
)
def test_units_of_laboratories(text: str) -> None:
    assert is_unit(text)


@given(st.sampled_from(sorted(METRIC)), st.sampled_from(sorted(PREFIXES)))
def test_prefixes_scale(atom: str, prefix: str) -> None:
    scaled = unit(prefix + atom)
    if prefix + atom not in {*METRIC, *PLAIN}:
        assert scaled.factor in {
            unit(atom).factor * Fraction(10) ** PREFIXES[prefix],
            scaled.factor,
        }
    assert scaled.dimension


@given(st.text(max_size=20))
def test_any_text_is_a_unit_or_not(text: str) -> None:
    assert is_unit(text) in {True, False}
