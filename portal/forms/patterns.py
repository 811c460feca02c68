r"""Text patterns that always end in time: a regular-expression subset matched without backtracking.

Allowed: literal characters, ``.``, classes ``[a-z]``, ``\d \w \s`` and their opposites, groups,
alternatives, ``* + ? {n,m}``. Not allowed: look-around, back references, lazy quantifiers; none
of them is needed for an identifier or a variant name, and with them a text typed by somebody
hostile could keep the server busy for hours. A pattern always speaks of the whole text.
"""

import re
from functools import lru_cache
from typing import Any

MAX_PATTERN = 400
MAX_REPEAT = 200
MAX_SIZE = 1000
MAX_REMEMBERED = 5000


class PatternError(ValueError):
    """The pattern uses something outside the subset; the message says what."""


_Tree = tuple[Any, ...]
"""``("one", test)``, ``("then", trees)``, ``("or", trees)`` or ``("times", tree, least, most)``."""


class Pattern:
    """A compiled pattern (Glushkov automaton over bit sets); ``text`` is what the author wrote."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_PATTERN:
            raise PatternError(f"longer than {MAX_PATTERN} characters")
        reader = _Reader(_unanchored(text))
        tree = reader.alternatives(0)
        if reader.at < len(reader.text):
            raise PatternError(f"an unexpected '{reader.text[reader.at]}'")
        self.text = text
        self._tests: list[str] = []
        self._follow: list[int] = []
        self._nullable, self._first, self._last = self._build(tree)
        self._accepted: dict[str, int] = {}
        self._steps: dict[tuple[int, str], int] = {}

    @staticmethod
    def of(text: str) -> "Pattern":
        """Compile (cached); raises :class:`PatternError`."""
        return _compile(text)

    def matches(self, text: str) -> bool:
        """Whether the whole text matches; time grows with text x pattern, never faster."""
        if not text:
            return self._nullable
        state = self._first & self._accepting(text[0])
        for character in text[1:]:
            if not state:
                return False
            state = self._step(state, character)
        return bool(state & self._last)

    def _step(self, state: int, character: str) -> int:
        known = self._steps.get((state, character))
        if known is not None:
            return known
        reachable, left = 0, state
        while left:
            lowest = left & -left
            reachable |= self._follow[lowest.bit_length() - 1]
            left ^= lowest
        following = reachable & self._accepting(character)
        if len(self._steps) < MAX_REMEMBERED:
            self._steps[state, character] = following
        return following

    def _accepting(self, character: str) -> int:
        """Return the set of positions whose class contains the character."""
        known = self._accepted.get(character)
        if known is None:
            known = sum(1 << i for i, test in enumerate(self._tests) if _holds(test, character))
            if len(self._accepted) < MAX_REMEMBERED:
                self._accepted[character] = known
        return known

    def _build(self, tree: _Tree) -> tuple[bool, int, int]:
        """Add the positions of a tree; return (may be empty, first positions, last positions)."""
        kind = tree[0]
        if kind == "one":
            if len(self._tests) >= MAX_SIZE:
                raise PatternError("the repetitions make this pattern too large")
            self._tests.append(tree[1])
            self._follow.append(0)
            bit = 1 << (len(self._tests) - 1)
            return False, bit, bit
        if kind == "or":
            built = [self._build(option) for option in tree[1]]
            first = last = 0
            for _, one_first, one_last in built:
                first, last = first | one_first, last | one_last
            return any(empty for empty, _, _ in built), first, last
        if kind == "then":
            return self._chain([self._build(part) for part in tree[1]])
        return self._times(tree[1], tree[2], tree[3])

    def _chain(self, parts: list[tuple[bool, int, int]]) -> tuple[bool, int, int]:
        nullable, first, last = True, 0, 0
        for empty, one_first, one_last in parts:
            self._link(last, one_first)
            first |= one_first if nullable else 0
            last = one_last | (last if empty else 0)
            nullable = nullable and empty
        return nullable, first, last

    def _link(self, sources: int, targets: int) -> None:
        while sources:
            lowest = sources & -sources
            self._follow[lowest.bit_length() - 1] |= targets
            sources ^= lowest

    def _times(self, body: _Tree, least: int, most: int | None) -> tuple[bool, int, int]:
        copies = least if most is None else most
        parts = []
        for index in range(max(copies, 1 if most is None else 0)):
            empty, first, last = self._build(body)
            if most is None and index == max(copies, 1) - 1:
                self._link(last, first)
            parts.append((empty or index >= least, first, last))
        return self._chain(parts)


def _unanchored(text: str) -> str:
    body = text.removeprefix("^")
    return body[:-1] if body.endswith("$") and not body.endswith("\\$") else body


@lru_cache(maxsize=512)
def _compile(text: str) -> Pattern:
    return Pattern(text)


@lru_cache(maxsize=20_000)
def _holds(test: str, character: str) -> bool:
    return re.fullmatch(test, character, re.DOTALL | re.ASCII) is not None


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def alternatives(self, depth: int) -> _Tree:
        if depth > 20:
            raise PatternError("groups nested more than 20 deep")
        options = [self.sequence(depth)]
        while self.peek() == "|":
            self.at += 1
            options.append(self.sequence(depth))
        return ("or", options) if len(options) > 1 else options[0]

    def sequence(self, depth: int) -> _Tree:
        parts: list[_Tree] = []
        while self.peek() and self.peek() not in "|)":
            body = self.atom(depth)
            least, most = self.quantifier()
            parts.append(body if (least, most) == (1, 1) else ("times", body, least, most))
        return ("then", parts)

    def atom(self, depth: int) -> _Tree:
        character = self.peek()
        if character == "(":
            return self.group(depth)
        if character == "[":
            return ("one", self.class_())
        if character == "\\":
            self.at += 2
            return ("one", _escape(self.text[self.at - 1 : self.at]))
        if character in "*+?{":
            raise PatternError(f"'{character}' has nothing to repeat")
        if character in "^$":
            raise PatternError(f"'{character}' inside: a pattern speaks of the whole text anyway")
        self.at += 1
        return ("one", "." if character == "." else re.escape(character))

    def group(self, depth: int) -> _Tree:
        self.at += 1
        if self.text.startswith("?:", self.at):
            self.at += 2
        elif self.peek() == "?":
            raise PatternError("'(?' groups other than '(?:' are not supported")
        body = self.alternatives(depth + 1)
        if self.peek() != ")":
            raise PatternError("a ')' is missing")
        self.at += 1
        return body

    def class_(self) -> str:
        end = self.at + 1
        if self.text.startswith("^", end):
            end += 1
        while end < len(self.text) and self.text[end] != "]":
            end += 2 if self.text[end] == "\\" else 1
        found = self.text[self.at : end + 1]
        inner = found[1:-1].removeprefix("^")
        if not found.endswith("]") or not inner or "[" in inner.replace("\\[", ""):
            raise PatternError("a class '[…]' that is not closed, empty or nested")
        for escaped in re.findall(r"\\(.)", inner):
            _escape(escaped)
        try:
            re.compile(found)
        except re.error as error:
            raise PatternError(f"a class that cannot be read: {error}") from None
        self.at = end + 1
        return found

    def quantifier(self) -> tuple[int, int | None]:
        character = self.peek()
        if character in {"*", "+", "?"}:
            self.at += 1
            found: tuple[int, int | None] = {"*": (0, None), "+": (1, None), "?": (0, 1)}[character]
        elif character == "{":
            found = self._counted()
        else:
            return 1, 1
        if self.peek() in {"?", "+", "*", "{"} and self.peek():
            raise PatternError("lazy, possessive or doubled quantifiers are not supported")
        return found

    def _counted(self) -> tuple[int, int | None]:
        written = re.compile(r"\{(\d{1,3})(,(\d{0,3}))?\}", re.ASCII).match(self.text, self.at)
        if not written:
            raise PatternError("a '{' that is no {n} or {n,m}; write \\{ for the sign itself")
        self.at = written.end()
        least = int(written.group(1))
        most = (
            least if not written.group(2) else int(written.group(3)) if written.group(3) else None
        )
        if least > MAX_REPEAT or (most is not None and (most > MAX_REPEAT or most < least)):
            raise PatternError(f"repetitions go up to {MAX_REPEAT}, the smaller number first")
        return least, most


def _escape(character: str) -> str:
    if character in set("dwsDWS"):
        return "\\" + character
    if character and not character.isalnum():
        return re.escape(character)
    if character in {"t", "n", "r"}:
        return "\\" + character
    raise PatternError(f"'\\{character}' is not supported")
