"""What an item computes: conditions, calculations, first answers, rules, and what is our own."""

import json
from typing import Any

from portal.forms.definition import Coding, Prefill, Rule, same_system
from portal.forms.definition.shapes import DECIMAL
from portal.forms.definition.vocabulary import keywords_for
from portal.forms.expressions.signatures import fits
from portal.forms.interop.access import Json, extension, number, text, value_of
from portal.forms.interop.checking.items import Asked
from portal.forms.interop.exporting import addresses as a
from portal.forms.interop.exporting.expressions import camel
from portal.forms.interop.importing.conditions import show_if
from portal.forms.interop.importing.constants import span
from portal.forms.interop.importing.context import Context, besides, is_repeat
from portal.forms.interop.importing.leftovers import Leftovers
from portal.forms.interop.importing.looks import Fields
from portal.forms.interop.importing.rules import read_rules
from portal.forms.interop.wording import UntranslatableError
from portal.forms.kinds import KINDS


class Computed:
    """Reads the expressions of one item."""

    def __init__(self, context: Context, asked: Asked, left: Leftovers, fields: Fields) -> None:
        self.context = context
        self.asked = asked
        self.left = left
        self.fields = fields
        self.id: str = fields["id"]
        self.kind: str = fields["type"]
        self.names: Json = {}
        self.patch: Json = {}

    def may(self, keyword: str) -> bool:
        """Whether a keyword can stand on this item and was not refused before."""
        return keyword in keywords_for(self.kind) and self.context.allows(self.asked, keyword)

    def read(self, names: Json, patch: Json) -> None:
        """Read all of them; ``names`` and ``patch`` receive what export needs to know."""
        self.names, self.patch = names, patch
        self._conditions()
        self._computed()
        self._rules()
        self._own()

    def _conditions(self) -> None:
        """Read the condition under which the item is shown."""
        if not self.may("show_if"):
            return
        expression = extension(self.left.node, a.ENABLE)
        flat = "enableWhen" in self.left.node
        if not flat and expression is None:
            return
        if flat and expression is not None:
            self.context.report.keep(
                self.asked.link_id, "a condition", "and an expression beside it"
            )
            return
        try:
            if flat:
                self.fields["show_if"] = show_if(self.context, self.asked)
            else:
                self.fields["show_if"] = self.context.condition(expression, self.asked)
                self._besides("show_if", expression)
                self.names["enable"] = "expression"
        except UntranslatableError as reason:
            self.context.report.keep(self.asked.link_id, "a condition", str(reason))
            return
        self.context.report.translated += 1
        for member in ("enableWhen", "enableBehavior"):
            self.left.node.pop(member, None)
        self.left.drop(self.left.extensions(a.ENABLE))

    def _computed(self) -> None:
        for keyword, url in (("value", a.CALCULATED), ("required_if", a.OWN_REQUIRED_IF)):
            found = self.left.extensions(url)
            if len(found) != 1 or not self.may(keyword):
                continue
            expression = value_of(found[0])[1]
            try:
                written = self._written(keyword, expression)
            except UntranslatableError as reason:
                self.context.report.keep(self.asked.link_id, keyword, str(reason))
                continue
            self.left.drop(found)
            self.fields[keyword] = written
            self._besides(keyword, expression)
            self.context.report.translated += 1
            if keyword == "value" and not self.fields.pop("read_only", False):
                self.patch["readOnly"] = None
        self._prefill()

    def _written(self, keyword: str, expression: Any) -> str:
        """Return an expression as text; its type must be one that the item can hold."""
        written, kind = self.context.value(expression, self.asked)
        wanted = KINDS[self.kind].expression_type if keyword == "value" else "bool"
        if kind and not fits(kind, wanted):
            raise UntranslatableError(f"{kind} where {wanted} is needed")
        return written

    def _besides(self, keyword: str, expression: Any) -> None:
        """Keep what a FHIR Expression says besides its text: a name, a description."""
        rest = besides(expression)
        if rest:
            self.names.setdefault("expressions", {})[keyword] = rest

    def _prefill(self) -> None:
        if not self.may("prefill"):
            return
        last, within = extension(self.left.node, a.OWN_PREFILL), ""
        if isinstance(last, dict) and same_system(text(last, "system")) in self.context.naming[0]:
            within = span(extension(self.left.node, a.LINK_PERIOD))
            self.left.drop(
                [*self.left.extensions(a.OWN_PREFILL), *self.left.extensions(a.LINK_PERIOD)]
            )
            code = Coding(
                system=same_system(text(last, "system")),
                code=text(last, "code"),
                display=text(last, "display"),
            )
            self.fields["prefill"] = Prefill(last=code, within=within)
            return
        expression = extension(self.left.node, a.INITIAL)
        if expression is None:
            return
        written = _first_value(self.context, expression, self.asked)
        if written:
            self._besides("prefill", expression)
            self.left.drop(self.left.extensions(a.INITIAL))
            self.fields["prefill"] = Prefill(expression=written)
            self.context.report.translated += 1

    def _rules(self) -> None:
        found: list[Rule] = []
        for one, rule in read_rules(self.context, self.left, self.asked):
            found.append(rule)
            self.left.drop([one])
        if found:
            self.fields["rules"] = tuple(found)

    def _own(self) -> None:
        """Read what this portal exported about itself."""
        weight = number(extension(self.left.node, a.OWN_WEIGHT))
        written = "" if weight is None else format(weight, "f")
        if DECIMAL.fullmatch(written) and self.may("weight"):
            self.left.take_extension(a.OWN_WEIGHT, "Decimal", "Integer")
            self.fields["weight"] = written
        for keyword, url in (("sensitive", a.OWN_SENSITIVE), ("was", a.OWN_WAS)):
            words = self.left.take_extensions(url, "String")
            if words:
                self.fields[keyword] = tuple(str(one) for one in words)
        if self.left.take_extension(a.OWN_REPLACEABLE, "Boolean") is True and self.may(
            "replaceable"
        ):
            self.fields["replaceable"] = True
        self.left.take_extension(a.OWN_TYPE, "Code")
        self._extract()
        if is_repeat(self.asked):
            name = camel(f"row_{self.id}")
            rows = [v for v in self.left.extensions(a.VARIABLE) if _is_row(v, name)]
            lets = [v for v in self.left.extensions(a.VARIABLE) if _is_let(v, self.context)]
            self.left.drop([*rows, *lets])

    def _extract(self) -> None:
        written = extension(self.left.node, a.OWN_EXTRACT)
        plain = extension(self.left.node, a.EXTRACT)
        if isinstance(written, str):
            try:
                found: Any = json.loads(written)
            except ValueError:
                return
            if isinstance(found, dict):
                self.fields["extract"] = found
                self.left.drop(self.left.extensions(a.OWN_EXTRACT))
                self.left.drop(self.left.extensions(a.EXTRACT))
        elif plain is True and self.left.take_extension(a.EXTRACT, "Boolean"):
            self.fields["extract"] = {"observation": True}


def _is_row(variable: Json, name: str) -> bool:
    expression = value_of(variable)[1]
    return text(expression, "name") == name and text(expression, "expression") == "%context"


def _is_let(variable: Json, context: Context) -> bool:
    return text(value_of(variable)[1], "name") in context.lets


FACTS = {
    "today()": "today()",
    "%patient.birthDate": "patient.birth_date",
    "%patient.address.country.first()": "patient.country",
    "%patient.deceasedBoolean": "patient.deceased",
}
"""First values that FHIRPath and our language both know."""


def _first_value(context: Context, expression: Any, asked: Asked) -> str:
    """Return a prefill expression; only facts around the form are there before any answer."""
    written = text(expression, "expression").strip()
    if written in FACTS:
        return FACTS[written]
    try:
        found, _ = context.value(expression, asked)
    except UntranslatableError as reason:
        context.report.keep(asked.link_id, "a first value", str(reason))
        return ""
    return found
