"""The door to the translation of FHIRPath: conditions and values as text of our language."""

from portal.forms.expressions import Ast
from portal.forms.expressions.parser import MAX_LENGTH
from portal.forms.interop.fhirpath import inward_functions, inward_operators, inward_paths
from portal.forms.interop.fhirpath.inward import Inward
from portal.forms.interop.wording import UntranslatableError, text_of

__all__ = ["Inward", "as_condition", "as_value"]
PARTS = (inward_paths, inward_functions, inward_operators)
"""The modules that know functions and operators; importing them makes them known."""


def as_condition(inward: Inward, written: str) -> str:
    """Return a condition (``show_if``) as text; raises ``UntranslatableError``."""
    found = inward.translate(written)
    if found.type != "bool":
        raise UntranslatableError("a condition that gives no truth")
    return _bounded(simplified(found.tree))


def as_value(inward: Inward, written: str) -> tuple[str, str]:
    """Return a value as text with its type; raises ``UntranslatableError``."""
    found = inward.translate(written)
    return _bounded(found.tree), found.type


def _bounded(tree: Ast) -> str:
    written = text_of(tree)
    if len(written) > MAX_LENGTH:
        raise UntranslatableError(f"more than {MAX_LENGTH:,} characters")
    return written


def simplified(tree: Ast) -> Ast:
    """Drop « is answered and » before a comparison where unknown and false mean the same.

    That is so at the top of a condition and below ``and`` and ``or``: both hide the item.
    """
    if tree[0] == "and" and len(tree) == 3 and tree[1][0] == "answered":
        test = tree[2]
        if test[0] in {"=", "in", "<", "<=", ">", ">="} and test[1] == tree[1][1]:
            return list(test)
    if tree[0] in {"and", "or"}:
        return [tree[0], *(simplified(part) for part in tree[1:])]
    if tree[0] == "call" and tree[1] == "any":
        return ["call", "any", *(simplified(part) for part in tree[2:])]
    return tree
