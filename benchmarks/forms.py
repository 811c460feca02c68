"""Forms: a form of 300 questions (60 conditional, 30 calculated, 40 required), on the server and on the wire.

CPU time, the least of several runs. Limits: evaluating with validation 1 ms, rendering all of it 5 ms, a cached
form 1 ms; script and page of a section 30 KB each, compressed.
"""

import gzip
import sys
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


def script_size() -> float | None:
    """Return the compressed size of the built script of forms, or nothing when it is not built."""
    built = sorted((ROOT / "portal/web/static/dist").glob("forms*.js"))
    return kilobytes(built[-1].read_bytes()) if built else None


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
        "script of the form page": script_size(),
    }
    for name, size in sizes.items():
        if size is None:
            print(f"{name}: not built (portal assets build)")
            continue
        over |= size > 30
        print(f"{name}: {size:.1f} KB gzip (limit 30)")
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
