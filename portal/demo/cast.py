"""Put the hospitals and people on the stage: centres, accounts, memberships, interests, requests."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select

from portal.access import actor as profiles
from portal.access.actor import Actor
from portal.demo.accounts import account
from portal.demo.centres import CENTRES, DemoCentre
from portal.demo.people import EVERYBODY, PEOPLE, WISHES, DemoPerson, Wish
from portal.demo.stage import SYSTEM, Calendar, Stage, ago
from portal.kernel import clock, db
from portal.kernel.uow import writes
from portal.networks import service as networks
from portal.networks.models import ExpertGroup, ExpertGroupMember, Network, ThematicArea
from portal.networks.service import CentreSettings, NewCentre, NewMembership
from portal.people import service as people
from portal.people.service import AccessWish, Decision, NewPerson

OPENED_DAYS = 400  # the portal of the demo world has been running for so long


def put_on_stage(stage: Stage) -> None:
    """Make networks known, add hospitals and people; everything long ago."""
    for network in db.session.scalars(select(Network)):
        stage.networks[network.code] = network.id
    rows = db.session.execute(
        select(Network.code, ThematicArea.code, ThematicArea.id).join(
            ThematicArea, ThematicArea.network_id == Network.id
        )
    )
    stage.areas = {f"{network}:{area}": area_id for network, area, area_id in rows}
    db.session.rollback()
    with ago(OPENED_DAYS):
        for centre in CENTRES:
            _add_centre(stage, centre)
        for person in EVERYBODY:
            _add_person(stage, person)
        for person in PEOPLE:
            _add_memberships(stage, person)
        for person in PEOPLE:
            _settle_in(stage, person)
        _fill_groups(SYSTEM, stage)


def requests_of_access(stage: Stage, calendar: Calendar) -> None:
    """Let people ask for access; some requests have been answered."""
    for wish in WISHES:
        calendar.add(wish.days, partial(_wish, stage, wish))


def _add_centre(stage: Stage, centre: DemoCentre) -> None:
    ids = tuple(stage.networks[code] for code in centre.networks)
    centre_id = networks.create_centre(
        SYSTEM, NewCentre(centre.code, centre.name, centre.city, centre.country, ids)
    )
    stage.centres[centre.code] = centre_id
    networks.set_centre_settings(
        SYSTEM,
        centre_id,
        CentreSettings(
            visibility="centre" if centre.shared else "enroller",
            dpo_agreed_on=clock.today() if centre.dpo else None,
            dpo_name=centre.dpo,
            consent_text="",
        ),
    )


def _add_person(stage: Stage, person: DemoPerson) -> None:
    known = account(person)
    stage.people[person.sub] = people.register_person(
        SYSTEM,
        NewPerson(
            issuer=stage.issuer,
            subject=person.sub,
            given_name=person.given,
            family_name=person.family,
            email=known.email,
            academic_title=person.title,
            job_title=person.job,
            spoken_languages=person.speaks,
        ),
    )


def _add_memberships(stage: Stage, person: DemoPerson) -> None:
    platform = person.profile in profiles.PLATFORM_PROFILES
    for code in person.networks or (("",) if platform else ()):
        ends = None
        if person.ends_days:
            ends = clock.now() + timedelta(days=OPENED_DAYS + person.ends_days)
        networks.grant(
            SYSTEM,
            NewMembership(
                person_id=stage.people[person.sub],
                profile=person.profile,
                network_id=stage.networks.get(code),
                centre_id=stage.centres.get(person.centre),
                acts_for_id=stage.people.get(person.acts_for),
                ends_at=ends,
            ),
        )


def _settle_in(stage: Stage, person: DemoPerson) -> None:
    """The first login of people who have access: job title and areas of interest."""
    if person.networks or person.profile in profiles.PLATFORM_PROFILES:
        areas = [stage.areas[area] for area in person.areas]
        people.complete_profile(stage.actor(person.sub), person.job, areas)


@writes
def _fill_groups(actor: Actor, stage: Stage) -> None:
    """Expert groups consist of the people who ticked the group's area; the first one chairs."""
    del actor
    by_area: dict[str, list[str]] = {}
    for person in PEOPLE:
        for area in person.areas:
            by_area.setdefault(stage.areas[area], []).append(stage.people[person.sub])
    have = {group.area_id: group for group in db.session.scalars(select(ExpertGroup))}
    labels = {a.id: a for a in db.session.scalars(select(ThematicArea))}
    for area_id, members in sorted(by_area.items()):
        group = have.get(area_id)
        if group is None:
            area = labels[area_id]
            group = ExpertGroup(
                network_id=area.network_id, name=f"{area.label} board", area_id=area_id
            )
            db.session.add(group)
        group.chair_id = group.chair_id or members[0]
        group.schedule = group.schedule or "First Tuesday of the month, 16:00 CET"
        db.session.flush()
        db.session.add_all(ExpertGroupMember(group_id=group.id, person_id=m) for m in members)


def _wish(stage: Stage, wish: Wish) -> None:
    request_id = people.request_access(
        stage.actor(wish.sub),
        AccessWish(
            network_id=stage.networks[wish.network],
            profile=wish.profile,
            centre_id=stage.centres.get(wish.centre),
            comment=wish.comment,
        ),
    )
    if wish.answer:
        coordinator = {"nmd": "agnes", "eye": "luc"}[wish.network]
        people.decide_request(
            stage.actor(coordinator), request_id, Decision(wish.answer), wish.reason
        )
