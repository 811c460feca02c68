"""``portal audit``."""

import json
from datetime import date

import click

from portal.cli import application
from portal.kernel.errors import InvalidInputError


@click.group()
def audit() -> None:
    """Verify, seal and export the audit record."""


@audit.command()
@click.option("--stream", default="", help="Only this stream, such as patient:01h….")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def verify(stream: str, *, as_json: bool) -> None:
    """Check every hash chain; exit 1 when something was changed, removed, reordered or cut off."""
    from portal.audit.verify import verify as run

    with application().app_context():
        count, faults = run(stream)
    if as_json:
        click.echo(json.dumps({"events": count, "faults": [f.__dict__ for f in faults]}))
    else:
        for fault in faults:
            click.echo(f"{fault.stream} #{fault.sequence}: {fault.problem}")
        click.echo(f"{count} events, {len(faults)} faults")
    if faults:
        raise SystemExit(1)


@audit.command()
def seal() -> None:
    """Seal now where every stream stands, as the daily job does."""
    from portal.access.actor import system
    from portal.audit import seals
    from portal.audit.sealing import seal as run

    with application().app_context():
        made = run(system("audit"))
        click.echo(f"seal {made.number}: {len(made.heads)} streams, in {seals.path()}")


@audit.command()
@click.option("--to", "form", type=click.Choice(["fhir"]), required=True, help="The format.")
@click.option("--patient", default="", help="Only this patient's events (the id).")
@click.option("--since", default="", help="Only events from this day on (YYYY-MM-DD).")
def export(form: str, patient: str, since: str) -> None:
    """Print events as FHIR R4 AuditEvent resources, one a line (NDJSON)."""
    del form
    from portal.access.actor import system
    from portal.audit.fhir import events

    with application().app_context():
        for resource in events(system("audit"), patient_id=patient, since=_day(since)):
            click.echo(json.dumps(resource, ensure_ascii=False))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(
            f"expected a day as YYYY-MM-DD, found '{text}'", hint="For example 2026-01-31."
        ) from None


@audit.command()
def heads() -> None:
    """Print the head of each stream, to be kept outside of the database."""
    from sqlalchemy import select

    from portal.audit.models import AuditStream
    from portal.kernel import db

    with application().app_context():
        for head in db.session.scalars(select(AuditStream).order_by(AuditStream.stream)):
            click.echo(f"{head.stream} {head.sequence} {head.hash}")
