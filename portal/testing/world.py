"""A small world for tests: two networks, two centres, a person for each role.

Nmd and Utrecht are where things happen; eye and Lyon are the strangers. Names are invented.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from portal.kernel import clock, db
from portal.networks.models import Centre, CentreNetwork, Membership, Network, ThematicArea
from portal.people.models import ExternalIdentity, Person

ISSUER = "https://login.test"


@dataclass
class World:
    """Identifiers by name. ``people[persona]`` is a person's id."""

    networks: dict[str, str] = field(default_factory=dict)
    centres: dict[str, str] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Persona:
    """Who a persona is: name, and memberships as (profile, network, centre)."""

    name: tuple[str, str]
    memberships: tuple[tuple[str, str, str], ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


PERSONAS: dict[str, Persona] = {
    "enroller": Persona(("Sanne", "de Vries"), (("clinician", "nmd", "utrecht"),)),
    "colleague": Persona(("Pieter", "Bakker"), (("clinician", "nmd", "utrecht"),)),
    "assistant": Persona(
        ("Lotte", "Smit"), (("assistant", "nmd", "utrecht"),), {"acts_for": "enroller"}
    ),
    "lead": Persona(("Γιώργος", "Παπαδόπουλος"), (("clinician", "nmd", "athens"),)),
    "member": Persona(("Мария", "Иванова"), (("clinician", "nmd", "athens"),)),
    "expert": Persona(("Elena", "Rossi"), (("clinician", "nmd", "athens"),)),
    "coordinator": Persona(("Anna", "Weber"), (("coordinator", "nmd", "utrecht"),)),
    "other_coordinator": Persona(("Luc", "Moreau"), (("coordinator", "eye", "lyon"),)),
    "dispatcher": Persona(("Jan", "Novák"), (("dispatcher", "nmd", "utrecht"),)),
    "guest": Persona(("Ingrid", "Olsen"), (("guest", "nmd", ""),)),
    "expired_guest": Persona(("Paul", "Late"), (("guest", "nmd", ""),), {"ends_days": -1}),
    "researcher": Persona(("Rita", "Silva"), (("researcher", "nmd", ""),)),
    "auditor": Persona(("Otto", "Prüfer"), (("auditor", "", ""),)),
    "support": Persona(("Sam", "Helper"), (("support", "", ""),)),
    "operator": Persona(("Olga", "Root"), (("operator", "", ""),)),
    "stranger": Persona(("Claire", "Dubois"), (("clinician", "eye", "lyon"),)),
    "pending": Persona(("Nadia", "Neu")),
}

CENTRES = {
    "utrecht": ("NL-UTR", "Domplein University Hospital", "Utrecht", "NL", ("nmd",)),
    "athens": ("GR-ATH", "Νοσοκομείο Υμηττού", "Athens", "GR", ("nmd",)),
    "lyon": ("FR-LYO", "Hôpital des Deux-Rivières", "Lyon", "FR", ("eye",)),
}


def build_world() -> World:
    """Insert the world and return its identifiers. Networks and areas come from the plugins."""
    world = World()
    for network in db.session.scalars(select(Network).where(Network.code.in_(["nmd", "eye"]))):
        world.networks[network.code] = network.id
        first = db.session.scalars(
            select(ThematicArea)
            .where(ThematicArea.network_id == network.id)
            .order_by(ThematicArea.position)
        ).first()
        world.areas[network.code] = first.id if first else ""
    for key, (code, name, city, country, networks) in CENTRES.items():
        centre = Centre(
            code=code, name=name, city=city, country=country, dpo_agreed_on=clock.today()
        )
        db.session.add(centre)
        db.session.flush()
        world.centres[key] = centre.id
        db.session.add_all(
            CentreNetwork(centre_id=centre.id, network_id=world.networks[n]) for n in networks
        )
    for key, persona in PERSONAS.items():
        world.people[key] = _add_person(key, persona)
    for key, persona in PERSONAS.items():
        _add_memberships(world, world.people[key], persona)
    db.session.commit()
    db.session.expire_all()
    return world


def _add_person(key: str, persona: Persona) -> str:
    given, family = persona.name
    email = f"{key}@hospital.test"
    user = User(
        first_name=given, last_name=family, username=f"test:{key}", email=email, active=True
    )
    db.session.add(user)
    db.session.flush()
    person = Person(
        user_id=user.id,
        given_name=given,
        family_name=family,
        email=email,
        job_title="Consultant",
        created_at=clock.now(),
        onboarded_at=clock.now() if persona.memberships else None,
    )
    db.session.add(person)
    db.session.flush()
    db.session.add(ExternalIdentity(person_id=person.id, issuer=ISSUER, subject=key))
    return person.id


def _add_memberships(world: World, person_id: str, persona: Persona) -> None:
    ends = persona.extra.get("ends_days")
    for profile, network, centre in persona.memberships:
        db.session.add(
            Membership(
                person_id=person_id,
                network_id=world.networks.get(network),
                centre_id=world.centres.get(centre),
                profile=profile,
                acts_for_id=world.people.get(persona.extra.get("acts_for", "")),
                granted_at=clock.now() - timedelta(days=100),
                ends_at=clock.now() + timedelta(days=ends) if ends is not None else None,
            )
        )
    db.session.flush()
