"""``portal audit``."""

import json

import click

from portal.cli import application


@click.group()
def audit() -> None:
    """Verify the audit record."""


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
def heads() -> None:
    """Print the head of each stream, to be kept outside of the database."""
    from sqlalchemy import select

    from portal.audit.models import AuditStream
    from portal.kernel import db

    with application().app_context():
        for head in db.session.scalars(select(AuditStream).order_by(AuditStream.stream)):
            click.echo(f"{head.stream} {head.sequence} {head.hash}")
