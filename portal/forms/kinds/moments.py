"""Points in time: dates (to the year, month or day), dates with time, times of day."""

import re
from datetime import date, datetime
from typing import Any

from portal.forms.expressions.moments import DAY, Moment, TimeOfDay, moment, time_of_day
from portal.forms.kinds.base import AnswerError, Field, Kind, Reader

_DAY_FIRST = re.compile(r"([0-9]{1,2})[./]\s?([0-9]{1,2})[./]\s?([0-9]{4})(?:[ ,T]+([0-9:]+))?")
_MONTH_FIRST = re.compile(r"([0-9]{1,2})[./]\s?([0-9]{4})")
_ISO_BLANK = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}.*)")
_NEEDED = {"year": 1, "month": 2, "day": 3, "any": 1, "": 3}


def written(text: str) -> str:
    """Return ``31.12.2024``, ``31/12/2024``, ``12.2024`` as ISO text; other text unchanged."""
    text = text.strip()
    found = _DAY_FIRST.fullmatch(text)
    if found:
        day, month, year, clock = found.groups()
        iso = f"{year}-{int(month):02d}-{int(day):02d}"
        return f"{iso}T{clock.zfill(5)}" if clock else iso
    found = _MONTH_FIRST.fullmatch(text)
    if found:
        return f"{found.group(2)}-{int(found.group(1)):02d}"
    found = _ISO_BLANK.fullmatch(text)
    return f"{found.group(1)}T{found.group(2)}" if found else text


class DateKind(Kind):
    """A date; stored as ``2024``, ``2024-05`` or ``2024-05-17``."""

    name = "date"
    expression_type = "date"
    input_mode = "numeric"

    def reader(self, field: Field) -> Reader:
        """Accept calendar dates that are at least as precise as asked for."""
        precision = field.item.precision
        needed = _NEEDED[precision]

        def read(value: Any) -> Moment:
            found = moment(value) if isinstance(value, str) else None
            if found is None or len(found.parts) > DAY:
                raise AnswerError("date")
            if len(found.parts) < needed:
                raise AnswerError("precision", precision=precision or "day")
            return found

        return read

    def coerce(self, field: Field, value: Any) -> str:  # noqa: ARG002
        """Accept the usual European notations and ISO; a year may come as a number."""
        if isinstance(value, date) and not isinstance(value, datetime):
            value = value.isoformat()
        if type(value) is int:
            value = str(value)
        found = moment(written(value)) if isinstance(value, str) and len(value) < 40 else None
        if found is None:
            raise AnswerError("date")
        return str(Moment(found.parts[:DAY]))

    def store(self, field: Field, typed: Any) -> Any:  # noqa: ARG002
        """Hold moments, to the day."""
        return str(Moment(typed.parts[:DAY])) if isinstance(typed, Moment) else None


class DateTimeKind(Kind):
    """A date with time; stored as ``2024-05-17T14:30`` with an offset where one is known."""

    name = "datetime"
    expression_type = "datetime"

    def reader(self, field: Field) -> Reader:  # noqa: ARG002
        """Accept moments that name at least the minute."""

        def read(value: Any) -> Moment:
            found = moment(value) if isinstance(value, str) else None
            if found is None or len(found.parts) <= DAY:
                raise AnswerError("datetime")
            return found

        return read

    def coerce(self, field: Field, value: Any) -> str:
        """Accept ISO and ``31.12.2024 14:30``."""
        if isinstance(value, datetime):
            value = value.isoformat(timespec="seconds")
        text = written(value) if isinstance(value, str) and len(value) < 40 else ""
        return str(self.reader(field)(text))

    def store(self, field: Field, typed: Any) -> Any:  # noqa: ARG002
        """Hold moments with a time."""
        return str(typed) if isinstance(typed, Moment) and len(typed.parts) > DAY else None


class TimeKind(Kind):
    """A time of day; stored as ``14:30``."""

    name = "time"
    expression_type = "time"

    def reader(self, field: Field) -> Reader:  # noqa: ARG002
        """Accept ``14:30`` and ``14:30:05``."""

        def read(value: Any) -> TimeOfDay:
            found = time_of_day(value) if isinstance(value, str) else None
            if found is None:
                raise AnswerError("time")
            return found

        return read

    def coerce(self, field: Field, value: Any) -> str:
        """Accept ``9.30``, ``9:30`` and ``09:30``."""
        text = value.strip().replace(".", ":") if isinstance(value, str) else ""
        hour, separator, rest = text.partition(":")
        return str(self.reader(field)(hour.zfill(2) + separator + rest))

    def store(self, field: Field, typed: Any) -> Any:  # noqa: ARG002
        """Hold times of day."""
        return str(typed) if isinstance(typed, TimeOfDay) else None
