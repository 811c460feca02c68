"""The demo world is built by the services, in order of time, and leaves nothing half done."""

import pytest
from sqlalchemy import func, select

from portal.demo import build
from portal.jobs.models import Job
from portal.kernel import clock, db
from portal.kernel.errors import InvalidInputError
from portal.notifications.models import OutboxMessage
from portal.outcomes.models import Outcome
from portal.panels.models import Panel
from portal.patients import queries
from portal.patients.models import Patient
from portal.people.models import AccessRequest


@pytest.fixture
def stage(app):
    said = []
    built = build(said.append)
    assert said[-1] == "44 hospitals, 68 people, 30 patients, 31 panels"
    return built


def test_a_whole_world_in_one_go(stage, client_as_person, count_sql):
    phases = dict(db.session.execute(select(Panel.phase, func.count()).group_by(Panel.phase)).all())
    for phase in ("draft", "open", "panel_selection", "data_completion", "assessment", "outcome", "sign_off", "closed", "archived", "cancelled", "suspended"):  # fmt: skip
        assert phases.get(phase), (phase, phases)
    assert db.session.scalar(select(func.count()).where(Outcome.sealed_at.is_not(None))) >= 4
    assert db.session.scalars(select(Patient.id).where(Patient.status == "withdrawn")).all()
    waiting = select(func.count()).where(AccessRequest.status == "submitted")
    assert db.session.scalar(waiting) == 3
    assert db.session.scalar(select(func.count()).where(OutboxMessage.sent_at.is_(None))) == 0
    left = select(Job.kind).where(Job.done_at.is_(None), Job.kind == "notifications.deliver")
    assert db.session.scalars(left).all() == []

    late = select(func.count()).where(Panel.due_on < clock.today(), Panel.phase.not_in(["closed", "archived"]))  # fmt: skip
    assert 1 <= db.session.scalar(late) <= 8

    sanne = stage.actor("sanne")
    mine = queries.latest_of(sanne, 10)
    assert [p.nickname for p in mine] == [
        "Amber Kestrel 417",
        "Golden Finch 655",
        "Steady Lynx 902",
    ]
    assert queries.identity(sanne, mine[0].id).family_name == "van den Heuvel"
    assert queries.patient(stage.actor("lotte"), mine[0].id).recorded_by == stage.people["lotte"]

    for sub, url in (
        ("sanne", "/"),
        ("agnes", "/ern/nmd/"),
        ("sanne", "/centre/NL-UTR/"),
        ("sanne", f"/patient/{mine[0].id}/"),
        ("maria", f"/patient/{mine[0].id}/"),
        ("luc", "/ern/eye/"),
        ("sam", "/"),
    ):
        assert client_as_person(stage.people[sub]).get(url).status_code == 200, (sub, url)
    assert (
        "Panels by thematic area" in client_as_person(stage.people["agnes"]).get("/ern/nmd/").text
    )
    outside = client_as_person(stage.people["luc"]).get(f"/patient/{mine[0].id}/")
    assert outside.status_code == 404
    assert client_as_person(stage.people["nadia"]).get("/").status_code == 302

    for sub, url in (("sanne", "/"), ("agnes", "/ern/nmd/"), ("sanne", "/centre/NL-UTR/")):
        browser = client_as_person(stage.people[sub])
        browser.get(url)
        count_sql.clear()
        assert browser.get(url).status_code == 200
        assert len(count_sql) <= 8, (url, list(count_sql))

    with pytest.raises(InvalidInputError, match="not empty"):
        build(print)
