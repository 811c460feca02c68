"""``portal plugins``: what is loaded, and the smallest new plugin with a passing test."""

import json
import re
from pathlib import Path

import click

from portal.extend import manager
from portal.extend.manager import CHECKOUT
from portal.kernel.errors import InvalidInputError
from portal.settings import load

_CODE = re.compile(r"^[a-z][a-z0-9_]{1,39}$")

_FILES = {
    "__init__.py": '"""The plugin of {short_name}."""\n',
    "plugin.py": '''"""{short_name}: {title}."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
''',
    "network.yaml": """# The network as its coordinators start with it; they edit areas and groups in the portal.
network: {code}
short_name: {short_name}
title: {title}
areas:
  general: General questions
""",
    "test_plugin.py": '''"""The checklist that every plugin passes."""

from {folder}.plugin import plugin
from portal.testing.contract import check_plugin


def test_the_plugin_keeps_the_contract() -> None:
    assert check_plugin(plugin) == []
''',
}


@click.group()
def plugins() -> None:
    """List plugins, or write a new one."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_plugins(*, as_json: bool) -> None:
    """Print the plugins that the settings load, what they bring and which hooks they use."""
    manager.load(load().plugins)
    rows = [p for p in manager.loaded() if not p.name.startswith("core.")]
    if as_json:
        click.echo(json.dumps([row.__dict__ for row in rows], indent=1))
        return
    for row in rows:
        networks = ", ".join(row.networks) or "no network of its own"
        click.echo(f"{row.name}: {networks}; hooks: {', '.join(row.hooks)}")


@plugins.command("new")
@click.argument("code")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder of plugins (the checkout's plugins/).",
)
def new(code: str, into: Path | None) -> None:
    """Write the smallest plugin for a network CODE, with a passing test."""
    if not _CODE.match(code):
        raise InvalidInputError(
            f"'{code}' cannot be a code: 2 to 40 small letters, digits or _, beginning with a letter.",
            hint="Try: portal plugins new mynetwork",
        )
    folder = (into or CHECKOUT) / f"ern_{code}"
    if folder.exists():
        raise InvalidInputError(
            f"{folder} is there already.", hint="Choose another code, or edit that plugin."
        )
    folder.mkdir(parents=True)
    values = {
        "code": code,
        "folder": folder.name,
        "short_name": f"ERN {code.upper()}",
        "title": f"European Reference Network {code.upper()}",
    }
    for name, text in _FILES.items():
        (folder / name).write_text(text.format(**values), encoding="utf-8")
    click.echo(f"written: {folder}\nnext: edit network.yaml, then run: pytest {folder}")
