"""What an overlay may change: words freely, constraints only towards stricter.

Each check returns what is wrong, or an empty string. Together they are the reason why every
completed response to an assembled form, reduced to the base's ids, is valid for the base.
"""

from collections.abc import Callable
from typing import Any

from portal.forms.definition import FormDefinition, Item, Option
from portal.forms.definition.vocabulary import CONTROLS
from portal.forms.expressions import ExpressionError, Frame, compile_tree, parse
from portal.forms.expressions.values import EvaluationError, order
from portal.forms.kinds.links import accepts, bytes_of

TEXTS = frozenset({"label", "short_label", "help", "placeholder", "other_label", "pattern_help"})
FREE = TEXTS | {
    "number",
    "layout",
    "width",
    "link",
    "weight",
    "sensitive",
    "extract",
    "prefill",
    "default",
}

Test = Callable[[FormDefinition, Item, Any], str]


def _only_true(_form: FormDefinition, _item: Item, new: Any) -> str:
    return "" if new is True else "it can be made required, not optional"


def _only_false(_form: FormDefinition, _item: Item, new: Any) -> str:
    return "" if new is False else "it can be switched off, not on"


def _added(keyword: str) -> Test:
    def test(_form: FormDefinition, item: Item, new: Any) -> str:
        old = getattr(item, keyword)
        return "" if not old or old == new else f"the base has a '{keyword}' of its own already"

    return test


def _options(form: FormDefinition, item: Item, new: tuple[Option, ...]) -> str:
    base = form.lists.get(item.option_list, ()) if item.option_list else item.options
    if not base:
        return "the base takes its options from a terminology; narrow 'options_from' instead"
    known = {(option.system, option.code): option for option in base}
    for option in new:
        found = known.get((option.system, option.code))
        if found is None:
            return f"'{option.code}' is not an option of the base; options can only be left out"
        if option.score and option.score != found.score:
            return f"the score of '{option.code}' belongs to the base"
    return ""


def _options_from(_form: FormDefinition, item: Item, _new: Any) -> str:
    return "" if item.options_from else "the base lists its options itself; narrow 'options'"


def _bound(keyword: str, sign: int) -> Test:
    def test(_form: FormDefinition, item: Item, new: str) -> str:
        old: str = getattr(item, keyword)
        if not old or old == new:
            return ""
        compared = _compare(item, old, new)
        if compared is None:
            return f"it cannot be shown that '{new}' is stricter than the base's '{old}'"
        return "" if compared * sign >= 0 else f"'{new}' is wider than the base's '{old}'"

    return test


def _compare(item: Item, old: str, new: str) -> int | None:
    """Return the order of two constant bounds (new against old), or None."""
    try:
        left, right = (_constant(item, text) for text in (new, old))
        return order(left, right)
    except (ExpressionError, EvaluationError, KeyError, IndexError):
        return None


def _constant(item: Item, text: str) -> Any:
    tree = parse(text)
    unit = item.unit or next(iter(item.units), "")
    if tree[0] == "num" and unit:
        tree = ["qty", tree[1], unit]
    if tree[0] == "num" and item.type in {"date", "datetime"}:
        tree = ["date", tree[1]]
    if tree[0] not in {"num", "qty", "date", "time", "neg"}:
        raise ExpressionError("not a constant")
    return compile_tree(tree)(Frame({}))


def _number(keyword: str, sign: int, *, unset: int | None) -> Test:
    """Compare whole numbers; ``unset`` is the value that stands for « no limit »."""

    def test(_form: FormDefinition, item: Item, new: int) -> str:
        old = getattr(item, keyword)
        if old == unset or (new - old) * sign >= 0:
            return ""
        return f"{new} is wider than the base's {old}"

    return test


def _units(_form: FormDefinition, item: Item, new: tuple[str, ...]) -> str:
    base = {item.unit, *item.units}
    extra = [unit for unit in new if unit not in base]
    if item.units_open or not extra:
        return ""
    return f"'{extra[0]}' is not a unit of the base"


def _precision(_form: FormDefinition, item: Item, new: str) -> str:
    rank = {"any": 1, "year": 1, "month": 2, "day": 3, "": 3}
    return (
        "" if rank[new] >= rank[item.precision] else "a date can be asked for more precisely only"
    )


def _accept(_form: FormDefinition, item: Item, new: tuple[str, ...]) -> str:
    if not item.accept:
        return ""
    extra = [kind for kind in new if not any(accepts(pattern, kind) for pattern in item.accept)]
    return f"the base does not accept '{extra[0]}'" if extra else ""


def _max_size(_form: FormDefinition, item: Item, new: str) -> str:
    old = bytes_of(item.max_size)
    return (
        "" if not old or bytes_of(new) <= old else f"{new} is more than the base's {item.max_size}"
    )


def _control(_form: FormDefinition, item: Item, new: str) -> str:
    allowed = CONTROLS.get(item.type, ())
    return "" if new in allowed else f"a {item.type} item has no control '{new}'"


TESTS: dict[str, Test] = {
    "required": _only_true,
    "required_if": _added("required_if"),
    "other": _only_false,
    "units_open": _only_false,
    "options": _options,
    "options_from": _options_from,
    "min": _bound("min", 1),
    "max": _bound("max", -1),
    "decimals": _number("decimals", -1, unset=None),
    "min_length": _number("min_length", 1, unset=0),
    "max_length": _number("max_length", -1, unset=0),
    "at_least": _number("at_least", 1, unset=0),
    "at_most": _number("at_most", -1, unset=0),
    "pattern": _added("pattern"),
    "units": _units,
    "precision": _precision,
    "accept": _accept,
    "max_size": _max_size,
    "control": _control,
}

CHANGEABLE = frozenset(TESTS) | FREE


def fault_of(form: FormDefinition, item: Item, keyword: str, new: Any) -> str:
    """Return why this change is not allowed, or an empty string."""
    test = TESTS.get(keyword)
    return test(form, item, new) if test else ""
