"""Too many tries from one place are slowed down: logging in, searching, opening invitation links.

Each web process counts for itself over a minute. That is enough against a script at the door; a
distributed attack is the business of the proxy in front.
"""

import threading
import time
from collections import deque
from dataclasses import dataclass

from flask import Flask, Response, current_app, request
from flask_login import current_user

from portal.web.errors import answer

WINDOW_SECONDS = 60.0
MOST_PLACES = 20_000


@dataclass(frozen=True)
class Limit:
    """At most ``count`` requests a minute to an endpoint, by address or by person."""

    count: int
    by_person: bool = False


LIMITS: dict[str, Limit] = {
    "EuLoginView.login": Limit(120),
    "EuLoginView.callback": Limit(120),
    "EuLoginView.backchannel_logout": Limit(300),
    "InvitationsView.accept": Limit(30),
    "search": Limit(90, by_person=True),
}


class Throttle:
    """Counts what came from where during the last minute."""

    def __init__(self, window: float = WINDOW_SECONDS) -> None:
        self.window = window
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], deque[float]] = {}

    def allows(self, name: str, place: str, count: int) -> bool:
        """Note one try and return whether it is within ``count`` for the window."""
        now = time.monotonic()
        with self._lock:
            if len(self._seen) > MOST_PLACES:
                self._forget(now)
            tries = self._seen.setdefault((name, place), deque(maxlen=count + 1))
            while tries and now - tries[0] > self.window:
                tries.popleft()
            if len(tries) >= count:
                return False
            tries.append(now)
            return True

    def _forget(self, now: float) -> None:
        old = [k for k, tries in self._seen.items() if not tries or now - tries[-1] > self.window]
        for key in old or list(self._seen)[: MOST_PLACES // 2]:
            del self._seen[key]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._seen.clear()


def setup(app: Flask) -> None:
    """Slow down the endpoints of :data:`LIMITS`."""
    app.extensions["portal.throttle"] = Throttle()
    app.before_request(_slow_down)


def _slow_down() -> Response | None:
    limit = LIMITS.get(request.endpoint or "")
    if limit is None:
        return None
    place = request.remote_addr or ""
    if limit.by_person and current_user.is_authenticated:
        place = current_user.get_id()
    throttle: Throttle = current_app.extensions["portal.throttle"]
    if throttle.allows(str(request.endpoint), place, limit.count):
        return None
    page = answer(429, "too-many-tries", "That was a lot at once. Wait a minute, then try again.")
    page.headers["Retry-After"] = str(int(throttle.window))
    return page
