"""Expression text into a syntax tree of plain lists; faults say the column and what to write."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

MAX_LENGTH = 4_000
MAX_DEPTH = 100

Ast = list[Any]
"""A node: ``[operator, argument …]``; JSON-able. ``docs/forms.md`` lists the operators."""

DURATIONS = {
    word: name
    for name in ("year", "month", "week", "day", "hour", "minute")
    for word in (name, name + "s")
}


class ExpressionError(Exception):
    """An expression that cannot be understood; ``near`` is a better word where there is one."""

    def __init__(self, message: str, near: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.near = near


class _Build(Transformer[Token, Any]):
    """Turns each grammar rule into one node."""

    def or_(self, parts: list[Any]) -> Ast:
        return ["or", *parts]

    def and_(self, parts: list[Any]) -> Ast:
        return ["and", *parts]

    def not_(self, parts: list[Any]) -> Ast:
        return ["not", parts[0]]

    def compare(self, parts: list[Any]) -> Ast:
        left, operator, right = parts
        return [str(operator), left, right]

    def in_(self, parts: list[Any]) -> Ast:
        return ["in", *parts]

    def not_in(self, parts: list[Any]) -> Ast:
        return ["not", ["in", *parts]]

    def answered(self, parts: list[Any]) -> Ast:
        return ["answered", parts[0]]

    def not_answered(self, parts: list[Any]) -> Ast:
        return ["not", ["answered", parts[0]]]

    def binary(self, parts: list[Any]) -> Ast:
        left, operator, right = parts
        return [str(operator), left, right]

    def minus(self, parts: list[Any]) -> Ast:
        return ["neg", parts[1]]

    def power(self, parts: list[Any]) -> Ast:
        return ["^", *parts]

    def quantity(self, parts: list[Any]) -> Ast:
        number, unit = str(parts[0]), str(parts[1]).strip("\"'")
        if unit in DURATIONS:
            return ["dur", number, DURATIONS[unit]]
        return ["qty", number, unit]

    def number(self, parts: list[Any]) -> Ast:
        return ["num", str(parts[0])]

    def string(self, parts: list[Any]) -> Ast:
        return ["str", str(parts[0])[1:-1]]

    def date(self, parts: list[Any]) -> Ast:
        return ["date", str(parts[0]).removeprefix("@")]

    def time(self, parts: list[Any]) -> Ast:
        return ["time", str(parts[0]).removeprefix("@T")]

    def curie(self, parts: list[Any]) -> Ast:
        return ["curie", str(parts[0])]

    def name(self, parts: list[Any]) -> Ast:
        word = str(parts[0])
        if word in {"true", "yes"}:
            return ["bool", True]
        if word in {"false", "no"}:
            return ["bool", False]
        return ["name", word]

    def named(self, parts: list[Any]) -> Ast:
        return ["named", str(parts[0]), parts[1]]

    def call(self, parts: list[Any]) -> Ast:
        arguments = [part for part in parts[1:] if part is not None]
        return ["call", str(parts[0]), *arguments]

    def list_(self, parts: list[Any]) -> Ast:
        return ["list", *(part for part in parts if part is not None)]


@lru_cache(maxsize=1)
def _parser() -> Lark:
    grammar = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", transformer=_Build(), maybe_placeholders=True)


@lru_cache(maxsize=1)
def _lexer() -> Lark:
    grammar = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True)


def parse(text: str) -> Ast:
    """Parse one expression. Raises :class:`ExpressionError` with the column of the fault."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH:,} characters")
    if not text.strip():
        raise ExpressionError("an expression was expected, nothing was found")
    try:
        tree: Ast = _cached(text)
    except UnexpectedInput as fault:
        raise _explain(text, fault) from None
    return tree


@lru_cache(maxsize=4096)
def _cached(text: str) -> Ast:
    tree: Ast = _parser().parse(text)  # type: ignore[assignment]
    if _depth(tree) > MAX_DEPTH:
        raise ExpressionError(f"nested more than {MAX_DEPTH} levels deep")
    return tree


def _depth(tree: Ast) -> int:
    deepest, todo = 0, [(tree, 1)]
    while todo:
        node, depth = todo.pop()
        deepest = max(deepest, depth)
        todo += [(part, depth + 1) for part in node if isinstance(part, list)]
    return deepest


_SLIPS = (
    (re.compile(r"!=|<>"), "write 'is_not' (true also when nothing was answered)", "is_not"),
    (re.compile(r"=="), "a single '=' compares", "="),
    (re.compile(r"&&"), "write 'and'", "and"),
    (re.compile(r"\|\|"), "write 'or'", "or"),
    (re.compile(r"!"), "write 'not'", "not"),
)


def _explain(text: str, fault: UnexpectedInput) -> ExpressionError:
    column = getattr(fault, "column", -1)
    rest = text[column - 1 :] if isinstance(column, int) and column > 0 else ""
    for pattern, advice, near in _SLIPS:
        slip = pattern.match(rest) or pattern.match(text, max(column - 2, 0))
        if slip:
            found = (
                f"'{slip.group()}' at column {slip.start() + 1 if slip.string is text else column}"
            )
            return ExpressionError(f"{found} is not known: {advice}", near)
    if isinstance(fault, UnexpectedEOF) or (
        isinstance(fault, UnexpectedToken) and fault.token.type == "$END"
    ):
        return ExpressionError("the expression ends too early: something is missing at its end")
    if isinstance(fault, UnexpectedCharacters | UnexpectedToken):
        return ExpressionError(f"'{rest[:20]}' at column {column} was not expected here")
    return ExpressionError("not an expression")


def rename(text: str, names: dict[str, str]) -> str:
    """Return ``text`` with references renamed; everything else stays as the author typed it."""
    try:
        tokens = list(_lexer().parse_interactive(text).iter_parse())
    except UnexpectedInput:
        return text
    result, at = [], 0
    for token in tokens:
        if token.type == "NAME" and str(token) in names and token.start_pos is not None:
            result += [text[at : token.start_pos], names[str(token)]]
            at = token.start_pos + len(token)
    return "".join([*result, text[at:]])


def names_in(tree: Ast) -> list[str]:
    """Return every reference of a parsed tree in order of appearance, without repeats."""
    found: dict[str, None] = {}
    todo: list[Any] = [tree]
    while todo:
        node = todo.pop(0)
        if not isinstance(node, list):
            continue
        if node[0] == "name":
            found[node[1]] = None
        else:
            todo[:0] = node[1:]
    return list(found)
