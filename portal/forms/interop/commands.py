"""``portal forms import`` and ``export``: what each format reads and writes."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from portal.forms.answers import flatten, nest
from portal.forms.catalogue import Catalogue, FolderLibrary
from portal.forms.compile import compile_form
from portal.forms.compiled import CompiledForm
from portal.forms.definition import FormDefinition, read_definition
from portal.forms.definition.writer import to_yaml
from portal.forms.evaluate import Context, completed_answers, evaluate
from portal.forms.interop.access import Json, objects, text
from portal.forms.interop.export import questionnaire
from portal.forms.interop.files import UnreadableError, read_resource, read_text, write_json
from portal.forms.interop.importing.document import from_fhir
from portal.forms.interop.importing.report import Report
from portal.forms.interop.redcap.reader import from_redcap
from portal.forms.interop.redcap.writer import to_redcap
from portal.forms.interop.responses import Heading, answers_from, response
from portal.forms.interop.tables import Filled, answer_tables
from portal.forms.interop.xlsform.reader import from_xlsform
from portal.kernel.clock import now, today

Imported = tuple[FormDefinition, Report]


def _fhir(path: Path) -> Imported:
    resource = read_resource(path, "Questionnaire", "Bundle").content
    if text(resource, "resourceType") == "Questionnaire":
        return from_fhir(resource)
    inside = [one.get("resource") for one in objects(resource, "entry")]
    forms = [one for one in inside if text(one, "resourceType") == "Questionnaire"]
    if len(forms) != 1 or not isinstance(forms[0], dict):
        raise UnreadableError(f"'{path.name}' holds {len(forms)} Questionnaires; one was expected.")
    return from_fhir(forms[0])


READERS: dict[str, Callable[[Path], Imported]] = {
    "fhir": _fhir,
    "redcap": lambda path: from_redcap(read_text(path), path.stem),
    "xlsform": from_xlsform,
}
"""Formats from which a form can be read."""


def definition_of(target: str) -> FormDefinition:
    """Return a form named as in the catalogue (``name@version``), or lying in a file or folder."""
    path = Path(target)
    if path.is_dir() and (path / "form.yaml").is_file():
        path /= "form.yaml"
    if path.is_file():
        around = [one for one in path.resolve().parents if one.name == "form_definitions"]
        library = FolderLibrary(around[0] if around else path.parent)
        return read_definition(path.read_bytes(), str(path), library).required()
    name, _, version = target.partition("@")
    return Catalogue().read(name, version).required()


def read_form(path: Path, source: str) -> tuple[str, Report]:
    """Return a form as YAML with the report; raises ``PortalError``."""
    definition, report = READERS[source](path)
    return to_yaml(definition), report


def read_response(path: Path, form: CompiledForm) -> tuple[str, dict[str, Any]]:
    """Return the answers of a QuestionnaireResponse as JSON, with what could not be taken over."""
    resource = read_resource(path, "QuestionnaireResponse").content
    read = answers_from(form, resource)
    return write_json(read.answers) + "\n", read.findings.plain()


def read_answers(path: Path) -> list[Filled]:
    """Return the responses of a file: one object of answers, or a list of them.

    ``{"id": …, "answers": {…}}`` names a response; others are numbered from 1.
    """
    try:
        found = json.loads(read_text(path))
    except (ValueError, RecursionError) as fault:
        raise UnreadableError(f"'{path.name}' is not readable as JSON: {fault}.") from None
    listed = found if isinstance(found, list) else [found]
    filled: list[Filled] = []
    for number, one in enumerate(listed, 1):
        if not isinstance(one, dict):
            raise UnreadableError(f"Response {number} in '{path.name}' is no object of answers.")
        answers = one.get("answers", one)
        if not isinstance(answers, dict):
            raise UnreadableError(
                f"The answers of response {number} in '{path.name}' are no object."
            )
        identity = one.get("id") if "answers" in one else None
        filled.append(Filled(str(identity or number), answers))
    return filled


def write_form(definition: FormDefinition, target: str, language: str) -> tuple[str, Report | None]:
    """Return a form in another format, with what that format cannot say."""
    if target == "yaml":
        return to_yaml(definition), None
    form = compile_form(definition)
    if target == "redcap":
        return to_redcap(form, language)
    return write_json(questionnaire(form)) + "\n", None


def write_response(form: CompiledForm, filled: Filled, status: str) -> Json:
    """Return one response as a QuestionnaireResponse."""
    answers = _whole(form, filled.answers)
    outcome = evaluate(form, answers, Context(today()))
    moment = now().isoformat(timespec="seconds")
    heading = Heading(status=status, authored=moment, identity=_identity(filled.identity))
    return response(form, answers, outcome, heading, exact=True)


def _identity(name: str) -> str:
    """Return a name as the id of a resource, empty where it cannot be one."""
    fits = (
        name.isascii() and 0 < len(name) <= 64 and name.replace("-", "").replace(".", "").isalnum()
    )
    return name if fits else ""


def write_tables(
    form: CompiledForm, filled: list[Filled], language: str, rows: str
) -> dict[str, str]:
    """Return the answers as CSV files, as they would be completed: hidden ones left out."""
    context = Context(today())
    complete = []
    for one in filled:
        answers = _whole(form, one.answers)
        outcome = evaluate(form, answers, context)
        complete.append(Filled(one.identity, completed_answers(form, answers, outcome)))
    return answer_tables(form, complete, language=language, rows=rows)


def unknown_items(form: CompiledForm, filled: list[Filled]) -> list[str]:
    """Return the ids in the answers that the form does not know: they are left out."""
    return sorted({name for one in filled for name in one.answers if name not in form.items})


def _whole(form: CompiledForm, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers in the shape that the engine keeps: unknown items and odd rows left out."""
    return nest(form, flatten(form, answers))
