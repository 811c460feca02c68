"""The names that a form's expressions may use: items, ``let`` names, facts around the form."""

from collections.abc import Callable, Iterable, Mapping

from portal.forms.definition import FormDefinition, Option, same_system
from portal.forms.definition.reading import SYSTEMS
from portal.forms.expressions import Scope, Target
from portal.forms.kinds import KINDS

CONTEXT = {
    "patient.nickname": "text",
    "patient.birth_date": "date",
    "patient.sex": "coded",
    "patient.country": "text",
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


class FormNames:
    """Looks names up in one assembled definition."""

    def __init__(
        self,
        definition: FormDefinition,
        scopes: Mapping[str, Scope],
        options: Mapping[str, tuple[Option, ...]],
    ) -> None:
        self._systems = SYSTEMS | dict(definition.codes)
        self._targets: dict[str, Target] = {
            name: Target(kind, role="context") for name, kind in CONTEXT.items()
        }
        self._lets = definition.let
        self._resolve_let: Callable[[str], Target] = lambda _name: Target("any")
        self._open: set[str] = set()
        self._scopes = scopes
        self._options = options

    def add_item(
        self, item_id: str, item_type: str, *, repeats: bool, multiple: bool, units: tuple[str, ...]
    ) -> None:
        """Make an item known; notes and plain containers have no value and stay unknown."""
        kind = KINDS[item_type]
        if repeats:
            self._targets[item_id] = Target("any", self._scopes[item_id], role="rows")
        elif kind.answers:
            codes = {option.code: option.system for option in self._options.get(item_id, ())}
            self._targets[item_id] = Target(
                kind.expression_type, self._scopes[item_id], "value", multiple, codes, units
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
