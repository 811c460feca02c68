"""A person's own profile: job title and areas at the first login, then whatever they want to change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import available_timezones

from sqlalchemy import select

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import InvalidInputError
from portal.kernel.uow import writes
from portal.networks.countries import SPOKEN
from portal.networks.memberships import in_force
from portal.networks.models import Membership, ThematicArea
from portal.networks.service import set_interests
from portal.people.models import Person


@dataclass(frozen=True)
class Profile:
    """What a person may change of the own profile."""

    academic_title: str
    job_title: str
    spoken_languages: tuple[str, ...]
    digest_hour: int
    time_zone: str = "Europe/Brussels"
    away_from: date | None = None
    away_until: date | None = None
    deputy_id: str | None = None


@writes
def complete_profile(actor: Actor, job_title: str, area_ids: Iterable[str]) -> None:
    """Remember job title and areas; until this is done the portal asks for nothing else."""
    wanted = set(area_ids)
    if not job_title.strip():
        raise InvalidInputError(
            "Your job title is missing.",
            fields={"job_title": "Say what you do, such as neurologist."},
        )
    person = guard.access(actor, Person, actor.person_id, Permission.PERSON_EDIT)
    person.job_title = job_title.strip()[:120]
    person.onboarded_at = clock.now()
    areas = db.session.execute(
        select(ThematicArea.network_id, ThematicArea.id).where(ThematicArea.id.in_(wanted))
    )
    by_network: dict[str, set[str]] = {network: set() for network in actor.networks_as()}
    for network_id, area_id in areas:
        by_network.setdefault(network_id, set()).add(area_id)
    for network_id, ticked in sorted(by_network.items()):
        set_interests(actor, network_id, ticked)
    audit.record(actor, "profile.completed", f"person:{person.id}")


@writes
def set_profile(actor: Actor, profile: Profile) -> None:
    """Change the own profile; an absence needs both dates in order."""
    problems = _problems(actor, profile)
    if problems:
        raise InvalidInputError("The profile was not saved.", fields=problems)
    person = guard.access(actor, Person, actor.person_id, Permission.PERSON_EDIT)
    person.academic_title = profile.academic_title.strip()[:40]
    person.job_title = profile.job_title.strip()[:120]
    person.spoken_languages = list(profile.spoken_languages)
    person.digest_hour, person.time_zone = profile.digest_hour, profile.time_zone
    person.away_from, person.away_until = profile.away_from, profile.away_until
    person.deputy_id = profile.deputy_id or None
    audit.record(actor, "profile.changed", f"person:{person.id}")


def _problems(actor: Actor, profile: Profile) -> dict[str, str]:
    problems = {}
    if not profile.job_title.strip():
        problems["job_title"] = "Say what you do, such as neurologist."
    if not 0 <= profile.digest_hour <= 23:
        problems["digest_hour"] = "An hour from 0 to 23."
    if bool(profile.away_from) != bool(profile.away_until) or (
        profile.away_from and profile.away_until and profile.away_until < profile.away_from
    ):
        problems["away_until"] = "Give both days of the absence, the last one not before the first."
    if profile.deputy_id == actor.person_id:
        problems["deputy_id"] = "You cannot be your own deputy."
    if profile.time_zone not in available_timezones():
        problems["time_zone"] = "Choose a time zone from the list."
    if profile.deputy_id and not _at_the_same_centre(actor, profile.deputy_id):
        problems["deputy_id"] = "Choose a clinician of your own centre."
    unknown = set(profile.spoken_languages) - set(SPOKEN)
    if unknown:
        problems["spoken_languages"] = "Choose languages from the list."
    return problems


def _at_the_same_centre(actor: Actor, person_id: str) -> bool:
    found = select(Membership.id).where(
        Membership.person_id == person_id,
        Membership.centre_id.in_(sorted(actor.centres_as())),
        in_force(),
    )
    return db.session.scalar(found.limit(1)) is not None
