"""Members, experts, groups and profiles: what each sees and may change, and what happens by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import tasks
from portal.access import guard
from portal.access.actor import Actor, system
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import ForbiddenError, InvalidInputError, NotFoundError
from portal.networks import service as networks
from portal.networks.models import ExpertGroup, ExpertGroupMember, Membership
from portal.networks.service import GroupEdit
from portal.notifications.models import Notice
from portal.people import service
from portal.people.models import Person
from portal.people.queries import cards, directory
from portal.people.queries.directory import Wanted
from portal.testing.pytest_plugin import Statements
from portal.testing.world import PERSONAS, World

Clients = Callable[..., FlaskClient]
Actors = Callable[[str], Actor]


def _token(client: FlaskClient) -> str:
    return str(client.get("/session/state").json["csrf_token"])


def _membership(world: World, persona: str) -> str:
    return db.session.scalars(
        select(Membership.id).where(Membership.person_id == world.people[persona])
    ).one()


def test_both_faces_of_seeing_a_person_agree(world: World, actor_of: Actors) -> None:
    people = {p.id: p for p in db.session.scalars(select(Person))}
    for persona in PERSONAS:
        actor = actor_of(persona)
        listed = set(
            db.session.scalars(select(Person.id).where(guard.visible(actor, Permission.PERSON_SEE)))
        )
        allowed = {i for i, p in people.items() if guard.allows(actor, Permission.PERSON_SEE, p)}
        assert listed == allowed, persona


def test_colleagues_see_each_other_and_strangers_find_nothing(
    client_as: Clients, world: World
) -> None:
    address = f"/people/{world.people['enroller']}"
    assert "Sanne de Vries" in client_as("lead").get(address).get_data(as_text=True)
    assert client_as("stranger").get(address).status_code == 404
    assert client_as("pending").get(address).status_code == 404


def test_experts_are_found_by_name_area_country_and_language(
    world: World, actor_of: Actors
) -> None:
    actor, network = actor_of("enroller"), world.networks["nmd"]
    lead = db.session.get_one(Person, world.people["lead"])
    lead.spoken_languages = ["el", "fr"]
    db.session.commit()
    networks.set_interests(actor_of("lead"), network, [world.areas["nmd"]])

    def names(**wanted: str) -> set[str]:
        return {row.name for row in directory.experts(actor, network, Wanted(**wanted)).rows}

    assert names(text="παπα") == {"Γιώργος Παπαδόπουλος"}
    assert names(text="IVANOV") == set()
    assert names(text="иван") == {"Мария Иванова"}
    assert names(area_id=world.areas["nmd"]) == {"Γιώργος Παπαδόπουλος"}
    assert names(language="fr") == {"Γιώργος Παπαδόπουλος"}
    assert names(language="r") == set()
    assert "Sanne de Vries" in names(country="NL")
    assert "Мария Иванова" not in names(country="NL")
    assert "Ingrid Olsen" not in names()
    with pytest.raises(NotFoundError):
        directory.experts(actor_of("stranger"), network, Wanted())


def test_the_list_of_experts_is_paged_without_gaps(world: World, actor_of: Actors) -> None:
    for number in range(60):
        person_id = service.register_person(
            system("test"),
            service.NewPerson("https://login.test", f"p{number}", "Same", "Name", "x@x.test"),
        )
        networks.grant(
            system("test"),
            networks.NewMembership(
                person_id, "clinician", world.networks["nmd"], world.centres["athens"]
            ),
        )
    seen: list[str] = []
    after = ""
    for _ in range(10):
        page = directory.experts(actor_of("enroller"), world.networks["nmd"], Wanted(), after)
        seen += [row.id for row in page.rows]
        after = page.next
        if not after:
            break
    assert len(seen) == len(set(seen)) == 60 + 7


def test_pages_cost_at_most_eight_statements(client_as: Clients, count_sql: Statements) -> None:
    for persona, address in (
        ("enroller", "/ern/nmd/experts"),
        ("enroller", "/ern/nmd/groups"),
        ("enroller", "/ern/nmd/preferences"),
        ("enroller", "/people/me"),
        ("enroller", "/centre/NL-UTR/settings"),
        ("coordinator", "/ern/nmd/members"),
        ("coordinator", "/ern/nmd/access-requests"),
        ("coordinator", "/ern/nmd/invitations"),
    ):
        client = client_as(persona)
        client.get(address)
        count_sql.clear()
        assert client.get(address).status_code == 200, address
        assert len(count_sql) <= 8, (address, *count_sql)


def test_cards_come_in_one_statement(world: World, count_sql: Statements) -> None:
    count_sql.clear()
    found = cards([*world.people.values(), None, "nobody"])
    assert len(count_sql) == 1
    assert set(found) == set(world.people.values())
    card = found[world.people["lead"]]
    assert (card.name, card.initials, card.city) == ("Γιώργος Παπαδόπουλος", "ΓΠ", "Athens")


def test_coordinators_keep_groups(client_as: Clients, world: World, actor_of: Actors) -> None:
    client = client_as("coordinator")
    token = _token(client)
    new = client.post("/ern/nmd/groups/new", data={"name": "Myopathy board", "csrf_token": token})
    assert new.status_code == 303
    address = new.headers["Location"]
    found = client.get(f"{address}?q=sanne").get_data(as_text=True)
    assert world.people["enroller"] in found
    added = {"add": world.people["enroller"], "csrf_token": token}
    assert client.post(f"{address}/members", data=added).status_code == 303
    stranger = {"add": world.people["stranger"], "csrf_token": token}
    assert client.post(f"{address}/members", data=stranger).status_code == 422
    edit = {"name": "Myopathies", "chair_id": world.people["enroller"], "csrf_token": token}
    assert client.post(address, data=edit).status_code == 303
    page = client_as("lead").get("/ern/nmd/groups").get_data(as_text=True)
    assert "Myopathies" in page
    assert "Chair: Sanne de Vries" in page
    out = {"take_out": world.people["enroller"], "csrf_token": token}
    client.post(f"{address}/members", data=out)
    db.session.remove()
    group = db.session.scalars(select(ExpertGroup).where(ExpertGroup.name == "Myopathies")).one()
    assert group.chair_id is None
    assert client.post(f"{address}/remove", data={"csrf_token": token}).status_code == 303
    assert client_as("lead").get(address).status_code == 403


def test_groups_are_closed_to_others(world: World, actor_of: Actors) -> None:
    group_id = networks.add_group(
        actor_of("coordinator"), world.networks["nmd"], GroupEdit("Board")
    )
    for persona, error in (
        ("enroller", ForbiddenError),
        ("other_coordinator", NotFoundError),
        ("support", ForbiddenError),
    ):
        with pytest.raises(error):
            networks.add_to_group(actor_of(persona), group_id, world.people["enroller"])
        with pytest.raises(error):
            networks.remove_group(actor_of(persona), group_id)
    assert db.session.scalars(select(ExpertGroupMember)).all() == []


def test_members_are_reviewed_extended_and_ended(
    client_as: Clients, world: World, actor_of: Actors
) -> None:
    client = client_as("coordinator")
    token = _token(client)
    guest = _membership(world, "guest")
    page = client.get("/ern/nmd/members?q=olsen").get_data(as_text=True)
    assert "Ingrid Olsen" in page
    assert "Sanne" not in page
    for act in ("extend", "allow-enrolment", "review"):
        data = {"act": act, "csrf_token": token, "centre_id": world.centres["athens"]}
        assert client.post(f"/ern/nmd/members/{guest}/change", data=data).status_code == 303
    db.session.remove()
    row = db.session.get_one(Membership, guest)
    assert row.may_enrol
    assert row.ends_at is not None
    assert row.reviewed_at is not None
    finish = f"/ern/nmd/members/{guest}/finish"
    assert client.post(finish, data={"csrf_token": token}).status_code == 422
    answer = client.post(finish, data={"reason": "Case closed", "csrf_token": token})
    assert answer.status_code == 303
    assert actor_of("guest").grants == ()
    assert client_as("enroller").get("/ern/nmd/members").status_code == 403
    assert client_as("stranger").get("/ern/nmd/members").status_code == 404


def test_a_coordinator_does_not_touch_other_networks(world: World, actor_of: Actors) -> None:
    membership = _membership(world, "stranger")
    for act in (
        lambda: networks.end(actor_of("coordinator"), membership, "x"),
        lambda: networks.extend(actor_of("coordinator"), membership),
        lambda: networks.review(actor_of("coordinator"), membership),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_guests_are_warned_and_end_by_themselves(world: World, actor_of: Actors) -> None:
    membership = db.session.get_one(Membership, _membership(world, "guest"))
    membership.ends_at = clock.now() + timedelta(days=10)
    db.session.commit()
    for _ in range(2):
        service.warn_of_end(system("test"), timedelta(days=14))
    texts = db.session.scalars(
        select(Notice.text).where(Notice.person_id == world.people["guest"])
    ).all()
    assert len(texts) == 1
    assert "ends on" in texts[0]
    with clock.shifted(timedelta(days=11)):
        assert service.end_run_out(system("test")) == 2  # the guest, and the one who ran out before
        assert service.end_run_out(system("test")) == 0
    db.session.expire_all()
    assert db.session.get_one(Membership, membership.id).ended_reason == "Its time was up."


def test_the_yearly_review_is_a_task_until_everybody_was_looked_at(
    world: World, actor_of: Actors
) -> None:
    coordinator = actor_of("coordinator")
    assert service.ask_for_reviews(system("test")) == 0
    with clock.shifted(timedelta(days=300)):
        assert service.ask_for_reviews(system("test")) > 0
        (task,) = tasks.list_open(coordinator)
        assert task.url == "/ern/nmd/members?due=1"
        for row in db.session.scalars(select(Membership)).all():
            networks.review(system("test"), row.id)
        assert service.ask_for_reviews(system("test")) == 0
        assert tasks.list_open(coordinator) == []


def test_accounts_that_nobody_uses_are_suspended_but_never_the_desk(
    world: World, actor_of: Actors
) -> None:
    assert service.suspend_inactive(system("test")) == 0
    with clock.shifted(timedelta(days=181)):
        assert service.suspend_inactive(system("test")) > 10
    db.session.expire_all()
    assert db.session.get_one(Person, world.people["member"]).suspended_at is not None
    assert db.session.get_one(Person, world.people["support"]).suspended_at is None
    assert db.session.get_one(Person, world.people["operator"]).suspended_at is None
    assert actor_of("member") is None


def test_the_own_profile_is_changed_by_its_owner(client_as: Clients, world: World) -> None:
    client = client_as("enroller")
    data = {
        "academic_title": "Dr", "job_title": "Neurologist", "spoken_languages": ["nl", "de"], "digest_hour": "6",
        "time_zone": "Europe/Amsterdam", "away_from": "2030-01-10", "away_until": "2030-01-20",
        "deputy_id": world.people["colleague"], "csrf_token": _token(client),
    }  # fmt: skip
    assert client.post("/people/me", data=data).status_code == 303
    db.session.remove()
    person = db.session.get_one(Person, world.people["enroller"])
    assert (person.name, person.spoken_languages) == ("Dr Sanne de Vries", ["nl", "de"])
    assert (person.digest_hour, person.deputy_id) == (6, world.people["colleague"])
    wrong = {**data, "away_until": "2030-01-01"}
    answer = client.post("/people/me", data=wrong)
    assert answer.status_code == 422
    assert "the last one not before the first" in answer.get_data(as_text=True)
    foreign = {**data, "deputy_id": world.people["stranger"]}
    assert client.post("/people/me", data=foreign).status_code == 422


def test_a_deputy_is_a_colleague_of_the_centre(world: World, actor_of: Actors) -> None:
    profile = service.Profile("", "Neurologist", (), 7, deputy_id=world.people["stranger"])
    with pytest.raises(InvalidInputError) as caught:
        service.set_profile(actor_of("enroller"), profile)
    assert "deputy_id" in caught.value.fields


def test_preferences_and_centre_settings_are_saved(
    client_as: Clients, world: World, actor_of: Actors
) -> None:
    client = client_as("enroller")
    token = _token(client)
    ticked = {"areas": world.areas["nmd"], "csrf_token": token}
    assert client.post("/ern/nmd/preferences", data=ticked).status_code == 303
    assert "checked" in client.get("/ern/nmd/preferences").get_data(as_text=True)
    foreign = {"areas": world.areas["eye"], "csrf_token": token}
    assert client.post("/ern/nmd/preferences", data=foreign).status_code == 422
    settings = {
        "visibility": "centre", "dpo_agreed_on": "2026-03-05", "dpo_name": "J. Bos", "consent_text": "Tekst",
        "csrf_token": token,
    }  # fmt: skip
    assert client.post("/centre/NL-UTR/settings", data=settings).status_code == 303
    page = client.get("/centre/NL-UTR/settings").get_data(as_text=True)
    assert "J. Bos" in page
    assert client_as("lead").get("/centre/NL-UTR/settings").status_code == 404
    assert client_as("assistant").get("/centre/NL-UTR/settings").status_code == 403
