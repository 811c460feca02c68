"""Whom to ask: the experts of a network, and one person as colleagues see them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Text, cast, exists, select, tuple_

from portal.access import guard
from portal.access.actor import CLINICIAN, COORDINATOR, DISPATCHER, PROFILES, Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.networks.countries import country_name, language_name
from portal.networks.memberships import in_force
from portal.networks.models import AreaInterest, Centre, Membership, Network, ThematicArea
from portal.networks.paging import SIZE, Page, cut
from portal.networks.refs import NetworkRef
from portal.people.models import Person
from portal.people.names import plain

EXPERT_PROFILES = (CLINICIAN, COORDINATOR, DISPATCHER)


@dataclass(frozen=True)
class Wanted:
    """What to look for. ``text`` fits names and hospitals; the others are ids and codes."""

    text: str = ""
    area_id: str = ""
    country: str = ""
    language: str = ""

    @property
    def anything(self) -> bool:
        """Whether the list is narrowed at all."""
        return bool(self.text or self.area_id or self.country or self.language)


@dataclass(frozen=True)
class ExpertRow:
    """A line of the list of experts."""

    id: str
    name: str
    job_title: str
    languages: tuple[str, ...]
    away_until: date | None
    profiles: tuple[str, ...] = ()
    centre: str = ""
    city: str = ""
    country: str = ""
    areas: tuple[str, ...] = ()

    @property
    def country_name(self) -> str:
        """The country in words."""
        return country_name(self.country)


@dataclass(frozen=True)
class Place:
    """A membership of a person as colleagues see it."""

    profile: str
    network: str
    centre: str
    country: str


@dataclass(frozen=True)
class PersonPage:
    """A person as colleagues see them."""

    id: str
    name: str
    job_title: str
    email: str
    languages: tuple[str, ...]
    away_from: date | None
    away_until: date | None
    deputy: str
    places: tuple[Place, ...]
    areas: tuple[str, ...]


def experts(actor: Actor, network_id: str, wanted: Wanted, after: str = "") -> Page[ExpertRow]:
    """Return the experts of a network by family name; ``after`` is the last id of the page before."""
    guard.require(actor, Permission.NETWORK_SEE, NetworkRef(network_id))
    statement = (
        select(Person)
        .where(Person.suspended_at.is_(None))
        .where(exists().where(Membership.person_id == Person.id, *_member_of(network_id, wanted)))
        .order_by(Person.search_text, Person.id)
        .limit(SIZE + 1)
    )
    for word in plain(wanted.text).split():
        statement = statement.where(Person.search_text.contains(word, autoescape=True))
    if wanted.area_id:
        ticked = exists().where(
            AreaInterest.person_id == Person.id, AreaInterest.area_id == wanted.area_id
        )
        statement = statement.where(ticked)
    if wanted.language:
        spoken = cast(Person.spoken_languages, Text)
        statement = statement.where(spoken.contains(f'"{wanted.language}"', autoescape=True))
    if after:
        last = select(Person.search_text, Person.id).where(Person.id == after).subquery()
        here = tuple_(Person.search_text, Person.id)
        statement = statement.where(here > select(last.c.search_text, last.c.id).scalar_subquery())
    page = cut([_row(p) for p in db.session.scalars(statement)], "id")
    return replace(page, rows=_with_places(page.rows, network_id))


def _member_of(network_id: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    criteria: list[ColumnElement[bool]] = [
        Membership.network_id == network_id,
        Membership.profile.in_(EXPERT_PROFILES),
        in_force(),
    ]
    if wanted.country:
        there = select(Centre.id).where(Centre.country == wanted.country)
        criteria.append(Membership.centre_id.in_(there))
    return criteria


def _row(person: Person) -> ExpertRow:
    return ExpertRow(
        id=person.id,
        name=person.name,
        job_title=person.job_title,
        languages=tuple(language_name(code) for code in person.spoken_languages),
        away_until=_away_until(person),
    )


def _away_until(person: Person) -> date | None:
    if person.away_from is None or person.away_until is None:
        return None
    return person.away_until if person.away_from <= clock.today() <= person.away_until else None


def _with_places(rows: list[ExpertRow], network_id: str) -> list[ExpertRow]:
    ids = [row.id for row in rows]
    found = db.session.execute(
        select(
            Membership.person_id,
            Membership.profile,
            Centre.name,
            Centre.city,
            Centre.country,
            ThematicArea.label,
        )
        .outerjoin(Centre, Centre.id == Membership.centre_id)
        .outerjoin(AreaInterest, AreaInterest.person_id == Membership.person_id)
        .outerjoin(
            ThematicArea,
            (ThematicArea.id == AreaInterest.area_id)
            & (ThematicArea.network_id == network_id)
            & ThematicArea.active.is_(True),
        )
        .where(Membership.person_id.in_(ids), Membership.network_id == network_id, in_force())
        .order_by(Membership.id, ThematicArea.position)
    ).all()
    done = []
    for row in rows:
        mine = [m for m in found if m[0] == row.id]
        name, city, country = next(((m[2], m[3], m[4]) for m in mine if m[2]), ("", "", ""))
        done.append(
            replace(
                row,
                profiles=_words(m[1] for m in mine),
                centre=name,
                city=city,
                country=country,
                areas=tuple(dict.fromkeys(m[5] for m in mine if m[5])),
            )
        )
    return done


def _words(profiles: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(PROFILES.get(p, p) for p in profiles))


def countries_of(actor: Actor, network_id: str) -> list[tuple[str, str]]:
    """Return (code, name) of the countries whose centres have members in the network, by name."""
    del actor
    codes = db.session.scalars(
        select(Centre.country)
        .join(Membership, Membership.centre_id == Centre.id)
        .where(Membership.network_id == network_id, in_force())
        .distinct()
    )
    return sorted(((c, country_name(c)) for c in codes), key=lambda pair: pair[1])


def find(actor: Actor, text: str, limit: int = 5) -> list[ExpertRow]:
    """Return people whom the actor may see and whose name fits, for the search box."""
    words = plain(text).split()
    if not words:
        return []
    statement = (
        select(Person)
        .where(guard.visible(actor, Permission.PERSON_SEE), Person.suspended_at.is_(None))
        .order_by(Person.search_text, Person.id)
        .limit(limit)
    )
    for word in words:
        statement = statement.where(Person.search_text.contains(word, autoescape=True))
    return [_row(p) for p in db.session.scalars(statement)]


def person(actor: Actor, person_id: str) -> PersonPage:
    """Return a person as a colleague sees them; a stranger finds nothing."""
    found = guard.access(actor, Person, person_id, Permission.PERSON_SEE)
    deputy = db.session.get(Person, found.deputy_id) if found.deputy_id else None
    today = clock.today()
    over = found.away_until is None or found.away_until < today
    return PersonPage(
        id=found.id,
        name=found.name,
        job_title=found.job_title,
        email=found.email,
        languages=tuple(language_name(code) for code in found.spoken_languages),
        away_from=None if over else found.away_from,
        away_until=None if over else found.away_until,
        deputy=deputy.name if deputy and not over else "",
        places=_places(actor, person_id),
        areas=_areas(actor, person_id),
    )


def _places(actor: Actor, person_id: str) -> tuple[Place, ...]:
    rows = db.session.execute(
        select(Membership.profile, Network.short_name, Centre.name, Centre.country)
        .join(Network, Network.id == Membership.network_id)
        .outerjoin(Centre, Centre.id == Membership.centre_id)
        .where(Membership.person_id == person_id, in_force())
        .where(guard.visible(actor, Permission.NETWORK_SEE))
        .order_by(Network.short_name, Membership.id)
    )
    return tuple(
        Place(PROFILES.get(p, p), network, centre or "", country_name(country or ""))
        for p, network, centre, country in rows
    )


def _areas(actor: Actor, person_id: str) -> tuple[str, ...]:
    rows = db.session.scalars(
        select(ThematicArea.label)
        .join(AreaInterest, AreaInterest.area_id == ThematicArea.id)
        .join(Network, Network.id == ThematicArea.network_id)
        .where(AreaInterest.person_id == person_id, ThematicArea.active.is_(True))
        .where(guard.visible(actor, Permission.NETWORK_SEE))
        .order_by(Network.short_name, ThematicArea.position)
    )
    return tuple(rows)
