"""What the operations need of a code system, whether sent along or installed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from portal.terminology.fhir.languages import Name
from portal.terminology.fhir.outcome import Json


@dataclass
class Node:
    """One concept. ``properties`` and ``extensions`` are FHIR elements."""

    code: str
    names: list[Name] = field(default_factory=list)
    definition: str = ""
    properties: list[Json] = field(default_factory=list)
    extensions: list[Json] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    inactive: bool = False
    abstract: bool = False
    status: str = ""

    @property
    def deprecated(self) -> bool:
        """Whether the concept may still be used, but should not."""
        return not self.inactive and self.status.lower() == "deprecated"

    @property
    def display(self) -> str:
        """The display in the system's own language, or an empty text."""
        return next((name.text for name in self.names if name.is_display), "")


@dataclass(frozen=True)
class Criterion:
    """One filter of a value set's include."""

    property: str
    op: str
    value: str


class System(Protocol):
    """One version of one code system."""

    url: str
    version: str
    name: str
    title: str
    language: str
    content: str
    status: str
    standards_status: str
    experimental: bool
    case_sensitive: bool
    version_needed: bool
    supplements: list[str]

    def locate(self, code: str) -> Node | None:
        """Return the concept of this code; any case where the system does not mind case."""
        ...

    def select(self, criteria: Sequence[Criterion]) -> Iterator[Node]:
        """Yield the concepts that fulfil all criteria, in the system's order."""
        ...

    def count(self, criteria: Sequence[Criterion]) -> int:
        """Return how many concepts fulfil all criteria."""
        ...

    def fulfils(self, node: Node, criteria: Sequence[Criterion]) -> bool:
        """Say whether a concept fulfils all criteria."""
        ...

    def search(self, text: str, criteria: Sequence[Criterion], limit: int) -> list[Node]:
        """Return concepts whose names answer ``text``, best first."""
        ...

    def is_below(self, code: str, ancestor: str) -> bool:
        """Say whether a code lies below another."""
        ...

    def property_uri(self, code: str) -> str:
        """Return the URI that the system declares for a property, or an empty text."""
        ...
