"""The catalogue and the commands for authors."""

import ast
import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from portal.forms.catalogue import (
    Catalogue,
    FolderLibrary,
    compiled_from_json,
    load_form,
    load_source,
)
from portal.forms.cli import forms
from portal.forms.definition import canonical_json, read_definition
from portal.forms.definition.schema import json_schema
from portal.forms.definition.vocabulary import (
    FORM_KEYWORDS,
    ITEM_KEYWORDS,
    OPTION_KEYWORDS,
    RULE_KEYWORDS,
)
from portal.forms.definition.writer import to_yaml
from portal.forms.overlays import read_overlay
from portal.kernel.errors import DefinitionError, NotFoundError
from tests.forms.engine.samples import CONSULTATION, NOW, outcome
from tests.forms.engine.test_overlays import EYE

ROOT = Path(__file__).parents[3]
MAIN = """
form: intake
version: 1.1.0
languages: [en, de]
lists: {yn: [y Yes, n No]}
items:
  - include: sections/eyes
  - {include: lungs, as: left}
  - include: shared@1.0.0
rules: [{check: eye is answered, message: Say}]
"""
EYES = "section: eyes\nlabel: {en: Eyes, de: Augen}\nitems: [{id: eye, type: choice, options: yn}, {id: acuity, type: decimal, value: low}]\nlet: {low: 1 + 1}\n"
LUNGS = "items:\n  - {id: fev1, type: decimal}\n  - {id: fvc, type: decimal, show_if: fev1 > 1}\nlet: {half: fev1 / 2}\nrules: [{check: fev1 < fvc, message: M, at: fvc}]\nchecks: [{given: {fev1: 2}, expect: {fvc: shown}}]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "form_definitions"
    (root / "intake" / "sections").mkdir(parents=True)
    (root / "intake" / "versions").mkdir()
    (root / "shared" / "versions").mkdir(parents=True)
    (root / "intake" / "form.yaml").write_text(MAIN)
    (root / "intake" / "sections" / "eyes.yaml").write_text(EYES)
    (root / "intake" / "lungs.yaml").write_text(LUNGS)
    (root / "shared" / "form.yaml").write_text(
        "form: shared\nversion: 2.0.0\nitems: [{id: pain, type: integer}]\n"
    )
    (root / "shared" / "versions" / "1.0.0.yaml").write_text(
        "form: shared\nversion: 1.0.0\nitems: [{id: pain, type: yes_no}]\n"
    )
    (root / "intake" / "versions" / "1.0.0.yaml").write_text(
        "form: intake\nversion: 1.0.0\nitems: [{id: eye, type: text}]\n"
    )
    (root / "consultation.yaml").write_text(CONSULTATION)
    monkeypatch.setenv("PORTAL_FORM_DEFINITIONS", str(root))
    return root


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(forms, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_forms_are_assembled_from_section_files(folder: Path) -> None:
    form = load_form("intake")
    assert list(form.items) == ["eyes", "eye", "acuity", "left.fev1", "left.fvc", "pain"]
    assert form.items["pain"].item.type == "yes_no"
    assert form.definition.assembled_from == ("shared@1.0.0",)
    assert form.items["eyes"].label("de") == "Augen"
    found = outcome(form, {"left.fev1": "2", "left.fvc": "1"})
    assert {i.rule for i in found.issues} == {"left.lungs-1"} | {
        i.rule for i in found.issues if "lungs" not in i.rule
    }
    assert found.computed == {("acuity", ""): "2"}
    assert "left.half" in form.lets
    assert form.definition.checks[0].given == {"left.fev1": 2}


def test_names_versions_and_files(folder: Path) -> None:
    catalogue = Catalogue()
    assert catalogue.names() == ["consultation", "intake", "shared"]
    assert catalogue.entry("intake").versions == ("1.0.0", "1.1.0")
    assert load_form("intake", version="1.0.0").version == "1.0.0"
    with pytest.raises(NotFoundError) as caught:
        load_form("intaek")
    assert "Did you mean 'intake'?" in caught.value.hint
    with pytest.raises(DefinitionError, match="is not kept here"):
        load_form("intake", version="0.9.0")


def test_a_form_is_compiled_once_and_again_when_a_file_changes(folder: Path) -> None:
    first = load_form("intake")
    assert load_form("intake") is first
    (folder / "intake" / "lungs.yaml").write_text(
        LUNGS.replace("fvc, type", "fvc, label: FVC, type")
    )
    assert load_form("intake").hash != first.hash
    overlay = read_overlay(EYE).required()
    assert load_form("consultation", [overlay]) is load_form("consultation", [overlay])
    text = canonical_json(first.definition)
    assert compiled_from_json(text) is compiled_from_json(text)
    assert compiled_from_json(text).hash == first.hash


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("sections/eyes", "section: eyes\nitems: [{include: eyes}]\n", "includes go in a circle"),
        (
            "sections/eyes",
            "section: eyes\nitems: [{include: nowhere}]\n",
            "no section file or form named 'nowhere'",
        ),
        (
            "sections/eyes",
            "section: eyes\nitems: [{include: ../../../../etc/passwd}]\n",
            "no section file",
        ),
        ("sections/eyes", "[]", "there is no item"),
        ("sections/eyes", "just words", "begins with 'section:'"),
        ("sections/eyes", "sektion: eyes\n", "holds neither"),
        ("sections/eyes", EYES + "lists: {yn: [y Yes]}\n", "already defined under 'lists:'"),
        ("sections/eyes", EYES.replace("type: decimal", "type: desimal"), "is not a type of item"),
    ],
)
def test_faults_in_section_files_name_that_file(
    folder: Path, name: str, content: str, words: str
) -> None:
    (folder / "intake" / f"{name}.yaml").write_text(content)
    with pytest.raises(DefinitionError) as caught:
        load_form("intake")
    assert words in str(caught.value)
    if words != "there is no item":
        assert f"{Path(name).name}.yaml" in str(caught.value) or "form.yaml" in str(caught.value)


def test_includes_never_leave_the_folder(folder: Path) -> None:
    (folder.parent / "secret.yaml").write_text("section: secret\nitems: []\n")
    library = FolderLibrary(folder)
    assert library.find("../../secret", str(folder / "intake" / "form.yaml")) is None
    assert library.find("lungs", str(folder / "intake" / "form.yaml")) is not None


def test_check(folder: Path) -> None:
    code, output = run("check")
    assert code == 0, output
    assert "consultation 3.2.0: 11 items, 1 rules, 2 of 2 checks passed" in output
    broken = folder / "broken.yaml"
    broken.write_text("form: broken\nversion: 1.0.0\nitems: [{id: a, type: intger}]\n")
    code, output = run("check", str(broken))
    assert code == 1
    assert "broken.yaml:3: [type] 'intger' is not a type of item Did you mean 'integer'?" in output
    failing = folder / "failing.yaml"
    failing.write_text(
        "form: f\nversion: 1.0.0\nitems: [{id: a, type: integer}]\nchecks: [{name: c, given: {a: 1}, expect: {a: 2}}]\n"
    )
    code, output = run("check", str(failing))
    assert code == 1
    assert "check 'c': expected a: 2, found 1" in output
    assert run("check", "nothing")[0] == 1


def test_check_of_an_overlay(folder: Path) -> None:
    file = folder.parent / "overlay.yaml"
    file.write_text(EYE)
    assert run("check", str(file)) == (0, f"{file}: fits consultation\n")
    file.write_text(EYE.replace("hide: onset_note", "hide: dx"))
    code, output = run("check", str(file))
    assert code == 1
    assert "'dx' is required by the base" in output
    file.write_text(EYE.replace("extends: consultation", "extends: konsultation"))
    assert "Did you mean 'consultation'?" in run("check", str(file))[1]


def test_show_diff_schema_list(folder: Path) -> None:
    code, output = run("show", "intake")
    assert code == 0
    assert read_definition(output).required().items == load_form("intake").definition.items
    assert json.loads(run("show", "intake@1.0.0", "--as", "json")[1])["version"] == "1.0.0"
    code, output = run("show", "intak")
    assert code == 1
    assert "Did you mean 'intake'?" in output
    code, output = run("diff", "intake@1.0.0", "intake")
    assert code == 0
    assert "major  'eye': type changed from 'text' to 'choice'." in output
    assert "major: 1.0.0 → 2.0.0 or higher" in output
    assert run("diff", "intake", "nothing")[0] == 1
    assert json.loads(run("schema")[1])["title"] == "Form definition"
    assert "intake: 1.0.0, 1.1.0" in run("list")[1]


def test_the_schema_accepts_what_the_reader_accepts() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    for text in (CONSULTATION, to_yaml(read_definition(CONSULTATION).required())):
        loaded = yaml.safe_load(text)
        assert [error.message for error in validator.iter_errors(loaded)] == []
    wrong = yaml.safe_load(CONSULTATION)
    wrong["items"][0]["lable"] = "x"
    wrong["itmes"] = []
    assert len(list(validator.iter_errors(wrong))) == 2


def test_every_keyword_is_in_the_documentation() -> None:
    text = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
    words = {*ITEM_KEYWORDS, *FORM_KEYWORDS, *OPTION_KEYWORDS, *RULE_KEYWORDS}
    assert sorted(word for word in words if f"`{word}`" not in text) == []


def test_the_forms_that_ship_are_sound() -> None:
    from portal.forms.checks import run_checks

    catalogue = Catalogue(ROOT / "form_definitions")
    for name in catalogue.names():
        source = load_source(name, root=catalogue.root)
        assert [str(issue) for issue in source.issues] == []
        form = load_form(name, root=catalogue.root)
        assert [result for result in run_checks(form, NOW.today) if not result.passed] == []
        assert read_definition(to_yaml(form.definition)).required() == form.definition


ENGINE = [
    "definition",
    "diff",
    "evaluation",
    "expressions",
    "kinds",
    "overlays",
    "rendering",
    "binding",
    "browser",
    "catalogue",
    "checks",
    "cli",
    "compile",
    "compiled",
    "compiling",
    "evaluate",
    "fhirpath",
    "layout",
    "messages",
    "migration",
    "names",
    "patterns",
    "posted",
    "prefill",
    "replay",
    "semver",
    "versions",
]


def test_the_engine_imports_neither_flask_nor_a_database() -> None:
    package = ROOT / "portal" / "forms"
    files = [
        file
        for name in ENGINE
        for file in (package / f"{name}.py", *(package / name).rglob("*.py"))
    ]
    found = [file for file in files if file.is_file()]
    assert len(found) > 60
    for file in found:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            outside = {name.partition(".")[0] for name in names} & {
                "flask",
                "flask_wtf",
                "sqlalchemy",
            }
            assert not outside, file
