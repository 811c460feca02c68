"""A small world of invented hospitals for the pages that FAB and flask-admin generate."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Integer, String, Table, Text
from sqlalchemy.orm import DeclarativeBase, Session, relationship

RECORDS = 60
CENTRES = (
    "UZ Leuven", "Karolinska", "Necker", "Charité", "Semmelweis", "Hospital Clínic", "Rigshospitalet", "AOU Careggi",
    "Sant Joan de Déu", "Erasmus MC", "Motol", "Tartu Ülikool", "Zagreb KBC", "Sofia Alexandrovska", "Attikon",
    "Cork University Hospital", "Mater Dei", "Coimbra CHUC",
)  # fmt: skip


class Base(DeclarativeBase):
    """Apart from the portal's tables, which other tests of the same run may have loaded."""


record_topic = Table(
    "demo_record_topic",
    Base.metadata,
    Column("record_id", ForeignKey("demo_record.id")),
    Column("topic_id", ForeignKey("demo_topic.id")),
)


class Centre(Base):
    __tablename__ = "demo_centre"
    id = Column(Integer, primary_key=True)
    name = Column(String(80), nullable=False)
    records = relationship("Record", back_populates="centre")

    def __repr__(self):
        return self.name


class Topic(Base):
    __tablename__ = "demo_topic"
    id = Column(Integer, primary_key=True)
    name = Column(String(80), nullable=False)

    def __repr__(self):
        return self.name


class Record(Base):
    __tablename__ = "demo_record"
    id = Column(Integer, primary_key=True)
    name = Column(String(80), nullable=False)
    seen_on = Column(Date)
    referred_at = Column(DateTime)
    consent = Column(Boolean, nullable=False, default=False)
    weight = Column(Integer)
    notes = Column(Text)
    centre_id = Column(ForeignKey("demo_centre.id"))
    centre = relationship("Centre", back_populates="records")
    topics = relationship("Topic", secondary=record_topic)
    steps = relationship("Step", back_populates="record", cascade="all, delete-orphan")

    def __repr__(self):
        return self.name


class Step(Base):
    __tablename__ = "demo_step"
    id = Column(Integer, primary_key=True)
    title = Column(String(80), nullable=False)
    record_id = Column(ForeignKey("demo_record.id"))
    record = relationship("Record", back_populates="steps")

    def __repr__(self):
        return self.title


def fill(session: Session) -> None:
    centres = [Centre(name=name) for name in CENTRES]
    topics = [Topic(name=name) for name in ("Muscle diseases", "Ataxia", "Neuropathy")]
    session.add_all(centres + topics)
    start = date(2026, 1, 5)
    for number in range(RECORDS):
        session.add(
            Record(
                name=f"KESTREL-{number + 400}",
                seen_on=start + timedelta(days=number),
                referred_at=datetime.combine(date(2026, 3, 1), time(9, 30))
                + timedelta(hours=7 * number),
                consent=number % 3 != 0,
                weight=20 + number,
                notes="Slower on stairs since March. <b>Not bold</b>" if number % 2 else None,
                centre=centres[number % len(centres)],
                topics=topics[: number % 4],
                steps=[Step(title="First visit")] if number % 5 == 0 else [],
            )
        )
    session.commit()
