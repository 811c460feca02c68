"""``portal demo``."""

import logging

import click

from portal.cli import application


@click.command()
@click.option("--reset", is_flag=True, help="Delete everything in the database first.")
@click.option("--accounts", is_flag=True, help="Only print the demo accounts.")
def demo(*, reset: bool, accounts: bool) -> None:
    """Build the demo world: invented hospitals, people, patients and panels in all phases."""
    from portal.demo import build, demo_accounts
    from portal.kernel.errors import InvalidInputError
    from portal.settings import load

    if accounts:
        for account in demo_accounts():
            click.echo(f"{account.sub:<14} {account.name:<28} {account.role}")
        return
    if load().production:
        raise InvalidInputError(
            "The demo world is not for a production installation.",
            hint="Set PORTAL_ENV to development.",
        )
    if reset:
        _empty()
    app = application()
    logging.getLogger("portal").setLevel(
        logging.WARNING
    )  # the past happens in one go; no log of it
    with app.app_context():
        build(click.echo)


def _empty() -> None:
    from portal import migrate
    from portal.access.actor import system
    from portal.access.fab import sync_roles
    from portal.audit import seals
    from portal.networks.service import sync_networks

    app = application()
    seals.path().unlink(missing_ok=True)  # they speak of the record that goes now
    migrate.downgrade("base")
    migrate.upgrade()
    with app.app_context():
        sync_roles(system("sync"))
        sync_networks(system("sync"))
