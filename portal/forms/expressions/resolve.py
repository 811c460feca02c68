"""Gives names their meaning: which answer, in which row, of which type.

A parsed tree says ``["name", "dx"]``; a resolved tree says ``["ref", 0, "dx"]``: the value of
``dx`` in this row, or ``["ref", 1, "dx"]``: in the row (or form) around it. Aggregates receive
``["each", up, [repeat, …], expression]``. A resolved tree is what Python compiles, what the
browser interprets and what the FHIRPath export reads.
"""

from dataclasses import dataclass

from portal.forms.expressions.functions import FUNCTIONS, INTERNAL, PUBLIC, Function
from portal.forms.expressions.meaning import (
    Scope,
    as_dates,
    check_constants,
    check_count,
    date_literal,
    direct_names,
    hint_for,
    is_condition,
    result_of_call,
    result_of_operator,
    shared_depth,
    steps_up,
)
from portal.forms.expressions.moments import time_of_day
from portal.forms.expressions.parser import Ast, ExpressionError
from portal.forms.expressions.signatures import fits, joined, named
from portal.forms.expressions.targets import Names, Target
from portal.forms.expressions.units import comparable, is_unit
from portal.kernel.errors import nearest


@dataclass(frozen=True)
class Resolved:
    """A tree with meaning: its type, and the names its value depends on."""

    tree: Ast
    type: str
    needs: frozenset[str]


_LITERALS = {"num": "number", "str": "text", "dur": "duration", "code": "coded"}
_ORDERED = frozenset({"<", "<=", ">", ">="})


def resolve(tree: Ast, names: Names, scope: Scope = ()) -> Resolved:
    """Resolve a parsed tree as seen from ``scope`` (the repeats around it, outermost first)."""
    resolver = _Resolver(names)
    node, kind = resolver.visit(tree, scope)
    return Resolved(node, kind, frozenset(resolver.needs))


def deepest_scope(tree: Ast, names: Names) -> Scope:
    """Return the innermost repeat that un-aggregated references of a rule or ``let`` speak of."""
    found: Scope = ()
    for name in direct_names(tree, into_answered=False):
        target = names.target(name)
        if target and target.role == "value" and len(target.scope) > len(found):
            found = target.scope
    return found


class _Resolver:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.needs: set[str] = set()

    def visit(self, node: Ast, scope: Scope) -> tuple[Ast, str]:
        """Return the resolved node and its type."""
        method = getattr(self, _VISITORS.get(node[0], "literal"))
        result: tuple[Ast, str] = method(node, scope)
        return result

    def literal(self, node: Ast, scope: Scope) -> tuple[Ast, str]:  # noqa: ARG002
        kind, *values = node
        if kind == "qty":
            if not is_unit(values[1]):
                raise ExpressionError(f"'{values[1]}' is not a UCUM unit")
            return node, "quantity"
        if kind == "date":
            return date_literal(values[0])
        if kind == "time" and time_of_day(values[0]) is None:
            raise ExpressionError(f"'{values[0]}' is not a time of day")
        if kind == "dur" and "." in values[0]:
            raise ExpressionError("a span of time counts whole days, months or years")
        return node, str(_LITERALS.get(kind, kind))

    def curie(self, node: Ast, scope: Scope) -> tuple[Ast, str]:  # noqa: ARG002
        prefix, _, code = node[1].partition(":")
        system = self.names.system(prefix)
        if system is None:
            raise ExpressionError(
                f"the code prefix '{prefix}' is not declared under 'codes:'",
                nearest(prefix, self.names.prefixes()),
            )
        return ["code", system, code], "coded"

    def list_(self, node: Ast, scope: Scope) -> tuple[Ast, str]:
        parts = [self.visit(part, scope) for part in node[1:]]
        if not parts:
            raise ExpressionError("an empty list '[]' matches nothing")
        return ["list", *(part for part, _ in parts)], joined([kind for _, kind in parts])

    def name(self, node: Ast, scope: Scope) -> tuple[Ast, str]:
        word = node[1]
        target = self.names.target(word)
        if target is None:
            if word in FUNCTIONS and not FUNCTIONS[word].takes:
                return self.call(["call", word], scope)
            raise self.unknown(word)
        if target.role == "context":
            return ["ctx", word], target.type
        self.needs.add(word)
        if target.role == "rows":
            return self.rows(word, target, scope), "any"
        up = steps_up(scope, target.scope)
        if up is None:
            raise ExpressionError(
                f"'{word}' has one answer per row of '{target.scope[-1]}': say which with any(…), "
                "all(…), first(…), count(…) or sum(…)"
            )
        return ["ref", up, word], target.type

    def rows(self, word: str, target: Target, scope: Scope) -> Ast:
        """Return one ``true`` per row of a repeat."""
        shared = shared_depth(scope, target.scope)
        return ["each", len(scope) - shared, [*target.scope[shared:], word], ["bool", True]]

    def unknown(self, word: str) -> ExpressionError:
        near = nearest(word, [*self.names.known(), *PUBLIC])
        return ExpressionError(f"there is no item, 'let' or value named '{word}'", near)

    def logic(self, node: Ast, scope: Scope) -> tuple[Ast, str]:
        parts = [self.visit(part, scope) for part in node[1:]]
        for original, (_, kind) in zip(node[1:], parts, strict=True):
            if not fits(kind, "bool"):
                shown = original[1] if original[0] == "name" else "this part"
                raise ExpressionError(
                    f"'{node[0]}' joins conditions, but {shown} is {named(kind)}; compare it first"
                )
        return [node[0], *(part for part, _ in parts)], "bool"

    def answered(self, node: Ast, scope: Scope) -> tuple[Ast, str]:
        inner, _ = self.each(node[1], scope)
        return ["answered", inner], "bool"

    def compare(self, node: Ast, scope: Scope) -> tuple[Ast, str]:
        operator, left, right = node
        left, right = self._meet(left, right), self._meet(right, left)
        (one, kind), (other, other_kind) = self.visit(left, scope), self.visit(right, scope)
        one, kind, other, other_kind = as_dates(one, kind, other, other_kind)
        if not fits(kind, other_kind):
            raise ExpressionError(
                f"{named(kind)} is compared with {named(other_kind)}", hint_for(kind, other_kind)
            )
        if operator in _ORDERED and {kind, other_kind} & {"coded", "bool", "text"}:
            raise ExpressionError(f"'{operator}' orders numbers and dates, not {named(kind)}")
        self._check_units(left, right)
        return [operator, one, other], "bool"

    def in_(self, node: Ast, scope: Scope) -> tuple[Ast, str]:
        _, left, right = node
        listed = ["list", *(self._meet(part, left) for part in right[1:])]
        (one, kind), (other, other_kind) = self.visit(left, scope), self.visit(listed, scope)
        if not fits(kind, other_kind):
            raise ExpressionError(f"{named(kind)} is looked for among {named(other_kind)} values")
        return ["in", one, other], "bool"

    def _meet(self, node: Ast, other: Ast) -> Ast:
        """Read a bare word or quoted text beside a choice as one of the choice's own codes."""
        if other[0] != "name" or node[0] not in {"name", "str", "bool", "num"}:
            return node
        target = self.names.target(other[1])
        if target is None or target.type != "coded":
            return node
        word = node[1] if node[0] != "bool" else ("yes" if node[1] else "no")
        if node[0] == "name" and self.names.target(word) is not None:
            return node
        if word in target.codes:
            return ["code", target.codes[word], word]
        if target.system and node[0] == "str":
            return ["code", target.system, word]
        if target.codes and node[0] in {"name", "str"}:
            raise ExpressionError(
                f"'{other[1]}' has no option '{word}'", nearest(word, target.codes)
            )
        return node

    def _check_units(self, left: Ast, right: Ast) -> None:
        for one, other in ((left, right), (right, left)):
            target = self.names.target(one[1]) if one[0] == "name" else None
            if target is None or other[0] != "qty":
                continue
            if target.units and not any(comparable(unit, other[2]) for unit in target.units):
                raise ExpressionError(
                    f"'{one[1]}' is in {' or '.join(target.units)}: {other[2]} cannot be compared"
                )

    def arithmetic(self, node: Ast, scope: Scope) -> tuple[Ast, str]:
        operator, *operands = node
        parts = [self.visit(part, scope) for part in operands]
        kinds = [kind for _, kind in parts]
        return [operator, *(part for part, _ in parts)], result_of_operator(operator, kinds)

    def call(self, node: Ast, scope: Scope) -> tuple[Ast, str]:
        name, arguments = node[1], node[2:]
        function = FUNCTIONS.get(name)
        if function is None or name in INTERNAL:
            raise ExpressionError(f"there is no function '{name}'", nearest(name, PUBLIC))
        plain = [part for part in arguments if part[0] != "named"]
        options = self._options(function, [part for part in arguments if part[0] == "named"])
        check_count(function, len(plain))
        if function.aggregate:
            return self.aggregate(function, plain, options, scope)
        parts = [self.visit(part, scope) for part in plain]
        for index, (_, kind) in enumerate(parts):
            wanted = function.takes[min(index, len(function.takes) - 1)]
            if not fits(kind, wanted):
                raise ExpressionError(
                    f"{name}(…) takes {named(wanted)} as argument {index + 1}, not {named(kind)}"
                )
        check_constants(name, plain)
        if name == "in_unit":
            self._check_units(plain[0], ["qty", "1", plain[1][1]])
        return ["call", name, *(part for part, _ in parts)], result_of_call(function, parts)

    def _options(self, function: Function, found: list[Ast]) -> dict[str, bool]:
        for part in found:
            if not function.aggregate or part[1] != "all" or part[2][0] != "bool":
                raise ExpressionError(f"{function.name}(…) has no setting '{part[1]}'", "all")
        return {"all": found[0][2][1]} if found else {}

    def aggregate(
        self, function: Function, arguments: list[Ast], options: dict[str, bool], scope: Scope
    ) -> tuple[Ast, str]:
        """Resolve each argument per row of the repeat it speaks of."""
        parts = [self.each(argument, scope) for argument in arguments]
        for _, kind in parts:
            if not fits(kind, function.takes[0]):
                raise ExpressionError(f"{function.name}(…) does not work with {named(kind)}")
        name = function.name
        if name == "count" and all(is_condition(argument) for argument in arguments):
            name = "count_where"
        tail = [options] if options.get("all") else []
        tree = ["call", name, *(part for part, _ in parts), *tail]
        kind = joined([k for _, k in parts]) if function.gives == "same" else function.gives
        return tree, kind

    def each(self, argument: Ast, scope: Scope) -> tuple[Ast, str]:
        """Resolve an argument of an aggregate; references into rows make it a list."""
        inner = scope
        for word in direct_names(argument):
            target = self.names.target(word)
            if target is None or target.role != "value":
                continue
            if steps_up(inner, target.scope) is not None:
                continue
            if inner != scope and steps_up(target.scope, inner) is None:
                raise ExpressionError(
                    f"'{word}' and the other answers here belong to different repeats"
                )
            inner = target.scope
        if inner == scope:
            return self.visit(argument, scope)
        node, kind = self.visit(argument, inner)
        shared = shared_depth(scope, inner)
        return ["each", len(scope) - shared, list(inner[shared:]), node], kind


_VISITORS = {
    "curie": "curie",
    "list": "list_",
    "name": "name",
    "and": "logic",
    "or": "logic",
    "not": "logic",
    "answered": "answered",
    "in": "in_",
    "call": "call",
    **dict.fromkeys(("=", "is_not", "<", "<=", ">", ">="), "compare"),
    **dict.fromkeys(("+", "-", "*", "/", "^", "neg"), "arithmetic"),
}
