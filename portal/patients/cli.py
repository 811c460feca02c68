"""``portal vault``: the keys of the identity vault."""

import click

from portal.access.actor import system
from portal.cli import application


@click.group("vault")
def vault() -> None:
    """Look after the identity vault."""


@vault.command()
def rotate() -> None:
    """Encrypt every identity with the first key of PORTAL_VAULT_KEYS.

    Keep the older keys: documents that were stored before stay sealed with them.

    Each batch is a commit of its own, and both keys open identities meanwhile: it may be stopped and
    run again at any time.
    """
    from portal.patients.service import rotate_vault

    changed, after = 0, ""
    with application().app_context():
        while True:
            done, after = rotate_vault(system("vault"), after)
            changed += done
            if not after:
                break
            click.echo(
                f"… {changed} so far; stopping is safe, the next run goes on from here", err=True
            )
    click.echo("keep the older keys: stored documents are still sealed with them", err=True)
    click.echo(f"{changed} identities encrypted anew")
