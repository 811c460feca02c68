"""European Reference Networks, their thematic areas, centres, memberships and expert groups."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base, Identified


class Network(Identified):
    """One European Reference Network. Not ``enabled``: its plugin adds nothing, its panels rest."""

    __tablename__ = "network"
    access_kind = "network"
    code: Mapped[str] = mapped_column(String(30), unique=True)
    short_name: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    plugin: Mapped[str] = mapped_column(String(60), default="")
    enabled: Mapped[bool] = mapped_column(default=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    areas: Mapped[list["ThematicArea"]] = relationship(
        back_populates="network", order_by="ThematicArea.position"
    )

    def __str__(self) -> str:
        return self.short_name


class ThematicArea(Identified):
    """A field of work within a network; drives whom to ask and who is notified."""

    __tablename__ = "thematic_area"
    __table_args__ = (UniqueConstraint("network_id", "code"),)
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    network: Mapped[Network] = relationship(back_populates="areas")

    def __str__(self) -> str:
        return self.label


class Centre(Identified):
    """A hospital centre. ``visibility`` says who of the centre sees its patients."""

    __tablename__ = "centre"
    access_kind = "centre"
    code: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(100))
    country: Mapped[str] = mapped_column(String(2))
    visibility: Mapped[str] = mapped_column(String(20), default="enroller")
    dpo_agreed_on: Mapped[date | None]
    dpo_name: Mapped[str] = mapped_column(String(200), default="")
    consent_text: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"


class CentreNetwork(Base):
    """A centre takes part in a network."""

    __tablename__ = "centre_network"
    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"), primary_key=True, index=True)


class Membership(Identified):
    """A profile of a person in a network and, usually, a centre, for a time.

    ``limited_to`` is ``panel:<id>`` or ``patient:<id>`` for a guest of one thing: such a membership opens
    that thing and nothing of the network.
    """

    __tablename__ = "membership"
    __table_args__ = (Index("ix_membership_network_profile", "network_id", "profile"),)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    network_id: Mapped[str | None] = mapped_column(ForeignKey("network.id"))
    centre_id: Mapped[str | None] = mapped_column(ForeignKey("centre.id"), index=True)
    profile: Mapped[str] = mapped_column(String(30))
    acts_for_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    may_enrol: Mapped[bool] = mapped_column(default=False)
    limited_to: Mapped[str] = mapped_column(String(40), default="")
    granted_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str] = mapped_column(String(300), default="")
    reviewed_at: Mapped[datetime | None]
    network: Mapped[Network | None] = relationship()
    centre: Mapped[Centre | None] = relationship()


class AreaInterest(Base):
    """A person ticked a thematic area."""

    __tablename__ = "area_interest"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    area_id: Mapped[str] = mapped_column(
        ForeignKey("thematic_area.id"), primary_key=True, index=True
    )


class ExpertGroup(Identified):
    """Experts who are asked together."""

    __tablename__ = "expert_group"
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    area_id: Mapped[str | None] = mapped_column(ForeignKey("thematic_area.id"))
    chair_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    schedule: Mapped[str] = mapped_column(String(200), default="")


class ExpertGroupMember(Base):
    """A person belongs to an expert group."""

    __tablename__ = "expert_group_member"
    group_id: Mapped[str] = mapped_column(ForeignKey("expert_group.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
