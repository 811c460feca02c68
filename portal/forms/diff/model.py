"""Changes and their size: patch, minor, major."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from portal.forms.semver import version


class Level(IntEnum):
    """How large a change is for answers that were given before it."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        """The word for people: patch, minor, major."""
        return self.name.lower()


@dataclass(frozen=True)
class Change:
    """One change in form terms.

    ``action`` is added, removed, renamed, moved or changed; ``keyword`` what changed;
    ``confirmable`` marks rewordings that the author may confirm as « same meaning ».
    """

    item: str
    action: str
    level: Level
    sentence: str
    keyword: str = ""
    before: Any = None
    after: Any = None
    confirmable: bool = False

    @property
    def key(self) -> str:
        """What an author confirms: ``item:keyword``."""
        return f"{self.item}:{self.keyword}"


@dataclass(frozen=True)
class FormDiff:
    """All changes between two definitions, in document order of the newer one."""

    changes: tuple[Change, ...]

    @property
    def level(self) -> Level:
        """The size of the largest change."""
        return max((change.level for change in self.changes), default=Level.NONE)

    def of(self, item_ids: Iterable[str]) -> tuple[Change, ...]:
        """Return the changes of some items."""
        wanted = set(item_ids)
        return tuple(change for change in self.changes if change.item in wanted)

    def next_version(self, current: str) -> str:
        """Return the smallest version that this diff allows after ``current``."""
        return bump(current, self.level)

    def refusal(self, old: str, new: str) -> str:
        """Return why ``new`` is too small a step from ``old``, or an empty string."""
        found = level_between(old, new)
        if found >= self.level:
            return ""
        largest = next(change for change in self.changes if change.level == self.level)
        return (
            f"{new} is too small a step from {old}: {largest.sentence} "
            f"That is a {self.level.word} change, so at least {self.next_version(old)}."
        )


def bump(current: str, level: Level) -> str:
    """Return the next version of that size."""
    major, minor, patch = version(current)
    if level is Level.MAJOR:
        return f"{major + 1}.0.0"
    if level is Level.MINOR:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if level is Level.PATCH else current


def level_between(old: str, new: str) -> Level:
    """Return how large the step between two versions is; going backwards is none."""
    before, after = version(old), version(new)
    if after <= before:
        return Level.NONE
    if after[0] > before[0]:
        return Level.MAJOR
    return Level.MINOR if after[1] > before[1] else Level.PATCH
