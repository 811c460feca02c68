"""Logic of REDCap and XLSForm as conditions and calculations of ours.

In both an empty answer compares as false, except that it is unequal to everything; so « x is not 1 »
is ``x is_not 1``, and « x is not empty » is ``x is answered``.

Nodes: ``("field", name, code)``, ``("num", text)``, ``("str", text)``, ``("call", name, parts)``,
``("op", operator, left, right)`` with ``<>`` for unequal, ``("not", node)``, ``("neg", node)``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from portal.forms.expressions import Ast
from portal.forms.interop.fhirpath.inward import UNKNOWN
from portal.forms.interop.fhirpath.inward_functions import is_certain
from portal.forms.interop.wording import UntranslatableError, text_of

Node = tuple[Any, ...]


@dataclass(frozen=True)
class Field:
    """A field of the dictionary and what it became. ``codes`` are its options as written there."""

    id: str
    type: str
    multiple: bool
    codes: Mapping[str, str]


class Logic:
    """Translates the expressions of one file; notes which choices count as numbers.

    ``TRUTHS`` and ``CALLS`` are the functions of the language, each a condition or a number.
    """

    TRUTHS: ClassVar[Mapping[str, "Translation"]] = {}
    CALLS: ClassVar[Mapping[str, "Translation"]] = {}

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self.scored: set[str] = set()

    def parse(self, written: str) -> Node:
        """Return the tree of a text in the language."""
        raise NotImplementedError

    def condition(self, written: str) -> str:
        """Return branching logic as ``show_if``; raises ``UntranslatableError``."""
        return text_of(self.truth(self.parse(written)))

    def calculation(self, written: str) -> str:
        """Return a calculation as ``value``; raises ``UntranslatableError``."""
        return text_of(self.number(self.parse(written)))

    def field(self, node: Node) -> Field:
        """Return the field that a node names."""
        found = self.fields.get(node[1])
        if found is None:
            raise UntranslatableError(f"the field '{node[1]}'")
        return found

    def truth(self, node: Node) -> Ast:
        """Return a tree that is true or false."""
        if node[0] == "not":
            return ["not", self.certain(node[1])]
        if node[0] == "op" and node[1] in {"and", "or"}:
            return [node[1], self.truth(node[2]), self.truth(node[3])]
        if node[0] == "op" and node[1] in {"=", "<>"}:
            return self.equality(node[1], node[2], node[3])
        if node[0] == "op" and node[1] in {"<", "<=", ">", ">="}:
            return self.order(node[1], node[2], node[3])
        if node[0] == "call" and node[1] in self.TRUTHS:
            return self.TRUTHS[node[1]](self, node[2])
        raise UntranslatableError("a condition that compares nothing")

    def certain(self, node: Node) -> Ast:
        """Return a condition that is false where REDCap says so and ours would be unknown."""
        tree = self.truth(node)
        return tree if is_certain(tree) else ["call", "default", tree, ["bool", False]]

    def equality(self, operator: str, left: Node, right: Node) -> Ast:
        """Return « = » and « <> »."""
        if left[0] != "field" and right[0] == "field":
            left, right = right, left
        if left[0] == "field" and right == ("str", ""):
            answered: Ast = ["answered", ["name", self.field(left).id]]
            return answered if operator == "<>" else ["not", answered]
        if left[0] == "field" and right[0] in {"str", "num"}:
            return self.compared(operator, left, right[1])
        one, other = self.value(left), self.value(right)
        return ["=", one, other] if operator == "=" else ["is_not", one, other]

    def compared(self, operator: str, node: Node, word: str) -> Ast:
        """Compare a field with a constant, by the field's type."""
        field = self.field(node)
        name: Ast = ["name", field.id]
        if node[2]:
            checked = {"1": "=", "0": "is_not"}.get(word)
            if checked is None or node[2] not in field.codes:
                raise UntranslatableError(f"the box '{node[2]}' of '{node[1]}'")
            if operator == "<>":
                checked = "is_not" if checked == "=" else "="
            return [checked, name, ["str", field.codes[node[2]]]]
        ours = "=" if operator == "=" else "is_not"
        if field.type == "coded" and field.codes:
            if word not in field.codes:
                raise UntranslatableError(f"'{word}', which is no option of '{node[1]}'")
            return [ours, name, ["str", field.codes[word]]]
        if field.type == "bool":
            if word not in {"0", "1"}:
                raise UntranslatableError(f"'{word}' for yes or no")
            return [ours, name, ["bool", word == "1"]]
        return [ours, name, self.constant(field, word)]

    @staticmethod
    def constant(field: Field, word: str) -> Ast:
        """Return a constant as the field's type needs it."""
        if field.type == "number":
            return number_of(word)
        if field.type == "text":
            return ["str", word]
        if field.type in {"date", "datetime"}:
            return (
                ["call", "today"] if word.lower() == "today" else ["date", word.replace(" ", "T")]
            )
        if field.type == "time":
            return ["time", word]
        raise UntranslatableError(f"a comparison of {field.type}")

    def order(self, operator: str, left: Node, right: Node) -> Ast:
        """Return a comparison of size."""
        for one, other, flip in ((left, right, False), (right, left, True)):
            if one[0] == "field" and other[0] == "str":
                field = self.field(one)
                if field.type in {"date", "datetime", "time"}:
                    pair: list[Ast] = [["name", field.id], self.constant(field, other[1])]
                    return [operator, *(reversed(pair) if flip else pair)]
        return [operator, self.value(left), self.value(right)]

    def value(self, node: Node) -> Ast:
        """Return a number, date or text."""
        if node[0] == "field":
            field = self.field(node)
            if field.type in {"date", "datetime", "time", "text"} and not node[2]:
                return ["name", field.id]
        if node[0] == "str" and node[1].lower() == "today":
            return ["call", "today"]
        return self.number(node)

    def number(self, node: Node) -> Ast:
        """Return a number."""
        if node[0] == "num":
            return ["num", node[1]]
        if node[0] == "str":
            return UNKNOWN if not node[1].strip() else number_of(node[1])
        if node[0] == "neg":
            return ["neg", self.number(node[1])]
        if node[0] == "field":
            return self.amount(node)
        if node[0] == "op" and node[1] in {"+", "-", "*", "/", "^"}:
            return [node[1], self.number(node[2]), self.number(node[3])]
        if node[0] == "call" and node[1] in self.CALLS:
            return self.CALLS[node[1]](self, node[2])
        if node[0] == "call":
            raise UntranslatableError(f"the function {node[1]}()")
        raise UntranslatableError("a calculation with conditions")

    def amount(self, node: Node) -> Ast:
        """Return a field as a number: a choice counts by its code, a box as 1 or 0."""
        field = self.field(node)
        name: Ast = ["name", field.id]
        if node[2]:
            ticked = ["=", name, ["str", field.codes.get(node[2], node[2])]]
            return [
                "call",
                "if",
                ["call", "default", ticked, ["bool", False]],
                ["num", "1"],
                ["num", "0"],
            ]
        if field.type == "number":
            return name
        if field.type == "bool":
            return ["call", "if", name, ["num", "1"], ["num", "0"]]
        if field.type == "coded" and not field.multiple and all(map(is_number, field.codes)):
            self.scored.add(field.id)
            return ["call", "score", name]
        raise UntranslatableError(f"'{node[1]}' as a number")

    def moment(self, node: Node) -> Ast:
        """Return a date."""
        if node[0] == "str":
            word = node[1].strip().lower()
            return ["call", "today"] if word in {"today", "now"} else ["date", node[1]]
        if node[0] == "field" and self.field(node).type in {"date", "datetime"}:
            return ["name", self.field(node).id]
        raise UntranslatableError("a date that is none")


def is_number(word: str) -> bool:
    """Whether a text is a number."""
    return word.lstrip("-").replace(".", "", 1).isdigit()


def number_of(word: str) -> Ast:
    """Return a number that was written as text."""
    bare = word.strip()
    if not is_number(bare):
        raise UntranslatableError(f"'{bare[:30]}' as a number")
    return ["neg", ["num", bare[1:]]] if bare[0] == "-" else ["num", bare]


Translation = Callable[[Logic, tuple[Node, ...]], Ast]


def plain(name: str) -> Translation:
    """Return the translation of a function that only has another name here."""
    return lambda logic, parts: ["call", name, *(logic.number(part) for part in parts)]


def choose(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    """Return ``if``: where the condition is unknown, both others go on with the second value."""
    if len(parts) != 3:
        raise UntranslatableError("if() without its three parts")
    test = logic.certain(parts[0])
    return ["call", "if", test, logic.number(parts[1]), logic.number(parts[2])]


def text_test(name: str) -> Translation:
    """Return the translation of a test of a field's text."""

    def tested(logic: Logic, parts: tuple[Node, ...]) -> Ast:
        if len(parts) != 2 or parts[0][0] != "field" or parts[1][0] != "str":
            raise UntranslatableError(f"{name}() of something else than a field and a text")
        field = logic.field(parts[0])
        if field.type != "text":
            raise UntranslatableError(f"{name}() of {field.type}")
        return ["call", name, ["name", field.id], ["str", parts[1][1]]]

    return tested
