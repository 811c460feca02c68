"""The PDF: sealed once, in every alphabet, safe, verifiable; a draft says that it is one."""

import hashlib
import io
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from portal.access.actor import system
from portal.documents.jobs import remove_orphans
from portal.kernel import blobs, clock, db
from portal.kernel.errors import ForbiddenError, GuardRefusedError, InvalidInputError, NotFoundError
from portal.networks.models import Network
from portal.outcomes import jobs
from portal.outcomes import service as outcomes
from portal.outcomes.models import Outcome, SealedDocument
from portal.outcomes.pdf import renderer
from portal.outcomes.queries.document import OutcomeDocument
from portal.panels import service as panels
from portal.testing.cases import SECRET_NAME

ClientAs = Callable[..., FlaskClient]


def _text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def _code(stage: Any, variant: str = "clinician", number: int = 1) -> str:
    return db.session.scalars(
        select(SealedDocument.verification_code)
        .join(Outcome, Outcome.id == SealedDocument.outcome_id)
        .where(
            Outcome.panel_id == stage.id,
            SealedDocument.variant == variant,
            Outcome.number == number,
        )
    ).one()


def test_a_sealed_outcome_reads_in_every_alphabet_and_names_nobody(
    stage: Any, caplog: pytest.LogCaptureFixture
) -> None:
    stage.close()
    with caplog.at_level(logging.WARNING, "portal.kernel.pdf"):
        pdf = outcomes.pdf(stage.actor("enroller"), stage.id)
    assert [r.getMessage() for r in caplog.records if "does not implement" in r.getMessage()] == []
    text = _text(pdf)
    for word in (
        "Αυτό ταιριάζει με Becker",
        "Находката е типична",
        "Γιώργος Παπαδόπουλος",
        "Мария Иванова",
        "MLPA of the DMD gene",
        stage.panel.number,
    ):
        assert word in text
    assert SECRET_NAME not in text
    assert "Draft" not in text
    fonts = {
        str(f["/BaseFont"])
        for page in PdfReader(io.BytesIO(pdf)).pages
        for f in (r.get_object() for r in page["/Resources"]["/Font"].values())
    }
    assert any("FiraSans" in name for name in fonts), fonts


def test_what_was_sealed_is_never_rendered_again(stage: Any) -> None:
    rendered: list[OutcomeDocument] = []
    original = renderer.renderer()

    class Counting:
        def render(self, document: OutcomeDocument) -> bytes:
            rendered.append(document)
            return b"%PDF-1.4 " + str(len(rendered)).encode()

    renderer.use(Counting())
    try:
        stage.close()
        outcome = db.session.scalars(select(Outcome.id).where(Outcome.panel_id == stage.id)).one()
        jobs.render({"outcome_id": outcome})
        jobs.render({"outcome_id": outcome})
        first = outcomes.pdf(stage.actor("enroller"), stage.id)
        assert first == outcomes.pdf(stage.actor("member"), stage.id) == b"%PDF-1.4 1"
        assert [d.variant for d in rendered] == ["clinician", "patient"]
    finally:
        renderer.use(original)
    kept = db.session.get_one(SealedDocument, (outcome, "clinician", "en"))
    assert kept.sha256 == hashlib.sha256(first).hexdigest()
    assert b"".join(blobs.store().open(kept.blob)) == first


def test_a_draft_says_so_and_is_not_kept(stage: Any) -> None:
    stage.write()
    text = _text(outcomes.pdf(stage.actor("lead"), stage.id))
    assert "Draft: not signed, not for use." in text
    assert "/verify/" not in text
    assert db.session.scalars(select(SealedDocument)).all() == []


def test_text_of_people_stays_text_and_nothing_is_fetched(stage: Any) -> None:
    evil = '<img src="http://127.0.0.1:1/x.png"><link rel="stylesheet" href="file:///etc/passwd"><b>bold</b> & <pdf:nextpage/>'
    stage.write(findings=evil, patient_summary=evil)
    text = " ".join(_text(outcomes.pdf(stage.actor("lead"), stage.id)).split())
    assert "<b>bold</b> &" in text
    assert "file:///etc/passwd" in text
    assert "root:" not in text


def test_the_version_for_the_patient_is_plain(stage: Any) -> None:
    stage.write(
        diagnosis=(
            {
                "system": "https://www.orpha.net",
                "code": "98895",
                "display": "Becker muscular dystrophy",
            },
        )
    )
    stage.close()
    text = _text(outcomes.pdf(stage.actor("enroller"), stage.id, "patient"))
    assert "What the experts advise" in text
    assert "A blood test will tell us more." in text
    for word in ("98895", "Мария Иванова", "KESTREL", "Year of birth"):
        assert word not in text
    with pytest.raises(InvalidInputError):
        outcomes.pdf(stage.actor("enroller"), stage.id, "lawyer")


def test_without_a_summary_there_is_no_version_for_the_patient(stage: Any) -> None:
    stage.write(patient_summary=" ")
    with pytest.raises(GuardRefusedError, match="summary in plain words"):
        outcomes.pdf(stage.actor("lead"), stage.id, "patient")


@pytest.mark.parametrize(
    "who", ["coordinator", "dispatcher", "colleague", "stranger", "support", "auditor", "guest"]
)
def test_who_does_not_download(who: str, stage: Any) -> None:
    stage.write()
    with pytest.raises((ForbiddenError, NotFoundError)):
        outcomes.pdf(stage.actor(who), stage.id)


def test_guests_and_coordinators_download_where_the_network_says_so(stage: Any) -> None:
    panels.invite(stage.actor("lead"), stage.id, [stage.world.people["guest"]])
    panels.answer_invitation(stage.actor("guest"), stage.id, accept=True)
    stage.write()
    with pytest.raises(ForbiddenError):
        outcomes.pdf(stage.actor("guest"), stage.id)
    network = db.session.get_one(Network, stage.world.networks["nmd"])
    network.settings = {**network.settings, "guests_download": True, "coordinator_downloads": True}
    db.session.commit()
    for who in ("guest", "coordinator"):
        assert outcomes.pdf(stage.actor(who), stage.id).startswith(b"%PDF-")


def test_the_code_on_the_paper_is_verified_without_login(stage: Any, client_as: ClientAs) -> None:
    stage.close()
    pdf = outcomes.pdf(stage.actor("enroller"), stage.id)
    code = _code(stage)
    assert f"/verify/{code}" in "".join(_text(pdf).split())
    page = client_as().get(f"/verify/{code}")
    assert page.status_code == 200
    assert "Genuine." in page.text
    for word in (stage.panel.number, "Becker", "Weakness", "Sanne"):
        assert word not in page.text
    assert client_as().get("/verify/not-a-code").status_code == 404
    assert "Not known." in client_as().get("/verify/not-a-code").text


def test_a_replaced_version_is_genuine_but_superseded(stage: Any, client_as: ClientAs) -> None:
    stage.close()
    outcomes.pdf(stage.actor("enroller"), stage.id)
    panels.move(stage.actor("coordinator"), stage.id, "reopen", "New gene result")
    panels.move(stage.actor("lead"), stage.id, "begin_outcome")
    outcomes.save_draft(stage.actor("lead"), stage.id, {"findings": "Exon 45 deleted."}, 0)
    panels.move(stage.actor("lead"), stage.id, "ask_for_signatures")
    for who in ("enroller", "expert"):
        outcomes.sign(stage.actor(who), stage.id, stage.page(who).hash)
    panels.move(stage.actor("lead"), stage.id, "close")
    assert "Exon 45 deleted." in _text(outcomes.pdf(stage.actor("enroller"), stage.id))
    assert "Exon 45 deleted." not in _text(
        outcomes.pdf(stage.actor("enroller"), stage.id, number=1)
    )
    assert "superseded" in client_as().get(f"/verify/{_code(stage, number=1)}").text
    assert "Genuine." in client_as().get(f"/verify/{_code(stage, number=2)}").text


def test_the_download_has_a_name_without_a_patient(stage: Any, client_as: ClientAs) -> None:
    stage.close()
    answer = client_as("enroller").get(stage.url + "pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert (
        answer.headers["Content-Disposition"]
        == f'attachment; filename="{stage.panel.number}-v1.pdf"'
    )
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert client_as("stranger").get(stage.url + "pdf").status_code == 404
    patient = client_as("enroller").get(stage.url + "pdf?for=patient")
    assert re.search(r'-v1-patient\.pdf"$', patient.headers["Content-Disposition"])


def test_the_daily_sweep_of_the_store_leaves_a_sealed_outcome(stage: Any) -> None:
    """The bytes of documents and outcomes lie in one store; nobody else renders a sealed PDF again."""
    stage.close()
    sealed = outcomes.pdf(stage.actor("enroller"), stage.id)
    with clock.shifted(timedelta(days=2)):
        remove_orphans(system("documents"))
    assert outcomes.pdf(stage.actor("enroller"), stage.id) == sealed
