"""Add and change centres."""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.errors import InvalidInputError
from portal.kernel.uow import writes
from portal.networks.models import Centre, CentreNetwork

VISIBILITIES = {
    "enroller": "The enrolling clinician and assistant only",
    "centre": "All clinicians of the centre",
}
CODE = re.compile(r"^[A-Z]{2}-[A-Z0-9-]{2,27}$")


@dataclass(frozen=True)
class NewCentre:
    """A hospital centre; ``code`` like ``NL-UTR``, ``country`` as ISO 3166-1 alpha-2."""

    code: str
    name: str
    city: str
    country: str
    network_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class CentreSettings:
    """What the centre itself decides."""

    visibility: str
    dpo_agreed_on: date | None
    dpo_name: str
    consent_text: str


@writes
def create_centre(actor: Actor, new: NewCentre) -> str:
    """Add a centre and the networks it takes part in; return its id."""
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    if not CODE.match(new.code):
        raise InvalidInputError(
            "A centre's code is its country and capital letters, such as NL-UTR.",
            fields={"code": f"'{new.code}' does not fit"},
        )
    if db.session.scalar(select(Centre.id).where(Centre.code == new.code)):
        raise InvalidInputError(
            f"The code {new.code} is taken.", fields={"code": "already used by another centre"}
        )
    centre = Centre(code=new.code, name=new.name, city=new.city, country=new.country.upper())
    db.session.add(centre)
    db.session.flush()
    db.session.add_all(CentreNetwork(centre_id=centre.id, network_id=n) for n in new.network_ids)
    audit.record(actor, "centre.created", f"centre:{centre.id}")
    return centre.id


@writes
def edit_centre(actor: Actor, centre_id: str, name: str, city: str, *, active: bool) -> None:
    """Change a centre's name and place, or close it."""
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    centre = guard.access(actor, Centre, centre_id, Permission.CENTRE_CONFIGURE)
    centre.name, centre.city, centre.active = name, city, active
    audit.record(actor, "centre.changed", f"centre:{centre.id}", detail={"active": active})


@writes
def set_centre_settings(actor: Actor, centre_id: str, wanted: CentreSettings) -> None:
    """Change who sees the centre's patients, its data protection agreement, its consent text."""
    centre = guard.access(actor, Centre, centre_id, Permission.CENTRE_CONFIGURE)
    if wanted.visibility not in VISIBILITIES:
        raise InvalidInputError(
            "Choose who sees the centre's patients.",
            fields={"visibility": "not one of the choices"},
        )
    before = centre.visibility
    centre.visibility = wanted.visibility
    centre.dpo_agreed_on, centre.dpo_name = wanted.dpo_agreed_on, wanted.dpo_name
    centre.consent_text = wanted.consent_text
    audit.record(
        actor,
        "centre.settings-changed",
        f"centre:{centre.id}",
        detail={"visibility": [before, wanted.visibility]},
    )
