"""The functions of FHIRPath on subjects: what can be said in our language, and how."""

from dataclasses import replace

from portal.forms.expressions import Ast
from portal.forms.interop.fhirpath.inward import FUNCTIONS, UNKNOWN, Handler, Inward
from portal.forms.interop.fhirpath.inward_paths import Given, This, where
from portal.forms.interop.fhirpath.subjects import (
    Answers,
    Items,
    Known,
    Nothing,
    Subject,
    Tested,
    Values,
)
from portal.forms.interop.wording import UntranslatableError


def _exists(inward: Inward, around: Subject, given: Given, this: This) -> Subject:
    if given:
        around = where(inward, around, given, this)
    return Known(_existing(inward, around), "bool")


def _existing(inward: Inward, around: Subject) -> Ast:
    if isinstance(around, Tested):
        return inward.reading.exists(around)
    if isinstance(around, Answers | Values) or (isinstance(around, Items) and around.answered):
        names = [inward.reading.name(one, bound=around.bound) for one in around.asked]
        tests: list[Ast] = [["answered", name] for name in names]
        if tests:
            return tests[0] if len(tests) == 1 else ["or", *tests]
    if isinstance(around, Known) and around.tree[0] in {"name", "call"}:
        return ["answered", around.tree]
    raise UntranslatableError("exists() of something else than answers")


def _empty(inward: Inward, around: Subject, _given: Given, _this: This) -> Subject:
    return Known(["not", _existing(inward, around)], "bool")


def _not(inward: Inward, around: Subject, _given: Given, _this: This) -> Subject:
    return Known(["not", inward.condition(around)], "bool")


def _count(inward: Inward, around: Subject, _given: Given, _this: This) -> Subject:
    if isinstance(around, Tested):
        if any(inward.reading.meaning(asked).multiple for asked, _ in around.pairs):
            raise UntranslatableError("count() of several answers to one question")
        for asked, _ in around.pairs:
            inward.reading.name(asked, bound=around.bound)
        return Known(["call", "count", *(test for _, test in around.pairs)], "number")
    if isinstance(around, Answers):
        around = Values(around.asked, around.bound)
    if isinstance(around, Items) and around.answered:
        if any(inward.reading.meaning(asked).multiple for asked in around.asked):
            raise UntranslatableError("count() of items with several answers")
        around = Values(around.asked, around.bound)
    if isinstance(around, Values) and around.part in {"value", "code"}:
        return Known(["call", "count", *inward.reading.operands(around)], "number")
    raise UntranslatableError("count() of something else than answers")


def _total(ours: str) -> Handler:
    def total(inward: Inward, around: Subject, _given: Given, _this: This) -> Subject:
        if not isinstance(around, Values) or around.part not in {"value", "score"}:
            raise UntranslatableError(f"{ours}() of something else than numbers")
        if around.part == "value" and any(
            inward.reading.meaning(one).type != "number" for one in around.asked
        ):
            raise UntranslatableError(f"{ours}() of something else than numbers")
        return Known(["call", ours, *inward.reading.operands(around)], "number")

    return total


def _first(ours: str) -> Handler:
    def first(inward: Inward, around: Subject, _given: Given, _this: This) -> Subject:
        if isinstance(around, Known | Nothing):
            return around
        if not isinstance(around, Values):
            raise UntranslatableError(f"{ours}() of something else than values")
        one = around.asked[0] if len(around.asked) == 1 else None
        if one and inward.reading.sees(one) and not inward.reading.meaning(one).multiple:
            return around
        if around.part not in {"value", "score"}:
            raise UntranslatableError(f"{ours}() of codes")
        kinds = {inward.reading.meaning(one).type for one in around.asked}
        kind = "number" if around.part == "score" else kinds.pop() if len(kinds) == 1 else "any"
        return Known(["call", ours, *inward.reading.operands(around)], kind)

    return first


def _combine(inward: Inward, around: Subject, given: Given, this: This) -> Subject:
    other = inward.subject(given[0], this) if len(given) == 1 else Nothing()
    if not isinstance(around, Values) or not isinstance(other, Values):
        raise UntranslatableError("combine() of something else than values")
    if (around.part, around.bound) != (other.part, other.bound):
        raise UntranslatableError("combine() of unlike values")
    return replace(around, asked=(*around.asked, *other.asked))


def _iif(inward: Inward, _around: Subject, given: Given, this: This) -> Subject:
    if len(given) not in {2, 3}:
        raise UntranslatableError("iif() with other than two or three parts")
    test = inward.condition(inward.subject(given[0], this))
    then = inward.known(inward.subject(given[1], this))
    other = inward.subject(given[2], this) if len(given) == 3 else Nothing()
    if isinstance(other, Nothing):
        if then.type != "number":
            raise UntranslatableError("iif() that gives nothing")
        return Known(["call", "if", test, then.tree, UNKNOWN], "number")
    certain = test if is_certain(test) else ["call", "default", test, ["bool", False]]
    return Known(["call", "if", certain, then.tree, inward.known(other).tree], then.type)


def is_certain(tree: Ast) -> bool:
    """Whether a condition is never unknown."""
    if tree[0] in {"answered", "bool"}:
        return True
    if tree[0] == "and" and len(tree) == 3 and tree[1][0] == "answered":
        return tree[2][0] in {"=", "in"} and tree[2][1] == tree[1][1]
    return tree[0] in {"and", "or", "not"} and all(is_certain(part) for part in tree[1:])


def _numeric(ours: str) -> Handler:
    def computed(inward: Inward, around: Subject, given: Given, this: This) -> Subject:
        value = inward.known(around)
        if value.type not in {"number", "quantity", "any"}:
            raise UntranslatableError(f"{ours}() of {value.type}")
        return Known(
            ["call", ours, value.tree, *(inward.number(one, this) for one in given)], value.type
        )

    return computed


def _power(inward: Inward, around: Subject, given: Given, this: This) -> Subject:
    return Known(["^", inward.known(around).tree, inward.number(given[0], this)], "number")


def _textual(ours: str, gives: str) -> Handler:
    def written(inward: Inward, around: Subject, given: Given, this: This) -> Subject:
        value = inward.known(around)
        parts = [inward.known(inward.subject(one, this)) for one in given]
        if any(one.type != "text" for one in (value, *parts)):
            raise UntranslatableError(f"{ours}() of something else than text")
        return Known(["call", ours, value.tree, *(part.tree for part in parts)], gives)

    return written


def _matches(inward: Inward, around: Subject, given: Given, this: This) -> Subject:
    value = inward.known(around)
    pattern = inward.known(inward.subject(given[0], this)).tree
    if value.type != "text" or pattern[0] != "str":
        raise UntranslatableError("matches() of something else than text")
    body = pattern[1]
    body = (
        body if body.startswith("^") else f".*({body})" if body.endswith("$") else f".*({body}).*"
    )
    body = body if body.endswith(("$", ".*", ")")) else f"({body.removeprefix('^')}).*"
    return Known(["call", "matches", value.tree, ["str", body]], "bool")


def _same(inward: Inward, around: Subject, _given: Given, _this: This) -> Subject:
    """Keep a value whose type the form knows already."""
    return around if isinstance(around, Values) else inward.known(around)


def _to_number(inward: Inward, around: Subject, _given: Given, _this: This) -> Subject:
    value = inward.known(around)
    if value.type != "number":
        raise UntranslatableError(f"{value.type} made a number")
    return value


FUNCTIONS |= {
    "exists": _exists,
    "empty": _empty,
    "hasValue": _exists,
    "not": _not,
    "count": _count,
    "sum": _total("sum"),
    "avg": _total("mean"),
    "min": _total("min"),
    "max": _total("max"),
    "first": _first("first"),
    "last": _first("last"),
    "single": _first("first"),
    "combine": _combine,
    "iif": _iif,
    "round": _numeric("round"),
    "abs": _numeric("abs"),
    "sqrt": _numeric("sqrt"),
    "ln": _numeric("ln"),
    "exp": _numeric("exp"),
    "power": _power,
    "today": lambda _i, _a, _g, _t: Known(["call", "today"], "date"),
    "length": _textual("length", "number"),
    "lower": _textual("lower", "text"),
    "upper": _textual("upper", "text"),
    "trim": _textual("trim", "text"),
    "contains": _textual("contains", "bool"),
    "startsWith": _textual("starts_with", "bool"),
    "matches": _matches,
    "ofType": _same,
    "as": _same,
    "toDecimal": _to_number,
}
