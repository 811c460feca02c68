"""Enrol the demo's patients and attach their documents, each at its own day."""

import io
from datetime import date
from functools import partial

from portal.demo.answers import fill
from portal.demo.cases import CASES, Case
from portal.demo.cases.model import Paper
from portal.demo.centres import BY_CODE
from portal.demo.papers import content
from portal.demo.people import BY_SUB
from portal.demo.stage import Calendar, Stage, day_before
from portal.documents import service as documents
from portal.documents.service import Upload
from portal.kernel import clock
from portal.patients import service as patients
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.terms import COUNTRY_LANGUAGE, Purpose
from portal.patients.vault import Identity

_HALF_HOUR = 0.02


def schedule(stage: Stage, calendar: Calendar) -> None:
    """Put every enrolment and document into the calendar."""
    for case in CASES:
        calendar.add(case.enrolled_days, partial(_enrol, stage, case))
        calendar.add(case.enrolled_days - _HALF_HOUR / 2, partial(_fill, stage, case))
        for number, paper in enumerate(case.papers, start=1):
            calendar.add(
                case.enrolled_days - number * _HALF_HOUR,
                partial(_attach, stage, case, paper),
            )


def recorder(case: Case) -> str:
    """Return who types for the case: the assistant, where there is one."""
    return case.recorded_by or case.by


def _enrol(stage: Stage, case: Case) -> None:
    centre = BY_CODE[BY_SUB[case.by].centre]
    years, month, day = case.born
    stage.patients[case.key] = patients.enrol(
        stage.actor(recorder(case)),
        EnrolPatient(
            centre_id=stage.centres[centre.code],
            network_id=stage.networks[case.network],
            identity=Identity(
                given_name=case.given,
                family_name=case.family,
                birth_date=_born(years, month, day),
                birth_place=case.place,
                local_number=case.number,
            ),
            sex=case.sex,
            country=centre.country,
            consents=_consents(case, COUNTRY_LANGUAGE.get(centre.country, "en")),
            nickname=case.nickname,
            acting_for=stage.people[case.by] if case.recorded_by else "",
        ),
    )


def _born(years: int, month: int, day: int) -> date:
    born = date(clock.today().year - years, month, day)
    return min(born, clock.today())


def _consents(case: Case, language: str) -> tuple[NewConsent, ...]:
    return tuple(
        NewConsent(
            purpose=purpose,
            given=letter == "y",
            signer=case.signer,
            signed_on=day_before(0),
            language=language,
            template=f"built-in:{purpose}:{language}:1",
        )
        for purpose, letter in zip(Purpose, case.consents, strict=True)
        if letter != "-"
    )


def _fill(stage: Stage, case: Case) -> None:
    fill(stage, case, recorder(case))


def _attach(stage: Stage, case: Case, paper: Paper) -> None:
    documents.attach(
        stage.actor(recorder(case)),
        stage.patients[case.key],
        Upload(
            name=paper.name,
            stream=io.BytesIO(content(case, paper)),
            category=paper.category,
            document_date=day_before(30 * paper.months_ago),
            note=paper.title,
        ),
    )
