"""The names that a form's expressions may use: items, ``let`` names, facts around the form."""

from collections.abc import Callable, Iterable

from portal.forms.definition import FormDefinition, Item, same_system
from portal.forms.definition.reading import SYSTEMS
from portal.forms.expressions import Target
from portal.forms.kinds import KINDS
from portal.forms.layout import Layout

CONTEXT = {
    "patient.nickname": "text",
    "patient.birth_date": "date",
    "patient.sex": "coded",
    "patient.country": "coded",
    "patient.deceased": "bool",
    "patient.death_date": "date",
    "patient.consent_care": "bool",
    "patient.consent_registry": "bool",
    "patient.consent_contact": "bool",
    "patient.consent_research": "bool",
    "centre.name": "text",
    "centre.country": "text",
    "network.code": "text",
    "request.date": "date",
    "user.name": "text",
    "user.speciality": "text",
    "form.language": "text",
}
"""Facts from outside the form, with their types. ``Context.values`` supplies them by name."""

CONTEXT_SYSTEMS = {"patient.country": SYSTEMS["ISO3166"]}
"""The code system of coded facts that have one only, so that ``patient.country = "FR"`` is enough."""


class FormNames:
    """Looks names up in one assembled definition."""

    def __init__(self, definition: FormDefinition, layout: Layout) -> None:
        self._systems = SYSTEMS | dict(definition.codes)
        self._targets: dict[str, Target] = {
            name: Target(kind, role="context", system=CONTEXT_SYSTEMS.get(name, ""))
            for name, kind in CONTEXT.items()
        }
        self._lets = definition.let
        self._resolve_let: Callable[[str], Target] = lambda _name: Target("any")
        self._open: set[str] = set()
        for item in layout.items.values():
            self._add(item, layout)

    def _add(self, item: Item, layout: Layout) -> None:
        """Make an item known; notes and plain containers have no value and stay unknown."""
        kind, scope = KINDS[item.type], layout.scopes[item.id]
        if item.repeats:
            self._targets[item.id] = Target("any", scope, role="rows")
        elif kind.answers:
            codes = {option.code: option.system for option in layout.options[item.id]}
            units = tuple(filter(None, (item.unit, *item.units)))
            self._targets[item.id] = Target(
                kind.expression_type, scope, "value", item.multiple, codes, units
            )

    def on_let(self, resolve: Callable[[str], Target]) -> None:
        """Tell how a ``let`` name is resolved when it is first met."""
        self._resolve_let = resolve

    def target(self, name: str) -> Target | None:
        """Return what a name stands for, or None."""
        if name in self._targets:
            return self._targets[name]
        if name not in self._lets:
            return None
        if name in self._open:
            return Target("any")
        self._open.add(name)
        try:
            self._targets[name] = self._resolve_let(name)
        finally:
            self._open.discard(name)
        return self._targets[name]

    def known(self) -> Iterable[str]:
        """Return every name."""
        return [*self._targets, *self._lets]

    def system(self, prefix: str) -> str | None:
        """Return the address behind a code prefix."""
        found = self._systems.get(prefix)
        return None if found is None else same_system(found)

    def prefixes(self) -> Iterable[str]:
        """Return every code prefix."""
        return self._systems
