"""A Questionnaire as a form of ours: nothing is lost, and the form always compiles."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from portal.forms.definition import Check, FormDefinition, Migration, Option, Retired
from portal.forms.definition.shapes import LANGUAGE, SEMVER
from portal.forms.interop.access import Json, extension, objects, readable, text, value_of
from portal.forms.interop.answer_values import ORDINAL
from portal.forms.interop.checking.items import Form
from portal.forms.interop.checking.normal import questionnaire_as_r4
from portal.forms.interop.exporting import addresses as a
from portal.forms.interop.exporting.choices import set_id
from portal.forms.interop.exporting.expressions import camel
from portal.forms.interop.files import plain_numbers
from portal.forms.interop.importing.attempts import Denied, until_accepted
from portal.forms.interop.importing.context import Context, besides
from portal.forms.interop.importing.items import ItemReader
from portal.forms.interop.importing.leftovers import Leftovers
from portal.forms.interop.importing.report import Report
from portal.forms.interop.importing.rules import read_rules
from portal.forms.interop.naming import (
    form_name,
    identifier,
    languages_in,
    machine_name,
    resource_id,
)
from portal.forms.interop.wording import UntranslatableError

_STATUS = frozenset({"draft", "active", "retired"})


def from_fhir(resource: Json) -> tuple[FormDefinition, Report]:
    """Return the form and what became of every part of the Questionnaire.

    What the engine refuses as a keyword (a loop, a default that is no answer) goes back under
    ``fhir:`` and the form is built again. Raises ``DefinitionError`` when even that does not help.
    """
    clean = readable(questionnaire_as_r4(resource))
    return until_accepted(
        lambda report, denied: _Document(clean, report, denied).definition(), "fhir"
    )


@dataclass
class _Document:
    """One attempt at one Questionnaire."""

    resource: Json
    report: Report
    denied: Denied

    def definition(self) -> FormDefinition:
        """Return the form."""
        written = text(self.resource, "language")
        language = written if LANGUAGE.fullmatch(written) else "en"
        form = Form(self.resource)
        left = Leftovers({k: v for k, v in self.resource.items() if k != "resourceType"})
        blocks = self._blocks(left)
        context = Context(form, self.report, language, self.denied)
        context.given_codes = blocks.get("codes", {})
        left.node.pop("item", None)
        patch: Json = {} if written == language else {"language": left.node.get("language")}
        left.node.pop("language", None)
        fields = self._heading(left, patch, language)
        names: Json = {}
        fields["let"] = self._lets(context, left, names)
        fields["items"] = tuple(ItemReader(context, one).item() for one in form.root.children)
        fields["rules"] = tuple(self._rules(context, left))
        fields["lists"] = self._lists(context, left)
        fields |= blocks
        fields["codes"] = context.naming[1]
        if context.score_urls == {ORDINAL}:
            names["score"] = "ordinalValue"
        self.report.items = len(context.every)
        others = sorted(set(languages_in(self.resource)) - {language})
        fields["languages"] = blocks.get("languages") or (language, *others)
        rest = plain_numbers({**left.rest(), **patch, **({"as": names} if names else {})})
        return FormDefinition(**fields, fhir=rest)

    def _heading(self, left: Leftovers, patch: Json, language: str) -> dict[str, Any]:
        """Return name, version, texts and status; what they cannot say goes into ``patch``."""
        identity, name = text(left.node, "id"), text(left.node, "name")
        own = form_name(identity, name, text(left.node, "title"))
        for member, expected in (("id", resource_id(own)), ("name", machine_name(own))):
            if left.node.get(member) != expected:
                patch[member] = left.node.get(member)
            left.node.pop(member, None)
        version, status = left.node.pop("version", None), left.node.get("status")
        semantic = isinstance(version, str) and SEMVER.fullmatch(version)
        if not semantic:
            patch["version"] = version
        status = status if isinstance(status, str) and status in _STATUS else None
        if status is None:
            patch["status"] = left.node.get("status")
        left.node.pop("status", None)
        url = left.node.get("url")
        usable = isinstance(url, str) and 0 < len(url) < 2000
        if not usable:
            patch["url"] = url
        left.node.pop("url", None)
        publisher = left.take("publisher", str) or ""
        return {
            "form": own,
            "version": version if semantic else "1.0.0",
            "status": status or "",
            "url": url if usable else "",
            "publisher": publisher,
            "title": left.take_text("title", language),
            "description": left.take_text("description", language),
        }

    def _lets(self, context: Context, left: Leftovers, names: Json) -> dict[str, str]:
        """Translate the variables of the form, those that others need first."""
        waiting = {
            text(value_of(one)[1], "name"): one
            for one in left.extensions(a.VARIABLE)
            if set(one) == {"url", "valueExpression"}
        }
        found: dict[str, str] = {}
        taken = {*context.ids.values()}
        for _ in range(len(waiting) + 1):
            done = [
                n for n in waiting if n and self._let(context, n, waiting[n], found, taken, names)
            ]
            left.drop([waiting.pop(name) for name in done])
            if not done:
                break
        return found

    def _let(
        self,
        context: Context,
        name: str,
        node: Json,
        found: dict[str, str],
        taken: set[str],
        names: Json,
    ) -> bool:
        """Translate one variable; returns whether it became a ``let``."""
        own = identifier(name, taken)
        if (f"let:{own}", "") in self.denied:
            return False
        expression = value_of(node)[1]
        try:
            written, kind = context.value(expression, None)
        except UntranslatableError:
            return False
        found[own] = written
        taken.add(own)
        context.lets[name] = (own, kind or "any")
        rest = {key: value for key, value in besides(expression).items() if key != "name"}
        if rest:
            names.setdefault("expressions", {})[own] = plain_numbers(rest)
        if camel(own) != name:
            names.setdefault("let", {})[own] = name
        self.report.translated += 1
        return True

    @staticmethod
    def _rules(context: Context, left: Leftovers) -> Iterable[Any]:
        taken = []
        for one, rule in read_rules(context, left, None):
            taken.append(one)
            yield rule
        left.drop(taken)

    def _lists(self, context: Context, left: Leftovers) -> dict[str, tuple[Option, ...]]:
        """Return the value sets inside the form that items use; whole ones need no copy."""
        found = context.lists
        made = {set_id(name) for name in found}
        kept = [one for one in objects(left.node, "contained") if not _is_plain_set(one, made)]
        left.node.pop("contained", None)
        if kept:
            left.node["contained"] = kept
        return found

    @staticmethod
    def _blocks(left: Leftovers) -> dict[str, Any]:
        """Read the blocks that this portal exported about itself."""
        written = extension(left.node, a.OWN_BLOCKS)
        if not isinstance(written, str):
            return {}
        try:
            blocks = json.loads(written)
            found = {
                "due": msgspec.convert(blocks.get("due", {}), dict[str, str]),
                "views": msgspec.convert(blocks.get("views", {}), dict[str, tuple[str, ...]]),
                "checks": msgspec.convert(blocks.get("checks", []), tuple[Check, ...]),
                "migrations": msgspec.convert(blocks.get("migrations", []), tuple[Migration, ...]),
                "retired": msgspec.convert(blocks.get("retired", {}), dict[str, Retired]),
                "languages": msgspec.convert(blocks.get("languages", []), tuple[str, ...]),
                "codes": msgspec.convert(blocks.get("codes", {}), dict[str, str]),
            }
        except (ValueError, AttributeError, msgspec.ValidationError):
            return {}
        left.drop(left.extensions(a.OWN_BLOCKS))
        return {name: value for name, value in found.items() if value}


def _is_plain_set(resource: Json, made: set[str]) -> bool:
    """Whether a value set holds nothing but what is generated from its list again."""
    if text(resource, "id") not in made or set(resource) - {
        "resourceType",
        "id",
        "status",
        "compose",
    }:
        return False
    compose = resource.get("compose")
    if resource.get("status") != "active" or not isinstance(compose, dict):
        return False
    known = {"code", "display", "designation", "extension"}
    return set(compose) == {"include"} and all(
        set(part) == {"system", "concept"}
        and all(set(concept) <= known for concept in objects(part, "concept"))
        for part in objects(compose, "include")
    )
