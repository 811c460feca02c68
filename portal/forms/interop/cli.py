"""``portal forms validate | import | export``: forms and answers in other people's formats."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from portal.forms.compile import compile_form
from portal.forms.interop.access import Json, objects, text
from portal.forms.interop.checking import check_response
from portal.forms.interop.commands import (
    READERS,
    definition_of,
    read_answers,
    read_form,
    read_response,
    unknown_items,
    write_form,
    write_response,
    write_tables,
)
from portal.forms.interop.files import Resource, UnreadableError, read_resource, write_json
from portal.forms.interop.findings import Findings
from portal.forms.interop.tables import MAIN
from portal.kernel.clock import today
from portal.kernel.errors import DefinitionError, PortalError

FILE = click.Path(dir_okay=False, path_type=Path)
_FORMS = ("Questionnaire", "QuestionnaireResponse", "Bundle")


def say(found: dict[str, Any], *, as_json: bool) -> None:
    """Print a verdict: JSON, or a sentence per remark."""
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=True, indent=2))
        return
    for one in found["issues"]:
        place = f"{one['linkId']}: " if one["linkId"] else ""
        click.echo(f"{one['severity']}: {place}{one['message']}")
    click.echo("valid" if found["valid"] else "not valid")


def unreadable(message: str, *, as_json: bool) -> None:
    """Say that a file cannot be read, and leave with exit code 2."""
    issue = {"linkId": "", "severity": "fatal", "code": "structure", "message": message}
    if as_json:
        say({"valid": False, "issues": [issue]}, as_json=True)
    else:
        click.echo(message, err=True)
    raise SystemExit(2)


@click.command()
@click.argument("questionnaire", type=FILE)
@click.argument("response", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@click.option(
    "--with",
    "beside",
    type=FILE,
    multiple=True,
    help="A ValueSet, CodeSystem or Bundle that the form refers to (may be repeated).",
)
def validate(
    questionnaire: Path, response: Path, *, as_json: bool, beside: tuple[Path, ...]
) -> None:
    """Check a FHIR QuestionnaireResponse against its Questionnaire (R4; JSON or XML).

    Exit code 0: valid, 1: not valid, 2: a file cannot be read. A response that carries its own
    Questionnaire may stand in both places.
    """
    try:
        findings = _judged(questionnaire, response, beside)
    except UnreadableError as error:
        unreadable(f"{error.message} {error.hint}".strip(), as_json=as_json)
        return
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        unreadable(f"the files cannot be compared ({type(error).__name__})", as_json=as_json)
        return
    say(findings.plain(), as_json=as_json)
    raise SystemExit(0 if findings.valid else 1)


def _judged(questionnaire: Path, response: Path, beside: Iterable[Path]) -> Findings:
    answers = read_resource(response, "QuestionnaireResponse")
    form = read_resource(questionnaire, *_FORMS)
    resources = [one for path in beside for one in _unbundled(read_resource(path).content)]
    resources += _unbundled(form.content)
    findings = check_response(
        _form_in(form.content, answers.content),
        answers.content,
        beside=resources,
        today=today().isoformat(),
    )
    _say_twice(findings, answers)
    return findings


def _say_twice(findings: Findings, resource: Resource) -> None:
    for name in resource.twice:
        findings.error("structure", "", f"the property '{name[:60]}' stands twice in one object")


def _unbundled(resource: Json) -> list[Json]:
    if text(resource, "resourceType") != "Bundle":
        return [resource]
    found = [one.get("resource") for one in objects(resource, "entry")]
    return [one for one in found if isinstance(one, dict)]


def _form_in(resource: Json, response: Json) -> Json:
    """Return the Questionnaire of a file: itself, one of a Bundle, or one a response carries.

    An empty one when there is none: then only the shape of the response is judged.
    """
    if text(resource, "resourceType") == "QuestionnaireResponse":
        inside = objects(resource, "contained")
    else:
        inside = _unbundled(resource)
    forms = [one for one in inside if text(one, "resourceType") == "Questionnaire"]
    wanted = text(response, "questionnaire").partition("|")[0]
    named = [one for one in forms if text(one, "url") == wanted or f"#{text(one, 'id')}" == wanted]
    return (named or forms or [{}])[0]


@click.command(name="import")
@click.argument("file", type=FILE)
@click.option(
    "--from",
    "source",
    type=click.Choice([*READERS, "response"]),
    required=True,
    help="fhir, redcap and xlsform are forms; response is a FHIR QuestionnaireResponse.",
)
@click.option("--to", "target", type=FILE, help="File to write; without it the result is printed.")
@click.option("--form", help="For a response: the form that it answers (name, name@version, file).")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def import_(
    file: Path, source: str, target: Path | None, form: str | None, *, as_json: bool
) -> None:
    """Read a form from elsewhere into a YAML definition, or a FHIR response into answers.

    The report, on the error output, says what is carried by keywords, what stays verbatim under
    « fhir: » and what is ignored.
    """
    with _refusals():
        if source == "response":
            found, report = read_response(file, compile_form(definition_of(_needed(form))))
            lines = [f"{one['linkId']}: {one['message']}" for one in report["issues"]]
        else:
            found, carried = read_form(file, source)
            report, lines = carried.plain(), carried.sentences()
        _write(found, target)
    click.echo(json.dumps(report, indent=2) if as_json else "\n".join(lines), err=True)


@click.command()
@click.argument("form")
@click.option(
    "--to",
    "target",
    type=click.Choice(["fhir", "redcap", "yaml", "response", "csv"]),
    required=True,
    help="The form as fhir, redcap, yaml; answers to it as (FHIR) response or csv.",
)
@click.option("--answers", type=FILE, help="For response and csv: JSON file with the answers.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; a folder for csv.")
@click.option("--language", default="", help="Language of labels in redcap and csv.")
@click.option("--rows", type=click.Choice(["files", "columns"]), default="files")
@click.option("--status", default="completed", help="Status of the response.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def export(form: str, target: str, *, as_json: bool, **options: Any) -> None:
    """Write a form, or answers to it, in another format; the report goes to the error output."""
    out: Path | None = options["out"]
    with _refusals():
        definition = definition_of(form)
        if target in {"response", "csv"}:
            filled = read_answers(_needed(options["answers"]))
            compiled = compile_form(definition)
            for name in unknown_items(compiled, filled):
                click.echo(f"ignored: {name}: the form has no such item", err=True)
            if target == "csv":
                _write_all(
                    write_tables(compiled, filled, options["language"], options["rows"]), out
                )
                return
            resources = [write_response(compiled, one, options["status"]) for one in filled]
            _write(write_json(resources[0] if len(resources) == 1 else resources) + "\n", out)
            return
        found, report = write_form(definition, target, options["language"])
        _write(found, out)
    if report is not None:
        shown = json.dumps(report.plain(), indent=2) if as_json else "\n".join(report.sentences())
        click.echo(shown, err=True)


def _needed(value: Any) -> Any:
    """Return an option without which a command cannot work."""
    if not value:
        raise click.UsageError("This needs --form (import) or --answers (export).")
    return value


@contextmanager
def _refusals() -> Iterator[None]:
    """Say expected errors as sentences: exit code 2 for files that cannot be read, else 1."""
    try:
        yield
    except UnreadableError as error:
        click.echo(f"{error.message} {error.hint}".strip(), err=True)
        raise SystemExit(2) from None
    except DefinitionError as error:
        for issue in error.issues:
            click.echo(f"{issue.severity}: {issue}", err=True)
        raise SystemExit(1) from None
    except PortalError as error:
        click.echo(f"{error.message} {error.hint}".strip(), err=True)
        raise SystemExit(1) from None


def _write(content: str, target: Path | None) -> None:
    if target is None:
        click.echo(content, nl=False)
        return
    try:
        target.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        reason = error.strerror or "no reason given"
        raise UnreadableError(f"'{target.name}' cannot be written: {reason}.") from None


def _write_all(files: dict[str, str], folder: Path | None) -> None:
    """Write tables into a folder; spreadsheets know UTF-8 by the mark in front."""
    if folder is None:
        click.echo(files[MAIN], nl=False)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8-sig", newline="")


COMMANDS: list[click.Command] = [validate, import_, export]
"""What ``portal forms`` gains; ``portal.forms.cli`` registers them."""
