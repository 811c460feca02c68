"""Items of a form as items of a Questionnaire."""

import re
from decimal import Decimal
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem, Expression
from portal.forms.definition import Rule
from portal.forms.expressions import Ast
from portal.forms.interop.access import UCUM, Json
from portal.forms.interop.answer_values import link_ids, to_fhir
from portal.forms.interop.exporting import addresses as a
from portal.forms.interop.exporting.choices import put_options, toggles, unit_extensions
from portal.forms.interop.exporting.conditions import shown_when
from portal.forms.interop.exporting.expressions import Expressions
from portal.forms.interop.exporting.parts import (
    coding,
    control_extension,
    control_extensions,
    own_extensions,
    valued,
)
from portal.forms.interop.exporting.texts import put_text, text_extension
from portal.forms.interop.exporting.verbatim import merged
from portal.forms.kinds.links import bytes_of

_VALUE_TYPES = {
    "integer": "Integer",
    "decimal": "Decimal",
    "date": "Date",
    "datetime": "DateTime",
    "time": "Time",
}
_SPAN = re.compile(r"\s*(\d{1,6})\s*([a-z]+?)s?\s*")


class ItemWriter:
    """Writes the items of one form."""

    def __init__(self, form: CompiledForm, expressions: Expressions) -> None:
        self.form = form
        self.language = form.language
        self.expressions = expressions
        self.links = link_ids(form)

    def items(self, ids: tuple[str, ...]) -> list[Json]:
        """Return items with everything below them."""
        return [self.item(self.form.items[one]) for one in ids]

    def item(self, item: CompiledItem) -> Json:
        """Return one item."""
        asked = item.item
        node: Json = {"linkId": item.id}
        extensions = self.extensions(item)
        if extensions:
            node["extension"] = extensions
        if asked.code:
            node["code"] = [coding(code) for code in asked.code]
        if asked.number:
            node["prefix"] = asked.number
        put_text(node, "text", asked.label, self.language)
        node["type"] = "open-choice" if asked.other else a.TYPES.get(asked.type, asked.type)
        self._condition(node, item)
        for key, value in (
            ("required", asked.required),
            ("repeats", asked.multiple or asked.repeats),
            ("readOnly", item.read_only and asked.type != "note"),
            ("maxLength", asked.max_length),
        ):
            if value:
                node[key] = value
        put_options(node, item, self.form)
        self._initial(node, item)
        below = [*self._help(item), *self.items(item.children)]
        if below:
            node["item"] = below
        return merged(node, asked.fhir)

    def _condition(self, node: Json, item: CompiledItem) -> None:
        """Add the condition under which the item is shown."""
        if item.show is None:
            return
        flat = shown_when(self.form, item)
        if flat is not None:
            node |= flat
            return
        expression = self._expression(item, "show_if", item.show)
        node.setdefault("extension", []).append({"url": a.ENABLE, "valueExpression": expression})

    def _initial(self, node: Json, item: CompiledItem) -> None:
        """Add the first answer; a choice among options marks the option instead."""
        if item.default is None or "answerOption" in node:
            return
        values = item.default if isinstance(item.default, list) else [item.default]
        node["initial"] = [valued(*to_fhir(item, value)) for value in values]

    def _help(self, item: CompiledItem) -> list[Json]:
        if not item.item.help:
            return []
        kept = item.item.fhir.get("as", {})
        link_id = kept.get("help") if isinstance(kept, dict) else None
        control = [control_extension("help")]
        node: Json = {"linkId": link_id or f"{self.links[item.id]}-help", "extension": control}
        put_text(node, "text", item.item.help, self.language)
        return [{**node, "type": "display"}]

    def extensions(self, item: CompiledItem) -> list[Json]:
        """Return every extension of an item, always in the same order."""
        asked = item.item
        found: list[Json] = []
        if item.is_repeat:
            found += self.expressions.variables((*item.scope, item.id))
        if asked.short_label:
            found.append(text_extension(a.SHORT_TEXT, asked.short_label, self.language))
        found += self._looks(item)
        found += self._limits(item)
        found += unit_extensions(item)
        found += [{"url": a.MIME_TYPE, "valueCode": kind} for kind in asked.accept]
        if asked.max_size:
            found.append({"url": a.MAX_SIZE, "valueDecimal": bytes_of(asked.max_size)})
        found += [{"url": a.REFERENCE, "valueCode": kind} for kind in asked.of]
        if asked.other_label:
            found.append(text_extension(a.OPEN_LABEL, asked.other_label, self.language))
        found += toggles(item, self.expressions)
        found += self._computed(item)
        found += [self.rule(rule) for rule in self._rules_at(item)]
        return [*found, *own_extensions(item)]

    def _rules_at(self, item: CompiledItem) -> list[Rule]:
        """Return the item's own rules and those of the form that are checked in its rows."""
        inner = (*item.scope, item.id)
        of_rows = [r.rule for r in self.form.rules if item.is_repeat and r.scope == inner]
        return [*item.item.rules, *(r for r in of_rows if r in self.form.definition.rules)]

    def _looks(self, item: CompiledItem) -> list[Json]:
        asked = item.item
        found: list[Json] = []
        if asked.hidden:
            found.append({"url": a.HIDDEN, "valueBoolean": True})
        found += control_extensions(item)
        if asked.layout:
            found.append({"url": a.ORIENTATION, "valueCode": asked.layout})
        if asked.width:
            width = {"value": asked.width, "unit": "%", "system": UCUM, "code": "%"}
            found.append({"url": a.WIDTH, "valueQuantity": width})
        if asked.link:
            found.append({"url": a.LINK, "valueUri": asked.link})
        hint = asked.placeholder or asked.pattern_help
        if hint:
            found.append(text_extension(a.ENTRY_FORMAT, hint, self.language))
        return found

    def _limits(self, item: CompiledItem) -> list[Json]:
        asked = item.item
        found: list[Json] = []
        for url, value in (
            (a.MIN_OCCURS, asked.at_least),
            (a.MAX_OCCURS, asked.at_most),
            (a.MIN_LENGTH, asked.min_length),
        ):
            if value:
                found.append({"url": url, "valueInteger": value})
        if asked.decimals is not None:
            found.append({"url": a.DECIMALS, "valueInteger": asked.decimals})
        if asked.step:
            kind = "valueInteger" if asked.type == "integer" else "valueDecimal"
            found.append({"url": a.STEP, kind: Decimal(asked.step)})
        precision = asked.precision or ("day" if asked.type == "date" else "")
        pattern = asked.pattern or a.PRECISIONS.get(precision, "")
        if pattern:
            found.append({"url": a.REGEX, "valueString": pattern})
        for side, moving in (("min", item.min), ("max", item.max)):
            if side in item.limits:
                found.append(bound(item, side, item.limits[side]))
            elif moving is not None:
                found.append(self._moving_bound(item, side, moving))
        return found

    def _moving_bound(self, item: CompiledItem, side: str, expression: Expression) -> Json:
        """Return a limit that depends on other answers or the day."""
        kind = _VALUE_TYPES.get(item.item.type, "Quantity")
        computed = {"url": a.CQF_EXPRESSION, "valueExpression": self.expressions.value(expression)}
        return {"url": _bound_url(item, side), f"_value{kind}": {"extension": [computed]}}

    def _computed(self, item: CompiledItem) -> list[Json]:
        """Return what is calculated, filled in before, or required under a condition."""
        asked = item.item
        found: list[Json] = []
        for keyword, url, expression in (
            ("value", a.CALCULATED, item.value),
            ("prefill", a.INITIAL, item.prefill),
            ("required_if", a.OWN_REQUIRED_IF, item.required_if),
        ):
            if expression is not None:
                value = self._expression(item, keyword, expression)
                found.append({"url": url, "valueExpression": value})
        if asked.prefill is not None and asked.prefill.last is not None:
            period = _SPAN.fullmatch(asked.prefill.within)
            if period and period.group(2) in a.SPANS:
                unit = a.SPANS[period.group(2)]
                span = {"value": int(period.group(1)), "system": UCUM, "code": unit}
                found.append({"url": a.LINK_PERIOD, "valueDuration": span})
            last = coding(asked.prefill.last)
            found.append({"url": a.OWN_PREFILL, "valueCoding": last})
        return found

    def _expression(self, item: CompiledItem, keyword: str, expression: Expression) -> Json:
        """Return the FHIR Expression of a keyword with what it said besides."""
        besides = self.expressions.kept(item.item.fhir, keyword)
        return {**self.expressions.value(expression), **besides}

    def rule(self, rule: Rule) -> Json:
        """Return one rule as a target constraint; a rule holds unless its check is false."""
        compiled = next(one for one in self.form.rules if one.rule.id == rule.id)
        expression = self.expressions.value(compiled.check, "({}).where($this = false).empty()")
        parts: list[Json] = [
            {"url": "key", "valueId": rule.id.replace("_", "-")},
            {"url": "severity", "valueCode": rule.severity},
            {"url": "expression", "valueExpression": expression},
            text_extension("human", rule.message, self.language),
        ]
        if rule.at:
            parts.append({"url": "location", "valueString": self.links.get(rule.at, rule.at)})
        return {"url": a.CONSTRAINT, "extension": parts}


def bound(item: CompiledItem, side: str, tree: Ast) -> Json:
    """Return a constant limit."""
    sign = "-" if tree[0] == "neg" else ""
    kind, written, *unit = tree[1] if sign else tree
    if kind == "qty":
        amount = {"value": Decimal(sign + written), "unit": unit[0], "system": UCUM}
        return {"url": _bound_url(item, side), "valueQuantity": {**amount, "code": unit[0]}}
    value: Any = written
    if kind == "num":
        value = Decimal(sign + written)
    elif kind == "time" and written.count(":") == 1:
        value = f"{written}:00"
    name = _VALUE_TYPES.get(item.item.type, "String")
    if name == "Integer" and value != value.to_integral_value():
        name = "Decimal"
    return {"url": _bound_url(item, side), f"value{name}": value}


def _bound_url(item: CompiledItem, side: str) -> str:
    if item.item.type == "quantity":
        return a.MIN_QUANTITY if side == "min" else a.MAX_QUANTITY
    return a.MIN_VALUE if side == "min" else a.MAX_VALUE
