"""Errors that the domain raises. ``web/errors.py`` turns each into a page or problem+json, once.

Every error says what was expected and what to do next; none carries clinical text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


class PortalError(Exception):
    """Base of all expected errors. ``status`` is the HTTP status the edge answers with."""

    status = 400
    code = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NotFoundError(PortalError):
    """The thing does not exist, or the actor may not know that it does."""

    status = 404
    code = "not-found"


class ForbiddenError(PortalError):
    """The actor is related to the thing but not entitled to the act.

    ``reason`` names the rule; ``grantor`` says who can change it.
    """

    status = 403
    code = "forbidden"

    def __init__(self, message: str, *, reason: str = "", grantor: str = "") -> None:
        super().__init__(message, hint=grantor)
        self.reason = reason or message
        self.grantor = grantor


class ConflictError(PortalError):
    """Somebody else changed the same thing first; ``theirs`` and ``yours`` are kept for display."""

    status = 409
    code = "conflict"

    def __init__(self, message: str, *, theirs: object = None, yours: object = None) -> None:
        super().__init__(message)
        self.theirs = theirs
        self.yours = yours


class InvalidInputError(PortalError):
    """Input that cannot be accepted; ``fields`` maps a field name to what is wrong with it."""

    status = 422
    code = "invalid-input"

    def __init__(
        self, message: str, *, fields: dict[str, str] | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.fields = fields or {}


class GuardRefusedError(InvalidInputError):
    """A workflow guard or a plugin veto said no; the message says what is missing and who can act."""

    status = 422
    code = "guard-refused"


@dataclass(frozen=True)
class Issue:
    """One fault in a file that a person wrote (YAML, CSV …). Lines count from 1; 0 means unknown."""

    message: str
    file: str = ""
    line: int = 0
    key: str = ""
    nearest: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        tail = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        key = f" [{self.key}]" if self.key else ""
        return f"{place or '(input)'}:{key} {self.message}{tail}"


class DefinitionError(PortalError):
    """A definition, plugin or pack that cannot be used; carries every :class:`Issue` found."""

    code = "bad-definition"

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = list(issues)
        super().__init__("\n".join(str(issue) for issue in self.issues))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like ``name``, or an empty string when none is close."""
    found = get_close_matches(str(name), list(known), n=1, cutoff=0.6)
    return found[0] if found else ""
