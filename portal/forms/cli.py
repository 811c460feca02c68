"""``portal forms``: check, show, compare form files; print their schema."""

import importlib
import json
from pathlib import Path

import click

from portal.access.actor import Actor, system
from portal.cli import application
from portal.forms.catalogue import Catalogue, FolderLibrary, default_root
from portal.forms.checks import run_checks
from portal.forms.compile import check_form, compile_form
from portal.forms.compiled import CompiledForm
from portal.forms.definition import FormDefinition, Source, read_definition
from portal.forms.definition.canonical import canonical_json
from portal.forms.definition.schema import json_schema
from portal.forms.definition.writer import to_yaml
from portal.forms.diff import diff_forms
from portal.forms.interop.cli import COMMANDS as INTEROP_COMMANDS
from portal.forms.interop.files import write_json
from portal.forms.overlays import assemble, read_overlay
from portal.kernel.clock import today
from portal.kernel.errors import DefinitionError, Issue, NotFoundError, PortalError


@click.group("forms")
def forms() -> None:
    """Form definitions: check, show, compare."""


def _compiled(source: Source) -> tuple[CompiledForm | None, list[Issue]]:
    if source.definition is None or any(i.severity == "error" for i in source.issues):
        return None, source.issues
    form, issues = check_form(source.definition, source.places)
    return form, [*source.issues, *issues]


def _source(target: str) -> Source:
    """Read a file, a folder with form.yaml, or a form of the catalogue (``name@version``)."""
    path = Path(target)
    if path.is_dir() and (path / "form.yaml").is_file():
        path /= "form.yaml"
    if path.is_file():
        root = next(
            (p for p in path.resolve().parents if p.name == "form_definitions"), path.parent
        )
        return read_definition(path.read_bytes(), str(path), FolderLibrary(root))
    name, _, version = target.partition("@")
    return Catalogue().read(name, version)


def _is_overlay(path: Path) -> bool:
    return path.is_file() and "\noverlay:" in "\n" + path.read_text(
        encoding="utf-8", errors="replace"
    )


@forms.command()
@click.argument("path", required=False)
def check(path: str | None) -> None:
    """Check a form or overlay file, or every form of the catalogue; runs the author's checks."""
    targets = [path] if path else Catalogue().names()
    failed = False
    for target in targets:
        failed |= _check_overlay(Path(target)) if _is_overlay(Path(target)) else _check_one(target)
    if failed:
        raise SystemExit(1)


def _check_one(target: str) -> bool:
    """Check one form and print what is wrong; returns whether something is."""
    try:
        form, issues = _compiled(_source(target))
    except PortalError as error:
        click.echo(f"{error.message} {error.hint}", err=True)
        return True
    for issue in issues:
        click.echo(f"{issue.severity}: {issue}", err=True)
    if form is None:
        return True
    results = run_checks(form, today())
    for result in results:
        for failure in result.failures:
            click.echo(f"check '{result.name}': {failure}", err=True)
    passed = sum(result.passed for result in results)
    click.echo(
        f"{form.name} {form.version}: {len(form.items)} items, {len(form.rules)} rules, "
        f"{passed} of {len(results)} checks passed"
    )
    return passed < len(results)


def _check_overlay(path: Path) -> bool:
    """Check an overlay against the base of the catalogue."""
    source = read_overlay(path.read_bytes(), str(path))
    issues = list(source.issues)
    if source.overlay is not None:
        try:
            base = Catalogue().read(source.overlay.base).required()
            assembled = assemble(base, [source.overlay])
            issues += assembled.issues
            if assembled.definition is not None:
                issues += check_form(assembled.definition)[1]
        except DefinitionError as error:
            issues += error.issues
        except PortalError as error:
            issues.append(Issue(f"{error.message} {error.hint}", str(path), key="extends"))
    for issue in issues:
        click.echo(f"{issue.severity}: {issue}", err=True)
    if not issues:
        click.echo(f"{path}: fits {source.overlay.base if source.overlay else ''}")
    return any(issue.severity == "error" for issue in issues)


@forms.command()
@click.argument("form")
@click.option("--as", "shape", type=click.Choice(["yaml", "fhir", "json"]), default="yaml")
def show(form: str, shape: str) -> None:
    """Print a form (name, name@version or file), assembled, as YAML, FHIR or JSON."""
    try:
        definition = _source(form).required()
        if shape == "fhir":
            click.echo(_fhir(definition))
        else:
            click.echo(to_yaml(definition) if shape == "yaml" else canonical_json(definition))
    except PortalError as error:
        raise click.ClickException(f"{error.message} {error.hint}".strip()) from None


def _fhir(definition: FormDefinition) -> str:
    """Return the FHIR Questionnaire, made by the interop package where it is installed."""
    try:
        exporter = importlib.import_module("portal.forms.interop").questionnaire
    except (ModuleNotFoundError, AttributeError):
        raise click.ClickException(
            "This installation has no FHIR export (portal.forms.interop); use --as yaml or json."
        ) from None
    return write_json(exporter(compile_form(definition)))


@forms.command()
@click.argument("old")
@click.argument("new")
def diff(old: str, new: str) -> None:
    """Say in words what changed between two forms (names, name@version, or files)."""
    try:
        before, after = _source(old).required(), _source(new).required()
    except PortalError as error:
        raise click.ClickException(f"{error.message} {error.hint}".strip()) from None
    found = diff_forms(before, after)
    for change in found.changes:
        click.echo(f"{change.level.word:6} {change.sentence}")
    click.echo(
        f"{found.level.word}: {before.version} → {found.next_version(before.version)} or higher"
    )


@forms.command()
def schema() -> None:
    """Print the JSON Schema of form files, for editors."""
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


@forms.command(name="list")
def list_() -> None:
    """List the forms of the catalogue with their versions."""
    catalogue = Catalogue()
    for name in catalogue.names():
        entry = catalogue.entry(name)
        click.echo(f"{name}: {', '.join(entry.versions) or 'cannot be read'} ({entry.file})")
    if not catalogue.names():
        click.echo(f"no forms in {default_root()}", err=True)


@forms.command()
@click.argument("form")
@click.option("--network", default="", help="The form as this network has it (code).")
@click.option("--by", "person", default="", help="Id or e-mail address of who releases it.")
@click.option(
    "--same-meaning",
    "confirmed",
    multiple=True,
    metavar="KEY",
    help="A rewording that means the same, by the key in brackets (may be repeated).",
)
@click.option("--accept-warnings", is_flag=True, help="The warnings have been read.")
def publish(
    form: str, network: str, person: str, confirmed: tuple[str, ...], *, accept_warnings: bool
) -> None:
    """Release FORM as it lies in its files; a released version never changes."""
    from portal.forms.publishing import report, service

    command = report.PublishForm(form, network, confirmed, accept_warnings)
    with application().app_context():
        try:
            seen = service.publish(_publisher(person), command)
        except report.PublishRefusedError as error:
            for line in error.preview.lines():
                click.echo(line)
            raise
    for line in seen.lines():
        click.echo(line)
    if not seen.unchanged:
        click.echo(f"released {seen.form.name} {seen.form.version}, sha256 {seen.form.hash}")


@forms.command()
@click.argument("form")
@click.option("--network", default="", help="The versions of this network's form (code).")
def versions(form: str, network: str) -> None:
    """List the released versions of FORM, newest first."""
    from portal.forms.publishing import queries

    with application().app_context():
        rows = queries.versions(system("console"), form, network)
    for row in rows:
        moment = row.published_at.isoformat(timespec="minutes")
        click.echo(f"{row.version}  {moment}  {row.published_by}  sha256 {row.hash}")
    if not rows:
        click.echo(f"no version of '{form}' was released yet", err=True)


@forms.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "shape", type=click.Choice(["list", "svg", "fhir", "ped"]), default="list")
@click.option("--patient", default="", help="The individual who is the patient.")
def pedigree(file: Path, shape: str, patient: str) -> None:
    """Read a PED file; print the family as sentences, drawing, FHIR or PED, and what is wrong with it."""
    from portal.forms.pedigree import fhir, ped, svg, text

    family = ped.from_ped(file.read_text(encoding="utf-8", errors="replace"), proband=patient)
    for problem in family.problems:
        click.echo(problem, err=True)
    written = {
        "list": lambda: "\n".join(text.sentences(family)),
        "svg": lambda: svg.draw(family),
        "fhir": lambda: json.dumps(fhir.family_history(family, "patient"), indent=2),
        "ped": lambda: ped.to_ped(family).rstrip("\n"),
    }
    click.echo(written[shape]())


def _publisher(person: str) -> Actor:
    """Return the actor for a person, or the console itself when nobody is named."""
    from portal.people.actors import load_actor
    from portal.people.queries.find import person_named

    if not person:
        return system("console")
    found = person_named(person)
    actor = load_actor(found.id)
    if actor is None:
        raise NotFoundError(f"{found.name} is suspended: nothing is allowed.")
    return actor


for interop_command in INTEROP_COMMANDS:
    forms.add_command(interop_command)
