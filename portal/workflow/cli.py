"""``portal workflow``: check and show workflows without a database."""

from pathlib import Path

import click

from portal.extend import manager
from portal.kernel.errors import DefinitionError
from portal.settings import load as load_settings
from portal.workflow import catalogue, overlays
from portal.workflow.checks import check as faults_of
from portal.workflow.diagram import svg
from portal.workflow.model import Workflow
from portal.workflow.reading import read_workflow
from portal.workflow.steps import owner_words, steps


@click.group()
def workflow() -> None:
    """Check and show workflows."""


@workflow.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--base", default=catalogue.DEFAULT, help="Workflow that overlay files change.")
def check(files: tuple[Path, ...], base: str) -> None:
    """Check workflow or overlay FILES; without files, everything that is installed."""
    if not files:
        manager.load(str(load_settings().plugins))
        catalogue.load()
        click.echo(
            f"{len(catalogue.names())} workflows and all overlays of the plugins are in order."
        )
        return
    for path in files:
        made = _read(path, base)
        click.echo(
            f"{path.name}: in order, {len(made.phases)} phases, {len(made.transitions)} steps."
        )


def _read(path: Path, base: str) -> Workflow:
    if "overlay:" in path.read_text(encoding="utf-8"):
        return overlays.apply(catalogue.base(base), path)
    made = read_workflow(path)
    issues = faults_of(made)
    if issues:
        raise DefinitionError(issues)
    return made


@workflow.command()
@click.argument("network", required=False, default="")
@click.option("--name", default=catalogue.DEFAULT, help="Workflow to show.")
@click.option("--svg", "as_svg", is_flag=True, help="Print a drawing instead of a list.")
def show(network: str, name: str, *, as_svg: bool) -> None:
    """Show the workflow of NETWORK (a code), or the portal's own."""
    manager.load(str(load_settings().plugins))
    catalogue.load()
    made = catalogue.workflow_for(network, name)
    if as_svg:
        click.echo(svg(made))
        return
    click.echo(f"{made.title}, version {made.version}")
    for phase in made.phases:
        due = f", {phase.days} days" if phase.days else ""
        click.echo(f"\n{phase.label} [{phase.code}]{due}")
        if phase.owner:
            click.echo(f"  next: {owner_words(made, phase.code)}: {phase.todo}")
        for step in steps(made):
            found = made.transition(step.name)
            if found is not None and phase.code in found.sources:
                click.echo(
                    f"  {step.label} -> {step.target}  ({step.who}{_conditions(step.conditions)})"
                )


def _conditions(conditions: tuple[str, ...]) -> str:
    return "; when " + ", ".join(conditions) if conditions else ""
