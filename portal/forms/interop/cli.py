"""``portal forms validate | import | export``: forms and answers in other people's formats."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from portal.forms.interop.access import Json, objects, text
from portal.forms.interop.checking import check_response
from portal.forms.interop.files import Resource, UnreadableError, read_resource
from portal.forms.interop.findings import Findings
from portal.kernel.clock import today

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
    """Return the Questionnaire of a file: itself, one of a Bundle, or one a response carries."""
    if text(resource, "resourceType") == "QuestionnaireResponse":
        inside = objects(resource, "contained")
    else:
        inside = _unbundled(resource)
    forms = [one for one in inside if text(one, "resourceType") == "Questionnaire"]
    wanted = text(response, "questionnaire").partition("|")[0]
    named = [one for one in forms if text(one, "url") == wanted or f"#{text(one, 'id')}" == wanted]
    if not forms:
        raise UnreadableError("There is no Questionnaire in the file.")
    return (named or forms)[0]


COMMANDS: list[click.Command] = [validate]
"""What ``portal forms`` gains; ``portal.forms.cli`` registers them."""
