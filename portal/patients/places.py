"""Where patients are enrolled: a centre with its networks, as the pages of this feature need it."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import CLINICIAN, Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import NotFoundError
from portal.networks.models import Centre, CentreNetwork, Membership, Network
from portal.patients import rules
from portal.patients.relations import assisted
from portal.people import queries as people


@dataclass(frozen=True)
class NetworkPlace:
    """A network in which a centre takes part."""

    id: str
    code: str
    short_name: str
    title: str


@dataclass(frozen=True)
class CentreRef:
    """A centre of which only the id is known; it stands for the centre in ``guard.allows``."""

    access_kind: ClassVar[str] = "centre"
    id: str


@dataclass(frozen=True)
class CentrePlace:
    """A centre; it stands for the centre in ``guard.allows`` and in templates' ``may``."""

    access_kind: ClassVar[str] = "centre"
    id: str
    code: str
    name: str
    city: str
    country: str
    visibility: str
    dpo_agreed_on: date | None
    dpo_name: str
    consent_text: str
    networks: tuple[NetworkPlace, ...]

    @property
    def dpo_state(self) -> str:
        """``agreed``; ``missing`` (a warning); ``refused`` (nobody can be enrolled here)."""
        if self.dpo_agreed_on is not None:
            return "agreed"
        return "refused" if rules.dpo_is_required() else "missing"

    def network(self, network_id: str) -> NetworkPlace | None:
        """Return the network with this id or code, if the centre takes part in it."""
        return next((n for n in self.networks if network_id in (n.id, n.code)), None)


def centre(actor: Actor, code: str, permission: Permission = Permission.CENTRE_SEE) -> CentrePlace:
    """Return the centre if the actor has ``permission`` there; a stranger gets not found."""
    rows = db.session.execute(
        select(Centre, Network)
        .outerjoin(CentreNetwork, CentreNetwork.centre_id == Centre.id)
        .outerjoin(Network, Network.id == CentreNetwork.network_id)
        .where(Centre.code == code)
        .order_by(Network.short_name)
    ).all()
    if not rows:
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    found = rows[0][0]
    guard.require(actor, permission, found)
    return CentrePlace(
        id=found.id,
        code=found.code,
        name=found.name,
        city=found.city,
        country=found.country,
        visibility=found.visibility,
        dpo_agreed_on=found.dpo_agreed_on,
        dpo_name=found.dpo_name,
        consent_text=found.consent_text,
        networks=tuple(
            NetworkPlace(n.id, n.code, n.short_name, n.title) for _, n in rows if n is not None
        ),
    )


def networks_to_enrol_in(actor: Actor, place: CentrePlace) -> list[NetworkPlace]:
    """Return the centre's networks in which the actor may enrol a patient."""
    allowed = {
        grant.network_id
        for grant in actor.grants
        if grant.centre_id == place.id and (grant.profile != "guest" or grant.may_enrol)
    }
    return [n for n in place.networks if n.id in allowed]


def clinicians_to_act_for(actor: Actor, place: CentrePlace) -> list[tuple[str, str]]:
    """Return (person id, name) of the clinicians for whom the actor may enrol here."""
    ids = [person for person, at in assisted(actor) if at == place.id]
    cards = people.cards(ids) if ids else {}
    return [(i, cards[i].name if i in cards else "Clinician") for i in ids]


def clinicians_at(actor: Actor, centre_id: str) -> list[tuple[str, str]]:
    """Return (person id, name) of the centre's clinicians, by name; for handing a record over."""
    guard.access(actor, Centre, centre_id, Permission.CENTRE_SEE)
    now = clock.now()
    ids = set(
        db.session.scalars(
            select(Membership.person_id).where(
                Membership.centre_id == centre_id,
                Membership.profile == CLINICIAN,
                Membership.ended_at.is_(None),
                Membership.ends_at.is_(None) | (Membership.ends_at > now),
            )
        )
    )
    cards = people.cards(ids)
    return sorted(((i, cards[i].name) for i in ids if i in cards), key=lambda pair: pair[1])
