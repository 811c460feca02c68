"""Expressions of a form in FHIR: FHIRPath where it can say the same, our own text where not."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from portal.forms.compiled import CompiledForm, Expression
from portal.forms.expressions.fhirpath import (
    Exporter,
    Place,
    UnsupportedError,
    row_variable,
    variable_of,
)
from portal.forms.interop.access import EXTENSION, OWN, Json
from portal.forms.interop.answer_values import link_ids
from portal.forms.interop.exporting.conditions import shown_when

FHIRPATH = "text/fhirpath"
OWN_LANGUAGE = "text/x-ern-form-expression"
"""The language of expressions that FHIRPath has no words for."""
VARIABLE = f"{EXTENSION}variable"
SOURCE = f"{OWN}expression-source"
"""Our own text beside its FHIRPath, so that reading the form again gives the very same form."""
_USED = re.compile(r"%([a-z][A-Za-z0-9]*)")
_VARIABLE = re.compile(r"%([a-z][a-z0-9_]*)")


def camel(name: str) -> str:
    """Return ``age_at_onset`` as ``ageAtOnset``: names of variables hold no underscore."""
    first, *others = [part for part in re.split(r"[_.]", name) if part]
    return first + "".join(part[:1].upper() + part[1:] for part in others)


class Expressions:
    """Writes the expressions of one form; remembers what could not be said in FHIRPath."""

    def __init__(self, form: CompiledForm) -> None:
        self.form = form
        self.links = link_ids(form)

    @cached_property
    def places(self) -> dict[str, Place]:
        """Where every item's answers lie, by linkId from the root or from their row."""
        found: dict[str, Place] = {}
        for item in self.form.items.values():
            parent = self.form.items.get(item.parent)
            around: tuple[str, ...] = ()
            step = _quoted(self.links[item.id])
            if parent is not None and not parent.is_repeat:
                around = found[parent.id].path
                if parent.kind.answers:
                    # the exporter joins steps by « .item »; below a question stands an answer
                    around, step = around[:-1], f"{around[-1]}').answer.item.where(linkId='{step}"
            kind = item.kind.expression_type
            found[item.id] = Place((*around, step), kind, item.multiple)
        return found

    @cached_property
    def names(self) -> dict[str, str]:
        """The FHIR names of ``let`` expressions and of the rows of repeats."""
        given = self.form.definition.fhir.get("as", {})
        kept = given.get("let", {}) if isinstance(given, dict) else {}
        found = {name: str(kept.get(name) or camel(name)) for name in self.form.lets}
        variables = {variable_of(name)[1:]: written for name, written in found.items()}
        rows = {row_variable(item.id)[1:]: camel(f"row_{item.id}") for item in self.form.repeats()}
        return variables | rows

    def fhirpath(self, expression: Expression) -> str:
        """Return an expression as FHIRPath; raises ``UnsupportedError``."""
        lets = self.form.lets
        of_rows = frozenset(name for name, one in lets.items() if one.scope)
        exporter = Exporter(self.places, frozenset(lets), expression.scope, row_lets=of_rows)
        written = exporter.text(expression.tree)
        return _VARIABLE.sub(lambda m: f"%{self.names.get(m.group(1), m.group(1))}", written)

    @cached_property
    def used(self) -> frozenset[str]:
        """The variables that some FHIRPath of the form uses: rows nobody asks for need none."""
        found: set[str] = set()
        for expression in self._every():
            try:
                found |= set(_USED.findall(self.fhirpath(expression)))
            except (UnsupportedError, KeyError):
                continue
        return frozenset(found)

    def _every(self) -> Iterator[Expression]:
        for item in self.form.items.values():
            if item.show is not None and shown_when(self.form, item) is None:
                yield item.show
            found = (item.value, item.required_if, item.min, item.max, item.prefill)
            yield from (one for one in found if one is not None)
            yield from item.option_shows.values()
        yield from self.form.lets.values()
        yield from (rule.check for rule in self.form.rules)

    def kept(self, owner: Mapping[str, Any], keyword: str) -> Json:
        """Return what the FHIR Expression of a keyword said besides (``as:`` under ``fhir:``)."""
        names = owner.get("as", {})
        every = names.get("expressions", {}) if isinstance(names, dict) else {}
        found = every.get(keyword, {}) if isinstance(every, dict) else {}
        return dict(found) if isinstance(found, dict) else {}

    def value(self, expression: Expression, form: str = "{}") -> Json:
        """Return a FHIR Expression; ``form`` is what the FHIRPath is placed into."""
        try:
            written = self.fhirpath(expression)
        except (UnsupportedError, KeyError):
            return {"language": OWN_LANGUAGE, "expression": expression.text}
        source = {"url": SOURCE, "valueString": expression.text}
        return {
            "extension": [source],
            "language": FHIRPATH,
            "expression": form.replace("{}", written),
        }

    def variables(self, scope: tuple[str, ...]) -> list[Json]:
        """Return the variables to declare on the root (no scope) or on a repeat (its scope)."""
        found: list[Json] = []
        if scope:
            name = self.names[row_variable(scope[-1])[1:]]
        if scope and name in self.used:
            found.append({"name": name, "language": FHIRPATH, "expression": "%context"})
        for name, expression in self.form.lets.items():
            if expression.scope == scope:
                own = {"name": self.names[variable_of(name)[1:]]}
                besides = self.kept(self.form.definition.fhir, name)
                found.append({**own, **self.value(expression), **besides})
        return [{"url": VARIABLE, "valueExpression": one} for one in found]


def _quoted(link_id: str) -> str:
    """Return a linkId as it may stand inside a FHIRPath text."""
    return link_id.replace("\\", "\\\\").replace("'", "\\'")
