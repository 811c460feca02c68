"""A compiled form: everything that evaluation, rendering and export look up, computed once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from portal.forms.definition import FormDefinition, Item, Option, Rule, Text, in_language
from portal.forms.expressions import Ast, Closure, Scope
from portal.forms.kinds import Kind
from portal.forms.kinds.base import Reader


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression of the form. ``owner`` is an item, rule, ``let`` or ``due`` entry."""

    owner: str
    keyword: str
    text: str
    tree: Ast
    type: str
    needs: frozenset[str]
    run: Closure
    scope: Scope = ()


@dataclass(frozen=True, slots=True, eq=False)
class CompiledItem:
    """One item with its place in the form and its rules ready to run.

    ``scope`` are the repeats around it, outermost first; ``read`` turns one stored value into
    the typed one and raises ``AnswerError``; ``weight`` is what it counts in completeness.
    ``min`` and ``max`` depend on other answers; constant ``limits`` are part of ``read``. ``default`` is a stored value.
    """

    item: Item
    kind: Kind
    parent: str
    section: str
    scope: Scope
    children: tuple[str, ...]
    options: tuple[Option, ...]
    language: str
    read: Reader
    order: int
    weight: float = 0.0
    show: Expression | None = None
    value: Expression | None = None
    required_if: Expression | None = None
    min: Expression | None = None
    max: Expression | None = None
    option_shows: Mapping[tuple[str, str], Expression] = field(default_factory=dict)
    limits: Mapping[str, Ast] = field(default_factory=dict)
    prefill: Expression | None = None
    default: Any = None

    @property
    def id(self) -> str:
        """The item's id."""
        return self.item.id

    @property
    def multiple(self) -> bool:
        """Whether several answers are possible."""
        return self.item.multiple

    @property
    def is_repeat(self) -> bool:
        """Whether the item holds rows."""
        return self.item.repeats

    @property
    def read_only(self) -> bool:
        """Whether people cannot change the answer (calculated answers never can be)."""
        return self.item.read_only or bool(self.item.value)

    def label(self, language: str = "") -> str:
        """Return the label in a language, falling back to the form's own, then to the id."""
        return in_language(self.item.label, language or self.language, self.language) or self.id


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A cross-field rule: checked once per row of ``scope``, shown at the item ``at``."""

    rule: Rule
    check: Expression
    at: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the form: a container at the top, or loose items gathered under ``main``."""

    id: str
    label: Text
    items: tuple[str, ...]
    all_items: tuple[str, ...]

    def title(self, language: str, fallback: str = "en") -> str:
        """Return the section's heading."""
        return in_language(self.label, language, fallback) or self.id


@dataclass(frozen=True, eq=False)
class CompiledForm:
    """A form ready to use. Immutable; two forms with the same ``hash`` are the same form."""

    definition: FormDefinition
    hash: str
    sections: tuple[Section, ...]
    items: Mapping[str, CompiledItem]
    lets: Mapping[str, Expression]
    rules: tuple[CompiledRule, ...]
    due: Mapping[str, Expression]
    steps: tuple[str, ...]
    ast: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The form's name; an assembled form is ``base--plugin``."""
        return self.definition.form

    @property
    def version(self) -> str:
        """The semantic version that people see."""
        return self.definition.version

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the form, the author's first."""
        return self.definition.languages

    @property
    def language(self) -> str:
        """The author's language."""
        return self.definition.language

    def title(self, language: str = "") -> str:
        """Return the form's title, or its name where no title was written."""
        return (
            in_language(self.definition.title, language or self.language, self.language)
            or self.name
        )

    def section(self, section_id: str) -> Section:
        """Return a section by id; raises ``KeyError``."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)

    def repeats(self) -> tuple[CompiledItem, ...]:
        """Return every repeat, outer ones first."""
        return self._repeats

    @cached_property
    def weighted(self) -> tuple[CompiledItem, ...]:
        """The items that completeness counts, in the order of the form."""
        return tuple(item for item in self.items.values() if item.weight)

    @cached_property
    def _repeats(self) -> tuple[CompiledItem, ...]:
        return tuple(item for item in self.items.values() if item.is_repeat)
