"""Who and what is there already while the demo world is built, and the calendar of what happens when."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.access.actor import Actor, system
from portal.kernel import clock
from portal.people.actors import load_actor

SYSTEM = system("demo")


@dataclass
class Stage:
    """Identifiers by the names that the demo's data use."""

    issuer: str
    people: dict[str, str] = field(default_factory=dict)
    centres: dict[str, str] = field(default_factory=dict)
    networks: dict[str, str] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)
    patients: dict[str, str] = field(default_factory=dict)
    panels: dict[str, str] = field(default_factory=dict)

    def actor(self, sub: str) -> Actor:
        """Return the person as an actor, with the memberships in force at the moment of the stage."""
        found = load_actor(self.people[sub])
        if found is None:
            raise LookupError(f"'{sub}' is not on the stage")
        return found


@dataclass(order=True)
class Moment:
    """Something that happens ``days`` before now; later moments come later."""

    after: float
    number: int
    act: Callable[[], object] = field(compare=False)


class Calendar:
    """Collects what happens and lets it happen in order of time, so that lists read as a history."""

    def __init__(self) -> None:
        self._moments: list[Moment] = []

    def add(self, days_ago: float, act: Callable[[], object]) -> None:
        """Let ``act`` happen ``days_ago`` days before now."""
        self._moments.append(Moment(-days_ago, len(self._moments), act))

    def play(self, progress: Callable[[str], object], label: str) -> None:
        """Run everything in order of time, the clock moved back for each."""
        total = len(self._moments)
        for done, moment in enumerate(sorted(self._moments), start=1):
            with ago(-moment.after):
                moment.act()
            if done % 100 == 0 or done == total:
                progress(f"  {label}: {done} of {total}")
        self._moments.clear()


@contextmanager
def ago(days: float) -> Iterator[None]:
    """Move the clock back by ``days``."""
    with clock.shifted(timedelta(days=-days)):
        yield


def day_before(days: float) -> date:
    """Return the day so many days before the clock's today."""
    return clock.today() - timedelta(days=round(days))


def month_before(months: int) -> str:
    """Return ``YYYY-MM`` so many months before this month, by the real calendar."""
    year, month = divmod(_now_months() - months, 12)
    return f"{year:04d}-{month + 1:02d}"


def _now_months() -> int:
    today = clock.today()
    return today.year * 12 + today.month - 1
