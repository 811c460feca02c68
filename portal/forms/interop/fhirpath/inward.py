"""FHIRPath over responses into our expression language, where both mean the same.

The form is known, so a path such as ``item.descendants().where(linkId.startsWith('q')).answer``
is followed on the form itself: what remains are names of items, comparisons and arithmetic.
Anything else raises :class:`UntranslatableError` and stays verbatim.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from portal.forms.expressions import Ast
from portal.forms.interop.access import objects, value_of
from portal.forms.interop.checking.items import CODED, TYPES, Asked, Form
from portal.forms.interop.fhirpath.parser import Node, PathError, parse
from portal.forms.interop.fhirpath.subjects import (
    Answers,
    Items,
    Known,
    Meanings,
    Nothing,
    Reading,
    Subject,
    Values,
    constant,
)
from portal.forms.interop.wording import UntranslatableError

UNKNOWN: Ast = ["/", ["num", "0"], ["num", "0"]]
"""A number that nobody knows: our language has no other word for « nothing »."""
Handler = Callable[["Inward", Subject, tuple[Node, ...], Subject | None], Subject]
Operator = Callable[["Inward", str, Subject, Subject], Subject]
FUNCTIONS: dict[str, Handler] = {}
OPERATORS: dict[str, Operator] = {}
"""Filled by ``inward_functions`` and ``inward_operators``."""


@dataclass
class Inward:
    """Translates expressions of one form, seen from one item (or the form itself).

    ``lets`` maps variables that became ``let`` names to name and type; other variables are
    followed through their own expression.
    """

    form: Form
    meanings: Meanings
    lets: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    seen_from: Asked | None = None
    scope: tuple[str, ...] = ()
    open_variables: tuple[str, ...] = ()

    def translate(self, written: str) -> Known:
        """Return the tree of an expression with its type; raises ``UntranslatableError``."""
        try:
            return self.known(self.subject(parse(written), None))
        except PathError as fault:
            raise UntranslatableError(str(fault)) from None

    @property
    def reading(self) -> Reading:
        """Turns subjects into trees, from here."""
        return Reading(self.meanings, self.scope)

    def subject(self, node: Node, this: Subject | None) -> Subject:
        """Return the meaning of a node; ``this`` is the value under test inside ``where``."""
        handler = _HANDLERS.get(node[0])
        if handler is None:
            raise UntranslatableError(str(node[0]))
        return handler(self, node, this)

    def known(self, subject: Subject) -> Known:
        """Return a finished tree, or raise."""
        if isinstance(subject, Known):
            return subject
        if isinstance(subject, Values) and subject.part in {"value", "score"}:
            return self.reading.scalar(subject)
        if isinstance(subject, Nothing):
            return Known(UNKNOWN, "number")
        raise UntranslatableError("a path that is no single value")

    def condition(self, subject: Subject) -> Ast:
        """Return a tree that is true or false."""
        found = self.known(subject)
        if found.type != "bool":
            raise UntranslatableError("a condition that is no comparison")
        tree: Ast = found.tree
        return tree

    def number(self, node: Node, this: Subject | None) -> Ast:
        """Return a tree that is a number."""
        found = self.known(self.subject(node, this))
        if found.type not in {"number", "quantity", "any"}:
            raise UntranslatableError(f"arithmetic with {found.type}")
        tree: Ast = found.tree
        return tree

    def literal(self, node: Node, _this: Subject | None) -> Subject:
        """Return a constant."""
        return constant(node[1], node[2])

    def environment(self, node: Node, _this: Subject | None) -> Subject:
        """Return what a ``%name`` stands for."""
        name = node[1]
        if name in {"resource", "rootResource"}:
            return Items((self.form.root,))
        if name == "context":
            return Items((self.seen_from or self.form.root,), bound=True)
        if name in self.lets:
            own, kind = self.lets[name]
            return Known(["name", own], kind)
        return self.variable(name)

    def variable(self, name: str) -> Subject:
        """Follow a variable through its own expression."""
        owner, written = variable_around(self.form, self.seen_from, name)
        if not written or name in self.open_variables:
            raise UntranslatableError(f"the variable '{name}'")
        inner = replace(self, seen_from=owner, open_variables=(*self.open_variables, name))
        return inner.subject(parse(written), None)

    def member(self, node: Node, this: Subject | None) -> Subject:
        """Return a member of items, answers or values."""
        _, base, name = node
        if base is None and this is None:
            raise UntranslatableError(f"'{name}' without a beginning")
        around = this if base is None else self.subject(base, this)
        if isinstance(around, Items):
            return _of_items(around, name)
        if isinstance(around, Answers):
            return _of_answers(around, name)
        if isinstance(around, Values):
            return _of_values(around, name)
        raise UntranslatableError(f"the member '{name}'")

    def call(self, node: Node, this: Subject | None) -> Subject:
        """Return the result of a function."""
        handler = FUNCTIONS.get(node[2])
        if handler is None:
            raise UntranslatableError(f"the function {node[2]}()")
        around = this if node[1] is None else self.subject(node[1], this)
        return handler(self, Nothing() if around is None else around, node[3], this)

    def at(self, node: Node, this: Subject | None) -> Subject:
        """Return the first of several; any other place is unknown here."""
        if node[2] != ("lit", "number", "0"):
            raise UntranslatableError("an answer by its number")
        return FUNCTIONS["first"](self, self.subject(node[1], this), (), this)

    def negative(self, node: Node, this: Subject | None) -> Subject:
        """Return a number with its sign changed."""
        return Known(["neg", self.number(node[1], this)], "number")

    def typed(self, node: Node, this: Subject | None) -> Subject:
        """Return a value as a type; the form knows the type already."""
        if node[1] != "as":
            raise UntranslatableError("a test of the type")
        return self.subject(node[2], this)

    def operator(self, node: Node, this: Subject | None) -> Subject:
        """Return the result of an operator."""
        _, operator, left, right = node
        found = OPERATORS.get(operator)
        if found is None:
            raise UntranslatableError(f"the operator {operator}")
        return found(self, operator, self.subject(left, this), self.subject(right, this))


def variable_around(form: Form, asked: Asked | None, name: str) -> tuple[Asked | None, str]:
    """Return the item (None: the form) that declares a variable, and the variable's expression."""
    step = asked
    while True:
        own = form.own_variables(step)
        if name in own:
            return step, own[name]
        if step is None:
            return None, ""
        step = step.parent


def _of_items(items: Items, name: str) -> Subject:
    if name == "answer":
        questions = tuple(one for one in items.asked if one.kind not in {"group", "display", ""})
        return Answers(questions, items.bound)
    if name == "item" and not items.deep:
        groups = [one for one in items.asked if one.kind in {"group", ""}]
        below = tuple(child for one in groups for child in one.children)
        return Items(below, bound=items.bound)
    raise UntranslatableError(f"the member '{name}' of items")


def _of_answers(answers: Answers, name: str) -> Subject:
    if name.startswith("value"):
        wanted = name.removeprefix("value")
        kept = tuple(one for one in answers.asked if not wanted or wanted in value_types(one))
        return Values(kept, answers.bound)
    if name == "item":
        below = tuple(child for one in answers.asked for child in one.children)
        return Items(below, bound=answers.bound)
    raise UntranslatableError(f"the member '{name}' of answers")


def value_types(asked: Asked) -> frozenset[str]:
    """Return the types, as in ``value[x]``, that answers to an item can have."""
    if asked.kind in CODED:
        kinds = {value_of(one)[0] for one in objects(asked.node, "answerOption")} or {"Coding"}
        return frozenset(kinds | ({"String"} if asked.kind == "open-choice" else set()))
    return frozenset({TYPES.get(asked.kind, "")})


def _of_values(values: Values, name: str) -> Subject:
    if values.part == "value" and name == "code":
        return replace(values, part="code")
    if values.part == "value" and name == "extension":
        return replace(values, part="extension")
    if values.part == "score" and name.startswith("value"):
        return values
    raise UntranslatableError(f"the member '{name}' of a value")


_HANDLERS: dict[str, Callable[[Inward, Node, Subject | None], Subject]] = {
    "lit": Inward.literal,
    "empty": lambda _self, _node, _this: Nothing(),
    "env": Inward.environment,
    "this": lambda _self, _node, this: this if this is not None else Nothing(),
    "member": Inward.member,
    "call": Inward.call,
    "at": Inward.at,
    "neg": Inward.negative,
    "type": Inward.typed,
    "op": Inward.operator,
}
