"""FHIRPath text into a tree. A hand-written precedence parser: bounded length, bounded depth.

Nodes are tuples: ``("lit", kind, value)``, ``("empty",)``, ``("env", name)``, ``("this",)``,
``("member", base, name)``, ``("call", base, name, arguments)``, ``("at", base, index)``,
``("op", operator, left, right)``, ``("neg", node)``, ``("type", operator, node, name)``; ``base``
is None where the path begins at the focus.
"""

import re
from functools import lru_cache
from typing import Any

Node = tuple[Any, ...]
MAX_LENGTH = 20_000
MAX_DEPTH = 60
MAX_CHAIN = 2_000


class PathError(ValueError):
    """The expression is not FHIRPath, or uses something that is not supported here."""


_TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*.*?\*/
    |(?P<datetime>@[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?
        (?:T(?:[0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?)
    |(?P<time>@T[0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?)
    |(?P<number>[0-9]{1,40}(?:\.[0-9]{1,40})?)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<quoted>`[^`]*`)
    |(?P<env>%(?:[A-Za-z_][A-Za-z0-9_-]*|'[^']*'|`[^`]*`))
    |(?P<special>\$(?:this|index|total))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<mark><=|>=|!=|!~|[.\[\](){},|&=~<>+*/-])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_LEVELS: dict[str, int] = {
    "implies": 1,
    "or": 2,
    "xor": 2,
    "and": 3,
    "in": 4,
    "contains": 4,
    **dict.fromkeys(("=", "~", "!=", "!~"), 5),
    **dict.fromkeys(("<", "<=", ">", ">="), 6),
    "|": 7,
    "is": 8,
    "as": 8,
    **dict.fromkeys(("+", "-", "&"), 9),
    **dict.fromkeys(("*", "/", "div", "mod"), 10),
}
_CALENDAR = {
    word: word.rstrip("s")
    for name in ("year", "month", "week", "day", "hour", "minute", "second")
    for word in (name, f"{name}s")
}


def parse(written: str) -> Node:
    """Parse one expression; raises :class:`PathError`."""
    if len(written) > MAX_LENGTH:
        raise PathError(f"longer than {MAX_LENGTH:,} characters")
    return _parsed(written)


@lru_cache(maxsize=1024)
def _parsed(written: str) -> Node:
    parser = _Parser(_tokens(written))
    node = parser.expression(0)
    if parser.at < len(parser.tokens):
        raise PathError(f"'{parser.tokens[parser.at][1][:30]}' was not expected")
    return node


def _tokens(written: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(written):
        token = _TOKEN.match(written, at)
        if token is None:
            raise PathError(f"'{written[at : at + 20]}' is not FHIRPath")
        at = token.end()
        if token.lastgroup:
            found.append((token.lastgroup, token.group()))
    return found


def _unescaped(written: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if code[0] == "u" and len(code) == 5:
            return chr(int(code[1:], 16))
        return _ESCAPES.get(code, code)

    return _ESCAPE.sub(one, written[1:-1])


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
            raise PathError(f"'{mark or 'a value'}' was expected before '{token[1][:20]}'")
        self.at += 1
        return token

    def expression(self, level: int) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise PathError(f"nested more than {MAX_DEPTH} levels deep")
        left = self.unary()
        for _ in range(MAX_CHAIN):
            kind, operator = self.peek()
            power = _LEVELS.get(operator, 0) if kind in {"mark", "name"} else 0
            if power <= level:
                self.depth -= 1
                return left
            self.at += 1
            if operator in {"is", "as"}:
                left = ("type", operator, left, self.type_name())
            else:
                left = ("op", operator, left, self.expression(power))
        raise PathError("too many operators")

    def type_name(self) -> str:
        name = self.identifier()
        while self.peek()[1] == ".":
            self.at += 1
            name = self.identifier()
        return name

    def identifier(self) -> str:
        kind, word = self.take()
        if kind not in {"name", "quoted"}:
            raise PathError(f"a name was expected, '{word[:20]}' was found")
        return word.strip("`")

    def unary(self) -> Node:
        signs = 0
        while self.peek()[1] in {"+", "-"}:
            signs += self.take()[1] == "-"
        node = self.path()
        return ("neg", node) if signs % 2 else node

    def path(self) -> Node:
        node = self.term()
        for _ in range(MAX_CHAIN):
            mark = self.peek()[1] if self.peek()[0] == "mark" else ""
            if mark == ".":
                self.at += 1
                node = self.step(node)
            elif mark == "[":
                self.at += 1
                node = ("at", node, self.expression(0))
                self.take("]")
            else:
                return node
        raise PathError("too many steps")

    def step(self, base: Node | None) -> Node:
        if self.peek()[0] == "special":
            return self.special()
        name = self.identifier()
        if self.peek() != ("mark", "("):
            return ("member", base, name)
        self.at += 1
        arguments: list[Node] = []
        while self.peek()[1] != ")":
            arguments.append(self.expression(0))
            if self.peek()[1] != ",":
                break
            self.at += 1
        self.take(")")
        return ("call", base, name, tuple(arguments))

    def special(self) -> Node:
        return (self.take()[1].lstrip("$"),)

    def term(self) -> Node:
        kind, word = self.peek()
        if kind in {"name", "quoted", "special"} and word not in {"true", "false"}:
            return self.step(None)
        self.take()
        if word == "(":
            node = self.expression(0)
            self.take(")")
            return node
        if word == "{":
            self.take("}")
            return ("empty",)
        return self.literal(kind, word)

    def literal(self, kind: str, word: str) -> Node:
        if kind == "number":
            return self.quantity(word)
        if kind == "string":
            return ("lit", "string", _unescaped(word))
        if kind == "name":
            return ("lit", "bool", word == "true")
        if kind == "env":
            return ("env", word[1:].strip("'`"))
        if kind in {"datetime", "time"}:
            return ("lit", kind, word.lstrip("@").removeprefix("T" if kind == "time" else ""))
        raise PathError(f"'{word[:20]}' was not expected")

    def quantity(self, word: str) -> Node:
        kind, unit = self.peek()
        if kind == "string":
            self.at += 1
            return ("lit", "quantity", (word, _unescaped(unit)))
        if kind == "name" and unit in _CALENDAR:
            self.at += 1
            return ("lit", "duration", (word, _CALENDAR[unit]))
        return ("lit", "number", word)
