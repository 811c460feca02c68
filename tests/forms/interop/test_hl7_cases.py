"""Every case of HL7's own validator: our verdict is the official one."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portal.forms.cli import forms
from tests.forms.interop.files import HL7, hl7_cases, load

CASES = hl7_cases()


def judged(case: dict[str, Any]) -> Result:
    files = [str(HL7 / name) for name in (case["supporting"][0], case["file"])]
    beside = [f"--with={HL7 / name}" for name in case["supporting"][1:]]
    return CliRunner().invoke(forms, ["validate", *files, "--json", *beside])


def official(case: dict[str, Any]) -> bool:
    outcome = load(HL7 / case["outcome"])
    return all(i["severity"] not in {"error", "fatal"} for i in outcome.get("issue", []))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_verdict_is_the_official_one(case: dict[str, Any]) -> None:
    result = judged(case)
    found = json.loads(result.output)
    assert found["valid"] == official(case)
    assert result.exit_code == (0 if found["valid"] else 1)
    for issue in found["issues"]:
        assert set(issue) == {"linkId", "severity", "code", "message"}
        assert issue["message"]


def test_there_are_cases_of_both_kinds() -> None:
    verdicts = [official(case) for case in CASES]
    assert len(verdicts) >= 36
    assert True in verdicts
    assert False in verdicts
