"""Matches a regular expression without backtracking: time grows with the text, never exponentially.

Thompson's construction over the tree that Python's own parser makes; the sets of states that a text
leads through are remembered, so that long lists are matched as fast as with a table.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

# The names of what Python's own parser of patterns returns; they have no types.
op: Any = import_module("re._constants")
parser: Any = import_module("re._parser")
MAX_STATES = 1500
MAX_REMEMBERED = 5000
Test = Callable[[str], bool]
States = frozenset[int]

_CATEGORIES: dict[Any, Test] = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_NOT_DIGIT: lambda char: not char.isdecimal(),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    op.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
    op.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
}
_BEGIN = {op.AT_BEGINNING, op.AT_BEGINNING_STRING}
_END = {op.AT_END, op.AT_END_STRING}


class NotRegularError(Exception):
    """The pattern needs more than a finite automaton, or too large a one."""


class Automaton:
    """A pattern as states; ``fullmatch`` like that of a compiled pattern, but only true or false."""

    def __init__(self, tree: Any) -> None:
        self._free: list[list[int]] = []
        self._if_begin: list[list[int]] = []
        self._if_end: list[list[int]] = []
        self._steps: list[list[tuple[Test, int]]] = []
        first = self._state()
        self._last = self._sequence(tree, first)
        self._known: dict[tuple[States, str], States] = {}
        self._start = self._closure([first], begin=True)

    def fullmatch(self, text: str) -> bool:
        """Say whether the whole text matches."""
        states = self._start
        for char in text:
            if not states:
                return False
            key = (states, char)
            found = self._known.get(key)
            if found is None:
                found = self._closure(
                    target for state in states for test, target in self._steps[state] if test(char)
                )
                if len(self._known) < MAX_REMEMBERED:
                    self._known[key] = found
            states = found
        return self._last in self._closure(states, begin=not text, end=True)

    def _closure(self, states: Iterable[int], *, begin: bool = False, end: bool = False) -> States:
        seen: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state in seen:
                continue
            seen.add(state)
            waiting += self._free[state]
            if begin:
                waiting += self._if_begin[state]
            if end:
                waiting += self._if_end[state]
        return frozenset(seen)

    def _state(self) -> int:
        if len(self._free) >= MAX_STATES:
            raise NotRegularError("it is too large")
        for edges in (self._free, self._if_begin, self._if_end):
            edges.append([])
        self._steps.append([])
        return len(self._free) - 1

    def _sequence(self, tree: Any, start: int) -> int:
        at = start
        for code, argument in tree:
            at = self._node(code, argument, at)
        return at

    def _node(self, code: Any, argument: Any, start: int) -> int:
        if code is op.MAX_REPEAT or code is op.MIN_REPEAT:
            low, high, part = argument
            return self._repeat(low, high, part, start)
        if code is op.BRANCH:
            end = self._state()
            for part in argument[1]:
                self._free[self._sequence(part, start)].append(end)
            return end
        if code is op.SUBPATTERN:
            _group, added, removed, part = argument
            if added or removed:
                raise NotRegularError("flags inside a pattern are not understood")
            return self._sequence(part, start)
        end = self._state()
        if code is op.AT and argument in _BEGIN:
            self._if_begin[start].append(end)
        elif code is op.AT and argument in _END:
            self._if_end[start].append(end)
        else:
            self._steps[start].append((_test(code, argument), end))
        return end

    def _repeat(self, low: int, high: Any, part: Any, start: int) -> int:
        at = start
        for _ in range(low):
            at = self._sequence(part, self._after(at))
        end = self._state()
        if high is op.MAXREPEAT:
            loop = self._after(at)
            self._free[self._sequence(part, loop)].append(loop)
            self._free[loop].append(end)
            return end
        for _ in range(high - low):
            self._free[at].append(end)
            at = self._sequence(part, self._after(at))
        self._free[at].append(end)
        return end

    def _after(self, state: int) -> int:
        """Return a fresh state behind ``state``: nothing else leads back into it."""
        fresh = self._state()
        self._free[state].append(fresh)
        return fresh


def _test(code: Any, argument: Any) -> Test:
    if code is op.LITERAL:
        return chr(argument).__eq__
    if code is op.NOT_LITERAL:
        return chr(argument).__ne__
    if code is op.ANY:
        return "\n".__ne__
    if code is op.CATEGORY and argument in _CATEGORIES:
        return _CATEGORIES[argument]
    if code is op.RANGE:
        low, high = argument
        return lambda char: low <= ord(char) <= high
    if code is op.IN:
        negated = argument[0][0] is op.NEGATE
        tests = [_test(*entry) for entry in argument[negated:]]
        return lambda char: any(test(char) for test in tests) is not negated
    raise NotRegularError("it needs more than a finite automaton")
