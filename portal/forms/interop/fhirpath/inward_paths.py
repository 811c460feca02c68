"""Paths through the form: which items, which of their answers, which codes of these."""

from collections.abc import Iterator
from dataclasses import replace

from portal.forms.expressions import Ast
from portal.forms.interop.access import EXTENSION
from portal.forms.interop.checking.items import Asked
from portal.forms.interop.fhirpath.inward import FUNCTIONS, Inward
from portal.forms.interop.fhirpath.linkids import ANSWERED, conjuncts, satisfies
from portal.forms.interop.fhirpath.parser import Node
from portal.forms.interop.fhirpath.subjects import Answers, Items, Subject, Tested, Values
from portal.forms.interop.wording import UntranslatableError

SCORES = frozenset({f"{EXTENSION}ordinalValue", f"{EXTENSION}itemWeight"})
Given = tuple[Node, ...]
This = Subject | None


def _below(asked: Asked) -> Iterator[Asked]:
    for one in asked.children:
        yield one
        yield from _below(one)


def _descendants(_inward: Inward, around: Subject, _given: Given, _this: This) -> Subject:
    if not isinstance(around, Items) or around.deep:
        raise UntranslatableError("descendants() of something else than items")
    found = tuple(dict.fromkeys(one for asked in around.asked for one in _below(asked)))
    return Items(found, deep=True, bound=around.bound)


def _repeat(_inward: Inward, around: Subject, given: Given, _this: This) -> Subject:
    if given != (("member", None, "item"),) or not isinstance(around, Items) or around.deep:
        raise UntranslatableError("repeat() of something else than items")
    found: dict[Asked, None] = {}
    todo = list(around.asked)
    while todo:
        one = todo.pop(0)
        if one.kind in {"group", ""}:
            found.update(dict.fromkeys(one.children))
            todo += one.children
    return Items(tuple(found), bound=around.bound)


def where(inward: Inward, around: Subject, given: Given, _this: This) -> Subject:
    """Narrow items by their linkId, answers and values by a condition."""
    if len(given) != 1:
        raise UntranslatableError("where() without a condition")
    if isinstance(around, Items):
        return _where_items(around, given[0])
    if isinstance(around, Answers):
        return _tested(inward, Values(around.asked, around.bound), _of_value(given[0]))
    if isinstance(around, Values) and around.part == "extension":
        return _score(around, given[0])
    if isinstance(around, Values):
        return _tested(inward, around, given[0])
    raise UntranslatableError("where() of something else than items and answers")


def _of_value(condition: Node) -> Node:
    """Return a condition on an answer as one on its value."""
    if condition[0] == "op":
        return (*condition[:2], _of_value(condition[2]), _of_value(condition[3]))
    if condition[0] == "member" and condition[1] is None:
        if not condition[2].startswith("value"):
            raise UntranslatableError("a condition on answers that is not about their value")
        return ("this",)
    if condition[0] in {"member", "call"} and condition[1] is not None:
        return (condition[0], _of_value(condition[1]), *condition[2:])
    return condition


def _where_items(items: Items, condition: Node) -> Items:
    parts = conjuncts(condition)
    rest = [part for part in parts if part != ANSWERED]
    kept = tuple(
        one
        for one in items.asked
        if one.link_id and all(satisfies(part, one.link_id) for part in rest)
    )
    answered = items.answered or len(rest) < len(parts)
    return Items(kept, bound=items.bound, answered=answered)


def _score(values: Values, condition: Node) -> Subject:
    for url in SCORES:
        if condition == ("op", "=", ("member", None, "url"), ("lit", "string", url)):
            return replace(values, part="score")
    raise UntranslatableError("an extension of an answer that is no score")


def _extension(_inward: Inward, around: Subject, given: Given, _this: This) -> Subject:
    named = len(given) == 1 and given[0][:2] == ("lit", "string") and given[0][2] in SCORES
    if isinstance(around, Values) and around.part == "value" and named:
        return replace(around, part="score")
    raise UntranslatableError("extension()")


def _weight(_inward: Inward, around: Subject, _given: Given, _this: This) -> Subject:
    if isinstance(around, Values) and around.part == "value":
        return replace(around, part="score")
    raise UntranslatableError("the score of something else than an answer")


def _tested(inward: Inward, values: Values, condition: Node) -> Tested:
    """Return one condition per item, about the item's own value."""
    pairs = []
    for asked in values.asked:
        codes = code_tests(condition)
        if codes is not None and values.part == "value":
            pairs.append((asked, _is_one_of(inward, asked, values, codes)))
            continue
        one = replace(values, asked=(asked,))
        if inward.reading.meaning(asked).multiple:
            raise UntranslatableError("a condition on one of several answers")
        pairs.append((asked, inward.condition(inward.subject(condition, one))))
    return Tested(tuple(pairs), values.bound)


Code = tuple[str | None, str]


def _is_one_of(inward: Inward, asked: Asked, values: Values, codes: list[Code]) -> Ast:
    name = inward.reading.name(asked, bound=values.bound)
    meaning = inward.reading.meaning(asked)
    listed = [meaning.code(system, code) for system, code in codes]
    return ["=", name, listed[0]] if len(listed) == 1 else ["in", name, ["list", *listed]]


def code_tests(condition: Node) -> list[Code] | None:
    """Return the codes that a condition on a coding lets through, None for other conditions."""
    if condition[0] != "op":
        return None
    _, operator, left, right = condition
    if operator == "or":
        one, other = code_tests(left), code_tests(right)
        return None if one is None or other is None else [*one, *other]
    if operator == "and":
        return _system_and_code(left, right) or _system_and_code(right, left)
    member = {("member", None, "code"), ("member", ("this",), "code")}
    if operator in {"=", "~"} and left in member and right[:2] == ("lit", "string"):
        return [(None, right[2])]
    if operator == "in" and left in member:
        words = _words(right)
        return None if words is None else [(None, word) for word in words]
    return None


def _system_and_code(system: Node, code: Node) -> list[Code] | None:
    found = code_tests(code)
    if found is None or any(one is not None for one, _ in found):
        return None
    if system == ("call", ("member", None, "system"), "empty", ()):
        return [("", word) for _, word in found]
    names = {("member", None, "system"), ("member", ("this",), "system")}
    if system[0] == "op" and system[1] == "=" and system[2] in names:
        return [(system[3][2], word) for _, word in found] if system[3][0] == "lit" else None
    return None


def _words(node: Node) -> list[str] | None:
    if node[:2] == ("lit", "string"):
        return [node[2]]
    if node[0] == "op" and node[1] == "|":
        left, right = _words(node[2]), _words(node[3])
        return None if left is None or right is None else [*left, *right]
    return None


FUNCTIONS |= {
    "descendants": _descendants,
    "repeat": _repeat,
    "where": where,
    "extension": _extension,
    "weight": _weight,
    "ordinal": _weight,
}
