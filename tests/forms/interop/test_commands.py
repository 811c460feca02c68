"""The commands: files in and out, reports on the error output, exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.forms.cli import forms
from tests.forms.interop.files import WEB
from tests.forms.interop.test_redcap import DICTIONARY

PHQ = WEB / "outputs_questionnaires_phq-9.json"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(forms, [str(one) for one in arguments])


def test_a_questionnaire_becomes_a_form_that_passes_the_check(tmp_path: Path) -> None:
    target = tmp_path / "phq.yaml"
    result = run("import", PHQ, "--from", "fhir", "--to", target, "--json")
    assert result.exit_code == 0
    report = json.loads(result.stderr)
    assert (report["format"], report["items"], report["expressions"]) == ("fhir", 13, 3)
    assert result.stdout == ""
    assert run("check", target).exit_code == 0
    exported = json.loads(run("export", target, "--to", "fhir").stdout)
    assert exported["url"] == json.loads(PHQ.read_text(encoding="utf-8"))["url"]
    printed = run("import", PHQ, "--from", "fhir")
    assert printed.stdout == target.read_text(encoding="utf-8")
    assert "13 items" in printed.stderr


def test_our_form_as_fhir_by_both_commands() -> None:
    shown = json.loads(run("show", "consultation", "--as", "fhir").stdout)
    exported = json.loads(run("export", "consultation", "--to", "fhir").stdout)
    assert shown == exported
    assert shown["resourceType"] == "Questionnaire"


def test_a_form_of_a_file_as_fhir_by_both_commands(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "form: own\ntitle: Own\nversion: 1.0.0\nitems:\n"
        "  - {id: mass, type: decimal, label: Mass, max: 4.50}\n",
        encoding="utf-8",
    )
    shown = run("show", file, "--as", "fhir")
    assert shown.exit_code == 0, shown.output
    assert json.loads(shown.stdout) == json.loads(run("export", file, "--to", "fhir").stdout)
    missing = run("show", tmp_path / "gone.yaml", "--as", "fhir")
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "gone.yaml" in missing.stderr


def test_a_named_value_of_rows_is_no_variable_outside_them(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "form: own\ntitle: Own\nversion: 1.0.0\nlet: {double: r.n * 2}\nitems:\n"
        "  - repeat: r\n    label: R\n    items:\n"
        "      - {id: r.n, type: integer, label: N}\n"
        "      - {id: r.m, type: integer, label: M, value: double}\n"
        "  - {id: total, type: integer, label: T, value: sum(double)}\n",
        encoding="utf-8",
    )
    rows, total = json.loads(run("export", file, "--to", "fhir").stdout)["item"]
    inside = rows["item"][1]["extension"][0]["valueExpression"]
    outside = total["extension"][0]["valueExpression"]
    assert (inside["language"], inside["expression"]) == ("text/fhirpath", "%double")
    assert outside["language"] == "text/x-ern-form-expression", "%double means nothing there"
    assert outside["expression"] == "sum(double)"


def test_answers_out_judged_and_in_again(tmp_path: Path) -> None:
    answers = {"id": "case-1", "answers": {"height": {"value": "1.80", "unit": "m"}, "gone": 1,
               "case_summary": "Girl of five with floppiness since birth and delayed walking."}}  # fmt: skip
    source, response, form = (tmp_path / name for name in ("a.json", "r.json", "q.json"))
    source.write_text(json.dumps(answers), encoding="utf-8")
    result = run(
        "export", "consultation", "--to", "response", "--answers", source, "--out", response
    )
    assert result.exit_code == 0
    assert "gone" in result.stderr
    assert run("export", "consultation", "--to", "fhir", "--out", form).exit_code == 0
    assert run("validate", form, response).exit_code == 0
    assert '"value": 1.80' in response.read_text(encoding="utf-8"), "no digit is lost"
    back = run("import", response, "--from", "response", "--form", "consultation")
    assert json.loads(back.stdout)["height"] == {"value": "1.80", "unit": "m"}


def test_tables_go_into_a_folder(tmp_path: Path) -> None:
    source = tmp_path / "a.json"
    rows = [{"case_summary": "=1+1", "differential": [{"row": "m", "differential.for": "-x"}]}, {}]
    source.write_text(json.dumps(rows), encoding="utf-8")
    folder = tmp_path / "tables"
    assert (
        run("export", "consultation", "--to", "csv", "--answers", source, "--out", folder).exit_code
        == 0
    )
    text = (folder / "answers.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfresponse,")
    assert b"'=1+1" in text
    assert (folder / "answers.differential.csv").read_text(encoding="utf-8-sig").count("\n") == 2
    wide = run("export", "consultation", "--to", "csv", "--answers", source, "--rows", "columns")
    assert "differential.1.differential.for" in wide.stdout


def test_redcap_in_and_out(tmp_path: Path) -> None:
    source, target = tmp_path / "study.csv", tmp_path / "study.yaml"
    source.write_text(DICTIONARY, encoding="utf-8")
    result = run("import", source, "--from", "redcap", "--to", target)
    assert result.exit_code == 0
    assert "kept as it is: odd" in result.stderr
    assert run("check", target).exit_code == 0
    back = run("export", target, "--to", "redcap")
    assert back.stdout.splitlines()[1].startswith("record_id,demographics")


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("import", "nowhere.json", "--from", "fhir"), 2, "cannot be opened"),
        (("import", "nowhere.xlsx", "--from", "xlsform"), 2, "no file"),
        (("import", PHQ, "--from", "redcap"), 2, "no data dictionary"),
        (("import", PHQ, "--from", "response", "--form", "consultation"), 2, "was expected"),
        (("import", PHQ, "--from", "response"), 2, "--form"),
        (("import", PHQ, "--from", "fihr"), 2, "fhir"),
        (("import", PHQ, "--from", "fhir", "--to", "/proc/none/x.yaml"), 2, "cannot be written"),
        (("export", "consultatoin", "--to", "fhir"), 1, "consultation"),
        (("export", "consultation", "--to", "csv"), 2, "--answers"),
        (
            ("export", "consultation", "--to", "csv", "--answers", "gone.json"),
            2,
            "cannot be opened",
        ),
    ],
)
def test_refusals_are_sentences(arguments: tuple[str | Path, ...], code: int, word: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert word in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "content", ["[1]", "{", '{"answers": 3}', '{"height": "tall"}', "[" * 3000]
)
def test_answers_of_any_shape_are_refused_or_written(tmp_path: Path, content: str) -> None:
    source = tmp_path / "a.json"
    source.write_text(content, encoding="utf-8")
    for target in ("response", "csv"):
        result = run("export", "consultation", "--to", target, "--answers", source)
        assert result.exit_code in {0, 1, 2}
        assert result.exception is None or isinstance(result.exception, SystemExit)
