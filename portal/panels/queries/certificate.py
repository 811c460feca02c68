"""What an expert has contributed: for the page of the certificate and its PDF. Numbers and dates only."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from portal.access.actor import Actor
from portal.kernel import clock, db
from portal.networks.models import Network
from portal.panels.models import Contribution, Panel
from portal.people.queries import cards

FIRST_YEAR = 2020


@dataclass(frozen=True)
class CertificateLine:
    """One panel: number, network, day of the first answer, minutes given by the expert."""

    number: str
    network: str
    answered_on: date
    answers: int
    minutes: int
    led: bool


@dataclass(frozen=True)
class Certificate:
    """A year of contributions of one person."""

    name: str
    place: str
    year: int
    lines: tuple[CertificateLine, ...]

    @property
    def minutes(self) -> int:
        """Minutes in all, where the expert has given them."""
        return sum(line.minutes for line in self.lines)


def certificate(actor: Actor, year: int | None = None) -> Certificate:
    """Return the actor's own contributions of a year (by default the present one)."""
    year = min(max(year or clock.today().year, FIRST_YEAR), clock.today().year)
    first = func.min(Contribution.sent_at)
    rows = db.session.execute(
        select(
            Panel.number,
            Network.short_name,
            first,
            func.count(),
            func.coalesce(func.sum(Contribution.effort_minutes), 0),
            Panel.lead_id,
        )
        .join(Panel, Panel.id == Contribution.panel_id)
        .join(Network, Network.id == Panel.network_id)
        .where(Contribution.author_id == actor.person_id, Contribution.sent_at.is_not(None))
        .group_by(Panel.id, Panel.number, Network.short_name, Panel.lead_id)
        .order_by(first)
    ).all()
    lines = tuple(
        CertificateLine(
            number, network, at.date(), count, int(minutes or 0), lead == actor.person_id
        )
        for number, network, at, count, minutes, lead in rows
        if at is not None and at.year == year
    )
    card = cards([actor.person_id]).get(actor.person_id)
    place = ", ".join(p for p in (card.centre, card.city) if p) if card else ""
    return Certificate(actor.name, place, year, lines)
