"""What an evaluation reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.forms.messages import Translator, message

GAPS = frozenset({"required", "at_least"})


@dataclass(frozen=True, slots=True)
class AnswerIssue:
    """One thing to say about an answer. ``code`` is stable; ``message`` is plain English.

    ``reason`` is what somebody gave for letting a warning stand.
    """

    item: str
    code: str
    row: str = ""
    severity: str = "error"
    section: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    rule: str = ""
    reason: str = ""
    order: int = 0

    @property
    def message(self) -> str:
        """The sentence to show."""
        return message(self.code, dict(self.params))

    def said(self, translate: Translator) -> str:
        """Return the sentence in the reader's language."""
        return message(self.code, dict(self.params), translate)

    @property
    def is_gap(self) -> bool:
        """Whether something is merely missing, not wrong."""
        return self.code in GAPS

    def as_json(self) -> dict[str, Any]:
        """Return the issue for the API."""
        return {
            "item": self.item,
            "row": self.row,
            "section": self.section,
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
            "rule": self.rule,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what counts is answered, by weight."""

    done: float
    total: float

    @property
    def ratio(self) -> float:
        """Between 0 and 1; a part in which nothing counts is complete."""
        return 1.0 if self.total == 0 else self.done / self.total

    @property
    def percent(self) -> int:
        """Whole percent, rounded down, so that 100 means all."""
        return int(self.ratio * 100 + 1e-9)


@dataclass(frozen=True, slots=True)
class Missing:
    """One item that counts and is not answered."""

    item: str
    row: str
    label: str
    required: bool


@dataclass(frozen=True, slots=True)
class SectionLeft:
    """What is left to do in one section."""

    section: str
    label: str
    missing: tuple[Missing, ...]
