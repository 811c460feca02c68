"""Partial dates, moments and times of day: what is known of a point in time, compared honestly.

A date may be known to the year, the month or the day. Two such values compare part by part up
to the coarser of the two (as FHIRPath does): equal so far and unequally precise means unknown.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

_DATE = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})"
    r"(?:T(\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,6})?(Z|[+-]\d{2}:\d{2})?)?)?)?",
    re.ASCII,
)
_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2}))?", re.ASCII)
DAY = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """Year, month, day, hour, minute, second as far as known; ``offset`` in minutes or None."""

    parts: tuple[int, ...]
    offset: int | None = None

    def __str__(self) -> str:
        year, *rest = self.parts
        text = f"{year:04d}" + "".join(f"-{part:02d}" for part in rest[:2])
        if len(self.parts) > DAY:
            text += "T" + ":".join(f"{part:02d}" for part in self.parts[3:])
        return text + self._zone()

    def _zone(self) -> str:
        if self.offset is None:
            return ""
        if self.offset == 0:
            return "Z"
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02d}:{minutes:02d}"


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Hour, minute and, where known, second."""

    parts: tuple[int, ...]

    def __str__(self) -> str:
        return ":".join(f"{part:02d}" for part in self.parts)


def moment(text: str) -> Moment | None:
    """Read ``2024``, ``2024-05``, ``2024-05-17`` or ``2024-05-17T14:30[:00][Z|+02:00]``."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    parts = tuple(int(part) for part in found.groups()[:6] if part is not None)
    zone = found.group(7)
    try:
        _stamp(parts)
    except ValueError:
        return None
    return Moment(parts, _offset(zone) if zone else None)


def _stamp(parts: tuple[int, ...], offset: int = 0) -> datetime:
    """Return the first instant that the parts can mean; ValueError when there is none."""
    year, month, day, hour, minute, second = (*parts, *(0, 1, 1, 0, 0, 0)[len(parts) :])
    zone = timezone(timedelta(minutes=offset))
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _offset(zone: str) -> int | None:
    if zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    return -minutes if zone[0] == "-" else minutes


def time_of_day(text: str) -> TimeOfDay | None:
    """Read ``14:30`` or ``14:30:05``."""
    found = _TIME.fullmatch(text)
    parts = tuple(int(part) for part in found.groups() if part is not None) if found else ()
    if not parts or parts[0] > 23 or any(part > 59 for part in parts[1:]):
        return None
    return TimeOfDay(parts)


def from_date(day: date) -> Moment:
    """Return a calendar day as a moment known to the day."""
    return Moment((day.year, day.month, day.day))


def compare(left: Moment | TimeOfDay, right: Moment | TimeOfDay) -> int | None:
    """Return -1, 0 or 1, or None when the two are not known precisely enough."""
    if isinstance(left, Moment) and isinstance(right, Moment) and left.offset != right.offset:
        if left.offset is None or right.offset is None:
            return compare_parts(left.parts[:DAY], right.parts[:DAY]) or None
        left, right = _utc(left), _utc(right)
    return compare_parts(left.parts, right.parts)


def compare_parts(left: tuple[int, ...], right: tuple[int, ...]) -> int | None:
    """Compare part by part up to the shorter; equal so far and unequal in length is None."""
    for one, other in zip(left, right, strict=False):
        if one != other:
            return -1 if one < other else 1
    return 0 if len(left) == len(right) else None


def _utc(value: Moment) -> Moment:
    try:
        moved = _stamp(value.parts, value.offset or 0).astimezone(UTC)
    except (OverflowError, ValueError):
        return value
    full = (moved.year, moved.month, moved.day, moved.hour, moved.minute, moved.second)
    return Moment(full[: len(value.parts)], 0)


def bounds(value: Moment) -> tuple[date, date]:
    """Return the first and the last day that a partial date can mean."""
    year, month, day = (*value.parts[:DAY], 0, 0)[:DAY]
    first = date(year, month or 1, day or 1)
    last_month = month or 12
    last = date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    return first, last


def add(value: Moment, amount: int, unit: str) -> Moment | None:
    """Move a moment by whole years … minutes; None when it is not known precisely enough."""
    needed = {"year": 1, "month": 2, "week": 3, "day": 3, "hour": 5, "minute": 5}[unit]
    if len(value.parts) < needed:
        return None
    try:
        if unit in {"year", "month"}:
            return _add_months(value, amount * (12 if unit == "year" else 1))
        moved = _stamp(value.parts) + timedelta(**{unit + "s": amount})
    except (OverflowError, ValueError):
        return None
    full = (moved.year, moved.month, moved.day, moved.hour, moved.minute, moved.second)
    return Moment(full[: len(value.parts)], value.offset)


def _add_months(value: Moment, months: int) -> Moment | None:
    year, month, *rest = (*value.parts, 1)[: max(2, len(value.parts))]
    index = year * 12 + (month - 1) + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        return None
    if rest:
        rest[0] = min(rest[0], calendar.monthrange(year, month)[1])
    return Moment((year, month, *rest)[: len(value.parts)], value.offset)


def between(start: Moment, end: Moment, unit: str) -> int | None:
    """Count whole ``years``, ``months`` or ``days`` from start to end; negative when reversed.

    Where the parts that are not known leave two possible counts, the lesser one: that many have
    certainly passed (somebody born in 2000 is at least 24 in March 2025). None when they leave
    more than two.
    """
    (start_first, start_last), (end_first, end_last) = bounds(start), bounds(end)
    count = {"years": _years, "months": _months, "days": _days}[unit]
    least, most = count(start_last, end_first), count(start_first, end_last)
    return least if most - least <= 1 else None


def _days(start: date, end: date) -> int:
    return (end - start).days


def _months(start: date, end: date) -> int:
    if end < start:
        return -_months(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    last_day = calendar.monthrange(end.year, end.month)[1]
    return months - (end.day < start.day and end.day < last_day)


def _years(start: date, end: date) -> int:
    if end < start:
        return -_years(end, start)
    return _months(start, end) // 12
