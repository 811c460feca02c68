"""Forms and answers that several tests use."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from portal.forms.compile import compile_form
from portal.forms.compiled import CompiledForm
from portal.forms.definition import FormDefinition, read_definition
from portal.forms.evaluate import Context, Evaluation, evaluate

HERE = Path(__file__).parent
CONSULTATION = (HERE / "consultation.yaml").read_text(encoding="utf-8")
NOW = Context(date(2025, 3, 1), values={"patient.birth_date": "2011-03-14"})
MARFAN = {"system": "https://www.orpha.net", "code": "558", "display": "Marfan syndrome"}


def definition(text: str) -> FormDefinition:
    return read_definition(text).required()


def form(text: str) -> CompiledForm:
    source = read_definition(text)
    return compile_form(source.required(), places=source.places)


@cache
def consultation() -> CompiledForm:
    return form(CONSULTATION)


def small(items: str, **blocks: str) -> CompiledForm:
    """Compile a form from the lines of its items; ``blocks`` are further top-level blocks."""
    return form(small_text(items, **blocks))


def small_text(items: str, version: str = "1.0.0", **blocks: str) -> str:
    lines = ["form: small", f"version: {version}", "items:"]
    lines += ["  " + line for line in items.strip("\n").splitlines()]
    for name, body in blocks.items():
        lines.append(f"{name}:")
        lines += ["  " + line for line in body.strip("\n").splitlines()]
    return "\n".join(lines) + "\n"


def outcome(compiled: CompiledForm, answers: Any, **more: Any) -> Evaluation:
    return evaluate(compiled, answers, NOW, **more)


def codes(found: Evaluation) -> set[tuple[str, str]]:
    """Return (item, code) of every issue."""
    return {(issue.item, issue.code) for issue in found.issues}
