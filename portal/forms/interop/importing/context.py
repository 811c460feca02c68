"""What the parts of an import share: the form, the ids given, what may not become a keyword."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from portal.forms.definition import Option
from portal.forms.interop.access import Json, extension, objects, text
from portal.forms.interop.checking.items import Asked, Form
from portal.forms.interop.exporting.expressions import OWN_LANGUAGE, SOURCE
from portal.forms.interop.fhirpath.inward import Inward
from portal.forms.interop.fhirpath.subjects import Meaning
from portal.forms.interop.fhirpath.translating import as_condition, as_value
from portal.forms.interop.importing.kinds import kind_of
from portal.forms.interop.importing.offered import Offered, offered
from portal.forms.interop.importing.report import Report
from portal.forms.interop.naming import identifier, prefixes, systems_in
from portal.forms.interop.wording import UntranslatableError
from portal.forms.kinds import KINDS

FHIRPATH = frozenset({"text/fhirpath", ""})


@dataclass
class Context:
    """One import. ``denied`` are (id, keyword) pairs that the engine refused before."""

    form: Form
    report: Report
    language: str
    denied: frozenset[tuple[str, str]] = frozenset()
    lets: dict[str, tuple[str, str]] = field(default_factory=dict)
    score_urls: set[str] = field(default_factory=set)
    given_codes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def every(self) -> list[Asked]:
        """Every item in document order."""
        found: list[Asked] = []
        todo = list(reversed(self.form.root.children))
        while todo:
            one = todo.pop()
            found.append(one)
            todo += reversed(one.children)
        return found

    @cached_property
    def ids(self) -> dict[Asked, str]:
        """The id of every item."""
        taken: set[str] = set()
        found: dict[Asked, str] = {}
        exact = {one.link_id for one in self.every}
        for one in self.every:
            blocked = taken | (exact - {one.link_id})
            found[one] = identifier(one.link_id, blocked)
            taken.add(found[one])
        return found

    @cached_property
    def kinds(self) -> dict[Asked, str]:
        """The type that every item gets."""
        return {one: kind_of(one) for one in self.every}

    @cached_property
    def naming(self) -> tuple[dict[str, str], dict[str, str]]:
        """The prefixes of code systems, and those among them that the form must declare."""
        return prefixes(systems_in(self.form.questionnaire), self.given_codes)

    @cached_property
    def sets(self) -> dict[str, Json]:
        """The contained value sets by id."""
        contained = objects(self.form.questionnaire, "contained")
        return {
            text(one, "id"): one
            for one in contained
            if text(one, "resourceType") == "ValueSet" and text(one, "id")
        }

    @cached_property
    def systems(self) -> dict[str, Json]:
        """The contained code systems by address."""
        contained = objects(self.form.questionnaire, "contained")
        return {
            text(one, "url"): one
            for one in contained
            if text(one, "resourceType") == "CodeSystem" and text(one, "url")
        }

    @cached_property
    def offers(self) -> dict[Asked, Offered]:
        """The options of every choice."""
        choices = [one for one in self.every if self.kinds[one] == "choice"]
        return {
            one: offered(one.node, self.language, self.naming[0], self.sets, self.systems)
            for one in choices
        }

    @cached_property
    def lists(self) -> dict[str, tuple[Option, ...]]:
        """The named lists of options; of two with one name the first."""
        found: dict[str, tuple[Option, ...]] = {}
        for offer in self.offers.values():
            if offer.option_list:
                found.setdefault(offer.option_list, offer.options)
        return found

    def allows(self, asked: Asked, keyword: str) -> bool:
        """Whether a keyword may be used on an item."""
        own = self.ids[asked]
        return (own, keyword) not in self.denied and (own, "") not in self.denied

    def scope(self, asked: Asked | None) -> tuple[str, ...]:
        """Return the repeats around an item, outermost first."""
        found: list[str] = []
        step = asked.parent if asked else None
        while step is not None:
            if is_repeat(step):
                found.insert(0, self.ids[step])
            step = step.parent
        return tuple(found)

    def meaning(self, asked: Asked) -> Meaning | None:
        """Return what an item means in expressions; None when it has no answer of ours."""
        kind = KINDS.get(self.kinds.get(asked, ""))
        if kind is None or not kind.answers:
            return None
        options = self.offers[asked].options if asked in self.offers else ()
        twins = [option.code for option in options]
        codes = {o.code: o.system for o in options if twins.count(o.code) == 1}
        multiple = asked.repeats and kind.name != "yes_no"
        own = self.ids[asked]
        return Meaning(
            own, kind.expression_type, multiple, self.scope(asked), codes, self.naming[0]
        )

    def inward(self, asked: Asked | None) -> Inward:
        """Return the translator of expressions that stand on an item (None: on the form)."""
        scope = self.scope(asked)
        if asked is not None and is_repeat(asked):
            scope = (*scope, self.ids[asked])
        return Inward(self.form, self, self.lets, asked, scope)

    def condition(self, expression: object, asked: Asked) -> str:
        """Return a FHIR Expression as a condition; raises ``UntranslatableError``."""
        own = own_source(expression)
        return own or as_condition(self._seen_from(asked), fhirpath_in(expression))

    def value(self, expression: object, asked: Asked | None) -> tuple[str, str]:
        """Return a FHIR Expression as text with its type (empty when it was ours already)."""
        own = own_source(expression)
        if own:
            return own, ""
        return as_value(self._seen_from(asked), fhirpath_in(expression))

    def _seen_from(self, asked: Asked | None) -> Inward:
        """Expressions of an item look from the row around it, not from its own rows."""
        inward = self.inward(asked)
        inward.scope = self.scope(asked)
        return inward


def is_repeat(asked: Asked) -> bool:
    """Whether an item becomes a repeat: a group with rows."""
    return asked.kind == "group" and asked.repeats and bool(asked.children)


def own_source(expression: object) -> str:
    """Return our own text of an expression that this portal exported, else an empty string."""
    if text(expression, "language") == OWN_LANGUAGE:
        return text(expression, "expression")
    source = extension(expression, SOURCE)
    return source if isinstance(source, str) else ""


def fhirpath_in(expression: object) -> str:
    """Return the FHIRPath of an expression; raises for other languages."""
    language, written = text(expression, "language"), text(expression, "expression")
    if language not in FHIRPATH or not written:
        raise UntranslatableError(f"an expression in {language or 'no language'}")
    return written


def besides(expression: object) -> Json:
    """Return what a FHIR Expression says besides language and text."""
    if not isinstance(expression, dict):
        return {}
    own = {"language", "expression"}
    found = {key: value for key, value in expression.items() if key not in own}
    kept = [one for one in objects(expression, "extension") if one.get("url") != SOURCE]
    found.pop("extension", None)
    return found | ({"extension": kept} if kept else {})
