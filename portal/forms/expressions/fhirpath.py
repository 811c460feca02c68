"""Resolved trees as FHIRPath text, for export to FHIR Questionnaires (SDC).

The text keeps the meaning of unknown: comparing an unanswered item gives empty, ``is_not`` gives
true. What FHIRPath cannot say (whole months or days between dates, facts the portal alone knows)
raises :class:`UnsupportedError`; the exporter then keeps the expression in an extension of ours.

Answers outside rows are addressed from ``%resource``. Inside rows the exporter declares one
variable per repeat (``row_<id>`` with the expression ``%context``) on the repeating group.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from portal.forms.expressions.fhirpath_functions import FUNCTIONS
from portal.forms.expressions.parser import Ast

CONTEXT_PATHS = {
    "patient.birth_date": "%patient.birthDate",
    "patient.country": "%patient.address.country.first()",
    "patient.deceased": "%patient.deceasedBoolean",
    "form.language": "%resource.language",
}


class UnsupportedError(ValueError):
    """FHIRPath has no counterpart for this part of an expression."""


@dataclass(frozen=True)
class Place:
    """Where an item's answers lie: linkIds from the root (or row) down, and its type."""

    path: tuple[str, ...]
    type: str
    multiple: bool = False


def variable_of(name: str) -> str:
    """Return the FHIRPath variable of a ``let`` name."""
    return "%" + name.replace(".", "_")


def row_variable(repeat: str) -> str:
    """Return the variable that stands for the current row of a repeat."""
    return "%row_" + repeat.replace(".", "_")


@dataclass(frozen=True)
class Exporter:
    """Writes trees of one form. ``places`` know every item, ``lets`` the named expressions.

    ``scope`` are the repeats around the expression, outermost first; ``row_lets`` are the named
    expressions that speak of a row: from outside its rows they have no variable.
    """

    places: Mapping[str, Place]
    lets: frozenset[str] = frozenset()
    scope: tuple[str, ...] = ()
    rows: str = ""
    row_lets: frozenset[str] = frozenset()

    def text(self, tree: Ast) -> str:
        """Return the FHIRPath of a resolved tree; raises ``UnsupportedError``."""
        kind = tree[0]
        if kind in _LITERALS:
            return _LITERALS[kind](tree)
        writer = getattr(self, _WRITERS.get(kind, ""), None)
        if writer is None:
            raise UnsupportedError(kind)
        result: str = writer(tree)
        return result

    def ref(self, tree: Ast) -> str:
        """Return the path to an answer's value."""
        _, up, name = tree
        if name in self.lets:
            if self.rows and name in self.row_lets:
                raise UnsupportedError(f"the named value '{name}' over rows")
            return variable_of(name)
        return f"{self.answer(up, name)}.value"

    def answer(self, up: int, name: str) -> str:
        """Return the path to an answer."""
        depth = len(self.scope) - up
        if self.rows and up == 0:
            start = "$this"
        elif depth > 0:
            start = row_variable(self.scope[depth - 1])
        else:
            start = "%resource"
        steps = "".join(f".item.where(linkId='{step}')" for step in self.places[name].path)
        return f"{start}{steps}.answer"

    def context(self, tree: Ast) -> str:
        """Return the path to a fact around the form."""
        if tree[1] not in CONTEXT_PATHS:
            raise UnsupportedError(tree[1])
        return CONTEXT_PATHS[tree[1]]

    def each(self, tree: Ast) -> str:
        """Return a projection over rows."""
        _, up, path, body = tree
        depth = len(self.scope) - up
        start = "%resource" if depth == 0 else row_variable(self.scope[depth - 1])
        if self.rows and up == 0:
            start = "$this"
        steps = ""
        for repeat in path:
            steps += "".join(f".item.where(linkId='{step}')" for step in self.places[repeat].path)
        inner = replace(self, scope=(*self.scope[:depth], *path), rows="each")
        if body == ["bool", True]:
            return f"{start}{steps}"
        return f"{start}{steps}.select({inner.text(body)})"

    def logic(self, tree: Ast) -> str:
        """Return ``and`` and ``or``: both languages use three truth values."""
        return "(" + f" {tree[0]} ".join(self.text(part) for part in tree[1:]) + ")"

    def negation(self, tree: Ast) -> str:
        """Return ``not``."""
        return f"({self.text(tree[1])}).not()"

    def answered(self, tree: Ast) -> str:
        """Return whether there is an answer."""
        return f"{self.text(tree[1])}.exists()"

    def compare(self, tree: Ast) -> str:
        """Return a comparison; codes and several answers need ``where``."""
        operator, left, right = _in_strings(tree)
        if right[0] == "code" or self.is_many(left):
            test = _match(right) if right[0] == "code" else f"$this {operator} {self.text(right)}"
            return self.guarded(left, test)
        return f"({self.text(left)} {operator} {self.text(right)})"

    def is_not(self, tree: Ast) -> str:
        """Return « no answer equals »: true also when nothing was answered."""
        _, left, right = _in_strings(tree)
        one, other = self.text(left), "" if right[0] == "code" else self.text(right)
        if right[0] == "code":
            return f"{one}.where({_match(right)}).exists().not()"
        if self.is_many(left):
            found = f"{one}.where($this = {other}).exists().not()"
        else:
            found = f"iif({one}.exists(), ({one} = {other}).not(), true)"
        return found if right[0] in _LITERALS else f"iif({other}.exists(), {found}, {{}})"

    def inside(self, tree: Ast) -> str:
        """Return membership in a list of constants."""
        _, left, listed = _in_strings(tree)
        if any(one[0] not in {*_LITERALS, "code"} for one in listed[1:]):
            raise UnsupportedError("in with values that are not constant")
        tests = [
            _match(one) if one[0] == "code" else f"$this = {self.text(one)}" for one in listed[1:]
        ]
        return self.guarded(left, " or ".join(tests))

    def guarded(self, left: Ast, test: str) -> str:
        """Return « at least one answer satisfies », empty when there is none."""
        value = self.text(left)
        return f"iif({value}.exists(), {value}.where({test}).exists(), {{}})"

    def is_many(self, tree: Ast) -> bool:
        """Whether a tree can give several answers."""
        if tree[0] == "each":
            return True
        if tree[:2] == ["call", "score"]:
            return self.is_many(tree[2])
        return tree[0] == "ref" and tree[2] in self.places and self.places[tree[2]].multiple

    def arithmetic(self, tree: Ast) -> str:
        """Return an arithmetic operation."""
        operator, left, right = tree
        if operator == "^":
            return f"({self.text(left)}).power({self.text(right)})"
        return f"({self.text(left)} {operator} {self.text(right)})"

    def negative(self, tree: Ast) -> str:
        """Return the opposite; a literal takes a sign, everything else is multiplied."""
        if tree[1][0] == "num":
            return f"(-{tree[1][1]})"
        return f"({self.text(tree[1])} * (-1))"

    def call(self, tree: Ast) -> str:
        """Return a function call."""
        name, arguments = tree[1], [part for part in tree[2:] if isinstance(part, list)]
        every = len(tree) > 2 and isinstance(tree[-1], dict)
        if name in {"any", "all"}:
            return self.quantifier(name, arguments)
        if name in _AGGREGATES:
            return self.aggregate(name, arguments, every=every)
        if name not in FUNCTIONS:
            raise UnsupportedError(name)
        return FUNCTIONS[name](*(self.text(part) for part in arguments))

    def aggregate(self, name: str, arguments: list[Ast], *, every: bool) -> str:
        """Return an aggregate over all its operands together."""
        first, *others = (self.text(part) for part in arguments)
        joined = first + "".join(f".combine({other})" for other in others)
        whole = joined if len(arguments) == 1 else f"({joined})"
        if name not in _TOTALS:
            return f"{whole}.{_AGGREGATES[name]}"
        needed = f"{whole}.exists()"
        if every:
            if any(part[0] == "each" or self.is_many(part) for part in arguments):
                raise UnsupportedError(f"{name}(…, all: true) over rows")
            needed = f"{whole}.count() = {len(arguments)}"
        return f"iif({needed}, {whole}.{_TOTALS[name]}, {{}})"

    def quantifier(self, name: str, arguments: list[Ast]) -> str:
        """Return ``any`` or ``all``; rows in which it is unknown keep the whole unknown."""
        parts = [self.over_rows(name, part) for part in arguments]
        return parts[0] if len(parts) == 1 else "(" + _JOINS[name].join(parts) + ")"

    def over_rows(self, name: str, tree: Ast) -> str:
        """Return a quantifier over the rows of one argument (or the condition itself)."""
        if tree[0] != "each":
            return self.text(tree)
        rows, found = self.each([*tree[:3], ["bool", True]]), self.each(tree)
        unknown = f"{found}.count() < {rows}.count()"
        if name == "any":
            return f"iif({found}.anyTrue(), true, iif({unknown}, {{}}, false))"
        return f"iif({found}.allTrue().not(), false, iif({unknown}, {{}}, true))"


def _string(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _in_strings(tree: Ast) -> Ast:
    """Return a comparison with codes as strings where FHIR's element is one (a country)."""
    operator, *sides = tree
    if not any(side[:1] == ["ctx"] and side[1] in CONTEXT_PATHS for side in sides):
        return tree
    return [operator, *(_as_string(side) for side in sides)]


def _as_string(tree: Ast) -> Ast:
    if tree[0] == "code":
        return ["str", tree[2]]
    return ["list", *map(_as_string, tree[1:])] if tree[0] == "list" else tree


def _match(code: Ast) -> str:
    system = f"system = {_string(code[1])}" if code[1] else "system.empty()"
    return f"({system} and code = {_string(code[2])})"


_LITERALS: dict[str, Callable[[Ast], str]] = {
    "num": lambda tree: str(tree[1]),
    "str": lambda tree: _string(tree[1]),
    "bool": lambda tree: "true" if tree[1] else "false",
    "qty": lambda tree: f"{tree[1]} {_string(tree[2])}",
    "dur": lambda tree: f"{tree[1]} {tree[2]}{'s' if tree[1] != '1' else ''}",
    "date": lambda tree: f"@{tree[1]}",
    "time": lambda tree: f"@T{tree[1]}",
}

_WRITERS = {
    "ref": "ref",
    "ctx": "context",
    "each": "each",
    "and": "logic",
    "or": "logic",
    "not": "negation",
    "answered": "answered",
    "is_not": "is_not",
    "in": "inside",
    "neg": "negative",
    "call": "call",
    **dict.fromkeys(("=", "<", "<=", ">", ">="), "compare"),
    **dict.fromkeys(("+", "-", "*", "/", "^"), "arithmetic"),
}

_JOINS = {"any": " or ", "all": " and "}
_TOTALS = {"sum": "sum()", "mean": "avg()", "min": "min()", "max": "max()"}
_AGGREGATES = {
    **_TOTALS,
    "count": "count()",
    "count_where": "where($this = true).count()",
    "first": "first()",
    "last": "last()",
}
