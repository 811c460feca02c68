"""UCUM atoms that clinical forms use, with exact factors to base units.

Source: the UCUM specification (ucum.org, 2.2), read by hand; compared in the tests with the
``ucumvert`` package. ``mol``, ``[iU]`` and the like are dimensions of their own here, so that an
amount of substance is never converted into a mass: that needs the substance.
"""

from fractions import Fraction

PREFIXES = {
    "Y": 24,
    "Z": 21,
    "E": 18,
    "P": 15,
    "T": 12,
    "G": 9,
    "M": 6,
    "k": 3,
    "h": 2,
    "da": 1,
    "d": -1,
    "c": -2,
    "m": -3,
    "u": -6,
    "n": -9,
    "p": -12,
    "f": -15,
    "a": -18,
}

BASE = ("m", "s", "g", "K", "C", "cd", "mol")
OWN = ("[iU]", "[arb'U]", "[USP'U]", "[PFU]", "[CFU]", "[CCID_50]", "[TCID_50]")

METRIC: dict[str, tuple[str, str]] = {
    "L": ("1/1000", "m3"),
    "l": ("1/1000", "m3"),
    "Hz": ("1", "s-1"),
    "N": ("1000", "g.m.s-2"),
    "Pa": ("1000", "g.m-1.s-2"),
    "J": ("1000", "g.m2.s-2"),
    "W": ("1000", "g.m2.s-3"),
    "A": ("1", "C.s-1"),
    "V": ("1000", "g.m2.s-2.C-1"),
    "Ohm": ("1000", "g.m2.s-1.C-2"),
    "F": ("1/1000", "g-1.m-2.s2.C2"),
    "S": ("1/1000", "g-1.m-2.s.C2"),
    "T": ("1000", "g.s-1.C-1"),
    "lm": ("1", "cd"),
    "lx": ("1", "cd.m-2"),
    "Bq": ("1", "s-1"),
    "Gy": ("1", "m2.s-2"),
    "Sv": ("1", "m2.s-2"),
    "bar": ("100000000", "g.m-1.s-2"),
    "kat": ("1", "mol.s-1"),
    "U": ("1/60000000", "mol.s-1"),
    "osm": ("1", "mol"),
    "eq": ("1", "mol"),
    "cal": ("4184", "g.m2.s-2"),
    "[Cal]": ("4184000", "g.m2.s-2"),
    "m[Hg]": ("133322000", "g.m-1.s-2"),
    "m[H2O]": ("9806650", "g.m-1.s-2"),
    "u": ("16605402/10000000000000000000000000000000", "g"),
    "t": ("1000000", "g"),
}
"""Atoms that take prefixes: factor, and the base units it counts in."""

PLAIN: dict[str, tuple[str, str]] = {
    "min": ("60", "s"),
    "h": ("3600", "s"),
    "d": ("86400", "s"),
    "wk": ("604800", "s"),
    "mo": ("2629800", "s"),
    "a": ("31557600", "s"),
    "%": ("1/100", "1"),
    "[ppth]": ("1/1000", "1"),
    "[ppm]": ("1/1000000", "1"),
    "[ppb]": ("1/1000000000", "1"),
    "[pi]": ("31415926535897932384626433832795/10000000000000000000000000000000", "1"),
    "deg": ("31415926535897932384626433832795/1800000000000000000000000000000000", "1"),
    "rad": ("1", "1"),
    "sr": ("1", "1"),
    "10*": ("10", "1"),
    "10^": ("10", "1"),
    "[in_i]": ("254/10000", "m"),
    "[ft_i]": ("3048/10000", "m"),
    "[yd_i]": ("9144/10000", "m"),
    "[mi_i]": ("1609344/1000", "m"),
    "[lb_av]": ("45359237/100000", "g"),
    "[oz_av]": ("45359237/1600000", "g"),
    "[stone_av]": ("635029318/100000", "g"),
    "[foz_us]": ("295735295625/10000000000000000", "m3"),
    "[diop]": ("1", "m-1"),
    "[MET]": ("7/120000000", "m3.g-1.s-1"),
    "[drp]": ("1/20000000", "m3"),
    "[psi]": ("6894757293168/1000000", "g.m-1.s-2"),
    "[Ch]": ("1/3000", "m"),
}
"""Atoms that take no prefix."""

AFFINE: dict[str, tuple[Fraction, Fraction]] = {
    "Cel": (Fraction(1), Fraction(27315, 100)),
    "[degF]": (Fraction(5, 9), Fraction(45967, 100) * Fraction(5, 9)),
}
"""Temperatures with a zero of their own: kelvin = value x factor + offset. They stand alone."""
