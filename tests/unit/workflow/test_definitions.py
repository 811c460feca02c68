"""Files that people write: read strictly, every fault with its place; overlays change, never break."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.kernel.errors import DefinitionError
from portal.workflow import catalogue, overlays
from portal.workflow.checks import check
from portal.workflow.cli import workflow as group
from portal.workflow.diagram import layout, svg
from portal.workflow.reading import read_workflow
from portal.workflow.steps import steps

BASE = (catalogue.FOLDER / "consultation.yaml").read_text(encoding="utf-8")


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "consultation.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(DefinitionError) as refused:
        read_workflow(_written(tmp_path, text))
    return [str(issue) for issue in refused.value.issues]


FAULTS = [
    ("guard: lead_set", "guard: lead_sett", "Did you mean 'lead_set'?"),
    ("permission: panel:forward", "permission: panel:forwrd", "Did you mean 'panel:forward'?"),
    ("    from: open\n    forward", "    from: opne\n    forward", "'opne' is not a phase"),
    (
        "owner: [coordinator, dispatcher]",
        "owner: [coordinator, despatcher]",
        "Did you mean 'dispatcher'?",
    ),
    (
        "who: [requester, lead]",
        "who: [requester, member]",
        "the policy allows requester, lead, coordinator",
    ),
    ("severity: warn", "severity: warning", "Did you mean 'warn'?"),
    ("at_least: 2", "at_least: two", "expected a whole number"),
    ("    label: Draft\n", "", "'label' is missing"),
    ("    days: 3\n", "    dys: 3\n", "'dys' is not a known key here"),
    ("start: draft", "start: drft", "'drft' is not one of"),
]


@pytest.mark.parametrize(("good", "bad", "said"), FAULTS)
def test_a_fault_names_line_key_and_nearest(tmp_path: Path, good: str, bad: str, said: str) -> None:
    assert good in BASE
    faults = _faults(tmp_path, BASE.replace(good, bad, 1))
    assert any(said in fault for fault in faults), faults
    assert all(fault.startswith("consultation.yaml:") for fault in faults)


def test_every_fault_is_found_in_one_run(tmp_path: Path) -> None:
    text = BASE.replace("guard: lead_set", "guard: lead_sett", 1).replace("days: 3", "dys: 3", 1)
    assert len(_faults(tmp_path, text)) == 2


def test_the_default_workflow_keeps_the_rules() -> None:
    assert check(catalogue.base()) == []
    assert next(p.code for p in catalogue.base().track()) == "draft"


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("    owner: [coordinator, dispatcher]\n    todo: Name a lead\n", "", "has no owner"),
        (
            "  archive:\n    from: closed\n    to: archived",
            "  archive:\n    from: closed\n    to: closed",
            "is never reached",
        ),
        (
            "    from: suspended\n    to: back",
            "    from: draft\n    to: open",
            "nobody can leave 'Suspended'",
        ),
    ],
)
def test_the_check_finds_what_would_strand_a_panel(
    tmp_path: Path, good: str, bad: str, said: str
) -> None:
    assert good in BASE
    issues = check(read_workflow(_written(tmp_path, BASE.replace(good, bad, 1))))
    assert any(said in issue.message for issue in issues), issues


def _overlay(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "nmd.yaml"
    path.write_text(f'overlay: nmd\nworkflow: consultation\nversion: "1"\n{text}', encoding="utf-8")
    return path


def test_an_overlay_renames_skips_adds_and_tightens(tmp_path: Path) -> None:
    path = _overlay(
        tmp_path,
        """
phases:
  data_completion: {skip: true}
  assessment: {label: Opinions, days: 10}
  second_reading:
    after: assessment
    label: Second reading
    owner: [lead]
    todo: Ask a second reader
    days: 4
transitions:
  begin_outcome:
    drop_guards: [contributions]
    add_guards: [{guard: contributions, at_least: 3}]
  finish_reading:
    from: second_reading
    forward: true
    label: Reading is done
    permission: panel:move
""",
    )
    made = overlays.apply(catalogue.base(), path)
    assert [p.code for p in made.track()] == [
        "draft",
        "open",
        "panel_selection",
        "assessment",
        "second_reading",
        "outcome",
        "sign_off",
        "closed",
    ]
    assert (made.phase("assessment").label, made.phase("assessment").days) == ("Opinions", 10)
    assert made.phase("data_completion").code == "assessment"
    begin = made.transition("begin_outcome")
    assert begin is not None
    assert (begin.target, begin.guards[0].severity, begin.guards[0].params) == (
        "second_reading",
        "block",
        {"at_least": 3},
    )
    cancel = made.transition("cancel")
    assert cancel is not None
    assert "second_reading" in cancel.sources
    assert made.transition("need_information") is None
    assert made.version == "1+nmd-1"
    assert catalogue.base().transition("need_information") is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("phases:\n  assessment: {skip: true}\n", "cannot be skipped"),
        (
            "phases:\n  second: {label: Second, owner: [lead], todo: Read}\n",
            "'after' says behind which phase",
        ),
        ("phases:\n  second: {after: assessment, label: Second}\n", "has no owner"),
        (
            "phases:\n  second: {after: assessment, label: Second, owner: [lead], todo: Read}\n",
            "nobody can leave 'Second'|cannot|never",
        ),
        ("order: [draft, open]\n", "the order leaves out"),
        (
            "transitions:\n  begin_outcome: {drop_guards: [contribution]}\n",
            "Did you mean 'contributions'?",
        ),
        (
            "transitions:\n  leap: {from: draft, to: nowhere, label: Leap, permission: panel:move}\n",
            "'nowhere' is not one of",
        ),
        (
            "phases:\n  data_completion: {skip: true}\ntransitions:\n  begin_assessment: {label: Now}\n",
            "belongs to a phase that is skipped",
        ),
        ("fases: {}\n", "Did you mean 'phases'?"),
    ],
)
def test_an_overlay_that_would_break_the_way_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(DefinitionError) as refused:
        overlays.apply(catalogue.base(), _overlay(tmp_path, text))
    shown = [str(issue) for issue in refused.value.issues]
    assert any(part in line for part in said.split("|") for line in shown), shown


def test_an_overlay_for_another_workflow_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nmd.yaml"
    path.write_text('overlay: nmd\nworkflow: consulation\nversion: "1"\n', encoding="utf-8")
    with pytest.raises(DefinitionError, match="Did you mean 'consultation'"):
        overlays.apply(catalogue.base(), path)


def test_the_drawing_shows_every_phase_and_escapes_labels(tmp_path: Path) -> None:
    path = _overlay(tmp_path, "phases:\n  assessment: {label: 'Opinions <b>& more'}\n")
    made = overlays.apply(catalogue.base(), path)
    drawing = layout(made)
    assert {box.code for box in drawing.boxes} == {p.code for p in made.phases}
    assert all(box.y + drawing.box_height <= drawing.height for box in drawing.boxes)
    assert "Opinions &lt;b&gt;&amp; more" in svg(made)
    assert "<b>" not in svg(made)


def test_steps_are_told_in_words() -> None:
    told = {step.name: step for step in steps(catalogue.base())}
    assert told["cancel"].sources == ("any phase before closing",)
    assert told["begin_outcome"].conditions == (
        "enough experts have answered (2); otherwise a reason is asked for",
    )
    assert told["resume"].target == "where it stood before"
    assert told["begin_with_lead"].who == "the portal, by itself"


def test_the_command_line_checks_and_shows(tmp_path: Path) -> None:
    run = CliRunner()
    good = run.invoke(
        group, ["check", str(_overlay(tmp_path, "phases:\n  assessment: {days: 5}\n"))]
    )
    assert good.exit_code == 0, good.output
    assert "in order" in good.output
    bad = run.invoke(group, ["check", str(_overlay(tmp_path, "phases:\n  assessment: {dys: 5}\n"))])
    assert isinstance(bad.exception, DefinitionError)
    shown = run.invoke(group, ["show"])
    assert "Experts answer [assessment], 14 days" in shown.output
    assert run.invoke(group, ["show", "--svg"]).output.lstrip().startswith(("<svg", "{#", "\n<svg"))
