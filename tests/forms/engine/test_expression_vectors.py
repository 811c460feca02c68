"""One semantics: the vectors hold in Python and in the browser's interpreter."""

import json
import subprocess
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from portal.forms.evaluate import Context
from portal.forms.evaluation.frames import Run, build_frames
from portal.forms.evaluation.steps import plan_of
from portal.forms.expressions import EvaluationError, compile_tree
from portal.forms.expressions.values import plain
from tests.forms.vectors import build

VECTORS = Path(build.__file__).parent / "expression_vectors.json"
CONTENT = json.loads(VECTORS.read_text(encoding="utf-8"))


@cache
def world() -> Any:
    return build.world()


def context() -> Context:
    now = {name: date.fromisoformat(day) for name, day in CONTENT["now"].items()}
    return Context(now["today"], now["visit_date"], CONTENT["facts"])


def test_the_file_is_what_the_cases_say() -> None:
    assert VECTORS.read_text(encoding="utf-8") == build.text_of(build.build())


def test_there_are_several_hundred_cases_of_every_group() -> None:
    assert len(CONTENT["cases"]) > 500
    assert len({case["group"] for case in CONTENT["cases"]}) >= 18


def outcome_of(case: dict[str, Any]) -> Any:
    run = Run(world(), context().typed(), "en")
    root = build_frames(run, case["answers"])
    plan_of(world()).execute(run, root)
    try:
        return plain(compile_tree(case["tree"])(run.frames[case["row"]]))
    except EvaluationError:
        return "ERROR"


@pytest.mark.parametrize("case", CONTENT["cases"], ids=lambda case: f"{case['id']}: {case['text']}")
def test_python(case: dict[str, Any]) -> None:
    wanted = "ERROR" if case.get("error") else case["expect"]
    assert outcome_of(case) == wanted
    assert type(outcome_of(case)) is type(wanted)


def test_browser() -> None:
    script = VECTORS.parent / "run_vectors.mjs"
    done = subprocess.run(
        ["node", str(script), str(VECTORS)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    wrong = [json.loads(line) for line in done.stdout.splitlines()]
    assert wrong[:-1] == []
    assert wrong[-1] == {"ran": len(CONTENT["cases"])}
