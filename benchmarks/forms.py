"""Forms: a form of 300 questions (60 conditional, 30 calculated, 40 required), on the server and on the wire.

CPU time, the least of several runs. Limits: evaluating with validation 1 ms, rendering all of it 5 ms, a cached
form 1 ms; script and page of a section 30 KB each, compressed. With ``--peers``, SurveyJS (MIT) checks the same
answers to the same form in Node, in the same run.
"""

import gzip
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from portal.forms.catalogue import compiled_from_json
from portal.forms.compiled import CompiledForm
from portal.forms.definition import canonical_json, read_definition
from portal.forms.evaluate import Context, evaluate
from portal.forms.rendering import render_section, rules_json

SECTIONS = 15
CONTEXT = Context(date(2026, 7, 1))
ROOT = Path(__file__).resolve().parents[1]
KILOBYTE = 1024
LIMITS = {
    "evaluate and validate a complete response": 1.0,
    "evaluate and validate an empty response": 1.0,
    "render all sections": 5.0,
    "find the compiled form again": 1.0,
}


def text() -> str:
    """Return the form: per section 8 choices, 4 integers, 3 decimals, 2 texts, 1 long text, 2 dates."""
    lines = ["form: bench", "version: 1.0.0", "languages: [en]", "items:"]
    for number in range(SECTIONS):
        s = f"s{number}"
        options = ", ".join(f"o{n} Option {n}" for n in range(6))
        lines += [f"  - section: {s}", f"    label: Section {number}", "    items:"]
        for n in range(8):
            more = ", required: true" if n < 2 else ""
            more += f", show_if: {s}_c0 = o1" if n >= 4 else ""
            lines.append(
                f"      - {{id: {s}_c{n}, type: choice, label: Choice {n}, options: [{options}]{more}}}"
            )
        for n in range(4):
            more = ", required: true" if n == 0 and number < 10 else ""
            lines.append(
                f"      - {{id: {s}_i{n}, type: integer, label: Count {n}, min: 0, max: 200{more}}}"
            )
        lines += [
            f"      - {{id: {s}_d0, type: decimal, label: Amount}}",
            f"      - {{id: {s}_d1, type: decimal, label: Sum, value: 'sum({s}_i0, {s}_i1, {s}_i2)'}}",
            f"      - {{id: {s}_d2, type: decimal, label: Ratio, value: 'round({s}_i0 / {s}_d0, 2)'}}",
            f"      - {{id: {s}_t0, type: text, label: Word, max_length: 80}}",
            f"      - {{id: {s}_t1, type: text, label: Name, max_length: 80}}",
            f"      - {{id: {s}_l0, type: long_text, label: Story}}",
            f"      - {{id: {s}_e0, type: date, label: From}}",
            f"      - {{id: {s}_e1, type: date, label: To, max: today()}}",
        ]
    return "\n".join(lines) + "\n"


def complete(form: CompiledForm) -> dict[str, Any]:
    """Return an answer to every question that people answer."""
    samples: dict[str, Any] = {
        "choice": {"system": "", "code": "o1"},
        "integer": 42,
        "decimal": "12.5",
        "text": "some words",
        "long_text": "a story\nof two lines",
        "date": "2024-05-17",
    }
    return {
        item.id: samples[item.item.type]
        for item in form.items.values()
        if item.kind.answers and item.value is None
    }


def least(work: Callable[[], object], runs: int = 30) -> float:
    """Return the least CPU time of one call, in milliseconds."""
    best = float("inf")
    for _ in range(runs):
        began = time.process_time_ns()
        for _ in range(5):
            work()
        best = min(best, (time.process_time_ns() - began) / 5e6)
    return best


def kilobytes(content: bytes) -> float:
    """Return the compressed size."""
    return len(gzip.compress(content, 9)) / KILOBYTE


def script_size(*entries: str) -> float | None:
    """Return the compressed size of the newest built scripts of entries with the parts they import."""
    dist = ROOT / "portal/web/static/dist"
    open_ones: list[Path] = []
    for entry in entries:
        built = sorted(dist.glob(f"{entry}-*.js"), key=lambda file: file.stat().st_mtime)
        if not built:
            return None
        open_ones.append(built[-1])
    seen: dict[Path, bytes] = {}
    while open_ones:
        file = open_ones.pop()
        if file not in seen:
            seen[file] = file.read_bytes()
            parts = re.findall(rb'(?:from|import) ?"\./([^"]+)"', seen[file])
            open_ones += [dist / part.decode() for part in parts]
    return sum(kilobytes(content) for content in seen.values())


def as_surveyjs(form: CompiledForm) -> dict[str, Any]:
    """Return the same form as SurveyJS JSON: same questions, conditions, calculations, limits."""
    kinds = {"choice": "radiogroup", "long_text": "comment"}
    inputs = {"integer": "number", "decimal": "number", "date": "date"}
    pages = []
    for section in form.sections:
        elements = []
        for name in section.all_items:
            item = form.items[name]
            if not item.kind.answers:
                continue
            kind = kinds.get(item.item.type, "text")
            one: dict[str, Any] = {"type": kind, "name": name, "isRequired": item.item.required}
            if item.options:
                one["choices"] = [o.code for o in item.options]
            if item.item.type in inputs:
                one["inputType"] = inputs[item.item.type]
            if item.item.type == "integer":
                one |= {"min": 0, "max": 200}
            if item.show is not None:
                one["visibleIf"] = f"{{{section.id}_c0}} = 'o1'"
            if item.value is not None:
                one |= {"type": "expression", "expression": _calculation(section.id, name)}
            elements.append(one)
        pages.append({"name": section.id, "elements": elements})
    return {"pages": pages}


def _calculation(section: str, name: str) -> str:
    if name.endswith("_d1"):
        return f"sum({{{section}_i0}}, {{{section}_i1}}, {{{section}_i2}})"
    return f"round({{{section}_i0}} / {{{section}_d0}}, 2)"


def peers(form: CompiledForm, answers: dict[str, Any], ours: float) -> None:
    """Install and time the peer; print both and the ratio."""
    tools = ROOT / "benchmarks" / "tools"
    if not (tools / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=tools, check=True)
    flat = {k: v["code"] if isinstance(v, dict) else v for k, v in answers.items()}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"form": as_surveyjs(form), "answers": flat}, file)
        file.flush()
        done = subprocess.run(
            ["node", str(tools / "surveyjs.mjs"), file.name],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["valid"], found
    assert found["sum"] == 126, found  # it calculates what we calculate
    print(
        f"SurveyJS: build {found['build']:.1f} ms, set answers and validate {found['check']:.1f} ms CPU: "
        f"{found['check'] / ours:.0f} times ours"
    )


def main() -> None:
    """Print each measure beside its limit; exit 1 when one is over it."""
    definition = read_definition(text()).required()
    stored = canonical_json(definition)
    form = compiled_from_json(stored)
    questions = [item for item in form.items.values() if item.kind.answers]
    counts = (
        len(questions),
        sum(item.show is not None for item in questions),
        sum(item.value is not None for item in questions),
        sum(item.item.required for item in questions),
    )
    print("{} questions, {} conditional, {} calculated, {} required".format(*counts))
    answers = complete(form)
    outcome = evaluate(form, answers, CONTEXT)
    assert not outcome.errors, outcome.errors

    def whole() -> str:
        return "".join(render_section(form, s.id, answers, outcome) for s in form.sections)

    pages = whole()
    measured = {
        "evaluate and validate a complete response": least(
            lambda: evaluate(form, answers, CONTEXT)
        ),
        "evaluate and validate an empty response": least(lambda: evaluate(form, {}, CONTEXT)),
        "render all sections": least(whole),
        "find the compiled form again": least(lambda: compiled_from_json(stored)),
    }
    over = False
    for name, value in measured.items():
        over |= value > LIMITS[name]
        print(f"{name}: {value:.2f} ms CPU (limit {LIMITS[name]:g})")
    sizes = {
        "page with all sections": kilobytes(pages.encode()),
        "rules for the browser": kilobytes(rules_json(form).encode()),
        "scripts of the form page (forms, filling)": script_size("forms", "filling"),
    }
    for name, size in sizes.items():
        if size is None:
            print(f"{name}: not built (portal assets build)")
            continue
        over |= size > 30
        print(f"{name}: {size:.1f} KB gzip (limit 30)")
    if "--peers" in sys.argv:
        peers(form, answers, measured["evaluate and validate a complete response"])
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
