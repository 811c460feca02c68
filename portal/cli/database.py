"""``portal db``: migrations, roles, networks of the plugins."""

import click

from portal.access.actor import system
from portal.cli import application


@click.group("db")
def database() -> None:
    """Migrate the database and sync roles."""


def _configure() -> None:
    from portal.kernel import db
    from portal.settings import load
    from portal.tables import import_models

    settings = load()
    settings.data_path.mkdir(parents=True, exist_ok=True)
    import_models()
    db.configure(settings.database)


@database.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate forward to REVISION, then sync roles and networks."""
    from portal import migrate

    _configure()
    migrate.upgrade(revision)
    click.echo(f"database at revision {migrate.current()}")
    if revision == "head":
        _sync()


@database.command()
@click.argument("revision")
@click.confirmation_option(prompt="Migrating back can delete data. Go on?")
def downgrade(revision: str) -> None:
    """Migrate back to REVISION (base removes every table)."""
    from portal import migrate

    _configure()
    migrate.downgrade(revision)
    click.echo(f"database at revision {migrate.current() or 'base'}")


@database.command()
def status() -> None:
    """Print the database's revision and the newest one; exit 1 when they differ."""
    from portal import migrate

    _configure()
    click.echo(f"database {migrate.current() or 'empty'}, newest {migrate.head()}")
    if not migrate.is_current():
        raise SystemExit(1)


@database.command()
def sync() -> None:
    """Write roles, gates, networks and thematic areas into the database (at deploy time)."""
    _sync()


def _sync() -> None:
    from portal.access.fab import sync_roles
    from portal.networks.service import sync_networks

    with application().app_context():
        added = sync_roles(system("sync"))
        networks = sync_networks(system("sync"))
    click.echo(f"roles synced ({added} grants added), {networks} networks")
