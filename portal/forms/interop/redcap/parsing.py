"""REDCap's logic and calculations into a tree: bounded length and depth, no recursion surprises.

Nodes: ``("field", name, code)``, ``("num", text)``, ``("str", text)``, ``("call", name, parts)``,
``("op", operator, left, right)``, ``("not", node)``, ``("neg", node)``.
"""

import re
from typing import Any

from portal.forms.interop.wording import UntranslatableError

Node = tuple[Any, ...]
MAX_LENGTH = 10_000
MAX_DEPTH = 50
_TOKEN = re.compile(
    r"""\s+
    |(?P<field>\[[^\[\]]{1,200}\](?:\[[^\[\]]{1,200}\])*)
    |(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
    |(?P<string>'[^']*'|"[^"]*")
    |(?P<mark><>|!=|<=|>=|&&|\|\||[=<>+\-*/^%(),!])
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)""",
    re.VERBOSE,
)
_LEVELS = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%"), 5),
    "^": 7,
}
_SAME = {"!=": "<>", "&&": "and", "||": "or"}
_FIELD = re.compile(r"\[([a-z][a-z0-9_]*)(?:\(([^()\]]+)\))?\]", re.IGNORECASE)


def parse(written: str) -> Node:
    """Parse one expression; raises ``UntranslatableError``."""
    if len(written) > MAX_LENGTH:
        raise UntranslatableError(f"more than {MAX_LENGTH:,} characters")
    parser = _Parser(_tokens(written))
    node = parser.expression(0)
    if parser.at < len(parser.tokens):
        raise UntranslatableError(f"'{parser.tokens[parser.at][1][:20]}' in this place")
    return node


def _tokens(written: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(written):
        token = _TOKEN.match(written, at)
        if token is None:
            raise UntranslatableError(f"'{written[at : at + 20]}'")
        at = token.end()
        if token.lastgroup:
            found.append((token.lastgroup, token.group()))
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
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

    def operator(self) -> str:
        kind, word = self.peek()
        word = _SAME.get(word, word.lower())
        return word if kind in {"mark", "name"} and word in _LEVELS else ""

    def expression(self, level: int) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UntranslatableError("an expression nested this deeply")
        left = self.unary()
        while True:
            operator = self.operator()
            power = _LEVELS.get(operator, 0)
            if power <= level:
                self.depth -= 1
                return left
            self.at += 1
            left = ("op", operator, left, self.expression(power))

    def unary(self) -> Node:
        kind, word = self.peek()
        if word == "-" and kind == "mark":
            self.at += 1
            return ("neg", self.expression(6))
        if (kind, word) == ("mark", "!") or (kind == "name" and word.lower() == "not"):
            self.at += 1
            return ("not", self.expression(2))
        return self.atom()

    def atom(self) -> Node:
        kind, word = self.take()
        if word == "(":
            node = self.expression(0)
            self.take(")")
            return node
        if kind == "field":
            found = _FIELD.fullmatch(word)
            if not found:
                raise UntranslatableError(
                    f"'{word[:40]}' (an event, an instance or a variable of REDCap)"
                )
            return ("field", found.group(1).lower(), found.group(2) or "")
        if kind == "number":
            return ("num", word if word[0] != "." else f"0{word}")
        if kind == "string":
            return ("str", word[1:-1])
        if kind == "name" and self.peek()[1] == "(":
            return self.call(word)
        raise UntranslatableError(f"'{word[:20]}'")

    def call(self, name: str) -> Node:
        self.take("(")
        parts: list[Node] = []
        while self.peek()[1] != ")":
            parts.append(self.expression(0))
            if self.peek()[1] != ",":
                break
            self.at += 1
        self.take(")")
        return ("call", name.lower(), tuple(parts))
