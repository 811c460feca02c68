"""What a FHIRPath over a response speaks of, before any response exists: items, answers, values.

A *subject* is the meaning of a part of an expression: a set of items of the form, their answers,
codes or scores, or a finished tree of our own language (:class:`Known`).
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

from portal.forms.expressions import Ast
from portal.forms.interop.checking.items import Asked
from portal.forms.interop.wording import CURIE, UntranslatableError


@dataclass(frozen=True)
class Meaning:
    """What the import made of one item. ``scope`` are the repeats around it, outermost first."""

    id: str
    type: str
    multiple: bool = False
    scope: tuple[str, ...] = ()
    codes: dict[str, str] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)

    def code(self, system: str | None, code: str) -> Ast:
        """Return a code as our language writes it beside this item."""
        if code in self.codes and system in {None, self.codes[code]}:
            curie = f"{self.prefixes.get(self.codes[code], '')}:{code}"
            return ["curie", curie] if CURIE.fullmatch(curie) else ["str", code]
        if self.codes and system is None:
            raise UntranslatableError(f"'{code}', which is no option of '{self.id}'")
        prefix = self.prefixes.get(system or "")
        if prefix is None:
            raise UntranslatableError(f"the code '{code}' of an unnamed system")
        return ["curie", f"{prefix}:{code}"]


class Meanings(Protocol):
    """Knows what became of the items of a form."""

    def meaning(self, asked: Asked) -> Meaning | None:
        """Return what became of an item, None when it has no answer of ours."""


@dataclass(frozen=True)
class Items:
    """Items of the response. ``deep``: mixed with everything below; ``bound``: of the same row.

    ``answered``: only those that have an answer.
    """

    asked: tuple[Asked, ...]
    deep: bool = False
    bound: bool = False
    answered: bool = False


@dataclass(frozen=True)
class Answers:
    """The answers of items."""

    asked: tuple[Asked, ...]
    bound: bool = False


@dataclass(frozen=True)
class Values:
    """The values of answers; ``part`` is value, code, extension or score."""

    asked: tuple[Asked, ...]
    bound: bool = False
    part: str = "value"


@dataclass(frozen=True)
class Tested:
    """The values that satisfy a condition: one condition per item."""

    pairs: tuple[tuple[Asked, Any], ...]
    bound: bool = False


@dataclass(frozen=True)
class Listed:
    """Constants, as in ``('a' | 'b')``."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Known:
    """A finished tree with its type: number, bool, text, date, datetime, time, quantity, coded."""

    tree: Any
    type: str


@dataclass(frozen=True)
class Nothing:
    """The empty collection."""


Subject = Items | Answers | Values | Tested | Listed | Known | Nothing


class Reading:
    """Turns subjects into trees, as seen from a place in the form."""

    def __init__(self, meanings: Meanings, scope: tuple[str, ...]) -> None:
        self.meanings = meanings
        self.scope = scope

    def meaning(self, asked: Asked) -> Meaning:
        """Return what became of an item; raises when nothing did."""
        found = self.meanings.meaning(asked)
        if found is None:
            raise UntranslatableError(f"the item '{asked.link_id}'")
        return found

    def name(self, asked: Asked, *, bound: bool) -> Ast:
        """Return the name of an item; refuses what would mean all rows there and one row here."""
        meaning = self.meaning(asked)
        if meaning.scope and self.sees(asked) and not bound:
            raise UntranslatableError(f"all rows of '{meaning.scope[-1]}' seen from inside a row")
        return ["name", meaning.id]

    def sees(self, asked: Asked) -> bool:
        """Whether an item lies in the row (or form) from which is looked."""
        scope = self.meaning(asked).scope
        return self.scope[: len(scope)] == scope

    def operands(self, values: Values) -> list[Ast]:
        """Return one tree per item, for functions that take many operands."""
        names = [self.name(asked, bound=values.bound) for asked in values.asked]
        if not names:
            raise UntranslatableError("no item of the form")
        return [["call", "score", one] for one in names] if values.part == "score" else names

    def scalar(self, values: Values) -> Known:
        """Return the single value of a single item."""
        if len(values.asked) != 1:
            raise UntranslatableError("several answers where one is needed")
        meaning = self.meaning(values.asked[0])
        if not self.sees(values.asked[0]):
            raise UntranslatableError(f"an answer in a row of '{meaning.scope[-1]}'")
        tree = self.operands(values)[0]
        return Known(tree, "number" if values.part == "score" else meaning.type)

    def exists(self, tested: Tested) -> Ast:
        """Return « at least one of these values satisfies its condition », never unknown."""
        found: list[Ast] = []
        for asked, test in tested.pairs:
            name = self.name(asked, bound=tested.bound)
            known: Ast = ["and", ["answered", name], test]
            found.append(known if self.sees(asked) else ["call", "any", known])
        if not found:
            raise UntranslatableError("no item of the form")
        return found[0] if len(found) == 1 else ["or", *found]


def constant(kind: str, value: Any) -> Known:
    """Return a literal of FHIRPath as one of ours."""
    if kind == "duration":
        return Known(["dur", value[0], value[1]], "duration")
    if kind == "quantity":
        return Known(["qty", value[0], value[1]], "quantity")
    if kind == "datetime":
        return Known(["date", value], "datetime" if "T" in value else "date")
    return Known([_LITERALS[kind], value], _KINDS.get(kind, kind))


_LITERALS = {"number": "num", "bool": "bool", "string": "str", "time": "time"}
_KINDS = {"string": "text"}
