"""People, their identities at the login service, their sessions and their access requests."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base, Identified
from portal.networks.models import Network
from portal.people.names import plain


class Person(Identified):
    """A person who can log in. ``user_id`` is Flask-AppBuilder's user, which carries the roles."""

    __tablename__ = "person"
    access_kind = "person"
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), unique=True)
    given_name: Mapped[str] = mapped_column(String(120))
    family_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), index=True)
    academic_title: Mapped[str] = mapped_column(String(40), default="")
    job_title: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(8), default="en")
    spoken_languages: Mapped[list[str]] = mapped_column(default=list)
    time_zone: Mapped[str] = mapped_column(String(40), default="Europe/Brussels")
    digest_hour: Mapped[int] = mapped_column(default=7)
    onboarded_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    suspended_reason: Mapped[str] = mapped_column(String(300), default="")
    away_from: Mapped[date | None]
    away_until: Mapped[date | None]
    deputy_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    search_text: Mapped[str] = mapped_column(String(500), default="", index=True)

    @property
    def name(self) -> str:
        """Title, given name and family name as written on letters."""
        return " ".join(p for p in (self.academic_title, self.given_name, self.family_name) if p)


def _fill_search_text(mapper: Any, connection: Any, person: Person) -> None:
    """Keep the text by which lists find a person: family name first, without accents and capitals."""
    del mapper, connection
    words = (person.family_name, person.given_name, person.email)
    person.search_text = plain(" ".join(word or "" for word in words))[:500]


event.listen(Person, "before_insert", _fill_search_text)
event.listen(Person, "before_update", _fill_search_text)


class ExternalIdentity(Identified):
    """Who a person is at an identity provider: issuer and subject, never the e-mail alone."""

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(200))
    last_acr: Mapped[str] = mapped_column(String(120), default="")
    last_login_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()


class WebSession(Base):
    """A browser's session. The cookie holds a random secret; only its digest is stored."""

    __tablename__ = "web_session"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    acr: Mapped[str] = mapped_column(String(120), default="")
    authenticated_at: Mapped[datetime | None]
    provider_session: Mapped[str] = mapped_column(String(200), default="", index=True)
    address: Mapped[str] = mapped_column(String(45), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")


class AccessRequest(Identified):
    """A person asks for a profile in a network: submitted, then approved, rejected or returned."""

    __tablename__ = "access_request"
    __table_args__ = (Index("ix_access_request_open", "network_id", "status"),)
    access_kind = "access_request"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    centre_id: Mapped[str | None] = mapped_column(ForeignKey("centre.id"))
    profile: Mapped[str] = mapped_column(String(30))
    comment: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(20), default="submitted")
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    network: Mapped[Network] = relationship()


class AccessInvitation(Identified):
    """A link that gives one person a profile in a network; the table holds only its secret's digest."""

    __tablename__ = "access_invitation"
    __table_args__ = (Index("ix_access_invitation_network", "network_id", "id"),)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    centre_id: Mapped[str | None] = mapped_column(ForeignKey("centre.id"))
    profile: Mapped[str] = mapped_column(String(30))
    acts_for_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    may_enrol: Mapped[bool] = mapped_column(default=False)
    limited_to: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254))
    message: Mapped[str] = mapped_column(String(500), default="")
    invited_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    network: Mapped[Network] = relationship()
