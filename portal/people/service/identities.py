"""Who people are at the login service: found or made at sign-in, registered beforehand by support."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from portal import audit
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import ForbiddenError, InvalidInputError
from portal.kernel.ids import new_id
from portal.kernel.uow import writes
from portal.people.models import ExternalIdentity, Person


@dataclass(frozen=True)
class Identity:
    """Who the login service says somebody is. Only ``issuer`` and ``subject`` identify."""

    issuer: str
    subject: str
    given_name: str
    family_name: str
    email: str = ""
    acr: str = ""


@dataclass(frozen=True)
class NewPerson:
    """A person known before the first login: issuer and subject say who will log in."""

    issuer: str
    subject: str
    given_name: str
    family_name: str
    email: str = ""
    academic_title: str = ""
    job_title: str = ""
    spoken_languages: tuple[str, ...] = ()


def identity_from(claims: Mapping[str, Any]) -> Identity:
    """Read a verified ID token's claims."""
    name = str(claims.get("name", "")).split()
    return Identity(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        given_name=str(claims.get("given_name") or " ".join(name[:-1])),
        family_name=str(claims.get("family_name") or (name[-1] if name else claims["sub"])),
        email=str(claims.get("email", "")),
        acr=str(claims.get("acr", "")),
    )


def is_identity_of(person_id: str, identity: Identity) -> bool:
    """Return whether a verified identity belongs to the person."""
    owner = db.session.scalar(
        select(ExternalIdentity.person_id).where(
            ExternalIdentity.issuer == identity.issuer, ExternalIdentity.subject == identity.subject
        )
    )
    return owner == person_id


@writes
def sign_in(actor: Actor, identity: Identity) -> str:
    """Find or make the person behind a verified identity; return the person's id.

    The same e-mail address never links two identities. A new person has no membership and so no
    access: the portal offers to request it.
    """
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    known = db.session.scalar(
        select(ExternalIdentity).where(
            ExternalIdentity.issuer == identity.issuer, ExternalIdentity.subject == identity.subject
        )
    )
    if known is None:
        known = _add(identity)
        audit.record(actor, "person.created", f"person:{known.person_id}")
    person = db.session.get_one(Person, known.person_id)
    user = db.session.get_one(User, person.user_id)
    if person.suspended_at or not user.active:
        raise ForbiddenError(
            "This account is suspended.",
            reason=person.suspended_reason or "The account is suspended.",
            grantor="the support desk",
        )
    known.last_login_at = person.last_seen_at = clock.now()
    known.last_acr = identity.acr[:120]
    detail = {"acr": identity.acr} if identity.acr else None
    audit.record(Actor(person_id=person.id), "session.began", f"person:{person.id}", detail=detail)
    return person.id


def _add(identity: Identity) -> ExternalIdentity:
    person_id = new_id()
    user = User(
        first_name=identity.given_name[:64],
        last_name=identity.family_name[:64],
        username=person_id,
        email=f"{person_id}@identity.invalid",
        active=True,
    )
    db.session.add(user)
    db.session.flush()
    person = Person(
        id=person_id,
        user_id=user.id,
        given_name=identity.given_name[:120],
        family_name=identity.family_name[:120],
        email=identity.email[:254],
        created_at=clock.now(),
    )
    db.session.add(person)
    db.session.flush()
    known = ExternalIdentity(person_id=person_id, issuer=identity.issuer, subject=identity.subject)
    db.session.add(known)
    db.session.flush()
    return known


@writes
def register_person(actor: Actor, new: NewPerson) -> str:
    """Add a person before the first login (support, import, demo world); return the person's id."""
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    identity = Identity(new.issuer, new.subject, new.given_name, new.family_name, new.email)
    known = db.session.scalar(
        select(ExternalIdentity).where(
            ExternalIdentity.issuer == new.issuer, ExternalIdentity.subject == new.subject
        )
    )
    if known is not None:
        raise InvalidInputError(
            "This login identity is known already.", fields={"subject": "belongs to another person"}
        )
    person = db.session.get_one(Person, _add(identity).person_id)
    person.academic_title, person.job_title = new.academic_title, new.job_title
    person.spoken_languages = list(new.spoken_languages)
    audit.record(actor, "person.registered", f"person:{person.id}")
    return person.id
