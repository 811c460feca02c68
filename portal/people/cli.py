"""``portal users`` and ``portal people``: invite, list, suspend; read people or centres from a table."""

import csv
import json
from pathlib import Path
from typing import Any

import click

from portal.access.actor import system
from portal.cli import application
from portal.kernel.errors import InvalidInputError, NotFoundError, nearest


@click.group()
def users() -> None:
    """Invite, list and suspend people."""


@click.group()
def people() -> None:
    """Read people to invite, or centres, from a table."""


@users.command("list")
@click.option("--network", default="", help="Only members of this network (code).")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_users(network: str, *, as_json: bool) -> None:
    """Print people with their profiles."""
    with application().app_context():
        rows = _rows(network)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        state = "  suspended" if row["suspended"] else ""
        held = "; ".join(row["profiles"]) or "no access"
        click.echo(f"{row['id']}  {row['name']} <{row['email']}>  {held}{state}")
    click.echo(f"{len(rows)} people")


def _rows(network: str) -> list[dict[str, Any]]:
    from sqlalchemy import select

    from portal.kernel import db
    from portal.people.actors import grants_of
    from portal.people.models import Person

    found = []
    for person in db.session.scalars(select(Person).order_by(Person.search_text)):
        grants = grants_of(person.id)
        if network and network not in {g.network_code for g in grants}:
            continue
        held = [
            " ".join(p for p in (g.profile, g.network_code, g.centre_code) if p) for g in grants
        ]
        found.append(
            {
                "id": person.id,
                "name": person.name,
                "email": person.email,
                "profiles": held,
                "suspended": person.suspended_at is not None,
            }
        )
    return found


@users.command()
@click.argument("email")
@click.option("--network", required=True, help="Code of the network.")
@click.option("--profile", default="clinician", show_default=True, help="Profile to give.")
@click.option("--centre", default="", help="Code of the centre, such as NL-UTR.")
@click.option("--days", default=14, show_default=True, help="Days until the link runs out.")
def invite(email: str, network: str, profile: str, centre: str, days: int) -> None:
    """Make an invitation link for EMAIL and print it; it is shown only now."""
    from portal.networks.models import Centre, Network
    from portal.people import service

    app = application()
    with app.app_context():
        wanted = service.NewInvitation(
            network_id=_by_code(Network, network, "network"),
            profile=profile,
            email=email,
            centre_id=_by_code(Centre, centre, "centre") if centre else None,
            days=days,
        )
        try:
            secret = service.invite(system("command line"), wanted)
        except InvalidInputError as error:
            raise InvalidInputError(
                error.message, hint="\n".join(f"{k}: {v}" for k, v in error.fields.items())
            ) from None
    click.echo(_link(app, secret))


def _by_code(model: Any, code: str, word: str) -> str:
    from sqlalchemy import select

    from portal.kernel import db

    codes = {row.code: row.id for row in db.session.execute(select(model.code, model.id))}
    if code not in codes:
        near = nearest(code, codes)
        raise NotFoundError(
            f"There is no {word} with the code '{code}'.",
            hint=f"Nearest: '{near}'." if near else "",
        )
    return str(codes[code])


def _link(app: Any, secret: str) -> str:
    base = str(app.extensions["portal.settings"].base_url).rstrip("/")
    return f"{base}/people/invitation/{secret}"


@users.command()
@click.argument("person")
@click.option("--reason", required=True, help="Why; the person reads it at the next login.")
def suspend(person: str, reason: str) -> None:
    """Suspend PERSON (id or e-mail): sessions end at once, logging in is refused."""
    from portal.people import service
    from portal.people.queries.find import person_named

    with application().app_context():
        found = person_named(person)
        service.suspend(system("command line"), found.id, reason)
    click.echo(f"suspended: {found.name}")


@users.command()
@click.argument("person")
def resume(person: str) -> None:
    """Let PERSON (id or e-mail) log in again."""
    from portal.people import service
    from portal.people.queries.find import person_named

    with application().app_context():
        found = person_named(person)
        service.unsuspend(system("command line"), found.id)
    click.echo(f"may log in again: {found.name}")


@people.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the table and say what would be done.")
@click.option(
    "--links",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="CSV file for the invitation links; they are shown only once.",
)
def import_table(file: Path, links: Path | None, *, dry_run: bool) -> None:
    """Invite the people, or add the centres, of a table (CSV or XLSX)."""
    from portal.people import importing
    from portal.people.service import bulk

    table = importing.read(file)
    app = application()
    with app.app_context():
        if dry_run:
            plan = bulk.plan(system("import"), table)
            _say(plan, "would be")
            return
        plan, made = bulk.carry_out(system("import"), table)
    _say(plan, "were")
    rows = [(email, _link(app, secret)) for email, secret in made]
    if links is None:
        for email, link in rows:
            click.echo(f"{email}  {link}")
        return
    with links.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("email", "link"), *rows])
    click.echo(f"links written to {links}")


def _say(plan: Any, verb: str) -> None:
    for line in plan.present:
        click.echo(f"row {line}: there already, left as it is")
    click.echo(
        f"{len(plan.invitations)} people {verb} invited, {len(plan.centres)} centres {verb} added"
    )
