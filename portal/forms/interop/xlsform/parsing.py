"""Expressions of XLSForm (XPath with ``${name}``) into the tree of ``importing.logic``."""

import re
from typing import Any

from portal.forms.interop.wording import UntranslatableError

Node = tuple[Any, ...]
MAX_LENGTH = 10_000
MAX_DEPTH = 50
_TOKEN = re.compile(
    r"""\s+
    |(?P<field>\$\{\s*(?:last-saved\#)?[^{}]{1,200}\})
    |(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
    |(?P<string>'[^']*'|"[^"]*")
    |(?P<path>(?:\.\.?/|/)[A-Za-z0-9_./:-]+)
    |(?P<mark><=|>=|!=|[=<>+\-*(),.|\[\]])
    |(?P<name>[A-Za-z_][A-Za-z0-9_.:-]*)""",
    re.VERBOSE,
)
_LEVELS = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("=", "!="), 3),
    **dict.fromkeys(("<", "<=", ">", ">="), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "div", "mod"), 6),
}
_OURS = {"!=": "<>", "div": "/", "mod": "%"}


def parse(written: str, own: str = "") -> Node:
    """Parse one expression; ``own`` is the field that ``.`` means."""
    if len(written) > MAX_LENGTH:
        raise UntranslatableError(f"more than {MAX_LENGTH:,} characters")
    parser = _Parser(_tokens(written), own)
    node = parser.expression(0)
    if parser.at < len(parser.tokens):
        raise UntranslatableError(f"'{parser.tokens[parser.at][1][:20]}' in this place")
    return node


def parse_filter(written: str) -> Node:
    """Parse a ``choice_filter``, in which bare names are columns: ``("column", name)``."""
    if len(written) > MAX_LENGTH:
        raise UntranslatableError(f"more than {MAX_LENGTH:,} characters")
    parser = _Parser(_tokens(written), "", columns=True)
    node = parser.expression(0)
    if parser.at < len(parser.tokens):
        raise UntranslatableError(f"'{parser.tokens[parser.at][1][:20]}' in this place")
    return node


def _tokens(written: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = written.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'})
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise UntranslatableError(f"'{text[at : at + 20]}'")
        at = token.end()
        if token.lastgroup:
            found.append((token.lastgroup, token.group()))
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], own: str, *, columns: bool = False) -> None:
        self.columns = columns
        self.tokens = tokens
        self.own = own
        self.at = 0
        self.depth = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, mark: str = "") -> tuple[str, str]:
        token = self.peek()
        if token[0] == "end" or (mark and token[1] != mark):
            raise UntranslatableError(f"an expression without its '{mark or 'end'}'")
        self.at += 1
        return token

    def expression(self, level: int) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UntranslatableError("an expression nested this deeply")
        left = self.unary()
        while True:
            kind, operator = self.peek()
            power = _LEVELS.get(operator, 0) if kind in {"mark", "name"} else 0
            if power <= level:
                self.depth -= 1
                return left
            self.at += 1
            left = ("op", _OURS.get(operator, operator), left, self.expression(power))

    def unary(self) -> Node:
        if self.peek() == ("mark", "-"):
            self.at += 1
            return ("neg", self.expression(6))
        return self.atom()

    def atom(self) -> Node:
        kind, word = self.take()
        if kind == "field":
            name = word[2:-1].strip()
            if "#" in name:
                raise UntranslatableError(f"'{word}'")
            return ("field", name, "")
        if kind == "number":
            return ("num", word if word[0] != "." else f"0{word}")
        if kind == "string":
            return ("str", word[1:-1])
        if word == "(":
            node = self.expression(0)
            self.take(")")
            return node
        if word == "." and self.own:
            return ("field", self.own, "")
        return self.named(kind, word)

    def named(self, kind: str, word: str) -> Node:
        """Return a function call; paths and other names are beyond us."""
        if kind == "name" and self.columns and self.peek()[1] != "(":
            return ("column", word.lower())
        if kind != "name" or self.peek()[1] != "(":
            raise UntranslatableError(f"'{word[:40]}'")
        self.take("(")
        parts: list[Node] = []
        while self.peek()[1] != ")":
            parts.append(self.expression(0))
            if self.peek()[1] != ",":
                break
            self.at += 1
        self.take(")")
        if word == "not" and len(parts) == 1:
            return ("not", parts[0])
        return ("call", word, tuple(parts))
