"""Whether an item is enabled by the answers given: True, False, or None where nobody can tell.

Conditions look for the answers in the innermost group that holds both items. « != » is where
readers of FHIR differ: with no answer, or with several of which some differ, R5's wording and the
official validator disagree; such conditions stay undecided (None) instead of taking a side.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.forms.expressions.values import EvaluationError, Quantity
from portal.forms.interop.access import UCUM, Json, extension, number, objects, text, value_of
from portal.forms.interop.checking.items import ENABLE_EXPRESSION, Asked, Form
from portal.forms.interop.fhirpath import PathError, World, holds
from portal.forms.interop.fhirpath.values import Stamp, ordered, typed

Stack = tuple[tuple[Asked, Json], ...]
"""The items around, outermost first, each with the response item that is being checked."""

_ORDERS: dict[str, Callable[[int], bool]] = {
    ">": lambda order: order > 0,
    "<": lambda order: order < 0,
    ">=": lambda order: order >= 0,
    "<=": lambda order: order <= 0,
}


@dataclass
class Enabling:
    """Decides for one response."""

    form: Form
    response: Json
    today: str = ""

    def enabled(self, asked: Asked, stack: Stack) -> bool | None:
        """Return whether an item is enabled, as seen from the items around it."""
        found = [self.by_conditions(asked, stack), self.by_expression(asked, stack)]
        if False in found:
            return False
        return None if None in found else True

    def by_expression(self, asked: Asked, stack: Stack) -> bool | None:
        """Evaluate ``enableWhenExpression``; None where it uses what is not supported here."""
        expression = extension(asked.node, ENABLE_EXPRESSION)
        if expression is None:
            return True
        written = text(expression, "expression")
        if text(expression, "language") not in {"text/fhirpath", ""} or not written:
            return None
        try:
            around = stack[-1][1] if stack else self.response
            return holds(written, self.world(asked, around))
        except PathError:
            return None

    def world(self, asked: Asked | None, context: Json) -> World:
        """Return what an expression of an item (None: of the form) sees from its context."""
        return World(
            self.response,
            context=context,
            today=self.today,
            values={
                "questionnaire": [self.form.questionnaire],
                "qitem": [asked.node] if asked else [],
            },
            variables=self.form.variables(asked),
        )

    def by_conditions(self, asked: Asked, stack: Stack) -> bool | None:
        """Evaluate ``enableWhen`` with its ``enableBehavior``."""
        conditions = objects(asked.node, "enableWhen")
        if not conditions:
            return True
        found = [self.condition(one, asked, stack) for one in conditions]
        behaviour = text(asked.node, "enableBehavior")
        if len(found) > 1 and behaviour not in {"all", "any"}:
            return found[0] if all(one is found[0] for one in found) else None
        decisive = behaviour == "any"
        if decisive in found:
            return decisive
        return None if None in found else not decisive

    def condition(self, condition: Json, asked: Asked, stack: Stack) -> bool | None:
        """Evaluate one condition."""
        target = self.form.by_id.get(text(condition, "question"))
        if target is None:
            return None
        answers = self.answers(target, asked, stack)
        operator = text(condition, "operator")
        kind, expected = value_of(condition, "answer")
        if operator == "exists":
            return (bool(answers) == expected) if isinstance(expected, bool) else None
        if operator == "!=":
            return _differs([_equal(one, kind, expected) for one in answers])
        if operator == "=":
            tests = [_equal(one, kind, expected) for one in answers]
        elif operator in _ORDERS:
            tests = [_in_order(_ORDERS[operator], one, kind, expected) for one in answers]
        else:
            return None
        if True in tests:
            return True
        return None if None in tests else False

    def answers(self, target: Asked, asked: Asked, stack: Stack) -> list[tuple[str, Any]]:
        """Return the answers of an item within the innermost group around both items."""
        around: Json = self.response
        for one, node in reversed(stack):
            if one.holds(target) and one is not asked:
                around = node
                break
        return _answers_below(around, target.link_id)


def _answers_below(node: Json, link_id: str) -> list[tuple[str, Any]]:
    """Return (type, value) of every answer to an item at or below a node, in document order."""
    found: list[tuple[str, Any]] = []
    todo = [node]
    while todo:
        one = todo.pop()
        below = objects(one, "item")
        for answer in objects(one, "answer"):
            if text(one, "linkId") == link_id and value_of(answer)[0]:
                found.append(value_of(answer))
            below += objects(answer, "item")
        todo += reversed(below)
    return found


def _differs(same: list[bool | None]) -> bool | None:
    """Decide « != » only where every reading of the standard agrees."""
    if not same or None in same:
        return None
    return None if True in same and False in same else not same[0]


def _equal(answer: tuple[str, Any], kind: str, expected: Any) -> bool | None:
    of_kind, value = answer
    if isinstance(value, dict) and isinstance(expected, dict):
        return _equal_objects(of_kind, value, kind, expected)
    if of_kind == "Boolean" or kind == "Boolean":
        return value is expected if of_kind == kind else None
    return _in_order(lambda order: order == 0, answer, kind, expected)


def _equal_objects(of_kind: str, value: Json, kind: str, expected: Json) -> bool | None:
    if of_kind != kind:
        return None
    if kind == "Coding":
        system = text(expected, "system")
        return text(value, "code") == text(expected, "code") and (
            not system or system == text(value, "system")
        )
    if kind == "Quantity":
        return _in_order(lambda order: order == 0, (of_kind, value), kind, expected)
    if kind == "Reference":
        return text(value, "reference") == text(expected, "reference")
    return value == expected


def _in_order(
    wanted: Callable[[int], bool], answer: tuple[str, Any], kind: str, expected: Any
) -> bool | None:
    of_kind, value = answer
    if kind == "Quantity" and of_kind == "Quantity":
        found = compare_quantities(value, expected)
        return None if found is None else wanted(found)
    left, right = typed(of_kind, value), typed(kind, expected)
    if isinstance(left, Stamp) != isinstance(right, Stamp) or isinstance(left, bool | dict | list):
        return None
    try:
        order = ordered(left, right)
    except PathError:
        return None
    return None if order is None else wanted(order)


def compare_quantities(left: Any, right: Any) -> int | None:
    """Return -1, 0, 1 after conversion by UCUM; None when the units cannot be compared."""
    one, other = number(_value(left)), number(_value(right))
    if one is None or other is None:
        return None
    if text(left, "system") == UCUM == text(right, "system"):
        units = text(left, "code") or "1", text(right, "code") or "1"
        try:
            other = Quantity(other, units[1]).to(units[0])
        except EvaluationError:
            return None
    elif (text(left, "system"), _unit(left)) != (text(right, "system"), _unit(right)):
        return None
    return (one > other) - (one < other)


def _value(node: Any) -> Any:
    return node.get("value") if isinstance(node, dict) else None


def _unit(node: Any) -> str:
    return text(node, "code") or text(node, "unit")
