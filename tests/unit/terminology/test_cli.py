"""The command line: what operators type, what they read, and exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.terminology.cli import terminology

from .conftest import shared


@pytest.fixture
def run(tmp_path: Path) -> "Run":
    return Run(tmp_path / "data")


class Run:
    """Runs ``portal terminology`` on a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, *arguments: str | Path) -> Result:
        words = ["--data-dir", str(self.data), *(str(part) for part in arguments)]
        return CliRunner().invoke(terminology, words, catch_exceptions=False)


def test_load_list_search_diff_activate_drop(run: Run) -> None:
    old, new = shared("hpo/hp-2020-10-12.obo.zst", "hpo/hp-2025-01-16.obo.zst")
    loaded = run("load", "--pack", "hpo", "--from", new)
    assert loaded.exit_code == 0
    assert "hpo 2025-01-16 is active: 19,484 concepts" in loaded.stdout
    assert "uses the Human Phenotype Ontology (2025-01-16)" in loaded.stdout
    assert "read: hp-2025-01-16.obo with the loader obo" in loaded.stderr
    assert "is staged" in run("load", "--pack", "hpo", "--from", old, "--stage").stdout
    listed = json.loads(run("list", "--json").stdout)
    assert {(x["version"], x["status"]) for x in listed if x["pack"] == "hpo"} == {
        ("2025-01-16", "active"),
        ("2020-10-12", "staged"),
    }
    assert "HP:0001250       Seizure" in run("search", "--pack", "hpo", "seizrue").stdout
    changed = run("diff", "hpo", "2020-10-12", "2025-01-16")
    assert "relabelled: 854" in changed.stdout
    found = json.loads(run("diff", "hpo", "2020-10-12", "2025-01-16", "--json").stdout)
    assert len(found["retired"]) + len(found["gone"]) == 130
    assert len(found["new"]) > 3000
    assert all(len(row) == 3 for row in found["moved"])
    assert run("activate", "hpo", "2020-10-12").stdout == "hpo 2020-10-12 is active\n"
    refused = run("drop", "hpo", "2020-10-12")
    assert refused.exit_code == 2
    assert "is the active release" in refused.stderr
    assert run("drop", "hpo", "2025-01-16").exit_code == 0


def test_search_as_json_and_in_batch(run: Run, tmp_path: Path) -> None:
    line = json.loads(run("search", "--pack", "orpha", "--lang", "de", "--json", "marfan").stdout)
    assert line["hits"][0]["code"] == "558"
    assert line["hits"][0]["display"] == "Marfan-Syndrom"
    assert line["ms"] >= 0
    batch = tmp_path / "queries.csv"
    batch.write_text('marfan\n\n"Gaucher, Morbus"\n', encoding="utf-8")
    lines = run("search", "--pack", "orpha", "--json", "--batch", batch).stdout.splitlines()
    assert [json.loads(text)["query"] for text in lines] == ["marfan", "Gaucher, Morbus"]
    assert json.loads(lines[1])["hits"][0]["code"] == "355"


def test_search_with_value_set_and_notes(run: Run) -> None:
    told = run("search", "--pack", "hpo", "HP:0001388").stdout
    assert "no longer in use, see HP:0001382" in told
    told = run("search", "--value-set", "units", "mg/dL").stdout
    assert told.startswith("mg/dL            milligram per deciliter")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("search", "--pack", "hpoo", "x"), "Did you mean 'hpo'"),
        (("search",), "Say what to search for"),
        (("load", "--pack", "hpo", "--from", "/nowhere.obo"), "no such file or folder"),
        (("load", "--pack", "hgvs"), "has nothing of its own to load"),
        (("load", "--pack", "icdo", "--from", "x", "--option", "y"), "wants NAME=VALUE"),
        (("activate", "hpo", "1999-01-01"), "is not loaded here"),
        (("diff", "hgvs", "1"), "not loaded here"),
        (("search", "--value-set", "diagnosis", "x"), "Did you mean 'diagnoses'"),
    ],
)
def test_refusals_are_sentences(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_a_closed_licence_and_a_broken_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "icd.xml"
    path.write_text("<ClaML>\n<Class code='A'", encoding="utf-8")
    refused = run("load", "--pack", "icd10", "--from", path)
    assert "only be loaded under its licence" in refused.stderr
    assert "--accept-licence" in refused.stderr
    broken = run("load", "--pack", "icd10", "--from", path, "--accept-licence", "Me")
    assert broken.exit_code == 2
    assert "icd.xml:2: not well-formed XML" in broken.stderr


def test_verify_writes_nothing(run: Run, tmp_path: Path) -> None:
    gps = shared("snomed/ValueSet-snomed-intl-gps-20200930.json.zst")[0]
    told = run("verify", "--pack", "snomed", "--from", gps)
    assert "snomed 20200930: 1 files read, 0 not read, 26,158 concepts" in told.stdout
    assert not run.data.exists()
    path = tmp_path / "hp.obo"
    path.write_text("format-version: 1.2\n[Term]\nid: HP:0000001\nname: All\n", encoding="utf-8")
    told = run("verify", "--pack", "hpo", "--from", path)
    assert told.exit_code == 2
    assert "1 concepts, but a whole release has at least 15,000" in told.stderr


def test_starter_content_can_be_loaded_by_name(run: Run) -> None:
    assert run("load", "--pack", "iso3166").stdout.startswith("iso3166 ")
    assert "249 concepts" in run("load", "--pack", "iso3166").stdout


def test_a_batch_that_cannot_be_read_is_named(run: Run, tmp_path: Path) -> None:
    batch = tmp_path / "queries.csv"
    batch.write_bytes(b"caf\xe9\n")
    result = run("search", "--pack", "orpha", "--json", "--batch", batch)
    assert result.exit_code == 2
    assert "queries.csv is no CSV file in UTF-8" in result.output
