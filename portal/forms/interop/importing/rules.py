"""Target constraints as rules."""

from collections.abc import Iterator
from typing import Any

from portal.forms.definition import Rule, Text
from portal.forms.definition.shapes import RULE_ID
from portal.forms.interop.access import Json, child, objects, text, value_of
from portal.forms.interop.checking.items import Asked
from portal.forms.interop.exporting import addresses as a
from portal.forms.interop.fhirpath.inward_functions import is_certain
from portal.forms.interop.fhirpath.translating import as_value
from portal.forms.interop.importing.context import Context, fhirpath_in, own_source
from portal.forms.interop.importing.leftovers import Leftovers, translations
from portal.forms.interop.wording import UntranslatableError, text_of

_PARTS = frozenset({"key", "severity", "expression", "human", "location"})


def read_rules(
    context: Context, left: Leftovers, asked: Asked | None
) -> Iterator[tuple[Json, Rule]]:
    """Yield each constraint of an item (None: of the form) that becomes a rule."""
    owner = asked.link_id if asked else ""
    for one in left.extensions(a.CONSTRAINT):
        try:
            rule = _rule(context, one, asked)
        except UntranslatableError as reason:
            context.report.keep(owner, "a rule", str(reason))
            continue
        if (rule.id, "check") in context.denied:
            context.report.keep(owner, "a rule", "the engine refuses it")
            continue
        context.report.translated += 1
        yield one, rule


def _rule(context: Context, node: Json, asked: Asked | None) -> Rule:
    parts = {text(part, "url"): part for part in objects(node, "extension")}
    if set(parts) - _PARTS or len(parts) != len(objects(node, "extension")):
        raise UntranslatableError("a rule that says more than ours can")
    key, severity = _word(parts, "key"), _word(parts, "severity")
    message = _message(parts.get("human", {}), context.language)
    if not RULE_ID.fullmatch(key) or severity not in {"error", "warning"} or not message:
        raise UntranslatableError("a rule without a name, severity or message of ours")
    location = _word(parts, "location")
    at = context.form.by_id.get(location)
    if location and at is None:
        raise UntranslatableError(f"a rule at '{location}'")
    expression = value_of(parts.get("expression"))[1]
    return Rule(
        id=key,
        check=_check(context, expression, asked),
        message=message,
        severity=severity,
        at=context.ids[at] if at else "",
    )


def _check(context: Context, expression: Any, asked: Asked | None) -> str:
    """Return the check; a foreign constraint fails where nothing is known, ours does not."""
    own = own_source(expression)
    if own:
        return own
    inward = context.inward(asked)
    written, kind = as_value(inward, fhirpath_in(expression))
    if kind != "bool":
        raise UntranslatableError("a rule that gives no truth")
    tree = inward.translate(fhirpath_in(expression)).tree
    return written if is_certain(tree) else text_of(["call", "default", tree, ["bool", False]])


def _word(parts: dict[str, Json], name: str) -> str:
    value = value_of(parts.get(name))[1]
    return value if isinstance(value, str) else ""


def _message(part: Json, language: str) -> Text:
    words = value_of(part)[1]
    beside = part.get("_valueString")
    others = translations(child(part, "_valueString")) if beside else {}
    if not isinstance(words, str) or not words or others is None:
        return {}
    return {language: words, **others}
