"""One person of a family."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Person:
    """``mother``, ``father`` and ``twin_of`` are numbers of the same table, or empty.

    ``sex`` is female, male or unknown; ``affected`` is affected, possibly, carrier, unaffected or unknown.
    ``relation`` and ``condition`` are stored answers: a coding or ``{"text": …}``. Ages are in years.
    """

    number: str
    sex: str = "unknown"
    mother: str = ""
    father: str = ""
    twin_of: str = ""
    affected: str = "unknown"
    deceased: bool = False
    proband: bool = False
    relation: dict[str, Any] = field(default_factory=dict)
    condition: dict[str, Any] = field(default_factory=dict)
    onset_age: int | None = None
    age: int | None = None

    @property
    def parents(self) -> tuple[str, ...]:
        """Father and mother, as far as they are known."""
        return tuple(one for one in (self.father, self.mother) if one)

    @property
    def code(self) -> str:
        """The code of the relation to the patient."""
        return str(self.relation.get("code", ""))

    @property
    def relation_text(self) -> str:
        """The relation in words."""
        return _words(self.relation)

    @property
    def condition_text(self) -> str:
        """The condition in words."""
        return _words(self.condition)


def _words(answer: dict[str, Any]) -> str:
    return str(answer.get("text") or answer.get("display") or answer.get("code") or "")
