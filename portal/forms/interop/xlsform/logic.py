"""XLSForm's expressions as conditions, calculations and limits of ours."""

from collections.abc import Mapping
from typing import Any, ClassVar

from portal.forms.expressions import Ast
from portal.forms.interop.importing.logic import (
    Field,
    Logic,
    Node,
    Translation,
    choose,
    plain,
    text_test,
)
from portal.forms.interop.wording import UntranslatableError, text_of
from portal.forms.interop.xlsform.parsing import parse

OPPOSITE = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}


def _selected(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    """Return ``selected(${x}, 'a')``; false where nothing was answered."""
    if len(parts) != 2 or parts[0][0] != "field" or parts[1][0] not in {"str", "num"}:
        raise UntranslatableError("selected() of something else than a field and a name")
    return logic.compared("=", parts[0], parts[1][1])


def _count_selected(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    field = logic.field(parts[0]) if parts and parts[0][0] == "field" else None
    if field is None or field.type != "coded":
        raise UntranslatableError("count-selected() of something else than a choice")
    return ["call", "count", ["name", field.id]]


def _coalesce(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    if len(parts) != 2:
        raise UntranslatableError("coalesce() of other than two")
    return ["call", "default", logic.value(parts[0]), logic.value(parts[1])]


def _power(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    return ["^", logic.number(parts[0]), logic.number(parts[1])]


def _same(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    """Return the value itself: ``number()``, ``int()`` of whole numbers, ``once()``."""
    return logic.number(parts[0])


def _length(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    field = logic.field(parts[0]) if parts and parts[0][0] == "field" else None
    if field is None or field.type != "text":
        raise UntranslatableError("string-length() of something else than text")
    return ["call", "length", ["name", field.id]]


def _count(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    """Return how many rows there are, or how many of them answer a field."""
    if len(parts) != 1 or parts[0][0] != "field":
        raise UntranslatableError("count() of something else than a repeat or field")
    return ["call", "count", ["name", logic.field(parts[0]).id]]


def _matches(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    tested = text_test("matches")(logic, parts)
    return [*tested[:3], ["str", whole(parts[1][1])]]


def whole(pattern: str) -> str:
    """Return a pattern of ODK, which speaks of the whole text already, without its anchors."""
    return pattern.removeprefix("^").removesuffix("$") if not pattern.endswith("\\$") else pattern


class XlsLogic(Logic):
    """Translates the expressions of one XLSForm; ``own`` is the field that ``.`` means."""

    TRUTHS: ClassVar[Mapping[str, Translation]] = {
        "selected": _selected,
        "contains": text_test("contains"),
        "starts-with": text_test("starts_with"),
        "regex": _matches,
        "true": lambda _logic, _parts: ["bool", True],
        "false": lambda _logic, _parts: ["bool", False],
    }
    CALLS: ClassVar[Mapping[str, Translation]] = {
        **{name: plain(name) for name in ("sum", "min", "max", "round", "abs", "sqrt", "exp")},
        "log": plain("ln"),
        "if": choose,
        "pow": _power,
        "number": _same,
        "once": _same,
        "coalesce": _coalesce,
        "count-selected": _count_selected,
        "string-length": _length,
        "count": _count,
    }

    def __init__(self, fields: Mapping[str, Field], own: str = "") -> None:
        super().__init__(fields)
        self.own = own

    def seen_from(self, own: str) -> "XlsLogic":
        """Return the same translator where ``.`` means another field."""
        inner = XlsLogic(self.fields, own)
        inner.scored = self.scored
        return inner

    def parse(self, written: str) -> Node:
        """Return the tree of an XPath."""
        return parse(written, self.own)

    def value(self, node: Node) -> Ast:
        """Return a number, date or text."""
        if node[0] == "call" and node[1] in {"today", "now"} and not node[2]:
            return ["call", "today"]
        if node[0] == "call" and node[1] in {"date", "string"} and len(node[2]) == 1:
            inner = node[2][0]
            return (
                ["date", inner[1]] if inner[0] == "str" and node[1] == "date" else self.value(inner)
            )
        if node[0] == "call" and node[1] == "concat":
            return ["call", "concat", *(self.words(part) for part in node[2])]
        return super().value(node)

    def words(self, node: Node) -> Ast:
        """Return a text."""
        if node[0] == "str":
            return ["str", node[1]]
        if node[0] == "field" and self.field(node).type == "text":
            return ["name", self.field(node).id]
        raise UntranslatableError("a text made of something else than texts")

    def typed(self, written: str) -> tuple[str, str]:
        """Return a calculation as text with the type of item that can hold it."""
        node = self.parse(written)
        kind = self._kind(node)
        if kind == "yes_no":
            return text_of(self.truth(node)), kind
        if kind == "text":
            return text_of(self._words_of(node)), kind
        return text_of(self.value(node)), kind

    def _kind(self, node: Node) -> str:
        """Return the type of item that holds the result."""
        if node[0] == "field":
            return _ITEM_TYPES.get(self.field(node).type, "decimal")
        if node[0] == "not" or (node[0] == "op" and node[1] in TRUTHS_BY_SIGN):
            return "yes_no"
        if node[0] != "call":
            return "text" if node[0] == "str" else "decimal"
        if node[1] == "if" and len(node[2]) == 3:
            return self._kind(node[2][1])
        if node[1] in self.TRUTHS:
            return "yes_no"
        return {"concat": "text", "today": "date", "now": "date", "date": "date"}.get(
            node[1], "decimal"
        )

    def _words_of(self, node: Node) -> Ast:
        if node[0] == "call" and node[1] == "if" and len(node[2]) == 3:
            test, then, other = node[2]
            return ["call", "if", self.certain(test), self._words_of(then), self._words_of(other)]
        if node[0] == "call":
            return self.value(node)
        return self.words(node)

    def limits(self, written: str) -> dict[str, str] | None:
        """Return a constraint as ``min``, ``max`` or ``pattern``; None when it is more than that."""
        found: dict[str, str] = {}
        for part in _conjuncts(self.parse(written)):
            one = self._limit(part)
            if one is None or one[0] in found:
                return None
            found[one[0]] = one[1]
        return found

    def _limit(self, node: Node) -> tuple[str, str] | None:
        own = ("field", self.own, "")
        kind = self.field(own).type
        if node[0] == "call" and node[1] == "regex" and node[2][:1] == (own,):
            fits = kind == "text" and len(node[2]) == 2 and node[2][1][0] == "str"
            return ("pattern", whole(node[2][1][1])) if fits else None
        if node[0] != "op" or node[1] not in {"<=", ">="} or kind not in {"number", "date"}:
            return None
        _, operator, left, right = node
        if right == own:
            operator, left, right = OPPOSITE[operator], right, left
        constant = right[0] in {"num", "str", "neg"} or (right[0] == "call" and not _fields(right))
        if left != own or not constant:
            return None
        tree = self.constant(self.field(own), right[1]) if right[0] == "str" else self.value(right)
        return ("max" if operator == "<=" else "min"), text_of(tree)


TRUTHS_BY_SIGN = frozenset({"and", "or", "=", "<>", "<", "<=", ">", ">="})
_ITEM_TYPES = {"number": "decimal", "text": "text", "date": "date", "bool": "yes_no"}


def _conjuncts(node: Node) -> list[Node]:
    if node[0] == "op" and node[1] == "and":
        return [*_conjuncts(node[2]), *_conjuncts(node[3])]
    return [node]


def _fields(node: Node) -> bool:
    """Whether a node mentions a field."""
    todo: list[Any] = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, tuple):
            if one[:1] == ("field",):
                return True
            todo += one
    return False
