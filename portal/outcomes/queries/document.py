"""Everything that stands in the PDF of an outcome, as plain data."""

import functools
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from portal.kernel import clock, db
from portal.networks.models import Centre, Network, ThematicArea
from portal.outcomes.content import content_of, hash_of
from portal.outcomes.models import Outcome, Signature
from portal.outcomes.words import AGREEMENTS, RECOMMENDATIONS
from portal.panels.models import Contribution, Panel
from portal.panels.words import ROLES, Status
from portal.patients import terms
from portal.patients.models import Patient
from portal.people.queries import PersonCard, cards
from portal.terminology.packs import PackNames, read_packs


@dataclass(frozen=True)
class Contributor:
    """Somebody who took part: name, hospital, what they were, when they signed."""

    name: str
    place: str
    role: str
    signed_at: datetime | None


@dataclass(frozen=True)
class OutcomeDocument:
    """The document. ``code`` is the verification code; a draft has none. No names of patients."""

    variant: str
    draft: bool
    panel_number: str
    version: int
    day: date
    network: str
    network_title: str
    centre: str
    requester: str
    area: str
    title: str
    question: str
    patient: tuple[tuple[str, str], ...]
    diagnosis: tuple[str, ...]
    findings: str
    recommendations: tuple[tuple[str, str], ...]
    agreement: str
    minority_view: str
    references: str
    patient_summary: str
    follow_up_on: date | None
    contributors: tuple[Contributor, ...]
    replaces: int
    hash: str
    code: str = ""
    labels: dict[str, str] = field(default_factory=dict)


def document_of(panel: Panel, outcome: Outcome, *, variant: str, code: str) -> OutcomeDocument:
    """Return the document of one version. The caller has asked the policy."""
    network = db.session.get_one(Network, panel.network_id)
    centre = db.session.get_one(Centre, panel.centre_id)
    area = db.session.get(ThematicArea, panel.area_id) if panel.area_id else None
    said = content_of(outcome)
    digest = hash_of(panel.number, outcome)
    people = _contributors(panel, outcome, digest)
    return OutcomeDocument(
        variant=variant,
        draft=not code,
        panel_number=panel.number,
        version=outcome.number,
        day=(outcome.sealed_at or clock.now()).date(),
        network=network.short_name,
        network_title=network.title,
        centre=f"{centre.name}, {centre.city}",
        requester=next((c.name for c in people if c.role == "Requester"), ""),
        area=area.label if area else "",
        title=panel.title,
        question=panel.question,
        patient=_patient(panel),
        diagnosis=tuple(shown(dict(one)) for one in said.diagnosis),
        findings=said.findings,
        recommendations=tuple(
            (label, said.recommendations[part])
            for part, label in RECOMMENDATIONS.items()
            if said.recommendations.get(part, "").strip()
        ),
        agreement=AGREEMENTS.get(said.agreement, ""),
        minority_view=said.minority_view,
        references=said.references,
        patient_summary=said.patient_summary,
        follow_up_on=said.follow_up_on,
        contributors=people,
        replaces=outcome.number - 1 if outcome.replaces_id else 0,
        hash=digest,
        code=code,
    )


def shown(coding: dict[str, str]) -> str:
    """Return a coding for people: name, then the code as its publisher writes it (ORPHA:98895)."""
    if coding.get("text"):
        return coding["text"]
    name, code = coding.get("display", ""), coding.get("code", "")
    pack = _packs().find(coding.get("system", ""))
    mark = pack.shown(code) if pack is not None else code
    return f"{name} ({mark})" if name else mark


@functools.lru_cache(maxsize=1)
def _packs() -> PackNames:
    """Return the coding systems by their addresses; the packs' descriptions do not change at run time."""
    return PackNames(read_packs())


def _patient(panel: Panel) -> tuple[tuple[str, str], ...]:
    patient = db.session.get(Patient, panel.patient_id) if panel.patient_id else None
    if patient is None:
        return ()
    return (
        ("Nickname", patient.nickname),
        ("Sex", terms.SEXES.get(patient.sex, patient.sex)),
        ("Year of birth", str(patient.birth_year)),
        ("Lives in", terms.COUNTRIES.get(patient.country, patient.country)),
    )


def _contributors(panel: Panel, outcome: Outcome, digest: str) -> tuple[Contributor, ...]:
    """Requester and lead, then everybody who has answered or signed."""
    signed = {
        row.person_id: row.at
        for row in db.session.scalars(
            select(Signature).where(
                Signature.outcome_id == outcome.id,
                Signature.outcome_hash == digest,
                Signature.decision == "signed",
            )
        )
    }
    answered = set(
        db.session.scalars(
            select(Contribution.author_id).where(
                Contribution.panel_id == panel.id, Contribution.sent_at.is_not(None)
            )
        )
    )
    roles = {panel.requester_id: "Requester"}
    for row in panel.members:
        if row.person_id == panel.lead_id or (
            row.status == Status.ACCEPTED and row.person_id in answered | set(signed)
        ):
            roles.setdefault(row.person_id, ROLES.get(row.role, row.role))
    for person in sorted(answered | set(signed)):
        roles.setdefault(person, "Member")
    people = cards(roles)
    rank = {"Requester": 0, "Lead": 1}
    found = [
        Contributor(card.name, _place(card), role, signed.get(person))
        for person, role in roles.items()
        if (card := people.get(person)) is not None
    ]
    return tuple(sorted(found, key=lambda c: (rank.get(c.role, 2), c.name)))


def _place(card: PersonCard) -> str:
    return ", ".join(part for part in (card.centre, card.city) if part)
