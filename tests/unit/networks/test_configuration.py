"""The generated configuration pages: real create, read, update for coordinators, closed to all others."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.kernel import db
from portal.networks.models import Network, ThematicArea
from portal.testing.pytest_plugin import Statements
from portal.testing.world import World

Clients = Callable[..., FlaskClient]


def _token(client: FlaskClient) -> str:
    return str(client.get("/session/state").json["csrf_token"])


def _network(world: World) -> Network:
    db.session.remove()
    return db.session.get_one(Network, world.networks["nmd"])


def _form(**changes: str) -> dict[str, str]:
    """The edit form as a browser sends it; an unticked box is left out."""
    values = {
        "short_name": "EURO-NMD",
        "title": "Neuromuscular diseases",
        "enabled": "y",
        "quorum": "2",
        "signing_days": "14",
        **changes,
    }
    return {name: value for name, value in values.items() if value != "unticked"}


def test_a_coordinator_lists_the_own_network_only(client_as: Clients) -> None:
    text = client_as("coordinator").get("/configuration/networks/list/").get_data(as_text=True)
    assert "EURO-NMD" in text
    assert "ERN-EYE" not in text


def test_a_coordinator_changes_names_and_settings(client_as: Clients, world: World) -> None:
    client, network_id = client_as("coordinator"), world.networks["nmd"]
    address = f"/configuration/networks/edit/{network_id}"
    assert 'name="guests_sign"' in client.get(address).get_data(as_text=True)
    data = _form(short_name="NMD", guests_sign="y", quorum="3", csrf_token=_token(client))
    answer = client.post(address, data=data)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/configuration/networks/show/{network_id}"
    changed = _network(world)
    assert (changed.short_name, changed.enabled) == ("NMD", True)
    assert (changed.settings["guests_sign"], changed.settings["quorum"]) == (True, 3)
    event = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "network.changed")
    ).one()
    assert event.detail["settings"] == {"guests_sign": [False, True], "quorum": [2, 3]}


def test_an_unticked_box_is_saved_as_no(client_as: Clients, world: World) -> None:
    client, network_id = client_as("coordinator"), world.networks["nmd"]
    data = _form(enabled="unticked", csrf_token=_token(client))
    client.post(f"/configuration/networks/edit/{network_id}", data=data)
    assert _network(world).enabled is False


@pytest.mark.parametrize(
    ("change", "says"),
    [({"quorum": "0"}, "between 1 and 20"), ({"short_name": ""}, "This field is required")],
)
def test_wrong_values_are_named_at_their_field_and_nothing_is_lost(
    client_as: Clients, world: World, change: dict[str, str], says: str
) -> None:
    client, network_id = client_as("coordinator"), world.networks["nmd"]
    data = _form(title="Typed with care", csrf_token=_token(client), **change)
    answer = client.post(f"/configuration/networks/edit/{network_id}", data=data)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in text
    assert "Typed with care" in text
    assert _network(world).title != "Typed with care"


def test_areas_are_added_changed_and_retired(client_as: Clients, world: World) -> None:
    client, network_id = client_as("coordinator"), world.networks["nmd"]
    token = _token(client)
    answer = client.post(
        "/configuration/areas/add",
        data={
            "network": network_id,
            "code": "new_area",
            "label": "Новая область",
            "csrf_token": token,
        },
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)
    area = db.session.scalars(select(ThematicArea).where(ThematicArea.code == "new_area")).one()
    area_id = area.id
    assert (area.label, area.active, area.network_id) == ("Новая область", True, network_id)
    edit = {"label": "New area", "position": "2", "csrf_token": token}
    assert client.post(f"/configuration/areas/edit/{area_id}", data=edit).status_code == 302
    db.session.remove()
    area = db.session.get_one(ThematicArea, area_id)
    assert (area.label, area.position, area.active) == ("New area", 2, False)


def test_a_code_that_is_taken_is_refused_at_its_field(client_as: Clients, world: World) -> None:
    client = client_as("coordinator")
    taken = db.session.get_one(ThematicArea, world.areas["nmd"])
    data = {"network": taken.network_id, "code": taken.code, "label": "Twice"}
    answer = client.post("/configuration/areas/add", data={**data, "csrf_token": _token(client)})
    assert answer.status_code == 422
    assert "already used" in answer.get_data(as_text=True)


def test_foreign_networks_are_not_found_not_offered_not_written(
    client_as: Clients, world: World
) -> None:
    client, eye = client_as("coordinator"), world.networks["eye"]
    foreign = world.areas["eye"]
    for address in (
        f"/configuration/networks/show/{eye}",
        f"/configuration/networks/edit/{eye}",
        f"/configuration/areas/show/{foreign}",
        f"/configuration/areas/edit/{foreign}",
    ):
        assert client.get(address).status_code == 404, address
    assert eye not in client.get("/configuration/areas/add").get_data(as_text=True)
    assert eye not in client.get("/configuration/areas/list/").get_data(as_text=True)
    data = {"network": eye, "code": "mine_now", "label": "Mine", "csrf_token": _token(client)}
    assert client.post("/configuration/areas/add", data=data).status_code == 422
    edit = {"label": "Mine", "position": "1", "csrf_token": data["csrf_token"]}
    assert client.post(f"/configuration/areas/edit/{foreign}", data=edit).status_code == 404
    assert db.session.get_one(ThematicArea, foreign).label != "Mine"


@pytest.mark.parametrize("persona", ["enroller", "guest", "dispatcher", "support", "pending"])
def test_others_are_told_whom_to_ask(client_as: Clients, persona: str) -> None:
    client = client_as(persona)
    for address in ("/configuration/networks/list/", "/configuration/areas/add"):
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 403, address


def test_visitors_are_led_to_the_login(client_as: Clients) -> None:
    answer = client_as().get("/configuration/areas/list/")
    assert answer.headers["Location"].startswith("/login/?next=")


def test_an_operator_sees_every_network(client_as: Clients) -> None:
    text = client_as("operator").get("/configuration/networks/list/").get_data(as_text=True)
    assert "EURO-NMD" in text
    assert "ERN-EYE" in text


def test_nothing_is_deleted_here(client_as: Clients, world: World) -> None:
    client = client_as("coordinator")
    token = {"csrf_token": _token(client), "confirmed": "yes"}
    for view, pk in (("networks", world.networks["nmd"]), ("areas", world.areas["nmd"])):
        answer = client.post(f"/configuration/{view}/delete/{pk}", data=token)
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "page_AreaConfiguration=abc",
        "page_AreaConfiguration=-5",
        "page_AreaConfiguration=999999999999999999999",
        "psize_AreaConfiguration=-1",
        "psize_AreaConfiguration=100000",
        "_oc_AreaConfiguration=network&_od_AreaConfiguration=asc",
        "_oc_AreaConfiguration=network.settings&_od_AreaConfiguration=asc",
        "_flt_0_code=a",
        "_flt_9_label=a",
        "_flt_0_network=nothing",
    ],
)
def test_a_tampered_address_is_answered_calmly(client_as: Clients, query: str) -> None:
    answer = client_as("coordinator").get(
        f"/configuration/areas/list/?{query}", follow_redirects=True
    )
    assert answer.status_code == 200


def test_a_nul_is_refused_at_the_door(client_as: Clients) -> None:
    client = client_as("coordinator")
    for address in ("/configuration/areas/list/?_flt_0_label=%00", "/ern/nmd/experts?q=a%00"):
        assert client.get(address).status_code == 400, address
    data = {"areas": "\0", "csrf_token": _token(client)}
    assert client.post("/ern/nmd/preferences", data=data).status_code == 400


def test_filters_narrow_the_list(client_as: Clients, world: World) -> None:
    labels = db.session.scalars(
        select(ThematicArea.label)
        .where(ThematicArea.network_id == world.networks["nmd"])
        .order_by(ThematicArea.position)
    ).all()
    text = (
        client_as("coordinator")
        .get("/configuration/areas/list/", query_string={"_flt_2_label": labels[0]})
        .get_data(as_text=True)
    )
    assert f">{labels[0]}<" in text
    assert f">{labels[1]}<" not in text


def test_a_list_costs_a_handful_of_statements(client_as: Clients, count_sql: Statements) -> None:
    client = client_as("coordinator")
    client.get("/configuration/areas/list/")
    count_sql.clear()
    assert client.get("/configuration/areas/list/").status_code == 200
    assert len(count_sql) <= 8, "\n".join(count_sql)
