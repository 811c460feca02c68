"""What can go wrong when people fill in forms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.kernel.errors import ConflictError, InvalidInputError


@dataclass(frozen=True)
class Conflict:
    """Two people gave different answers. ``mine`` and ``theirs`` are stored values.

    ``version`` is the one that the next change must build on.
    """

    item: str
    row: str
    label: str
    mine: Any
    theirs: Any
    by: str
    at: datetime
    version: int


class AnswersConflictError(ConflictError):
    """Some answers were changed by somebody else meanwhile; all others of the request are saved."""

    code = "answers-conflict"

    def __init__(self, saved: Any) -> None:
        super().__init__(
            "Somebody else changed the same answer while you were writing. Nothing is lost: both "
            "texts are kept."
        )
        self.saved = saved
        self.conflicts: tuple[Conflict, ...] = saved.conflicts


class NotCompleteError(InvalidInputError):
    """The form cannot be completed yet; ``fields`` say what is missing or wrong."""

    code = "form-not-complete"
