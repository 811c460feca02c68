"""``show_if`` as ``enableWhen``, where it is a flat all or any of comparisons with constants."""

from decimal import Decimal
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.expressions import Ast
from portal.forms.interop.access import UCUM, Json
from portal.forms.interop.answer_values import link_ids, option_value

_OPERATORS = {"=": "=", "is_not": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_NUMBER_TYPES = {"integer": "Integer", "decimal": "Decimal"}


def shown_when(form: CompiledForm, item: CompiledItem) -> Json | None:
    """Return ``enableWhen`` of an item; None when its condition is, or was, an expression."""
    kept = item.item.fhir.get("as", {})
    as_written = isinstance(kept, dict) and kept.get("enable") == "expression"
    return None if as_written or item.show is None else enable_when(form, item.show.tree)


def enable_when(form: CompiledForm, tree: Ast) -> Json | None:
    """Return ``enableWhen`` and ``enableBehavior`` of a resolved condition, None when impossible."""
    joined = tree[0] if tree[0] in {"and", "or"} else ""
    parts = _flat(tree, joined) if joined else [tree]
    found: list[Json] = []
    for part in parts:
        conditions = _conditions(form, part, alone=joined != "and")
        if conditions is None:
            return None
        found += conditions
    result: Json = {"enableWhen": found}
    if len(found) > 1:
        result["enableBehavior"] = "all" if joined == "and" else "any"
    return result


def _flat(tree: Ast, operator: str) -> list[Ast]:
    """Return the parts of nested equal operators side by side."""
    found: list[Ast] = []
    for part in tree[1:]:
        found += _flat(part, operator) if part[0] == operator else [part]
    return found


def _conditions(form: CompiledForm, tree: Ast, *, alone: bool) -> list[Json] | None:
    """Return the conditions of one part; ``in`` becomes several where any of them suffices."""
    if tree[0] == "in":
        members = [["=", tree[1], one] for one in tree[2][1:]]
        if not alone and len(members) > 1:
            return None
        inner = [_condition(form, one) for one in members]
    else:
        inner = [_condition(form, tree)]
    found = [one for one in inner if one is not None]
    return found if len(found) == len(inner) else None


def _condition(form: CompiledForm, tree: Ast) -> Json | None:
    if tree[0] == "call" and tree[1] == "any" and len(tree) == 3 and tree[2][0] == "each":
        return _over_rows(form, tree[2])
    if tree[0] == "not" and tree[1][0] == "answered":
        return _exists(form, tree[1][1], answered=False)
    if tree[0] == "answered":
        return _exists(form, tree[1], answered=True)
    if tree[0] == "ref":
        tree = ["=", tree, ["bool", True]]
    item = _item(form, tree[1]) if len(tree) == 3 else None
    if item is None or tree[0] not in _OPERATORS:
        return None
    constant = _constant(item, tree[2])
    if constant is None:
        return None
    question = link_ids(form)[item.id]
    return {"question": question, "operator": _OPERATORS[tree[0]], **constant}


def _over_rows(form: CompiledForm, each: Ast) -> Json | None:
    """Return a condition on any row: FHIR compares with every answer it finds anyway."""
    body = each[3]
    if body[0] in _OPERATORS and body[0] != "is_not":
        return _condition(form, body)
    return None


def _exists(form: CompiledForm, tree: Ast, *, answered: bool) -> Json | None:
    item = _item(form, tree[3] if tree[0] == "each" else tree)
    if item is None:
        return None
    return {
        "question": link_ids(form)[item.id],
        "operator": "exists",
        "answerBoolean": answered,
    }


def _item(form: CompiledForm, tree: Any) -> CompiledItem | None:
    """Return the item that a reference names, None for anything else."""
    found = form.items.get(tree[2]) if isinstance(tree, list) and tree[0] == "ref" else None
    return found if found is not None and not found.is_repeat else None


def _constant(item: CompiledItem, tree: Ast) -> Json | None:
    """Return a constant as ``answer[x]`` of the item's type."""
    kind, kind_of_item = tree[0], item.item.type
    if kind == "neg" and tree[1][0] == "num":
        kind, tree = "num", ["num", f"-{tree[1][1]}"]
    if kind == "num" and kind_of_item in _NUMBER_TYPES:
        exact = Decimal(tree[1])
        if kind_of_item == "integer" and exact == exact.to_integral_value():
            return {"answerInteger": int(exact)}
        return {"answerDecimal": exact}
    if kind == "code" and kind_of_item == "choice":
        return _code(item, tree)
    if kind == "qty" and kind_of_item == "quantity":
        amount = {"value": Decimal(tree[1]), "unit": tree[2], "system": UCUM, "code": tree[2]}
        return {"answerQuantity": amount}
    simple = {
        ("bool", "yes_no"): "answerBoolean",
        ("str", "text"): "answerString",
        ("str", "long_text"): "answerString",
        ("str", "url"): "answerString",
        ("date", "date"): "answerDate",
        ("date", "datetime"): "answerDateTime",
        ("time", "time"): "answerTime",
    }.get((kind, kind_of_item))
    if simple is None:
        return None
    value = tree[1]
    if simple == "answerTime" and value.count(":") == 1:
        value = f"{value}:00"
    return None if simple == "answerDateTime" and "T" in value else {simple: value}


def _code(item: CompiledItem, tree: Ast) -> Json:
    """Return a code; an option is written as the form offers it."""
    for option in item.options:
        if (option.system, option.code) == (tree[1], tree[2]):
            kind, value = option_value(option, item.language)
            if kind == "Coding":
                kept = {k: v for k, v in value.items() if k in {"system", "code", "display"}}
                return {"answerCoding": kept}
            return {f"answer{kind}": value}
    system = {"system": tree[1]} if tree[1] else {}
    return {"answerCoding": {**system, "code": tree[2]}}
