"""What people read about patients: pseudonymised views, lists, consents, who looked at what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import NotFoundError
from portal.networks.models import Centre, Network
from portal.patients import terms, vault
from portal.patients.models import Consent, Patient, PatientIdentity
from portal.patients.service.record import reveal_identity

PAGE = 25


@dataclass(frozen=True)
class ConsentView:
    """A decision on one purpose, in words. ``state`` is given, refused, withdrawn."""

    id: str
    purpose: str
    label: str
    given: bool
    signer: str
    signed_on: date
    language: str
    template: str
    recorded_by: str
    recorded_at: datetime
    withdrawn_on: date | None
    withdrawn_reason: str

    @property
    def state(self) -> str:
        """Whether this decision allows the purpose now."""
        if self.withdrawn_on is not None:
            return "withdrawn"
        return "given" if self.given else "refused"


@dataclass(frozen=True)
class PatientView:
    """A patient under the nickname. ``age`` is by year of birth: right or one too many.

    It stands for the patient in ``guard.allows`` and in templates' ``may``.
    """

    access_kind: ClassVar[str] = "patient"
    id: str
    nickname: str
    sex: str
    birth_year: int
    age: int
    country: str
    centre_id: str
    centre_code: str
    centre_name: str
    network_id: str
    network_code: str
    network_name: str
    enrolled_by: str
    recorded_by: str
    enrolled_at: datetime
    status: str
    locked_at: datetime | None
    consents: tuple[ConsentView, ...]

    @property
    def locked(self) -> bool:
        """Whether consent for care was withdrawn, so that nothing may be changed."""
        return self.status in terms.LOCKED

    @property
    def sex_label(self) -> str:
        """The sex in words."""
        return terms.SEXES.get(self.sex, self.sex)

    @property
    def status_label(self) -> str:
        """The state in words."""
        return terms.STATUS_LABELS.get(self.status, self.status)

    @property
    def country_name(self) -> str:
        """The country in words."""
        return terms.COUNTRIES.get(self.country, self.country)

    def current(self, purpose: str) -> ConsentView | None:
        """Return the newest decision on ``purpose``, withdrawn or not."""
        return next((c for c in self.consents if c.purpose == purpose), None)

    def consents_to(self, purpose: str) -> bool:
        """Return whether a consent for ``purpose`` is in force."""
        newest = self.current(purpose)
        return newest is not None and newest.state == "given"


@dataclass(frozen=True)
class IdentityView:
    """Who the patient is; reading it is on record."""

    given_name: str
    family_name: str
    birth_date: date
    birth_place: str
    local_number: str


@dataclass(frozen=True)
class Page:
    """Some patients, newest first; ``next`` is the id to continue before, or empty."""

    rows: list[PatientView]
    next: str


def patient(actor: Actor, patient_id: str) -> PatientView:
    """Return the pseudonymised record; a stranger gets not found."""
    rows = db.session.execute(
        select(Patient, Centre, Network, Consent)
        .join(Centre, Centre.id == Patient.centre_id)
        .join(Network, Network.id == Patient.network_id)
        .outerjoin(Consent, Consent.patient_id == Patient.id)
        .where(Patient.id == patient_id)
    ).all()
    if not rows:
        raise NotFoundError("There is nothing here, or it is not yours to see.")
    found, centre, network, _ = rows[0]
    guard.keep(found, centre, network)
    guard.require(actor, Permission.PATIENT_SEE, found)
    consents = [consent for *_, consent in rows if consent is not None]
    set_committed_value(found, "consents", consents)
    return _view(found, centre, network)


def identity(actor: Actor, patient_id: str) -> IdentityView:
    """Return who the patient is, and put that on record. Only enroller and assistant."""
    found = reveal_identity(actor, patient_id)
    return IdentityView(
        found.given_name, found.family_name, found.birth_date, found.birth_place, found.local_number
    )


def in_centre(
    actor: Actor, centre_id: str, *, nickname: str = "", status: str = "", before: str = ""
) -> Page:
    """Return the patients of a centre that the actor may see, newest first, 25 at a time."""
    statement = _seen(actor).where(Patient.centre_id == centre_id)
    if nickname.strip():
        part = nickname.strip()[:60]
        statement = statement.where(Patient.nickname.icontains(part, autoescape=True))
    if status in terms.STATUS_LABELS:
        statement = statement.where(Patient.status == status)
    if before:
        statement = statement.where(Patient.id < before)
    rows = db.session.execute(statement.order_by(Patient.id.desc()).limit(PAGE + 1)).all()
    views = [_view(*row) for row in rows[:PAGE]]
    return Page(views, views[-1].id if len(rows) > PAGE else "")


def by_nickname(actor: Actor, text: str, limit: int = 8) -> list[PatientView]:
    """Return patients whose nickname contains ``text``, newest first, among those one may see."""
    part = text.strip()[:60]
    if len(part) < 2:
        return []
    statement = _seen(actor).where(Patient.nickname.icontains(part, autoescape=True))
    rows = db.session.execute(statement.order_by(Patient.id.desc()).limit(limit))
    return [_view(*row) for row in rows]


def find_exactly(actor: Actor, centre_id: str, text: str) -> list[PatientView]:
    """Return patients whose local number or whole name is exactly ``text``.

    Only those of whom the actor may see the identity are found; nothing is decrypted.
    """
    number = vault.local_number_index(centre_id, text)
    if not number:
        return []
    name = vault.name_index(centre_id, text)
    statement = (
        _joined()
        .join(PatientIdentity, PatientIdentity.patient_id == Patient.id)
        .where(guard.visible(actor, Permission.PATIENT_SEE_IDENTITY))
        .where(Patient.centre_id == centre_id)
        .where(
            (PatientIdentity.local_number_index == number) | (PatientIdentity.name_index == name)
        )
        .order_by(Patient.id.desc())
        .limit(PAGE)
    )
    return [_view(*row) for row in db.session.execute(statement)]


def count_in_centre(actor: Actor, centre_id: str) -> dict[str, int]:
    """Return how many patients of the centre the actor may see, by status."""
    rows = db.session.execute(
        select(Patient.status, func.count())
        .where(guard.visible(actor, Permission.PATIENT_SEE), Patient.centre_id == centre_id)
        .group_by(Patient.status)
    )
    return {row[0]: row[1] for row in rows}


def latest_of(actor: Actor, limit: int = 5) -> list[PatientView]:
    """Return the newest patients whom the actor enrolled or helps with."""
    statement = _joined().where(guard.visible(actor, Permission.PATIENT_EDIT))
    rows = db.session.execute(statement.order_by(Patient.id.desc()).limit(limit))
    return [_view(*row) for row in rows]


def consenting_ids(purpose: str, patient_ids: Iterable[str]) -> set[str]:
    """Return those of ``patient_ids`` whose consent for ``purpose`` is in force (for exports).

    A record that is locked, because consent for care was withdrawn, is in none.
    """
    newest: dict[str, Consent] = {}
    for consent in db.session.scalars(
        select(Consent)
        .join(Patient, Patient.id == Consent.patient_id)
        .where(Consent.purpose == purpose, Consent.patient_id.in_(list(patient_ids)))
        .where(Patient.status.not_in(terms.LOCKED))
        .order_by(Consent.recorded_at, Consent.id)
    ):
        newest[consent.patient_id] = consent
    return {pid for pid, c in newest.items() if c.given and c.withdrawn_on is None}


def _joined() -> Select[Patient, Centre, Network]:
    return (
        select(Patient, Centre, Network)
        .join(Centre, Centre.id == Patient.centre_id)
        .join(Network, Network.id == Patient.network_id)
        .options(selectinload(Patient.consents))
    )


def _seen(actor: Actor) -> Select[Patient, Centre, Network]:
    return _joined().where(guard.visible(actor, Permission.PATIENT_SEE))


def _view(row: Patient, centre: Centre, network: Network) -> PatientView:
    newest_first = sorted(row.consents, key=lambda c: (c.recorded_at, c.id), reverse=True)
    return PatientView(
        id=row.id,
        nickname=row.nickname,
        sex=row.sex,
        birth_year=row.birth_year,
        age=max(0, clock.today().year - row.birth_year),
        country=row.country,
        centre_id=centre.id,
        centre_code=centre.code,
        centre_name=centre.name,
        network_id=network.id,
        network_code=network.code,
        network_name=network.short_name,
        enrolled_by=row.enrolled_by,
        recorded_by=row.recorded_by,
        enrolled_at=row.enrolled_at,
        status=row.status,
        locked_at=row.locked_at,
        consents=tuple(_consent(c) for c in newest_first),
    )


def _consent(row: Consent) -> ConsentView:
    return ConsentView(
        id=row.id,
        purpose=row.purpose,
        label=terms.PURPOSE_LABELS.get(row.purpose, row.purpose),
        given=row.given,
        signer=row.signer,
        signed_on=row.signed_on,
        language=row.language,
        template=row.template,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        withdrawn_on=row.withdrawn_on,
        withdrawn_reason=row.withdrawn_reason,
    )
