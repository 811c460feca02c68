"""``portal settings``."""

import json

import click

from portal.settings import PREFIX, SETTINGS, load


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def settings(*, as_json: bool) -> None:
    """Print every setting with its value and where the value comes from. Secrets are masked."""
    found = load()
    rows = [
        {
            "name": PREFIX + s.name,
            "value": "(secret)" if s.secret and found.values[s.name] else found.values[s.name],
            "origin": found.origins[s.name],
            "help": s.help,
        }
        for s in SETTINGS
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        click.echo(
            f"{row['name']:<{width}}  {row['value']}  [{row['origin']}]\n{'':<{width}}  {row['help']}"
        )
