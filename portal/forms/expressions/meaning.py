"""Small questions about trees and types that resolving asks."""

from typing import Any

from portal.forms.expressions.functions import FUNCTIONS, Function
from portal.forms.expressions.moments import moment
from portal.forms.expressions.parser import Ast, ExpressionError
from portal.forms.expressions.signatures import arithmetic_result, named
from portal.forms.expressions.units import is_unit
from portal.forms.patterns import Pattern, PatternError

Scope = tuple[str, ...]
CONDITIONS = frozenset({"and", "or", "not", "=", "is_not", "<", "<=", ">", ">=", "in", "answered"})


def direct_names(tree: Ast, *, into_answered: bool = True) -> list[str]:
    """Return the references that are not arguments of an aggregate (or of ``is answered``)."""
    found: list[str] = []
    todo: list[Any] = [tree]
    while todo:
        node = todo.pop()
        if not isinstance(node, list):
            continue
        if node[0] == "name":
            found.append(node[1])
        elif node[0] == "answered" and not into_answered:
            continue
        elif not (node[0] == "call" and node[1] in FUNCTIONS and FUNCTIONS[node[1]].aggregate):
            todo += node[1:]
    return found


def is_condition(node: Ast) -> bool:
    """Say whether a tree gives yes or no."""
    return node[0] in CONDITIONS or (node[0] == "call" and FUNCTIONS[node[1]].gives == "bool")


def shared_depth(one: Scope, other: Scope) -> int:
    """Return how many outermost repeats two scopes share."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def steps_up(scope: Scope, target: Scope) -> int | None:
    """Return how many rows up ``target`` lies from ``scope``, or None when it is not around it."""
    if scope[: len(target)] != target:
        return None
    return len(scope) - len(target)


def date_literal(text: str) -> tuple[Ast, str]:
    """Return the node and type of a written date; raises for days that do not exist."""
    if moment(text) is None:
        raise ExpressionError(f"'{text}' is not a date in the calendar")
    return ["date", text], "datetime" if "T" in text else "date"


def as_dates(one: Ast, kind: str, other: Ast, other_kind: str) -> tuple[Ast, str, Ast, str]:
    """Read a bare four-digit number beside a date as a year."""
    if kind in {"date", "datetime"} and other[0] == "num" and len(other[1]) == 4:
        return one, kind, *date_literal(other[1])
    if other_kind in {"date", "datetime"} and one[0] == "num" and len(one[1]) == 4:
        return *date_literal(one[1]), other, other_kind
    return one, kind, other, other_kind


def hint_for(kind: str, other: str) -> str:
    """Return an example where two types are often confused."""
    return "20 cm" if {kind, other} == {"number", "quantity"} else ""


def check_count(function: Function, found: int) -> None:
    """Raise when a function has too few or too many arguments."""
    least = len(function.takes) - function.optional
    if found < least or (found > len(function.takes) and not function.more):
        raise ExpressionError(
            f"{function.name}(…) takes {least}{' or more' if function.more else ''} "
            f"value(s), {found} given"
        )


def check_constants(name: str, arguments: list[Ast]) -> None:
    """Raise when a unit or pattern that must be written out is not, or is wrong."""
    if name == "in_unit":
        unit = arguments[1]
        if unit[0] != "str" or not is_unit(unit[1]):
            raise ExpressionError('in_unit(…) needs a UCUM unit in quotes, as in in_unit(x, "kg")')
    if name == "matches":
        if arguments[1][0] != "str":
            raise ExpressionError("matches(…) needs its pattern in quotes")
        try:
            Pattern.of(arguments[1][1])
        except PatternError as fault:
            raise ExpressionError(f"the pattern cannot be used: {fault}") from None


def result_of_call(function: Function, parts: list[tuple[Ast, str]]) -> str:
    """Return the type of a call."""
    if function.gives in {"same", "first"}:
        return parts[0][1]
    return parts[1][1] if function.gives == "second" else function.gives


def result_of_operator(operator: str, kinds: list[str]) -> str:
    """Return the type of an arithmetic operation; raises when it has none."""
    found = arithmetic_result(operator, kinds)
    if found is None:
        shown = " and ".join(named(kind) for kind in kinds)
        raise ExpressionError(f"'{operator}' does not work with {shown}")
    return found
