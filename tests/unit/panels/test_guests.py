"""Guests from outside: a link to one panel or one patient, what it opens, and what the end closes."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.access.actor import system
from portal.kernel import clock, db
from portal.kernel.errors import ForbiddenError, GuardRefusedError, InvalidInputError
from portal.networks import service as networks
from portal.networks.models import Membership
from portal.networks.service import NewMembership
from portal.panels import service as panels
from portal.panels.commands import AskQuestion
from portal.panels.models import PanelMember
from portal.people import service as people
from portal.people.models import AccessInvitation
from portal.people.queries import members as listed
from tests.unit.panels.conftest import Stage

Clients = Callable[..., FlaskClient]


def _token(client: FlaskClient) -> str:
    return str(client.get("/session/state").json["csrf_token"])


def _invite(stage: Stage, *, whole_patient: bool = False) -> str:
    secret = panels.invite_outsider(
        stage.actor("coordinator"),
        stage.id,
        "pending@hospital.test",
        whole_patient=whole_patient,
    )
    people.accept_invitation(stage.actor("pending"), secret)
    return secret


def _membership(stage: Stage) -> Membership:
    db.session.expire_all()
    return db.session.scalars(
        select(Membership).where(Membership.person_id == stage.person("pending"))
    ).one()


def test_from_the_coordinators_page_to_the_guests_answer(client_as: Clients, stage: Stage) -> None:
    coordinator = client_as("coordinator")
    address = f"{stage.url}outsider"
    assert "This panel only" in coordinator.get(address).text
    data = {
        "email": "pending@hospital.test", "reach": "panel", "message": "Please look at the legs.",
        "days": "14", "csrf_token": _token(coordinator),
    }  # fmt: skip
    page = coordinator.post(address, data=data)
    assert page.status_code == 200
    found = re.search(r'value="http://127.0.0.1:8080(/people/invitation/[^"]+)"', page.text)
    assert found is not None
    guest = client_as("pending")
    assert stage.panel.number in guest.get(found.group(1)).text
    answer = guest.post(found.group(1), data={"csrf_token": _token(guest)})
    assert answer.headers["Location"].endswith(stage.url)
    case = guest.get(stage.url)
    assert case.status_code == 200
    assert "Is this Becker" in case.text
    sent = {"text": "It is Becker dystrophy.", "key": "k1", "csrf_token": _token(guest)}
    assert guest.post(f"{stage.url}answer", data=sent).status_code == 303
    for elsewhere in ("/ern/nmd/", "/ern/nmd/experts", "/ern/nmd/panels/"):
        assert guest.get(elsewhere).status_code == 404, elsewhere
    assert guest.get("/").status_code == 200
    page = client_as("lead").get(f"{stage.url}timeline")
    assert "Nadia Neu joined as a guest" in page.text
    assert "Anna Weber invited a guest from outside" in page.text


@pytest.mark.parametrize("persona", ["member", "dispatcher", "enroller", "lead"])
def test_who_may_not_ask_across_networks_makes_no_link(
    client_as: Clients, stage: Stage, persona: str
) -> None:
    with pytest.raises(ForbiddenError) as caught:
        panels.invite_outsider(stage.actor(persona), stage.id, "pending@hospital.test")
    assert "coordinator" in caught.value.grantor
    page = client_as(persona).get(f"{stage.url}outsider")
    assert page.status_code == 403
    assert "Who can change it" in page.text


def test_the_networks_setting_lets_requester_and_lead_make_links(stage: Stage) -> None:
    edit = networks.NetworkEdit("EURO-NMD", "Title", settings={"experts_invite_across": True})
    networks.edit_network(stage.actor("coordinator"), stage.world.networks["nmd"], edit)
    assert panels.invite_outsider(stage.actor("lead"), stage.id, "one@hospital.test")
    assert panels.invite_outsider(stage.actor("enroller"), stage.id, "two@hospital.test")
    with pytest.raises(ForbiddenError):
        panels.invite_outsider(stage.actor("member"), stage.id, "three@hospital.test")


def test_a_guest_of_one_panel_ends_with_ninety_days_and_hears_why(
    client_as: Clients, stage: Stage
) -> None:
    _invite(stage)
    with clock.shifted(timedelta(days=89)):
        assert client_as("pending").get(stage.url).status_code == 200
    with clock.shifted(timedelta(days=91)):
        people.end_run_out(system("test"))
        guest = client_as("pending")
        for address in (stage.url, "/search?q=legs", f"/patient/{stage.case.patient_id}/"):
            page = guest.get(address)
            assert page.status_code == 403, address
            assert "Your guest access to EURO-NMD ended on" in page.text
            assert "coordinator" in page.text
        networks.extend(stage.actor("coordinator"), _membership(stage).id)
        assert client_as("pending").get(stage.url).status_code == 200


def test_a_guest_of_another_network_is_told_when_the_place_is_over(
    client_as: Clients, stage: Stage
) -> None:
    panels.invite(stage.actor("coordinator"), stage.id, [stage.person("stranger")])
    panels.answer_invitation(stage.actor("stranger"), stage.id, accept=True)
    assert client_as("stranger").get(stage.url).status_code == 200
    with clock.shifted(timedelta(days=91)):
        page = client_as("stranger").get(stage.url)
        assert page.status_code == 403
        assert "Your time as a guest of this panel is over." in page.text
        assert client_as("other_coordinator").get(stage.url).status_code == 404


def test_the_seat_and_the_membership_end_together(stage: Stage) -> None:
    _invite(stage)
    seat = select(PanelMember).where(PanelMember.person_id == stage.person("pending"))
    with clock.shifted(timedelta(days=30)):
        panels.extend_guest(stage.actor("lead"), stage.id, stage.person("pending"))
        assert db.session.scalars(seat).one().ends_at == _membership(stage).ends_at
    panels.remove(stage.actor("lead"), stage.id, stage.person("pending"), "No longer needed")
    assert stage.actor("pending").grants == ()


def test_an_ended_guest_is_not_extended(stage: Stage) -> None:
    _invite(stage)
    networks.end(stage.actor("coordinator"), _membership(stage).id, "Moved away")
    assert (
        db.session.scalars(
            select(PanelMember.ends_at).where(PanelMember.person_id == stage.person("pending"))
        ).one()
        <= clock.now()
    )
    with pytest.raises(InvalidInputError, match="was ended"):
        networks.extend(stage.actor("coordinator"), _membership(stage).id)


def test_a_guest_of_a_patient_joins_every_running_panel(client_as: Clients, stage: Stage) -> None:
    def ask(title: str) -> str:
        return panels.ask(
            stage.actor("enroller"),
            AskQuestion(
                question="Should we operate?",
                title=title,
                patient_id=stage.case.patient_id,
                area_id=stage.world.areas["nmd"],
                lead_id=stage.person("lead"),
            ),
        )

    running = ask("Second")
    _invite(stage, whole_patient=True)
    later = ask("Third")
    guest = client_as("pending")
    for panel in (stage.id, running, later):
        assert guest.get(f"/panel/{panel}/").status_code == 200
    assert guest.get(f"/patient/{stage.case.patient_id}/").status_code == 200
    row = listed.members(stage.actor("coordinator"), stage.world.networks["nmd"]).rows[0]
    assert (row.limited, row.is_guest) == ("patient", True)


def test_a_guest_of_a_patient_stays_in_the_network_that_invited(
    client_as: Clients, stage: Stage
) -> None:
    eye = stage.world.networks["eye"]
    here = NewMembership(
        person_id=stage.person("enroller"),
        profile="clinician",
        network_id=eye,
        centre_id=stage.actor("enroller").grants[0].centre_id,
    )
    networks.grant(system("test"), here)
    elsewhere = panels.ask(
        stage.actor("enroller"),
        AskQuestion(
            question="Is the retina touched?",
            title="Eyes",
            patient_id=stage.case.patient_id,
            network_id=eye,
            area_id=stage.world.areas["eye"],
        ),
    )
    _invite(stage, whole_patient=True)
    guest = client_as("pending")
    assert guest.get(stage.url).status_code == 200
    assert guest.get(f"/panel/{elsewhere}/").status_code == 404

    invited = panels.invite_outsider(
        stage.actor("other_coordinator"), elsewhere, "pending@hospital.test"
    )
    first = _membership(stage).id
    people.accept_invitation(stage.actor("pending"), invited)
    networks.end(stage.actor("coordinator"), first, "Moved away")
    seats = dict(
        db.session.execute(
            select(PanelMember.panel_id, PanelMember.ends_at).where(
                PanelMember.person_id == stage.person("pending")
            )
        ).all()
    )
    assert seats[stage.id] <= clock.now() < seats[elsewhere]


def test_a_link_to_a_panel_that_is_over_opens_nothing_and_stays_unused(stage: Stage) -> None:
    secret = panels.invite_outsider(stage.actor("coordinator"), stage.id, "pending@hospital.test")
    panels.move(stage.actor("coordinator"), stage.id, "cancel", "Solved otherwise")
    with pytest.raises(GuardRefusedError, match="nobody joins"):
        people.accept_invitation(stage.actor("pending"), secret)
    db.session.expire_all()
    assert stage.actor("pending").grants == ()
    assert not db.session.scalars(
        select(AccessInvitation.id).where(AccessInvitation.accepted_at.is_not(None))
    ).all()


def test_a_limited_guest_enrols_nobody_and_an_outsider_of_the_network_does(
    client_as: Clients, stage: Stage
) -> None:
    _invite(stage)
    coordinator = stage.actor("coordinator")
    athens = stage.world.centres["athens"]
    with pytest.raises(InvalidInputError, match="limited"):
        networks.authorise_enrolment(
            coordinator, _membership(stage).id, allowed=True, centre_id=athens
        )
    outsider = db.session.scalars(
        select(Membership.id).where(Membership.person_id == stage.person("guest"))
    ).one()
    assert client_as("guest").get("/centre/GR-ATH/enrol").status_code == 404
    with pytest.raises(InvalidInputError, match="which centre"):
        networks.authorise_enrolment(coordinator, outsider, allowed=True)
    networks.authorise_enrolment(coordinator, outsider, allowed=True, centre_id=athens)
    assert client_as("guest").get("/centre/GR-ATH/enrol").status_code == 200
