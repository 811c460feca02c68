"""UCUM units: a small parser and exact conversion factors.

Why not a library: the browser needs the same factors, exactly, without a parser of its own; and
the maintained packages (pint with ucumvert) cost 0.3 s to import and work in binary floats. They
serve as a second opinion in the tests.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from portal.forms.expressions.unit_table import AFFINE, BASE, METRIC, OWN, PLAIN, PREFIXES

_TOKEN = re.compile(
    r"(?P<annotation>\{[^{}]*\})|(?P<operator>[./])|(?P<open>\()|(?P<close>\))"
    r"|(?P<power>10[*^])|(?P<number>\d+)(?![A-Za-z\[])|(?P<atom>(?:[A-Za-z%']|\[[^\]\s]*\])+)"
    r"(?:_[A-Za-z]+)?",
)
_EXPONENT = re.compile(r"[+-]?\d{1,2}")
MAX_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Unit:
    """``factor`` and ``offset`` lead to base units; ``dimension`` is their canonical name."""

    factor: Fraction
    dimension: str
    offset: Fraction = Fraction(0)


class UnitError(ValueError):
    """The text is not a unit that this portal knows, or two units cannot be compared."""


_Term = tuple[Fraction, dict[str, int]]


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def term(self) -> _Term:
        factor, powers = Fraction(1), dict[str, int]()
        sign = 1
        if self._peek() == "/":
            self.at, sign = self.at + 1, -1
        while True:
            value, units = self.component()
            factor *= value**sign
            for name, power in units.items():
                powers[name] = powers.get(name, 0) + sign * power
            following = self._peek()
            if following not in {".", "/"}:
                return factor, powers
            sign = 1 if following == "." else -1
            self.at += 1

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def component(self) -> _Term:
        found = _TOKEN.match(self.text, self.at)
        if not found or found.lastgroup in {"operator", "close"}:
            raise UnitError(self.text)
        kind, written = found.lastgroup, found.group()
        self.at = found.end()
        if kind == "annotation":
            return Fraction(1), {}
        if kind == "open":
            return self._bracket()
        if kind == "number":
            return Fraction(int(written)), {}
        value, units = _atom(written)
        power = self._exponent()
        following = _TOKEN.match(self.text, self.at)
        if following and following.lastgroup == "annotation":
            self.at = following.end()
        return value**power, {name: count * power for name, count in units.items()}

    def _bracket(self) -> _Term:
        inner = self.term()
        if self._peek() != ")":
            raise UnitError(self.text)
        self.at += 1
        return inner

    def _exponent(self) -> int:
        found = _EXPONENT.match(self.text, self.at)
        if not found:
            return 1
        self.at = found.end()
        return int(found.group())


def _atom(name: str) -> _Term:
    direct = _known(name, metric_only=False)
    if direct:
        return direct
    for length in (2, 1):
        prefix, rest = name[:length], name[length:]
        if prefix in PREFIXES and rest:
            found = _known(rest, metric_only=True)
            if found:
                return Fraction(10) ** PREFIXES[prefix] * found[0], found[1]
    raise UnitError(name)


def _known(name: str, *, metric_only: bool) -> _Term | None:
    if name in BASE or (name in OWN and name not in METRIC):
        return Fraction(1), {name: 1}
    row = METRIC.get(name) or (None if metric_only else PLAIN.get(name))
    if row is None:
        return None
    factor, base = row
    return Fraction(factor), _powers(base)


def _powers(text: str) -> dict[str, int]:
    found = re.findall(r"([A-Za-z]+)(-?\d+)?", text)
    return {name: int(power or 1) for name, power in found}


@lru_cache(maxsize=2048)
def unit(text: str) -> Unit:
    """Return the unit behind a UCUM code; raises :class:`UnitError` for anything else."""
    if text in AFFINE:
        factor, offset = AFFINE[text]
        return Unit(factor, "K", offset)
    if not text or len(text) > MAX_LENGTH:
        raise UnitError(text[:MAX_LENGTH])
    parser = _Parser(text)
    try:
        factor, powers = parser.term()
    except RecursionError:
        raise UnitError(text) from None
    if parser.at != len(text):
        raise UnitError(text)
    left = sorted((name, power) for name, power in powers.items() if power)
    dimension = ".".join(f"{name}{power if power != 1 else ''}" for name, power in left)
    return Unit(factor, dimension or "1")


def is_unit(text: str) -> bool:
    """Whether the text is a UCUM unit that can be converted."""
    try:
        unit(text)
    except UnitError:
        return False
    return True


@lru_cache(maxsize=4096)
def conversion(source: str, target: str) -> tuple[int, int, int, int]:
    """Return (a, b, c, d) with ``target value = source value x a / b + c / d``, all exact."""
    if source == target:
        return 1, 1, 0, 1
    start, end = unit(source), unit(target)
    if start.dimension != end.dimension:
        message = f"'{source}' cannot be converted into '{target}'"
        raise UnitError(message)
    ratio = start.factor / end.factor
    shift = (start.offset - end.offset) / end.factor
    return ratio.numerator, ratio.denominator, shift.numerator, shift.denominator


def comparable(source: str, target: str) -> bool:
    """Whether values in the two units can be compared."""
    try:
        conversion(source, target)
    except UnitError:
        return False
    return True
