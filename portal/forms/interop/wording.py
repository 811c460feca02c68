"""Trees of our expression language as text, the inverse of ``expressions.parser``."""

import re
from collections.abc import Callable

from portal.forms.expressions import Ast
from portal.forms.expressions.parser import DURATIONS

_LEVELS = {
    "or": 1,
    "and": 2,
    "not": 3,
    **dict.fromkeys(("=", "is_not", "<", "<=", ">", ">=", "in", "answered"), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/"), 6),
    "neg": 7,
    "^": 8,
}
_BARE_UNIT = re.compile(r"[A-Za-z%][A-Za-z0-9%/.]*")
CURIE = re.compile(r"[A-Z][A-Za-z0-9_-]*:[A-Za-z0-9](?:[A-Za-z0-9_.:/-]*[A-Za-z0-9])?")


class UntranslatableError(ValueError):
    """There are no words for this in our language; the message says for what."""


def text_of(tree: Ast) -> str:
    """Return the text of a tree; raises :class:`UntranslatableError`."""
    written: str = _WRITERS.get(tree[0], _binary)(tree)
    return written


def _joined(tree: Ast) -> str:
    return f" {tree[0]} ".join(_inner(part, _LEVELS[tree[0]]) for part in tree[1:])


def _binary(tree: Ast) -> str:
    level = _LEVELS[tree[0]]
    low, high = (5, 5) if level == 4 else (level, level + 1)
    return f"{_inner(tree[1], low)} {tree[0]} {_inner(tree[2], high)}"


def _negation(tree: Ast) -> str:
    inner = tree[1]
    if inner[0] == "answered":
        return f"{_inner(inner[1], 5)} is not answered"
    if inner[0] == "in":
        return f"{_inner(inner[1], 5)} not in {text_of(inner[2])}"
    return f"not {_inner(inner, 4)}"


def _inner(tree: Ast, level: int) -> str:
    """Return a part, in brackets where it binds less than its surroundings."""
    written = text_of(tree)
    own = _LEVELS.get(tree[0], 9)
    return f"({written})" if own < level else written


def quoted(words: str) -> str:
    """Return text in quotes; ours know no escapes."""
    if "\n" in words or ('"' in words and "'" in words):
        raise UntranslatableError("a text with line breaks or both kinds of quotes")
    return f"'{words}'" if '"' in words else f'"{words}"'


def _quantity(tree: Ast) -> str:
    unit = tree[2]
    bare = _BARE_UNIT.fullmatch(unit) and unit not in DURATIONS
    return f"{tree[1]} {unit}" if bare else f"{tree[1]} {quoted(unit)}"


def _call(tree: Ast) -> str:
    parts = [text_of(part) for part in tree[2:] if isinstance(part, list)]
    return f"{tree[1]}({', '.join(parts)})"


def _named(tree: Ast) -> str:
    return f"{tree[1]}: {text_of(tree[2])}"


def _date(tree: Ast) -> str:
    return f"@{tree[1]}" if len(tree[1]) == 4 else str(tree[1])


def _curie(tree: Ast) -> str:
    if not CURIE.fullmatch(tree[1]):
        raise UntranslatableError(f"the code {tree[1]}")
    return str(tree[1])


_WRITERS: dict[str, Callable[[Ast], str]] = {
    "and": _joined,
    "or": _joined,
    "not": _negation,
    "answered": lambda tree: f"{_inner(tree[1], 5)} is answered",
    "neg": lambda tree: f"-{_inner(tree[1], 7)}",
    "^": lambda tree: f"{_inner(tree[1], 9)} ^ {_inner(tree[2], 8)}",
    "num": lambda tree: str(tree[1]),
    "str": lambda tree: quoted(tree[1]),
    "bool": lambda tree: "true" if tree[1] else "false",
    "name": lambda tree: str(tree[1]),
    "curie": _curie,
    "date": _date,
    "time": lambda tree: f"@T{tree[1]}",
    "dur": lambda tree: f"{tree[1]} {tree[2]}{'' if tree[1] == '1' else 's'}",
    "qty": _quantity,
    "call": _call,
    "named": _named,
    "list": lambda tree: f"[{', '.join(text_of(part) for part in tree[1:])}]",
}
