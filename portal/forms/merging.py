"""Who wins when two people save: pure decisions, answer by answer.

The base of a change is what its writer had seen. An answer that nobody else touched since is taken.
One that was changed to the same value is fine. One that its writer did not change at all (a whole
page was posted) is left as the other person wrote it. Only a real difference is a conflict.
Lists of rows never conflict: added rows are added, removed rows are removed.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Any


class Verdict(Enum):
    """What becomes of one change."""

    SAME = "same"
    TAKE = "take"
    UNTOUCHED = "untouched"
    CONFLICT = "conflict"


def decide(mine: Any, current: Any, *, base: Any, stale: bool) -> Verdict:
    """Return the verdict on one answer. ``stale``: ``current`` is newer than what was seen."""
    if mine == current:
        return Verdict.SAME
    if not stale:
        return Verdict.TAKE
    return Verdict.UNTOUCHED if mine == base else Verdict.CONFLICT


def merge_rows(mine: Sequence[str], current: Sequence[str], base: Sequence[str]) -> list[str]:
    """Return the rows after both changes, in my order, theirs at the end."""
    removed_by_me = set(base) - set(mine)
    removed_by_them = set(base) - set(current)
    merged = [row for row in mine if row not in removed_by_them]
    merged += [row for row in current if row not in set(mine) and row not in removed_by_me]
    return merged
