"""The third witness: HL7's FHIRPath engine finds what we find, but for a reviewed list of deviations."""

import json
import math
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.forms.compiling import expression_in
from portal.forms.evaluate import Context
from portal.forms.fhirpath import UnsupportedError, fhirpath_of
from tests.forms.vectors import build
from tests.forms.witness.deviations import DEVIATIONS
from tests.forms.witness.engine import installed_engine
from tests.forms.witness.responses import questionnaire, response

CONTENT = json.loads((Path(build.__file__).parent / "expression_vectors.json").read_text())
PATIENT = {
    "resourceType": "Patient",
    "birthDate": CONTENT["facts"]["patient.birth_date"],
    "address": [{"country": CONTENT["facts"]["patient.country"]["code"]}],
}
Json = dict[str, Any]
Path_ = list[tuple[str, int]]
WITNESSED = 760  # of 779 vectors; the others use what FHIRPath cannot say


def exported() -> Iterator[tuple[Json, Json]]:
    """Yield (vector, what the engine needs) for every expression that FHIRPath can say."""
    form = build.world()
    now = {name: date.fromisoformat(day) for name, day in CONTENT["now"].items()}
    context = Context(now["today"], now["visit_date"], CONTENT["facts"])
    for case in CONTENT["cases"]:
        resource = response(form, case["answers"], context)
        path = _path(case)
        scope = tuple(repeat for repeat, _ in path)
        try:
            expression = fhirpath_of(form, expression_in(form, case["text"], scope=scope))
            lets = {
                name: fhirpath_of(form, one)
                for name, one in form.lets.items()
                if f"%{name}" in expression
            }
        except UnsupportedError:
            continue
        yield (
            case,
            {
                "id": case["id"],
                "expression": expression,
                "resource": resource,
                "rows": _row_variables(path),
                "lets": lets,
                "patient": PATIENT,
            },
        )


def _row_variables(path: Path_) -> dict[str, str]:
    """Return, for the repeats around a row, the variable and where it stands."""
    found, place = {}, "%resource"
    for repeat, index in path:
        place += f".item.where(linkId='{repeat}')[{index}]"
        found[f"row_{repeat.replace('.', '_')}"] = place
    return found


def _path(case: Json) -> Path_:
    """Return the repeats around the case's row with the place of the row in each, outermost first."""

    def search(rows_holder: Json, path: Path_) -> Path_:
        for name, rows in rows_holder.items():
            if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
                continue
            for index, row in enumerate(rows):
                here = [*path, (name, index)]
                if row.get("row") == case["row"]:
                    return here
                if inner := search(row, here):
                    return inner
        return []

    return search(case["answers"], []) if case["row"] else []


def same(wanted: Any, values: list[Any]) -> bool:
    """Compare an expectation with what the engine found; its numbers are binary floats."""
    if wanted is None:
        return values == []
    if isinstance(wanted, list):
        return len(wanted) == len(values) and all(
            same(one, [value]) for one, value in zip(wanted, values, strict=True)
        )
    return len(values) == 1 and _same_value(wanted, values[0])


def _same_value(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, dict):
        return _same_object(wanted, found)
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, int | float):
        return math.isclose(found, float(wanted), rel_tol=1e-9, abs_tol=1e-12)
    return _without_seconds(str(found)) == _without_seconds(wanted)


def _without_seconds(text: str) -> str:
    """The engine writes 14:30:00 for 14:30."""
    return text.removesuffix(":00") if text.count(":") == 2 else text


def _same_object(wanted: Json, found: Any) -> bool:
    if isinstance(found, str):  # a quantity of the engine: 5 'kg'
        amount, _, unit = found.partition(" ")
        found = {"value": amount, "unit": unit.strip("'")}
    if not isinstance(found, dict):
        return False
    if "unit" in wanted:
        near = math.isclose(float(found["value"]), float(wanted["value"]), rel_tol=1e-9)
        return near and found.get("code", found.get("unit")) == wanted["unit"]
    return (found.get("system", ""), found.get("code")) == (wanted["system"], wanted["code"])


def key(case: Json) -> str:
    """Return the name of a case in the table of deviations."""
    return f"{case['group']}: {case['text']}"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Json]:
    """What the engine found, by case."""
    cases = tmp_path_factory.mktemp("witness") / "cases.json"
    asked = [one for _, one in exported()]
    cases.write_text(
        json.dumps(
            {
                "now": CONTENT["now"]["today"],
                "questionnaire": questionnaire(build.world()),
                "cases": asked,
            }
        )
    )
    node, package, environment = installed_engine()
    script = Path(__file__).parent / "run_fhirpath.mjs"
    done = subprocess.run(
        [node, str(script), str(cases), str(package)],
        capture_output=True, text=True, timeout=300, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {one["id"]: one for one in lines}


def deviations(found: dict[int, Json]) -> dict[str, str]:
    """Return the cases in which the engine finds something else, with what it found."""
    wrong: dict[str, str] = {}
    for case, asked in exported():
        answer = found[case["id"]]
        agrees = (
            "error" in answer
            if case.get("error")
            else same(case["expect"], answer.get("values", ["error"]))
        )
        if not agrees:
            wanted = "an error" if case.get("error") else case["expect"]
            wrong[key(case)] = f"{asked['expression']} gives {answer}, wanted {wanted}"
    return wrong


def test_the_engine_agrees_but_for_the_reviewed_deviations(found: dict[int, Json]) -> None:
    wrong = deviations(found)
    listed = {case for cases in DEVIATIONS.values() for case in cases}
    assert {case: wrong[case] for case in wrong if case not in listed} == {}
    assert (
        sorted(listed - set(wrong)) == []
    )  # what agrees by now is struck off: the table only shrinks


def test_most_of_the_language_is_witnessed() -> None:
    witnessed = sum(1 for _ in exported())
    assert witnessed >= WITNESSED
