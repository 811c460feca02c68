"""``enableWhen`` as ``show_if``."""

from typing import Any

from portal.forms.expressions import Ast
from portal.forms.expressions.units import is_unit
from portal.forms.interop.access import UCUM, Json, number, objects, text, value_of
from portal.forms.interop.checking.items import Asked
from portal.forms.interop.fhirpath.subjects import Meaning
from portal.forms.interop.importing.context import Context
from portal.forms.interop.wording import UntranslatableError, text_of

_OPERATORS = {"=": "=", "!=": "is_not", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_SIMPLE = {
    ("Boolean", "bool"): "bool",
    ("String", "text"): "str",
    ("Date", "date"): "date",
    ("DateTime", "datetime"): "date",
    ("Time", "time"): "time",
}


def show_if(context: Context, asked: Asked) -> str:
    """Return the conditions of an item as one; raises ``UntranslatableError``."""
    conditions = objects(asked.node, "enableWhen")
    raw = asked.node.get("enableWhen")
    if not isinstance(raw, list) or len(raw) != len(conditions) or not conditions:
        raise UntranslatableError("conditions that are none")
    parts = [_condition(context, asked, one) for one in conditions]
    if len(parts) == 1:
        return text_of(parts[0])
    behaviour = text(asked.node, "enableBehavior")
    if behaviour not in {"all", "any"}:
        raise UntranslatableError("several conditions without an enableBehavior")
    return text_of(["and", *parts] if behaviour == "all" else _any(parts))


def _any(parts: list[Ast]) -> Ast:
    """Return « one of them »; several values of one item are written as a list."""
    one_item = all(part[0] == "=" and part[1] == parts[0][1] for part in parts)
    listable = one_item and all(part[2][0] in {"str", "curie", "num"} for part in parts)
    if listable:
        return ["in", parts[0][1], ["list", *(part[2] for part in parts)]]
    return ["or", *parts]


def _condition(context: Context, asked: Asked, condition: Json) -> Ast:
    target = context.form.by_id.get(text(condition, "question"))
    meaning = context.meaning(target) if target is not None else None
    if target is None or meaning is None or (set(condition) - _KNOWN and _extra(condition)):
        raise UntranslatableError(f"a condition on '{text(condition, 'question')}'")
    operator = text(condition, "operator")
    kind, value = value_of(condition, "answer")
    name: Ast = ["name", meaning.id]
    if operator == "exists" and isinstance(value, bool):
        answered: Ast = ["answered", name]
        return answered if value else ["not", answered]
    if operator not in _OPERATORS:
        raise UntranslatableError(f"the operator {operator}")
    test: Ast = [_OPERATORS[operator], name, _constant(context, target, meaning, kind, value)]
    scope = context.scope(asked)
    if scope[: len(meaning.scope)] == meaning.scope:
        return test
    if operator == "!=":
        raise UntranslatableError("« != » over rows")
    return ["call", "any", test]


_KNOWN = frozenset({"question", "operator"})


def _extra(condition: Json) -> bool:
    """Whether a condition says more than its question, operator and one answer."""
    return any(not key.startswith("answer") for key in set(condition) - _KNOWN)


def _constant(context: Context, target: Asked, meaning: Meaning, kind: str, value: Any) -> Ast:
    simple = _SIMPLE.get((kind, meaning.type))
    if simple is not None:
        return [simple, value]
    if kind in {"Integer", "Decimal"} and meaning.type == "number":
        exact = number(value)
        if exact is not None:
            written = format(abs(exact), "f")
            return ["neg", ["num", written]] if exact < 0 else ["num", written]
    if meaning.type == "coded":
        return _code(context, target, meaning, kind, value)
    if kind == "Quantity" and meaning.type == "quantity":
        exact, unit = number(value.get("value")), text(value, "code")
        if exact is not None and exact >= 0 and text(value, "system") == UCUM and is_unit(unit):
            return ["qty", format(exact, "f"), unit]
    raise UntranslatableError(f"{meaning.type} compared with {kind or 'nothing'}")


def _code(context: Context, target: Asked, meaning: Meaning, kind: str, value: Any) -> Ast:
    """Return the option that a condition means; without a system any option of that code."""
    found: list[Ast] = []
    for option in context.offers[target].options:
        patch = option.fhir.get("valueCoding")
        own_code = patch.get("code") if isinstance(patch, dict) else None
        if kind == "Coding":
            code = own_code or option.code
            same = code == text(value, "code") and text(value, "system") in {"", option.system}
        else:
            same = option.fhir.get(f"value{kind}") == value and value is not None
        if same:
            found.append(meaning.code(option.system, option.code))
    if found and all(one == found[0] for one in found):
        return found[0]
    if found:
        raise UntranslatableError(f"'{text(value, 'code')}' of several code systems")
    if kind != "Coding":
        raise UntranslatableError(f"a choice compared with {kind}")
    return meaning.code(text(value, "system") or None, text(value, "code"))
