"""Writes expression_vectors.json from cases.txt, world.yaml and the comparison truth table.

Run ``python tests/forms/vectors/build.py`` after changing a case. Expectations are written by
hand (cases.txt) or follow from the short rule below; this file never asks the engine for them.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.forms.browser import unit_entry, units_in
from portal.forms.compile import compile_form
from portal.forms.compiled import CompiledForm
from portal.forms.compiling import expression_in
from portal.forms.definition import read_definition

HERE = Path(__file__).parent
NOW = {"today": "2025-03-01", "visit_date": "2025-02-20"}
FACTS = {
    "patient.birth_date": "2001-07-04",
    "patient.country": {"system": "urn:iso:std:iso:3166", "code": "FR"},
    "patient.sex": {"system": "https://example.org/codes", "code": "f"},
}
Case = dict[str, Any]


def world() -> CompiledForm:
    """Return the form that the vectors speak of."""
    return compile_form(read_definition((HERE / "world.yaml").read_text()).required())


def written_cases() -> Iterator[Case]:
    """Yield the cases of cases.txt."""
    group, given, row = "", {}, ""
    for line in (HERE / "cases.txt").read_text().splitlines():
        if line.startswith("## "):
            group, given, row = line[3:], {}, ""
        elif line.startswith("#"):
            continue
        elif line.startswith("given: "):
            given, row = json.loads(line[7:]), ""
        elif line.startswith("in: "):
            row = line[4:].strip()
        elif "  ->  " in line:
            text, _, wanted = line.rpartition("  ->  ")
            yield {
                "group": group,
                "text": text.strip(),
                "row": row,
                "answers": given,
                **expected(wanted),
            }


def expected(wanted: str) -> Case:
    """Return the expectation of one line."""
    if wanted == "error":
        return {"error": True}
    return {"expect": None if wanted == "unknown" else json.loads(wanted)}


TYPES: dict[str, tuple[str, list[Any], str, int | None]] = {
    # item, answers below / equal to / above the constant, constant, whether it is ordered
    "integer": ("a", [3, 5, 9], "5", 1),
    "decimal": ("x", ["4.9", "5.0", "5.1"], "5", 1),
    "date": ("onset", ["2024-05-16", "2024-05-17", "2024-05-18"], "2024-05-17", 1),
    "quantity": (
        "mass",
        [
            {"value": "4999", "unit": "g"},
            {"value": "5000", "unit": "g"},
            {"value": "6", "unit": "kg"},
        ],
        "5 kg",
        1,
    ),
    "yes_no": ("f", [False, True], "true", None),
    "text": ("t", ["a", "b"], '"b"', None),
    "choice": (
        "grade",
        [{"system": "", "code": "mild"}, {"system": "", "code": "severe"}],
        "severe",
        None,
    ),
}
OPERATORS = ["=", "is_not", "<", "<=", ">", ">=", "in", "not in"]


def truth(operator: str, position: int) -> bool:
    """Return the truth of ``answer OPERATOR constant``; position is -1, 0 or 1."""
    return {
        "=": position == 0,
        "is_not": position != 0,
        "<": position < 0,
        "<=": position <= 0,
        ">": position > 0,
        ">=": position >= 0,
        "in": position == 0,
        "not in": position != 0,
    }[operator]


def table_cases() -> Iterator[Case]:
    """Yield the truth table: operator x type x {none, one, several, hidden} answers."""
    for kind, (item, answers, constant, ordered) in TYPES.items():
        for operator in OPERATORS:
            if operator in {"<", "<=", ">", ">="} and not ordered:
                continue
            right = f"[{constant}]" if operator.endswith("in") else constant
            text = f"{item} {operator} {right}"
            base = {"group": f"Truth table: {kind}", "text": text, "row": ""}
            yield {**base, "answers": {}, "expect": True if operator == "is_not" else None}
            for index, answer in enumerate(answers):
                position = index - 1
                yield {**base, "answers": {item: answer}, "expect": truth(operator, position)}
    yield from several_cases()
    yield from hidden_cases()


def several_cases() -> Iterator[Case]:
    """Yield comparisons of several answers: at least one, and none equal for ``is_not``."""
    for marks in ([], [3], [5], [9], [3, 9], [3, 5], [5, 9], [3, 5, 9]):
        positions = [(mark > 5) - (mark < 5) for mark in marks]
        for operator in OPERATORS:
            right = "[5]" if operator.endswith("in") else "5"
            if not marks:
                wanted = True if operator == "is_not" else None
            elif operator in {"is_not", "not in"}:
                wanted = 0 not in positions
            else:
                wanted = any(truth(operator, position) for position in positions)
            yield {
                "group": "Truth table: several answers",
                "text": f"marks {operator} {right}",
                "row": "",
                "answers": {"marks": marks},
                "expect": wanted,
            }


def hidden_cases() -> Iterator[Case]:
    """Yield comparisons with an answer that is hidden: as if it had not been given."""
    for operator in OPERATORS:
        right = "[5]" if operator.endswith("in") else "5"
        yield {
            "group": "Truth table: hidden answer",
            "text": f"secret {operator} {right}",
            "row": "",
            "answers": {"gate": False, "secret": 5},
            "expect": True if operator == "is_not" else None,
        }


def scope_of(row: str) -> tuple[str, ...]:
    """Return the repeats around a row of the vectors (rows are named by level)."""
    return {"": (), "r": ("rows",), "i": ("rows", "rows.inner")}[row[:1]]


def build() -> dict[str, Any]:
    """Return the content of expression_vectors.json."""
    form = world()
    cases = []
    for number, case in enumerate([*written_cases(), *table_cases()], 1):
        resolved = expression_in(form, case["text"], scope=scope_of(case["row"]))
        cases.append({"id": number, **case, "tree": resolved.tree})
    codes = units_in([case["tree"] for case in cases])
    units = dict(form.ast["units"]) | {code: unit_entry(code) for code in sorted(codes)}
    return {"form": {**form.ast, "units": units}, "now": NOW, "facts": FACTS, "cases": cases}


def text_of(content: dict[str, Any]) -> str:
    """Return the file's text: one case per line."""
    head = {key: value for key, value in content.items() if key != "cases"}
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in content["cases"])
    return json.dumps(head, ensure_ascii=False)[:-1] + ',\n"cases": [\n' + lines + "\n]}\n"


if __name__ == "__main__":
    (HERE / "expression_vectors.json").write_text(text_of(build()), encoding="utf-8")
