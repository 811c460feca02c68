"""Whom to ask: experts who fit a panel, each with the reasons why."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, select

from portal.access.actor import CLINICIAN, COORDINATOR, GUEST, Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.networks.models import (
    AreaInterest,
    Centre,
    Membership,
    ThematicArea,
)
from portal.panels.models import Contribution, Panel, PanelMember
from portal.panels.people import in_force
from portal.panels.queries.loading import allowed, load
from portal.panels.words import Status
from portal.patients import terms
from portal.people.models import Person

SHOWN = 8
CONSIDERED = 200
_EXPERTS = (CLINICIAN, COORDINATOR, GUEST)


@dataclass
class Proposal:
    """An expert with what speaks for asking. ``reasons`` are short phrases, the best first."""

    person_id: str
    name: str
    place: str
    own_network: bool
    away_until: date | None = None
    shares_area: bool = False
    matching_cases: int = 0
    cases: int = 0
    days: float | None = None
    in_hand: int = 0
    languages: tuple[str, ...] = ()
    named: bool = False
    areas: list[str] = field(default_factory=list)

    @property
    def reasons(self) -> list[str]:
        """Return why this expert fits, in words."""
        found = []
        if self.matching_cases:
            found.append(f"{_count(self.matching_cases, 'case')} like this")
        if self.shares_area:
            found.append("works in this area")
        elif self.areas:
            found.append(", ".join(self.areas[:2]))
        if self.cases > self.matching_cases:
            found.append(f"{_count(self.cases, 'answer')} so far")
        if self.days is not None:
            found.append(f"answers in {_count(max(1, round(self.days)), 'day')}")
        if self.in_hand:
            found.append(f"{_count(self.in_hand, 'panel')} in hand")
        if self.languages:
            found.append(
                "speaks "
                + ", ".join(terms.LANGUAGES.get(code, code) for code in self.languages[:3])
            )
        if not self.own_network:
            found.append("of another network, comes as a guest")
        return found

    @property
    def away(self) -> str:
        """Return until when the expert is away, in words, or an empty string."""
        return f"away until {self.away_until.day} {self.away_until:%B}" if self.away_until else ""

    @property
    def rank(self) -> tuple[Any, ...]:
        """Return the order: named, at work, cases like this, area, quick, little in hand."""
        return (
            not self.named,
            self.away_until is not None,
            not self.own_network,
            -self.matching_cases,
            not self.shares_area,
            -self.cases,
            self.days if self.days is not None else 99.0,
            self.in_hand,
            self.name,
        )


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def find_experts(actor: Actor, panel_id: str, text: str = "") -> list[Proposal]:
    """Return at most eight experts to ask, best first.

    ``text`` is part of a name, city, country, language, thematic area or of a case's title. Who is on the
    panel or asked is left out; other networks are searched only where the policy lets the actor ask
    across. Five statements.
    """
    loaded = load(actor, panel_id, Permission.PANEL_INVITE)
    across = Permission.PANEL_INVITE_ACROSS.value in allowed(loaded.relations)
    panel, words = loaded.panel, text.strip().lower()[:80]
    left_out = {panel.requester_id} | {
        r.person_id for r in panel.members if r.status in {Status.INVITED, Status.ACCEPTED}
    }
    found = _candidates(panel, across=across, left_out=left_out)
    areas, sharing = _areas(panel, found)
    _history(panel, found, words)
    for person_id, proposal in found.items():
        proposal.areas, proposal.shares_area = areas[person_id], person_id in sharing
        proposal.named = bool(words) and words in proposal.name.lower()
    hits = [p for p in found.values() if not words or _matches(p, words)]
    return sorted(hits, key=lambda p: p.rank)[:SHOWN]


def _candidates(panel: Panel, *, across: bool, left_out: Iterable[str]) -> dict[str, Proposal]:
    """Return experts by id; one of the own network wins over the same person elsewhere."""
    here = Membership.network_id == panel.network_id
    statement = (
        select(Person, Centre, here)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Centre, Centre.id == Membership.centre_id)
        .where(
            in_force(),
            Membership.profile.in_(_EXPERTS),
            Person.suspended_at.is_(None),
            Person.id.not_in(sorted(left_out)),
        )
        .order_by(here.desc(), Person.last_seen_at.desc(), Person.id)
        .limit(CONSIDERED)
    )
    if not across:
        statement = statement.where(here)
    found: dict[str, Proposal] = {}
    for person, centre, own in db.session.execute(statement):
        if person.id not in found:
            found[person.id] = _proposal(person, centre, own=bool(own))
    return found


def _proposal(person: Person, centre: Centre | None, *, own: bool) -> Proposal:
    today = clock.today()
    away = person.away_until if person.away_until and person.away_until >= today else None
    if away and person.away_from and person.away_from > today + timedelta(days=14):
        away = None  # an absence in the far future does not stand in the way of an answer
    country = terms.COUNTRIES.get(centre.country, centre.country) if centre else ""
    place = ", ".join(part for part in (centre.city if centre else "", country) if part)
    return Proposal(
        person.id, person.name, place, own, away, languages=tuple(person.spoken_languages or ())
    )


def _areas(panel: Panel, found: dict[str, Proposal]) -> tuple[dict[str, list[str]], set[str]]:
    """Return the labels of each person's areas in this network, and who shares the panel's."""
    labels: dict[str, list[str]] = defaultdict(list)
    sharing = set()
    for person_id, area_id, label in db.session.execute(
        select(AreaInterest.person_id, ThematicArea.id, ThematicArea.label)
        .join(ThematicArea, ThematicArea.id == AreaInterest.area_id)
        .where(
            AreaInterest.person_id.in_(sorted(found)), ThematicArea.network_id == panel.network_id
        )
        .order_by(ThematicArea.position)
    ):
        labels[person_id].append(label)
        if area_id == panel.area_id:
            sharing.add(person_id)
    return labels, sharing


def _history(panel: Panel, found: dict[str, Proposal], words: str) -> None:
    """Add how many panels each has answered in this network, how fast, and how many wait for them."""
    first_sent = func.min(Contribution.sent_at)
    rows = db.session.execute(
        select(
            PanelMember.person_id,
            PanelMember.invited_at,
            Panel.title,
            Panel.closed_at,
            Panel.phase,
            first_sent,
        )
        .join(Panel, Panel.id == PanelMember.panel_id)
        .outerjoin(
            Contribution,
            (Contribution.panel_id == PanelMember.panel_id)
            & (Contribution.author_id == PanelMember.person_id)
            & Contribution.sent_at.is_not(None),
        )
        .where(
            Panel.network_id == panel.network_id,
            PanelMember.status == Status.ACCEPTED,
            PanelMember.person_id.in_(sorted(found)),
            PanelMember.invited_at > clock.now() - timedelta(days=3 * 365),
        )
        .group_by(
            PanelMember.id,
            PanelMember.person_id,
            PanelMember.invited_at,
            Panel.title,
            Panel.closed_at,
            Panel.phase,
        )
    )
    days: dict[str, list[float]] = defaultdict(list)
    for person_id, invited_at, title, closed_at, phase, sent_at in rows:
        proposal = found[person_id]
        if sent_at is not None:
            proposal.cases += 1
            proposal.matching_cases += bool(words) and words in title.lower()
            days[person_id].append((sent_at - invited_at).total_seconds() / 86_400)
        elif closed_at is None and phase not in {"cancelled", "suspended"}:
            proposal.in_hand += 1
    for person_id, taken in days.items():
        found[person_id].days = max(0.0, median(taken))


def _matches(proposal: Proposal, words: str) -> bool:
    languages = [terms.LANGUAGES.get(code, code) for code in proposal.languages]
    text = " ".join(
        [proposal.name, proposal.place, *proposal.areas, *languages, *proposal.languages]
    ).lower()
    return proposal.matching_cases > 0 or all(word in text for word in words.split())
