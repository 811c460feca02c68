"""Decimal arithmetic that gives the same digits in Python and in the browser.

Everything is rounded to 28 significant digits, half to even. Roots, logarithms and powers are
computed with guard digits first, so that both sides round the same number.
"""

from decimal import (
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DecimalException,
    InvalidOperation,
)

from portal.forms.expressions.values import ARITHMETIC

_GUARD = Context(prec=50, rounding=ROUND_HALF_EVEN, Emin=-2000, Emax=2000)
_EXACT = Context(prec=4000, rounding=ROUND_HALF_EVEN, Emin=-9000, Emax=9000)
MAX_EXPONENT = 100
LIMIT = Decimal(10) ** 60


def bounded(value: Decimal) -> Decimal | None:
    """Return the value rounded to 28 digits, or None when it left the range 1e-60 … 1e60."""
    try:
        result = ARITHMETIC.plus(value)
    except DecimalException:
        return None
    if result and not 1 / LIMIT <= abs(result) <= LIMIT:
        return None
    return result


def divide(left: Decimal, right: Decimal) -> Decimal | None:
    """Divide; unknown when the divisor is 0."""
    return None if right == 0 else bounded(ARITHMETIC.divide(left, right))


def power(base: Decimal, exponent: Decimal) -> Decimal | None:
    """Raise to a power; unknown for roots of negative numbers, 0 to a negative, huge exponents."""
    if abs(exponent) > MAX_EXPONENT or (base == 0 and exponent < 0):
        return None
    if base == 0:
        return Decimal(1) if exponent == 0 else Decimal(0)
    if exponent == exponent.to_integral_value():
        whole = _EXACT.power(base, abs(int(exponent)))
        if exponent >= 0:
            return bounded(whole)
        return bounded(_GUARD.divide(Decimal(1), whole))
    if base < 0:
        return None
    inner = _GUARD.multiply(_GUARD.ln(base), exponent)
    return bounded(_GUARD.exp(inner)) if abs(inner) < 200 else None


def square_root(value: Decimal) -> Decimal | None:
    """Return the square root; unknown for negative numbers."""
    return None if value < 0 else bounded(ARITHMETIC.sqrt(value))


def natural_log(value: Decimal) -> Decimal | None:
    """Return the natural logarithm; unknown for 0 and below."""
    return None if value <= 0 else bounded(_GUARD.ln(value))


def exponential(value: Decimal) -> Decimal | None:
    """Return e to the power; unknown beyond the range."""
    return bounded(_GUARD.exp(value)) if abs(value) < 200 else None


def rounded(value: Decimal, places: int) -> Decimal | None:
    """Round half away from zero, as people do, to 0 … 12 places."""
    if not 0 <= places <= 12:
        return None
    try:
        return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context=_EXACT)
    except InvalidOperation:
        return None
