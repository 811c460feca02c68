"""``portal …``: the command line. Each group lies beside its feature; this module only joins them."""

import importlib
import sys
from typing import Any

import click

from portal import __version__
from portal.kernel.errors import DefinitionError, PortalError

# command → (module, attribute, one line); modules are imported only when their command is used
COMMANDS: dict[str, tuple[str, str, str]] = {
    "run": ("portal.cli.serve", "run", "Serve the portal."),
    "worker": ("portal.cli.serve", "worker", "Work the queue until stopped."),
    "dev": (
        "portal.cli.dev",
        "dev",
        "Everything for a laptop: assets, database, demo world, identity provider, server.",
    ),
    "demo": ("portal.cli.demo", "demo", "Build or reset the demo world."),
    "db": ("portal.cli.database", "database", "Migrate the database and sync roles."),
    "settings": (
        "portal.cli.configuration",
        "settings",
        "Print every setting, its value and origin.",
    ),
    "plugins": ("portal.cli.plugins", "plugins", "List plugins, or write a new one."),
    "forms": ("portal.forms.cli", "forms", "Check, show, compare forms."),
    "terminology": ("portal.terminology.cli", "terminology", "Load, list, search coding systems."),
    "workflow": ("portal.workflow.cli", "workflow", "Check and show workflows."),
    "users": ("portal.people.cli", "users", "Invite, list, suspend people."),
    "people": ("portal.people.cli", "people", "Import people from a file."),
    "access": ("portal.cli.access", "access", "Explain a decision; print the matrix."),
    "audit": ("portal.audit.cli", "audit", "Verify the audit record."),
    "vault": ("portal.patients.cli", "vault", "Rotate the identity vault's keys."),
    "storage": ("portal.documents.cli", "storage", "Verify the document store."),
    "documents": ("portal.documents.cli", "documents", "Check a file as an upload would."),
    "assets": ("portal.cli.assets", "assets", "Build style sheets and scripts."),
    "check": ("portal.cli.quality", "check", "What CI checks besides the tests."),
}


class Commands(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or nothing when there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print names and one-liners without importing anything."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portal")
def portal() -> None:
    """The ERN portal."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; expected errors are printed as sentences, never as tracebacks."""
    try:
        portal.main(args=arguments, prog_name="portal")
    except DefinitionError as error:
        for issue in error.issues:
            click.echo(str(issue), err=True)
        sys.exit(2)
    except PortalError as error:
        click.echo(error.message + (f"\n{error.hint}" if error.hint else ""), err=True)
        sys.exit(2)


def application() -> Any:
    """Return the WSGI application, for commands that need the whole portal."""
    from portal.app import create_app

    return create_app()
