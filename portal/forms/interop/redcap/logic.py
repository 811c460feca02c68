"""REDCap's logic as conditions and calculations of ours.

In REDCap an empty answer compares as false, except that it is « <> » to everything; so
``[x] <> '1'`` is ``x is_not 1``, and ``[x] <> ''`` is ``x is answered``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portal.forms.expressions import Ast
from portal.forms.interop.fhirpath.inward import UNKNOWN
from portal.forms.interop.fhirpath.inward_functions import is_certain
from portal.forms.interop.redcap.parsing import Node, parse
from portal.forms.interop.wording import UntranslatableError, text_of

_NUMBERS = frozenset({"number", "coded"})
_DAYS = {"d": "1", "y": "365.2425", "m": "30.44"}


@dataclass(frozen=True)
class Field:
    """A field of the dictionary and what it became. ``codes`` are its options as written there."""

    id: str
    type: str
    multiple: bool
    codes: Mapping[str, str]


class Logic:
    """Translates the expressions of one dictionary; notes which choices count as numbers."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self.scored: set[str] = set()

    def condition(self, written: str) -> str:
        """Return branching logic as ``show_if``; raises ``UntranslatableError``."""
        return text_of(self.truth(parse(written)))

    def calculation(self, written: str) -> str:
        """Return a calculation as ``value``; raises ``UntranslatableError``."""
        return text_of(self.number(parse(written)))

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
        if node[0] == "call" and node[1] in _TRUTHS:
            return _TRUTHS[node[1]](self, node[2])
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
            return _number(word)
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
            return UNKNOWN if not node[1].strip() else _number(node[1])
        if node[0] == "neg":
            return ["neg", self.number(node[1])]
        if node[0] == "field":
            return self.amount(node)
        if node[0] == "op" and node[1] in {"+", "-", "*", "/", "^"}:
            return [node[1], self.number(node[2]), self.number(node[3])]
        if node[0] == "call" and node[1] in _CALLS:
            return _CALLS[node[1]](self, node[2])
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
        if field.type == "coded" and not field.multiple and all(map(_is_number, field.codes)):
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


def _is_number(word: str) -> bool:
    return word.lstrip("-").replace(".", "", 1).isdigit()


def _number(word: str) -> Ast:
    bare = word.strip()
    if not _is_number(bare):
        raise UntranslatableError(f"'{bare[:30]}' as a number")
    return ["neg", ["num", bare[1:]]] if bare[0] == "-" else ["num", bare]


def _if(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    if len(parts) != 3:
        raise UntranslatableError("if() without its three parts")
    test = logic.certain(parts[0])
    return ["call", "if", test, logic.number(parts[1]), logic.number(parts[2])]


def _datediff(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    """Return a difference of dates; REDCap counts years and months as days over a constant."""
    unit = parts[2][1].lower() if len(parts) > 2 and parts[2][0] == "str" else ""
    if unit not in _DAYS:
        raise UntranslatableError(f"datediff() in '{unit}'")
    signed = any(part in {("str", "true"), ("num", "1")} for part in parts[3:])
    days: Ast = ["call", "days_between", logic.moment(parts[0]), logic.moment(parts[1])]
    days = days if signed else ["call", "abs", days]
    return days if unit == "d" else ["/", days, ["num", _DAYS[unit]]]


def _rounddown(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    """Return whole years; rounding down anything else has no words here."""
    inner = parts[0] if parts else ()
    years = inner and inner[0] == "call" and inner[1] == "datediff" and len(inner[2]) > 2
    if years and inner[2][2] == ("str", "y"):
        return ["call", "years_between", logic.moment(inner[2][0]), logic.moment(inner[2][1])]
    raise UntranslatableError("rounddown()")


def _plain(name: str) -> Callable[[Logic, tuple[Node, ...]], Ast]:
    return lambda logic, parts: ["call", name, *(logic.number(part) for part in parts)]


def _log(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    value: Ast = ["call", "ln", logic.number(parts[0])]
    return value if len(parts) < 2 else ["/", value, ["call", "ln", logic.number(parts[1])]]


_CALLS: dict[str, Callable[[Logic, tuple[Node, ...]], Ast]] = {
    **{name: _plain(name) for name in ("sum", "mean", "min", "max", "round", "abs", "sqrt", "exp")},
    "if": _if,
    "datediff": _datediff,
    "rounddown": _rounddown,
    "log": _log,
}


def _blank(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    if len(parts) != 1 or parts[0][0] != "field":
        raise UntranslatableError("isblank() of something else than a field")
    return ["not", ["answered", ["name", logic.field(parts[0]).id]]]


def _text_test(name: str) -> Callable[[Logic, tuple[Node, ...]], Ast]:
    def tested(logic: Logic, parts: tuple[Node, ...]) -> Ast:
        if len(parts) != 2 or parts[0][0] != "field" or parts[1][0] != "str":
            raise UntranslatableError(f"{name}() of something else than a field and a text")
        return ["call", name, ["name", logic.field(parts[0]).id], ["str", parts[1][1]]]

    return tested


_TRUTHS: dict[str, Callable[[Logic, tuple[Node, ...]], Ast]] = {
    "isblankormissingcode": _blank,
    "isblank": _blank,
    "contain": _text_test("contains"),
    "contains": _text_test("contains"),
    "starts_with": _text_test("starts_with"),
}
