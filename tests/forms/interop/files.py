"""Where the study material lies, beside the project's root."""

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
QUESTIONNAIRES = ROOT.parent / "shared" / "data" / "questionnaires"
HL7 = QUESTIONNAIRES / "hl7-validator"
WEB = QUESTIONNAIRES / "jmandel-web" / "Q"


def load(path: Path) -> Any:
    """Read a JSON file; a missing one fails the test by name, it is not overlooked."""
    if not path.is_file():
        pytest.fail(f"{path} is missing: the questionnaires belong beside the project")
    return json.loads(path.read_text(encoding="utf-8"))


def hl7_cases() -> list[dict[str, Any]]:
    """Return the cases of the manifest."""
    cases: list[dict[str, Any]] = load(HL7 / "manifest.json")
    return cases


def questionnaires() -> list[Path]:
    """Return every Questionnaire of both corpora."""
    found = sorted(WEB.glob("*.json"))
    for case in hl7_cases():
        found += [HL7 / name for name in case["supporting"]]
    return [path for path in dict.fromkeys(found) if is_questionnaire(path)]


def is_questionnaire(path: Path) -> bool:
    """Whether a file holds a Questionnaire."""
    return bool(load(path).get("resourceType") == "Questionnaire")
