"""The accounts of the demo world, for the embedded identity provider and the start page."""

import re
from dataclasses import dataclass

from portal.demo.centres import BY_CODE
from portal.demo.people import EVERYBODY, DemoPerson


@dataclass(frozen=True)
class DemoAccount:
    """Who can log in. ``role`` is filled for the accounts worth trying first; ``what`` says why."""

    sub: str
    name: str
    given_name: str
    family_name: str
    email: str
    role: str
    what: str


def demo_accounts() -> list[DemoAccount]:
    """Return every account: first one for each role, then everybody else."""
    ordered = sorted(EVERYBODY, key=lambda person: not person.role)
    return [account(person) for person in ordered]


def account(person: DemoPerson) -> DemoAccount:
    """Return the account of one person."""
    return DemoAccount(
        sub=person.sub,
        name=" ".join(part for part in (person.title, person.given, person.family) if part),
        given_name=person.given,
        family_name=person.family,
        email=f"{person.sub}@{_house(person)}.example",
        role=person.role,
        what=person.what,
    )


def _house(person: DemoPerson) -> str:
    if person.centre not in BY_CODE:
        return "portal"
    return re.sub(r"[^a-z]+", "-", BY_CODE[person.centre].code.lower()).strip("-")
