"""Which form a network fills in, and what becomes of answers when it changes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extend import hookimpl, manager
from portal.extend.specs import OverlaySpec
from portal.forms import overlay_source, queries
from portal.forms.models import FormResponse, FormText
from portal.forms.overlay_source import NetworkForm, form_by_hash, form_for
from portal.forms.service import (
    SaveAnswers,
    Saved,
    complete,
    ensure_response,
    save_answers,
)
from portal.kernel import db
from portal.kernel.errors import NotFoundError
from portal.networks.models import Network
from portal.testing.world import World
from tests.unit.forms_filling.test_pages import SEVEN

Actors = Callable[[str], Any]
Save = Callable[..., Saved]

GOOD = """overlay: clinic/consultation
extends: consultation ^1.0
ops:
  - add: {id: pet, type: text, label: Name of the pet}
    after: [dx_status]
"""
BAD = """overlay: clinic/consultation
extends: consultation ^1.0
ops:
  - change: {id: no_such_question, required: true}
"""


class Plugin:
    """A plugin without a network of its own acts in all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @hookimpl
    def register_form_overlays(self) -> list[OverlaySpec]:
        return [OverlaySpec("nmd", "consultation", self.path)]


@pytest.fixture
def overlay(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "consultation.yaml"
    path.write_text(GOOD)
    manager.register(Plugin(path), name="clinic")
    yield path
    manager.pm.unregister(name="clinic")


def test_each_network_has_its_own_sections_over_one_base(app: Flask) -> None:
    nmd, eye = (form_for(NetworkForm(code, enabled=True)) for code in ("nmd", "eye"))
    plain = form_for(NetworkForm("nmd", enabled=False))
    assert "ern_nmd.neuromuscular" in {section.id for section in nmd.sections}
    assert not {s.id for s in eye.sections} & {"ern_nmd.neuromuscular"}
    assert not any("." in section.id for section in plain.sections)
    assert set(plain.items) < set(nmd.items)
    assert form_for(NetworkForm("nmd", enabled=True)) is nmd, "assembled once"


def test_a_broken_overlay_is_left_out_and_logged(
    app: Flask, overlay: Path, caplog: pytest.LogCaptureFixture
) -> None:
    overlay.write_text(BAD)
    form = form_for(NetworkForm("nmd", enabled=True))
    assert "ern_nmd.neuromuscular" in {section.id for section in form.sections}
    assert "clinic.pet" not in form.items
    assert "overlay cannot be used" in caplog.text


def test_a_draft_moves_to_the_new_form_and_keeps_its_answers(
    response: str, patient: str, save: Save, actor_of: Actors, overlay: Path
) -> None:
    save({"dx_status": "suspected"})
    before = db.session.get_one(FormResponse, response).form_hash

    assert ensure_response(actor_of("enroller"), patient) == response

    after = db.session.get_one(FormResponse, response).form_hash
    assert after != before
    save({"clinic.pet": "Felix"})
    work = queries.working(actor_of("enroller"), response)
    assert work.answers["clinic.pet"] == "Felix"
    assert work.answers["dx_status"]["code"] == "suspected"
    manager.pm.unregister(name="clinic")
    try:
        ensure_response(actor_of("enroller"), patient)
        work = queries.working(actor_of("enroller"), response)
        assert "clinic.pet" not in work.answers, "out of sight while nobody asks for it"
    finally:
        manager.register(Plugin(overlay), name="clinic")
    ensure_response(actor_of("enroller"), patient)
    assert queries.working(actor_of("enroller"), response).answers["clinic.pet"] == "Felix"


def test_a_completed_form_stays_with_the_version_it_was_given_in(
    response: str, patient: str, save: Save, actor_of: Actors, overlay: Path
) -> None:
    manager.pm.unregister(name="clinic")
    try:
        save(SEVEN)
        work = queries.working(actor_of("enroller"), response)
        complete(
            actor_of("enroller"), response, {i.rule: "seen" for i in work.evaluation.open_warnings}
        )
    finally:
        manager.register(Plugin(overlay), name="clinic")
    before = db.session.get_one(FormResponse, response).form_hash
    ensure_response(actor_of("enroller"), patient)
    assert db.session.get_one(FormResponse, response).form_hash == before


def test_the_text_behind_a_hash_is_kept(
    response: str, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_hash = db.session.get_one(FormResponse, response).form_hash
    assert db.session.scalar(select(FormText.version).where(FormText.hash == form_hash))
    monkeypatch.setattr(overlay_source, "_by_hash", {})
    assert form_by_hash(form_hash).hash == form_hash
    with pytest.raises(NotFoundError):
        form_by_hash("0" * 64)


def test_a_network_that_disables_its_plugin_asks_the_plain_form(
    patient: str, response: str, actor_of: Actors, world: World
) -> None:
    db.session.get_one(Network, world.networks["nmd"]).enabled = False
    db.session.commit()
    ensure_response(actor_of("enroller"), patient)
    work = queries.working(actor_of("enroller"), response)
    assert not any("." in section.id for section in work.form.sections)


V1 = """form: consultation
title: Consultation
version: 1.0.0
languages: [en]
items:
  - section: main
    label: Main
    items:
      - {id: question, type: text, label: Your question, required: true}
      - {id: stage, type: choice, label: Stage, options: [early Early, late Late]}
      - {id: pet, type: text, label: Name of the pet}
"""
V2 = """form: consultation
title: Consultation
version: 2.0.0
languages: [en]
items:
  - section: main
    label: Main
    items:
      - {id: request, type: text, label: Your question, required: true, was: [question]}
      - {id: stage, type: choice, label: Stage, options: [first First, late Late]}
migrations:
  - {from: "<2.0.0", recode: {stage: {early: first}}}
retired:
  pet: {until: 2.0.0, reason: nobody needed it}
"""


def test_a_new_version_brings_its_migrations(
    patient: str, actor_of: Actors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row in db.session.scalars(select(FormResponse).where(FormResponse.patient_id == patient)):
        row.form = "another"
    db.session.commit()
    monkeypatch.setenv("PORTAL_FORM_DEFINITIONS", str(tmp_path))
    (tmp_path / "consultation.yaml").write_text(V1)
    actor = actor_of("enroller")
    response = ensure_response(actor, patient)
    save_answers(
        actor, response, SaveAnswers({"question": "Which test?", "stage": "early", "pet": "Felix"})
    )

    (tmp_path / "consultation.yaml").write_text(V2)
    assert ensure_response(actor, patient) == response

    work = queries.working(actor, response)
    assert work.form.version == "2.0.0"
    assert work.answers["request"] == "Which test?"
    assert work.answers["stage"]["code"] == "first"
    assert "pet" not in work.answers
    past = queries.history(actor, response, "stage")
    assert [change.reason for change in past.changes] == ["brought to version 2.0.0", ""]


# --- the case in short ----------------------------------------------------------------------------


def test_the_summary_has_the_headline_and_what_was_answered(
    patient: str, save: Save, actor_of: Actors
) -> None:
    marfan = {"system": "https://www.orpha.net", "code": "558", "display": "Marfan syndrome"}
    save(
        {
            "dx_status": "confirmed", "dx": marfan, "onset_kind": "date", "onset": "1990-05",
            "height": "1.80 m", "weight": "81 kg", "genetic_tested": "yes",
            "variants": ["r1"], "variants.dna@r1": "c.3037G>A",
        }
    )  # fmt: skip
    case = queries.summary(actor_of("assistant"), patient)

    facts = {fact.item: fact for fact in case.headline}
    assert (facts["dx"].value, facts["dx"].code) == ("Marfan syndrome", "ORPHA:558")
    assert facts["bmi"].value == "25"
    assert facts["onset"].value == "1990-05"
    assert ("Diagnosis of the rare disease", "Marfan syndrome (ORPHA:558)") in case.pairs
    genetics = next(section for section in case.sections if section.id == "genetics")
    (table,) = genetics.tables
    assert table.rows[0] == ("c.3037G>A",) or "c.3037G>A" in table.rows[0]
    assert case.completeness > 0
    assert any(part.section == "request" for part in case.left)


def test_hidden_answers_do_not_appear_in_the_summary(
    patient: str, save: Save, actor_of: Actors
) -> None:
    save({"dx_status": "confirmed", "dx": {"text": "Something"}})
    save({"dx_status": "undiagnosed"})
    case = queries.summary(actor_of("enroller"), patient)
    assert "dx" not in {fact.item for fact in case.headline}
    assert all(one.item != "dx" for section in case.sections for one in section.answers)


def test_without_a_form_the_summary_is_empty(patient: str, actor_of: Actors) -> None:
    for row in db.session.scalars(select(FormResponse).where(FormResponse.patient_id == patient)):
        row.form = "another"
    db.session.commit()
    case = queries.summary(actor_of("enroller"), patient)
    assert (case.response_id, case.headline, case.sections) == ("", (), ())


def test_the_summary_costs_a_fixed_number_of_statements(
    patient: str, save: Save, actor_of: Actors, count_sql: list[str]
) -> None:
    save({"dx_status": "suspected", "case_summary": "Weak since birth."})
    actor = actor_of("enroller")
    db.session.expire_all()
    count_sql.clear()
    assert queries.summary(actor, patient).sections
    assert len(count_sql) <= 3, count_sql
