"""What names stand for, and who knows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from portal.forms.expressions.meaning import Scope


@dataclass(frozen=True)
class Target:
    """What a name stands for. ``role``: ``value``, ``rows`` (a repeat), ``context``.

    ``system`` is the only code system of a coded fact: quoted text beside it is one of its codes.
    """

    type: str
    scope: Scope = ()
    role: str = "value"
    multiple: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    system: str = ""


class Names(Protocol):
    """The names an expression may use."""

    def target(self, name: str) -> Target | None:
        """Return what a name stands for, or None."""

    def known(self) -> Iterable[str]:
        """Return every name, for suggestions."""

    def system(self, prefix: str) -> str | None:
        """Return the address behind a code prefix."""

    def prefixes(self) -> Iterable[str]:
        """Return every code prefix, for suggestions."""
