"""Regular expressions that strangers may send: bounded, so that none can run away.

Python's engine backtracks; a repeat inside a repeat, such as ``(a+)+``, can take for ever. Patterns
with such a shape, too many open repeats, back references or too great a length are refused.
"""

import re
import warnings
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from portal.terminology.errors import QueryError

MAX_LENGTH = 200
MAX_TEXT = 300
MAX_OPEN_REPEATS = 4
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}
_REFUSED = {op.GROUPREF, op.GROUPREF_EXISTS, op.ASSERT, op.ASSERT_NOT}
_MANY = 40


def bounded(pattern: str) -> re.Pattern[str]:
    """Compile ``pattern`` for a whole match, or raise QueryError with the reason."""
    if len(pattern) > MAX_LENGTH:
        raise QueryError(f"The pattern is longer than {MAX_LENGTH} characters.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            tree = _parser.parse(pattern)
            compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise QueryError(f"'{pattern[:40]}' is not a regular expression: {error}") from error
    repeats = _walk(tree, inside=False)
    if repeats > MAX_OPEN_REPEATS:
        raise QueryError(f"The pattern has {repeats} open repeats; {MAX_OPEN_REPEATS} are allowed.")
    return compiled


def matches(pattern: re.Pattern[str], text: str) -> bool:
    """Say whether the whole ``text`` matches; a text that is too long never does."""
    return len(text) <= MAX_TEXT and pattern.fullmatch(text) is not None


def _walk(tree: Any, *, inside: bool) -> int:
    """Count open repeats below ``tree``; refuse those inside one another."""
    total = 0
    for code, argument in tree:
        if code in _REFUSED:
            raise QueryError("Back references and look-around are not allowed in a pattern.")
        if code in _REPEATS:
            _low, high, part = argument
            wide = high is op.MAXREPEAT or high > _MANY
            if inside and (wide or high > 1):
                raise QueryError("A repeat inside a repeat is not allowed in a pattern.")
            total += wide
            total += _walk(part, inside=inside or wide)
        elif code is op.BRANCH:
            total += sum(_walk(part, inside=inside) for part in argument[1])
        elif code is op.SUBPATTERN:
            total += _walk(argument[3], inside=inside)
        elif code is op.ATOMIC_GROUP:
            total += _walk(argument, inside=inside)
    return total
