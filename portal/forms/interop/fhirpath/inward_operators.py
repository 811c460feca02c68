"""The operators of FHIRPath on subjects."""

from portal.forms.expressions import Ast
from portal.forms.expressions.signatures import fits
from portal.forms.interop.fhirpath.inward import OPERATORS, Inward
from portal.forms.interop.fhirpath.subjects import Known, Listed, Subject, Values
from portal.forms.interop.wording import UntranslatableError


def _logic(inward: Inward, operator: str, left: Subject, right: Subject) -> Subject:
    one, other = inward.condition(left), inward.condition(right)
    if operator == "implies":
        return Known(["or", ["not", one], other], "bool")
    if operator == "xor":
        return Known(["or", ["and", one, ["not", other]], ["and", ["not", one], other]], "bool")
    return Known([operator, one, other], "bool")


def _equals(inward: Inward, operator: str, left: Subject, right: Subject) -> Subject:
    tree = _equality(inward, left, right)
    return Known(["not", tree] if operator == "!=" else tree, "bool")


def _equality(inward: Inward, left: Subject, right: Subject) -> Ast:
    if isinstance(right, Values) and right.part == "code" and not isinstance(left, Values):
        left, right = right, left
    if isinstance(left, Values) and left.part == "code":
        return _code_is(inward, left, [inward.known(right)])
    one, other = inward.known(left), inward.known(right)
    if not fits(one.type, other.type) or "coded" in {one.type, other.type}:
        raise UntranslatableError(f"{one.type} compared with {other.type}")
    return ["=", one.tree, other.tree]


def _code_is(inward: Inward, codes: Values, words: list[Known]) -> Ast:
    """Return a comparison of the single code of a single item with constants."""
    asked = codes.asked
    if len(asked) != 1 or not inward.reading.sees(asked[0]):
        raise UntranslatableError("several codes where one is needed")
    meaning = inward.reading.meaning(asked[0])
    if meaning.multiple or any(word.tree[0] != "str" for word in words):
        raise UntranslatableError("a code compared with something else than a word")
    name = inward.reading.name(asked[0], bound=codes.bound)
    listed = [meaning.code(None, word.tree[1]) for word in words]
    return ["=", name, listed[0]] if len(listed) == 1 else ["in", name, ["list", *listed]]


def _order(inward: Inward, operator: str, left: Subject, right: Subject) -> Subject:
    one, other = inward.known(left), inward.known(right)
    unordered = {"bool", "text", "coded"} & {one.type, other.type}
    if unordered or not fits(one.type, other.type):
        raise UntranslatableError(f"{one.type} {operator} {other.type}")
    return Known([operator, one.tree, other.tree], "bool")


def _member(inward: Inward, operator: str, left: Subject, right: Subject) -> Subject:
    inner, outer = (left, right) if operator == "in" else (right, left)
    if isinstance(outer, Known):
        outer = Listed((outer,))
    if not isinstance(outer, Listed):
        raise UntranslatableError("in with something else than constants")
    words = list(outer.values)
    if isinstance(inner, Values) and inner.part == "code":
        return Known(_code_is(inward, inner, words), "bool")
    value = inward.known(inner)
    if any(not fits(value.type, word.type) for word in words):
        raise UntranslatableError("in with values of another type")
    return Known(["in", value.tree, ["list", *(word.tree for word in words)]], "bool")


def _union(_inward: Inward, _operator: str, left: Subject, right: Subject) -> Subject:
    found: list[Known] = []
    for side in (left, right):
        if isinstance(side, Listed):
            found += side.values
        elif isinstance(side, Known) and side.tree[0] in {"str", "num", "date", "bool"}:
            found.append(side)
        else:
            raise UntranslatableError("a union, which drops equal values")
    return Listed(tuple(found))


_MOMENTS = frozenset({"date", "datetime"})


def _arithmetic(inward: Inward, operator: str, left: Subject, right: Subject) -> Subject:
    one, other = inward.known(left), inward.known(right)
    if one.type in _MOMENTS and other.type == "duration" and operator in {"+", "-"}:
        return Known([operator, one.tree, other.tree], one.type)
    if operator == "+" and one.type == other.type == "text":
        return Known(["call", "concat", one.tree, other.tree], "text")
    if one.type != "number" or other.type != "number":
        raise UntranslatableError(f"{one.type} {operator} {other.type}")
    return Known([operator, one.tree, other.tree], "number")


OPERATORS |= {
    **dict.fromkeys(("and", "or", "xor", "implies"), _logic),
    **dict.fromkeys(("=", "!="), _equals),
    **dict.fromkeys(("<", "<=", ">", ">="), _order),
    **dict.fromkeys(("in", "contains"), _member),
    **dict.fromkeys(("+", "-", "*", "/"), _arithmetic),
    "|": _union,
}
