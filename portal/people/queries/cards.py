"""Read people as others see them: a card with name, job and hospital."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from portal.kernel import db
from portal.networks.memberships import in_force
from portal.networks.models import Centre, Membership
from portal.people.models import Person


@dataclass(frozen=True)
class PersonCard:
    """What a colleague sees of a person."""

    id: str
    name: str
    initials: str
    job_title: str
    centre: str = ""
    city: str = ""
    country: str = ""


def cards(person_ids: Iterable[str | None]) -> dict[str, PersonCard]:
    """Return a card for each id that exists, in one query."""
    wanted = {p for p in person_ids if p}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Person, Centre)
        .outerjoin(Membership, (Membership.person_id == Person.id) & in_force())
        .outerjoin(Centre, Centre.id == Membership.centre_id)
        .where(Person.id.in_(wanted))
        .order_by(Membership.id)
    )
    found: dict[str, PersonCard] = {}
    for person, centre in rows:
        if person.id not in found or (centre and not found[person.id].centre):
            found[person.id] = _card(person, centre)
    return found


def _card(person: Person, centre: Centre | None) -> PersonCard:
    initials = (person.given_name[:1] + person.family_name[:1]).upper()
    place = (centre.name, centre.city, centre.country) if centre else ("", "", "")
    return PersonCard(person.id, person.name, initials, person.job_title, *place)
