"""Who gets a message: name, address, hour of the digest, absence.

People stand above notifications, so their table is named here, not imported.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Date, Integer, String, column, select, table

from portal.kernel import clock, db
from portal.kernel.db import UtcDateTime

_PERSON = table(
    "person",
    column("id", String),
    column("given_name", String),
    column("family_name", String),
    column("academic_title", String),
    column("email", String),
    column("time_zone", String),
    column("digest_hour", Integer),
    column("suspended_at", UtcDateTime),
    column("away_from", Date),
    column("away_until", Date),
    column("deputy_id", String),
)


@dataclass(frozen=True)
class Recipient:
    """A person as the post office knows them."""

    id: str
    name: str
    email: str
    time_zone: str
    digest_hour: int
    suspended: bool
    away_from: date | None
    away_until: date | None
    deputy_id: str | None

    @property
    def reachable(self) -> bool:
        """Whether mail may go to this person."""
        return bool(self.email) and not self.suspended

    def away_on(self, day: date) -> bool:
        """Return whether the person is away on ``day``."""
        if self.away_until is None or self.away_until < day:
            return False
        return self.away_from is None or self.away_from <= day

    def hour(self, at: datetime) -> int:
        """Return the hour of ``at`` where the person lives."""
        try:
            return at.astimezone(ZoneInfo(self.time_zone)).hour
        except (ZoneInfoNotFoundError, ValueError):
            return at.hour


def stranger(address: str) -> Recipient:
    """Return the receiver of a mail to somebody who is not known yet."""
    return Recipient(
        id="",
        name="",
        email=address,
        time_zone="UTC",
        digest_hour=0,
        suspended=False,
        away_from=None,
        away_until=None,
        deputy_id=None,
    )


def recipients(person_ids: Iterable[str]) -> dict[str, Recipient]:
    """Return who of ``person_ids`` exists; one statement."""
    wanted = sorted(set(person_ids))
    if not wanted:
        return {}
    return {
        row.id: Recipient(
            id=row.id,
            name=" ".join(p for p in (row.academic_title, row.given_name, row.family_name) if p),
            email=row.email or "",
            time_zone=row.time_zone,
            digest_hour=row.digest_hour,
            suspended=row.suspended_at is not None,
            away_from=row.away_from,
            away_until=row.away_until,
            deputy_id=row.deputy_id,
        )
        for row in db.session.execute(select(_PERSON).where(_PERSON.c.id.in_(wanted)))
    }


def deputies(person_ids: Iterable[str]) -> dict[str, Recipient]:
    """Return deputy id -> the absent person, for those of ``person_ids`` who are away today."""
    today = clock.today()
    return {
        one.deputy_id: one
        for one in recipients(person_ids).values()
        if one.deputy_id and one.away_on(today)
    }
