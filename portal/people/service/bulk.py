"""Carry out a table of people or centres: checked as a whole first, then all of it or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from portal import audit
from portal.access import guard
from portal.access.actor import PROFILES, Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import DefinitionError, Issue, nearest
from portal.kernel.uow import writes
from portal.networks.countries import country_choices
from portal.networks.memberships import in_force
from portal.networks.models import Centre, Membership, Network
from portal.networks.service import NewCentre, create_centre
from portal.networks.service.centres import CODE
from portal.people.importing import Row, Table
from portal.people.models import AccessInvitation, Person
from portal.people.service.invitations import DAYS, NewInvitation, invite, problems_of
from portal.people.service.requests import REQUESTABLE


@dataclass(frozen=True)
class Known:
    """What codes in a table may name."""

    networks: dict[str, str]
    centres: dict[str, str]
    clinicians: dict[str, str]
    invited: frozenset[tuple[str, str, str]]


@dataclass(frozen=True)
class Plan:
    """What a table would do: invitations or centres, and the rows that are there already."""

    invitations: tuple[tuple[int, NewInvitation], ...] = ()
    centres: tuple[tuple[int, NewCentre], ...] = ()
    present: tuple[int, ...] = ()


def plan(actor: Actor, table: Table) -> Plan:
    """Return what a table would do; raise :class:`DefinitionError` with every row's faults."""
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    known = _known()
    issues: list[Issue] = []
    if table.kind == "centres":
        made = _centres(table, known, issues)
    else:
        made = _invitations(table, known, issues)
    if issues:
        raise DefinitionError(issues)
    return made


@writes
def carry_out(actor: Actor, table: Table) -> tuple[Plan, list[tuple[str, str]]]:
    """Do what :func:`plan` says; return it with (address, secret) of each invitation."""
    guard.require(actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
    made = plan(actor, table)
    for _, centre in made.centres:
        create_centre(actor, centre)
    links = [(wanted.email, invite(actor, wanted)) for _, wanted in made.invitations]
    detail = {"invitations": len(links), "centres": len(made.centres)}
    audit.record(actor, "table.imported", "platform", stream="imports", detail=detail)
    return made, links


def _known() -> Known:
    networks = db.session.execute(select(Network.code, Network.id))
    centres = db.session.execute(select(Centre.code, Centre.id))
    clinicians = db.session.execute(
        select(Person.email, Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.profile == "clinician", in_force())
    )
    invited = db.session.execute(
        select(AccessInvitation.email, AccessInvitation.network_id, AccessInvitation.profile).where(
            AccessInvitation.accepted_at.is_(None),
            AccessInvitation.withdrawn_at.is_(None),
            AccessInvitation.expires_at > clock.now(),
        )
    )
    return Known(
        {row.code: row.id for row in networks},
        {row.code: row.id for row in centres},
        {email.casefold(): i for email, i in clinicians},
        frozenset((email.casefold(), network, profile) for email, network, profile in invited),
    )


def _named(
    table: Table, row: Row, column: str, known: Iterable[str], issues: list[Issue], words: str
) -> str:
    """Return the cell when it is one of ``known``, else note the issue with the nearest name."""
    value = row.get(column)
    if value in set(known):
        return value
    text = f"'{value}' is not {words}" if value else "this cell is empty"
    issues.append(Issue(text, table.file, row.line, column, nearest(value, known)))
    return ""


def _invitations(table: Table, known: Known, issues: list[Issue]) -> Plan:
    made: list[tuple[int, NewInvitation]] = []
    present: list[int] = []
    seen: dict[tuple[str, str, str], int] = {}
    for row in table.rows:
        before = len(issues)
        network = _named(table, row, "network", known.networks, issues, "the code of a network")
        profiles = [p for p in PROFILES if p in REQUESTABLE]
        profile = _named(table, row, "profile", profiles, issues, "a profile")
        centre = row.get("centre") and _named(
            table, row, "centre", known.centres, issues, "the code of a centre"
        )
        if len(issues) > before:
            continue
        wanted = _invitation(row, known, network, profile, centre)
        issues += [
            Issue(text, table.file, row.line, _column(name))
            for name, text in problems_of(wanted).items()
        ]
        key = (wanted.email.casefold(), wanted.network_id, wanted.profile)
        if key in seen:
            text = f"the same person, network and profile as in row {seen[key]}"
            issues.append(Issue(text, table.file, row.line, "email"))
        seen[key] = row.line
        if key in known.invited:
            present.append(row.line)
        elif len(issues) == before:
            made.append((row.line, wanted))
    return Plan(invitations=tuple(made), present=tuple(present))


def _invitation(row: Row, known: Known, network: str, profile: str, centre: str) -> NewInvitation:
    days = row.get("days")
    return NewInvitation(
        network_id=known.networks[network],
        profile=profile,
        email=row.get("email"),
        centre_id=known.centres[centre] if centre else None,
        acts_for_id=known.clinicians.get(row.get("acts_for").casefold()),
        message=row.get("message"),
        days=int(days) if days.isdigit() else (DAYS if not days else 0),
    )


def _column(field: str) -> str:
    return {"centre_id": "centre", "acts_for_id": "acts_for"}.get(field, field)


def _centres(table: Table, known: Known, issues: list[Issue]) -> Plan:
    made: list[tuple[int, NewCentre]] = []
    present: list[int] = []
    countries = {code for code, _ in country_choices()}
    seen: dict[str, int] = {}
    for row in table.rows:
        before, code = len(issues), row.get("code").upper()
        if not CODE.match(code):
            text = f"'{row.get('code')}' is not a code such as NL-UTR"
            issues.append(Issue(text, table.file, row.line, "code"))
        if code in seen:
            text = f"the same code as in row {seen[code]}"
            issues.append(Issue(text, table.file, row.line, "code"))
        seen[code] = row.line
        issues += [
            Issue("this cell is empty", table.file, row.line, column)
            for column in ("name", "city")
            if not row.get(column)
        ]
        upper = Row(row.line, {"country": row.get("country").upper()})
        country = _named(table, upper, "country", countries, issues, "a country code such as NL")
        networks = [
            _named(
                table,
                Row(row.line, {"networks": n}),
                "networks",
                known.networks,
                issues,
                "a network",
            )
            for n in row.get("networks").replace(",", " ").split()
        ]
        if code in known.centres:
            present.append(row.line)
        elif len(issues) == before:
            ids = tuple(known.networks[n] for n in networks)
            new = NewCentre(code, row.get("name"), row.get("city"), country, ids)
            made.append((row.line, new))
    return Plan(centres=tuple(made), present=tuple(present))
