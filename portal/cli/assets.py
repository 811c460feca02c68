"""``portal assets``."""

import click


@click.command()
@click.option("--force", is_flag=True, help="Build even when nothing has changed.")
def assets(*, force: bool) -> None:
    """Build style sheets and scripts (npm packages are installed as the lock file says)."""
    from portal.assets.build import build

    build(force=force)
    click.echo("assets are up to date")
