"""A date typed as day, month and year: people remember birth dates, they do not pick them."""

from datetime import date
from typing import Any

from wtforms import Field
from wtforms.utils import unset_value
from wtforms.validators import ValidationError

PARTS = ("day", "month", "year")


class DayMonthYearField(Field):  # type: ignore[misc]
    """Three text boxes, one date. ``parts`` is what was typed; ``data`` the date or nothing."""

    widget = None

    def __init__(self, label: str, *, missing: str = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.missing = missing
        self.parts: dict[str, str] = dict.fromkeys(PARTS, "")

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the three boxes, or show the date that the form was made with."""
        del extra_filters
        self.process_errors: list[str] = []
        given = self.default() if callable(self.default) else self.default
        self.data = given if data is unset_value else data
        if formdata:
            self.parts = {p: str(formdata.get(f"{self.name}-{p}", "")).strip()[:12] for p in PARTS}
            self.data = self._read()
        elif isinstance(self.data, date):
            self.parts = {p: str(getattr(self.data, p)) for p in PARTS}

    def pre_validate(self, form: Any) -> None:
        """Refuse nothing at all: a request without a single field is not read above."""
        del form
        if self.missing and self.data is None and not self.process_errors:
            raise ValidationError(self.missing)

    def _read(self) -> date | None:
        if not any(self.parts.values()):
            if self.missing:
                self.process_errors.append(self.missing)
            return None
        absent = [p for p in PARTS if not self.parts[p]]
        if absent:
            self.process_errors.append(f"Enter the {' and the '.join(absent)} as well.")
            return None
        try:
            day, month, year = (int(self.parts[p]) for p in PARTS)
        except ValueError:
            self.process_errors.append("Use digits only, for example 27 3 1984.")
            return None
        if year < 1000:
            self.process_errors.append("Write the year with four digits, for example 1984.")
            return None
        try:
            return date(year, month, day)
        except ValueError:
            self.process_errors.append(
                "There is no such day: use a day of the month, then the month from 1 to 12."
            )
            return None
