"""Grave acts (signing, exports, changes of rights) need somebody who proved a moment ago who they are."""

from datetime import timedelta

from portal.access.actor import Actor
from portal.kernel import clock
from portal.kernel.errors import ForbiddenError

MINUTES = 10


class RecentLoginNeededError(ForbiddenError):
    """The last login is too long ago for this act; logging in again as the same person mends it."""

    code = "recent-login-needed"

    def __init__(self, minutes: int = MINUTES) -> None:
        super().__init__(
            "Please log in again to go on.",
            reason=f"This step needs a login of the last {minutes} minutes, so that nobody acts in your name from an open screen.",
            grantor="you: log in again",
        )


def is_recent(actor: Actor, minutes: int = MINUTES) -> bool:
    """Return whether the actor logged in during the last ``minutes``; the system always did."""
    if actor.is_system:
        return True
    at = actor.authenticated_at
    return at is not None and clock.now() - at <= timedelta(minutes=minutes)


def require_recent(actor: Actor, minutes: int = MINUTES) -> None:
    """Raise :class:`RecentLoginNeededError` unless :func:`is_recent`; services of grave acts call it."""
    if not is_recent(actor, minutes):
        raise RecentLoginNeededError(minutes)
