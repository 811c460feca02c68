"""Conditions on ``linkId``, decided on the form itself."""

from portal.forms.interop.fhirpath.parser import Node, PathError
from portal.forms.interop.fhirpath.texts import found_in
from portal.forms.interop.wording import UntranslatableError

ANSWERED = ("call", ("member", None, "answer"), "exists", ())


def conjuncts(condition: Node) -> list[Node]:
    """Return the parts that must all hold."""
    if condition[0] == "op" and condition[1] == "and":
        return [*conjuncts(condition[2]), *conjuncts(condition[3])]
    return [condition]


def satisfies(condition: Node, link_id: str) -> bool:
    """Whether an item of this linkId satisfies a condition; raises for any other condition."""
    if condition[0] == "op":
        return _operator(condition, link_id)
    if condition[0] == "call":
        return _call(condition, link_id)
    raise UntranslatableError("a condition on items that is not about their linkId")


def _operator(condition: Node, link_id: str) -> bool:
    _, operator, left, right = condition
    if operator == "and":
        return satisfies(left, link_id) and satisfies(right, link_id)
    if operator == "or":
        return satisfies(left, link_id) or satisfies(right, link_id)
    if operator in {"=", "!="} and is_link_id(left):
        return bool((_texts(right) == {link_id}) == (operator == "="))
    if operator == "in" and is_link_id(left):
        return link_id in _texts(right)
    if operator == "contains" and is_link_id(right):
        return link_id in _texts(left)
    raise UntranslatableError(f"the operator {operator} on linkIds")


def _call(condition: Node, link_id: str) -> bool:
    _, base, name, arguments = condition
    if name == "not" and base is not None:
        return not satisfies(base, link_id)
    words = _texts(arguments[0]) if len(arguments) == 1 else set()
    if base is None or not is_link_id(base) or len(words) != 1:
        raise UntranslatableError(f"{name}() on items")
    word = words.pop()
    if name == "matches":
        try:
            return found_in(link_id, word)
        except PathError as fault:
            raise UntranslatableError(str(fault)) from None
    test = {
        "startsWith": link_id.startswith(word),
        "endsWith": link_id.endswith(word),
        "contains": word in link_id,
    }.get(name)
    if test is None:
        raise UntranslatableError(f"{name}() on linkIds")
    return test


def is_link_id(node: Node) -> bool:
    """Whether a node is the linkId of the item under test."""
    return node in {("member", None, "linkId"), ("member", ("this",), "linkId")}


def _texts(node: Node) -> set[str]:
    if node[0] == "lit" and node[1] == "string":
        return {node[2]}
    if node[0] == "op" and node[1] == "|":
        return _texts(node[2]) | _texts(node[3])
    raise UntranslatableError("linkIds that are not written out")
