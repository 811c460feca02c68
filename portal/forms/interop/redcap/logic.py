"""REDCap's logic as conditions and calculations of ours."""

from collections.abc import Mapping
from typing import ClassVar

from portal.forms.expressions import Ast
from portal.forms.interop.importing.logic import Logic, Node, Translation, choose, plain, text_test
from portal.forms.interop.redcap.parsing import parse
from portal.forms.interop.wording import UntranslatableError

_DAYS = {"d": "1", "y": "365.2425", "m": "30.44"}


def _datediff(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    """Return a difference of dates; REDCap counts years and months as days over a constant."""
    unit = parts[2][1].lower() if len(parts) > 2 and parts[2][0] == "str" else ""
    if unit not in _DAYS:
        raise UntranslatableError(f"datediff() in '{unit}'")
    signed = any(part in {("str", "true"), ("num", "1")} for part in parts[3:])
    days: Ast = ["call", "days_between", logic.moment(parts[0]), logic.moment(parts[1])]
    days = days if signed else ["call", "abs", days]
    return days if unit == "d" else ["/", days, ["num", _DAYS[unit]]]


def _rounddown(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    """Return whole years; rounding down anything else has no words here."""
    inner = parts[0] if parts else ()
    years = inner and inner[0] == "call" and inner[1] == "datediff" and len(inner[2]) > 2
    if years and inner[2][2] == ("str", "y"):
        return ["call", "years_between", logic.moment(inner[2][0]), logic.moment(inner[2][1])]
    raise UntranslatableError("rounddown()")


def _log(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    value: Ast = ["call", "ln", logic.number(parts[0])]
    return value if len(parts) < 2 else ["/", value, ["call", "ln", logic.number(parts[1])]]


def _blank(logic: Logic, parts: tuple[Node, ...]) -> Ast:
    if len(parts) != 1 or parts[0][0] != "field":
        raise UntranslatableError("isblank() of something else than a field")
    return ["not", ["answered", ["name", logic.field(parts[0]).id]]]


class RedcapLogic(Logic):
    """Translates the expressions of one data dictionary."""

    TRUTHS: ClassVar[Mapping[str, Translation]] = {
        "isblankormissingcode": _blank,
        "isblank": _blank,
        "contain": text_test("contains"),
        "contains": text_test("contains"),
        "starts_with": text_test("starts_with"),
    }
    CALLS: ClassVar[Mapping[str, Translation]] = {
        **{
            name: plain(name)
            for name in ("sum", "mean", "min", "max", "round", "abs", "sqrt", "exp")
        },
        "if": choose,
        "datediff": _datediff,
        "rounddown": _rounddown,
        "log": _log,
    }

    def parse(self, written: str) -> Node:
        """Return the tree of a text in REDCap's language."""
        return parse(written)
