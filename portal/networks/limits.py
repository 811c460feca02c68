"""What a guest may be limited to: one panel, one patient. The features above register their things here.

A limit is written ``kind:id`` in a membership (``limited_to``). Networks know only that it opens nothing of
the network; whoever owns the kind says what the guest gets, and how long.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.access.actor import Actor
from portal.kernel.errors import InvalidInputError, nearest


@dataclass(frozen=True)
class Seat:
    """Whom to let in: a person, for the network that invites, invited by another, until a moment."""

    person_id: str
    network_id: str
    invited_by: str | None
    ends_at: datetime


@dataclass(frozen=True)
class Limit:
    """A kind of thing that a guest may be limited to.

    ``words(id)`` names the thing without clinical content, ``address(id, network_id)`` is its page, ``seat``
    lets a guest in within the surrounding unit of work, ``until`` changes when the guest's time ends. All
    stay within the network that invites: a patient may be known to several.
    """

    kind: str
    words: Callable[[str], str]
    address: Callable[[str, str], str]
    seat: Callable[[Actor, str, Seat], None]
    until: Callable[[Actor, str, Seat], None]


_limits: dict[str, Limit] = {}


def register(*limits: Limit) -> None:
    """Make kinds known; registering again replaces (tests build several applications)."""
    _limits.update({limit.kind: limit for limit in limits})


def named(reference: str) -> tuple[Limit, str]:
    """Return the kind and the id that ``kind:id`` names, or say the nearest kind."""
    kind, _, identifier = reference.partition(":")
    if kind not in _limits or not identifier:
        near = nearest(kind, _limits)
        raise InvalidInputError(
            f"A guest is limited to KIND:ID, not to '{reference}'.",
            hint=f"Nearest: '{near}:…'." if near else f"Known: {', '.join(sorted(_limits))}.",
        )
    return _limits[kind], identifier


def words(reference: str) -> str:
    """Return in words what a limit means, without clinical content; empty for no limit."""
    if not reference:
        return ""
    limit, identifier = named(reference)
    return limit.words(identifier)


def address(reference: str, network_id: str) -> str:
    """Return the page of the thing that a limit names, for a guest of the network."""
    limit, identifier = named(reference)
    return limit.address(identifier, network_id)


def seat(actor: Actor, reference: str, wanted: Seat) -> None:
    """Let a guest in to what ``reference`` names, in the surrounding unit of work."""
    limit, identifier = named(reference)
    limit.seat(actor, identifier, wanted)


def until(actor: Actor, reference: str, wanted: Seat) -> None:
    """Change when a guest's time at ``reference`` ends: later when extended, now when ended."""
    limit, identifier = named(reference)
    limit.until(actor, identifier, wanted)
