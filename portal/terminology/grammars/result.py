"""What parsing an expression gives: a normal form, or the place where it went wrong."""

from dataclasses import dataclass, field

from portal.terminology.errors import QueryError


@dataclass(frozen=True)
class Parsed:
    """A valid expression: its normal ``code``, a readable ``display`` and its parts by name."""

    code: str
    display: str
    parts: dict[str, str] = field(default_factory=dict)


class GrammarError(QueryError):
    """Not a valid expression. ``position`` counts characters from 0."""

    code = "bad-expression"

    def __init__(self, text: str, position: int, expected: str, nearest: str = "") -> None:
        near = f" Did you mean '{nearest}'?" if nearest else ""
        place = f" at character {position + 1}" if position < len(text) else " at the end"
        super().__init__(f"'{text}' is not valid{place}: expected {expected}.{near}")
        self.position = position
        self.nearest = nearest
