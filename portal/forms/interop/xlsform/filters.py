"""``choice_filter``: which options other answers allow, as conditions on single options."""

from collections.abc import Mapping

from portal.forms.expressions import Ast
from portal.forms.interop.importing.logic import Node
from portal.forms.interop.wording import UntranslatableError, text_of
from portal.forms.interop.xlsform.logic import XlsLogic
from portal.forms.interop.xlsform.parsing import parse_filter
from portal.forms.interop.xlsform.sheets import Row


def option_conditions(
    logic: XlsLogic, written: str, rows: list[Row], codes: Mapping[str, str]
) -> dict[str, str]:
    """Return the condition of every option by its code; raises ``UntranslatableError``."""
    node = parse_filter(written)
    found: dict[str, str] = {}
    for row in rows:
        name = row.get("name")
        if name in codes:
            tree = _condition(logic, node, row)
            if tree != ["bool", True]:
                found.setdefault(codes[name], text_of(tree))
    return found


def _condition(logic: XlsLogic, node: Node, row: Row) -> Ast:
    """Return a filter with the columns of one option filled in."""
    if node[0] == "op" and node[1] in {"and", "or"}:
        return _joined(node[1], [_condition(logic, part, row) for part in node[2:]])
    if node[0] == "op" and node[1] in {"=", "<>"}:
        one, other = _filled(node[2], row), _filled(node[3], row)
        if one[0] == "str" and other[0] == "str":
            return ["bool", (one == other) == (node[1] == "=")]
        return logic.equality(node[1], one, other)
    if node[0] == "call" and node[1] == "selected" and len(node[2]) == 2:
        return logic.truth(("call", "selected", tuple(_filled(part, row) for part in node[2])))
    raise UntranslatableError("a filter of options that is more than a comparison")


def _joined(operator: str, parts: list[Ast]) -> Ast:
    """Join conditions, leaving out those that the columns decided already."""
    decisive: Ast = ["bool", operator == "or"]
    if decisive in parts:
        return decisive
    open_parts = [part for part in parts if part[0] != "bool"]
    if not open_parts:
        return ["bool", operator == "and"]
    return open_parts[0] if len(open_parts) == 1 else [operator, *open_parts]


def _filled(node: Node, row: Row) -> Node:
    if node[0] == "column":
        return ("str", row.get(node[1]))
    if node[0] in {"field", "str"}:
        return node
    if node[0] == "num":
        return ("str", node[1])
    raise UntranslatableError("a filter of options that computes")
