"""Regular expressions that strangers may send: bounded, so that none can run away.

Python's engine backtracks; a repeat inside a repeat, such as ``(a+)+``, can take for ever. It is used
for plain patterns only; all others are matched by an automaton. Back references, look-around and very
long patterns are refused.
"""

import re
import warnings
from typing import Any

from portal.terminology.automaton import Automaton, NotRegularError, op, parser
from portal.terminology.errors import QueryError

MAX_LENGTH = 200
MAX_TEXT = 300
MAX_REPEATS = 2
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}
_REFUSED = {op.GROUPREF, op.GROUPREF_EXISTS, op.ASSERT, op.ASSERT_NOT}
_CHARACTERS = {op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN}
Matcher = re.Pattern[str] | Automaton


def bounded(pattern: str) -> Matcher:
    """Compile ``pattern`` for a whole match, or raise QueryError with the reason."""
    if len(pattern) > MAX_LENGTH:
        raise QueryError(f"The pattern is longer than {MAX_LENGTH} characters.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            tree = parser.parse(pattern)
            compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise QueryError(f"'{pattern[:40]}' is not a regular expression: {error}") from error
    _refuse(tree)
    if _is_simple(tree):
        return compiled
    if tree.state.flags & ~re.UNICODE:
        raise QueryError("A pattern of this shape cannot have flags.")
    try:
        return Automaton(tree)
    except NotRegularError as error:
        raise QueryError(f"'{pattern[:40]}' cannot be matched safely: {error}.") from error


def matches(pattern: Matcher, text: str) -> bool:
    """Say whether the whole ``text`` matches; a text that is too long never does."""
    return len(text) <= MAX_TEXT and bool(pattern.fullmatch(text))


def _is_simple(tree: Any) -> bool:
    """Say whether Python's engine is safe: few repeats, each of one character only."""
    repeats = 0
    for code, argument in tree:
        if code in _REPEATS:
            _low, high, part = argument
            repeats += high is op.MAXREPEAT or high > 1
            if len(part) != 1 or part[0][0] not in _CHARACTERS:
                return False
        elif code not in _CHARACTERS and code is not op.AT:
            return False
    return repeats <= MAX_REPEATS


def _refuse(tree: Any) -> None:
    """Raise for what no automaton can do."""
    for code, argument in tree:
        if code in _REFUSED:
            raise QueryError("Back references and look-around are not allowed in a pattern.")
        if code in _REPEATS:
            _refuse(argument[2])
        elif code is op.BRANCH:
            for part in argument[1]:
                _refuse(part)
        elif code is op.SUBPATTERN:
            _refuse(argument[3])
        elif code is op.ATOMIC_GROUP:
            _refuse(argument)
