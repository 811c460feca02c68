"""Overlays: monotone, deterministic, loud about every conflict."""

from functools import cache
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from portal.forms.compile import compile_form
from portal.forms.compiled import CompiledForm
from portal.forms.definition import content_hash, walk
from portal.forms.evaluate import completed_answers, evaluate
from portal.forms.overlays import Overlay, assemble, read_overlay, upgrade_report
from tests.forms.engine.samples import CONSULTATION, NOW, definition, small_text

EYE = """
overlay: ern_eye/consultation
extends: consultation ^3.2
version: 1.0.0
priority: 50
lists: {side: [left Left, right Right]}
let: {low: visus_left < 0.1}
views: {quick: [visus_left]}
ops:
  - add: {section: eye_exam, label: Eye examination, items: []}
    after: [measures, diagnosis]
  - add: {id: visus_left, type: decimal, label: Visus left, show_if: onset is answered}
    into: eye_exam
  - add: {id: worse, type: choice, options: side}
    into: eye_exam
  - change: {id: dx, options_from: valueset:ern-eye/diagnoses, required: true, label: {de: Augendiagnose}}
  - hide: onset_note
  - move: {id: variants, after: eye_exam}
  - rules: [{id: plausible, check: visus_left <= 2.0, message: implausible, severity: warning}]
due: {visus_left: visit_date + 3 days}
checks:
  - given: {onset: 2012-05, visus_left: 0.05}
    expect: {visus_left: shown}
"""


def overlay(text: str) -> Overlay:
    return read_overlay(text, "overlay.yaml").required()


def ops(
    *lines: str, name: str = "ern_eye", base: str = "small ^1.0", priority: int = 50, **blocks: str
) -> Overlay:
    body = "".join(f"  - {line}\n" for line in lines)
    head = f"overlay: {name}/small\nextends: {base}\npriority: {priority}\n"
    return overlay(head + "".join(f"{k}: {v}\n" for k, v in blocks.items()) + f"ops:\n{body}")


BASE = small_text(
    "- section: one\n  items:\n"
    "    - {id: a, type: integer, min: 0, max: 100}\n"
    "    - {id: b, type: text, required: true, max_length: 50}\n"
    "    - {id: c, type: choice, options: [{x X: {score: 1}}, y Y, z Z]}\n"
    "    - {id: q, type: quantity, units: [kg, g], max: 10 kg}\n"
    "- section: two\n  replaceable: true\n  items:\n    - {id: d, type: date, precision: month}\n"
    "- repeat: r\n  items: [{id: r.n, type: integer}]\n",
    retired="old: {until: 0.9.0, reason: gone}",
)


def faults(*overlays: Overlay, base: str = BASE) -> str:
    return "\n".join(str(issue) for issue in assemble(definition(base), overlays).issues)


def test_the_sample_overlay() -> None:
    base = definition(CONSULTATION)
    assembled = assemble(base, [overlay(EYE)]).required()
    form = compile_form(assembled)
    assert assembled.form == "consultation--ern-eye"
    assert assembled.derived_from == "consultation|3.2.0"
    assert assembled.assembled_from == ("ern_eye/consultation@1.0.0",)
    assert [item.id for item in assembled.items] == [
        "diagnosis",
        "measures",
        "ern_eye.eye_exam",
        "variants",
    ]
    visus = form.items["ern_eye.visus_left"]
    assert visus.item.origin == "ern_eye/consultation"
    assert [o.code for o in form.items["ern_eye.worse"].options] == ["left", "right"]
    assert form.items["dx"].item.options_from == ("valueset:ern-eye/diagnoses",)
    assert form.items["dx"].label("de") == "Augendiagnose"
    assert form.items["dx"].label("en") == "Confirmed diagnosis"
    assert form.items["onset_note"].item.hidden
    assert assembled.let["ern_eye.low"] == "ern_eye.visus_left < 0.1"
    assert assembled.due["ern_eye.visus_left"] == "visit_date + 3 days"
    assert assembled.rules[-1].id == "ern_eye.plausible"
    assert assembled.views["quick"] == ("ern_eye.visus_left",)
    found = evaluate(form, {"onset": "2012-05", "ern_eye.visus_left": "3"}, NOW)
    assert [i.rule for i in found.issues if i.rule] == ["ern_eye.plausible"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("change: {id: a, max: 200}", "'200' is wider than the base's '100'"),
        ("change: {id: a, min: -1}", "wider"),
        ("change: {id: a, max: b}", "cannot be shown"),
        ("change: {id: b, required: false}", "required, not optional"),
        ("change: {id: b, max_length: 60}", "wider"),
        ("change: {id: c, options: [x X, w W]}", "can only be left out"),
        ("change: {id: c, options: [{x X: {score: 2}}]}", "belongs to the base"),
        ("change: {id: c, options_from: valueset:x}", "narrow 'options'"),
        ("change: {id: c, other: true}", "switched off"),
        ("change: {id: q, units: [kg, t]}", "not a unit of the base"),
        ("change: {id: q, max: 11 kg}", "wider"),
        ("change: {id: d, precision: year}", "more precisely only"),
        ("change: {id: nope, label: X}", "no item 'nope'"),
        ("change: {id: old, label: X}", "is retired in the base (gone)"),
        ("hide: b", "'b' is required by the base"),
        ("hide: one", "'b' is required by the base"),
        ("move: {id: a, after: r.n}", "into or out of a repeat"),
        ("move: {id: r.n, after: a}", "into or out of a repeat"),
        ("move: {id: one, into: one}", "into itself"),
        (
            "{add: {id: n, type: text}, after: [gone, lost]}",
            "none of its anchors exists ('gone', 'lost')",
        ),
        ("{add: {id: n, type: text}, into: a}", "not a section or group"),
        ("{add: {id: a, type: text}, after: b}", "'a' is an id of the base"),
        ("{replace: one, with: {section: new, items: []}}", "not marked 'replaceable: true'"),
    ],
)
def test_what_an_overlay_may_not_do(line: str, words: str) -> None:
    found = faults(ops(line))
    assert words in found
    assert "ern_eye/small" in found
    assert "overlay.yaml:5" in found


@pytest.mark.parametrize(
    "line",
    [
        "change: {id: a, max: 50, min: 10, required: true, help: H, weight: 2}",
        "change: {id: b, max_length: 20, pattern: '[A-Z]+', placeholder: P}",
        "change: {id: c, options: [y Why]}",
        "change: {id: q, units: [g], max: 500 g}",
        "change: {id: d, precision: day, required_if: a > 3}",
        "hide: a",
        "hide: two",
        "move: {id: d, after: a}",
        "move: {id: r, into: one}",
        "{replace: two, with: {section: mine, items: [{id: e, type: text}]}}",
        "{add: {id: n, type: text}, after: [gone, end]}",
        "{add: {id: k, type: integer}, into: r}",
    ],
)
def test_what_an_overlay_may_do(line: str) -> None:
    assembled = assemble(definition(BASE), [ops(line)])
    assert assembled.issues == []
    compile_form(assembled.required())


def test_two_overlays_that_want_different_things_are_both_named() -> None:
    one = ops("change: {id: a, max: 50}", name="ern_one")
    two = ops("change: {id: a, max: 60}", name="ern_two")
    found = faults(one, two)
    assert "ern_one/small" in found
    assert "ern_two/small" in found
    assert faults(one, ops("change: {id: a, max: 50}", name="ern_two")) == ""
    hidden = faults(
        ops("hide: a", name="ern_one"), ops("change: {id: a, required: true}", name="ern_two")
    )
    assert "ern_one/small" in hidden
    assert "ern_two/small" in hidden
    moved = faults(
        ops("move: {id: a, after: c}", name="ern_one"),
        ops("move: {id: a, after: q}", name="ern_two"),
    )
    assert "ern_one/small" in moved


def test_the_base_must_fit() -> None:
    assert "is made for small ^2.0" in faults(ops(base="small ^2.0"))
    assert "extends 'large'" in faults(ops(base="large ^1.0"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("- a", "begins with 'overlay"),
        ("overlay: eye\nextends: small ^1\n", "plugin/form"),
        ("overlay: ern_eye/small\nextends: small\n", "say which versions"),
        ("overlay: ern_eye/small\nextends: small ^1\nop: []\n", "not a keyword of an overlay"),
        ("overlay: ern_eye/small\nextends: small ^1\nops: [{ad: {}}]\n", "an operation is one of"),
        (
            "overlay: ern_eye/small\nextends: small ^1\nops: [{add: {id: x, type: text}}]\n",
            "say where",
        ),
        (
            "overlay: ern_eye/small\nextends: small ^1\nops: [{change: {label: X}}]\n",
            "needs the 'id'",
        ),
        (
            "overlay: ern_eye/small\nextends: small ^1\nops: [{change: {id: x, type: text}}]\n",
            "not a keyword of a change",
        ),
        (
            "overlay: ern_eye/small\nextends: small ^1\nops: [{change: {id: x, show_if: a}}]\n",
            "not a keyword of a change",
        ),
        (
            "overlay: ern_eye/small\nextends: small ^1\nops: [{add: {include: x}, after: end}]\n",
            "needs one of its own",
        ),
    ],
)
def test_overlay_files_are_read_strictly(text: str, words: str) -> None:
    found = read_overlay(text, "overlay.yaml")
    assert words in " ".join(issue.message for issue in found.issues)


def test_base_upgrades_are_reported_overlay_by_overlay() -> None:
    old = definition(BASE)
    new_text = (
        BASE.replace("version: 1.0.0", "version: 1.1.0")
        .replace("max: 100", "max: 90")
        .replace("{id: b, type: text", "{id: b, type: text, help: Names only")
    )
    new = definition(new_text)
    quiet = ops("change: {id: d, precision: day}", name="ern_quiet")
    leaning = ops("{add: {id: n, type: text, show_if: a > 5}, after: c}", name="ern_leaning")
    clashing = ops("change: {id: a, max: 95}", name="ern_clash")
    outdated = ops("hide: a", name="ern_old", base="small ~1.0.0")
    found = {
        report.overlay: report
        for report in upgrade_report(old, new, [outdated, clashing, leaning, quiet])
    }
    assert found["ern_quiet/small"].status == "unaffected"
    assert found["ern_leaning/small"].status == "review"
    assert "max changed from '100' to '90'" in found["ern_leaning/small"].changes[0].sentence
    assert found["ern_clash/small"].status == "conflict"
    assert "must be released for small 1.1.0" in found["ern_old/small"].issues[0].message


@cache
def compiled_base() -> CompiledForm:
    return compile_form(definition(BASE))


LINES = st.sampled_from(
    [
        "change: {id: a, max: 50}",
        "change: {id: a, required: true}",
        "change: {id: b, max_length: 10}",
        "change: {id: c, options: [x X, y Y]}",
        "change: {id: c, required: true}",
        "change: {id: d, precision: day}",
        "hide: q",
        "hide: two",
        "move: {id: d, after: a}",
        "move: {id: two, after: r}",
        "{add: {id: n, type: integer, required: true}, after: a}",
        "{add: {id: m, type: text}, after: a}",
        "{add: {section: s, items: [{id: k, type: yes_no}]}, after: [gone, one]}",
        "{add: {id: col, type: text}, into: r}",
        "rules: [{check: a > 3, message: M}]",
    ]
)


@st.composite
def overlay_sets(draw: st.DrawFn) -> list[Overlay]:
    names = draw(
        st.lists(st.sampled_from(["ern_a", "ern_b", "ern_c"]), min_size=1, max_size=3, unique=True)
    )
    return [
        ops(
            *draw(st.lists(LINES, max_size=5, unique=True)),
            name=name,
            priority=draw(st.sampled_from([10, 50])),
        )
        for name in names
    ]


@settings(max_examples=80, deadline=None)
@given(overlay_sets(), st.randoms())
def test_the_order_of_hand_over_changes_nothing(overlays: list[Overlay], chance: Any) -> None:
    base = definition(BASE)
    first = assemble(base, overlays)
    shuffled = list(overlays)
    chance.shuffle(shuffled)
    second = assemble(base, shuffled)
    assert [str(i) for i in first.issues] == [str(i) for i in second.issues]
    if first.definition is not None and second.definition is not None:
        assert content_hash(first.definition) == content_hash(second.definition)


VALUES: dict[str, Any] = {
    "a": st.sampled_from([None, 4, 7, 50, 99]),
    "b": st.sampled_from(["x", "ABC", "y" * 9, "z" * 15]),
    "c": st.sampled_from([None, "x", "y", "z"]).map(
        lambda code: code and {"system": "", "code": code}
    ),
    "q": st.sampled_from([None, {"value": "3", "unit": "kg"}, {"value": "5", "unit": "g"}]),
    "d": st.sampled_from([None, "2024-05-01", "2024-05"]),
    "r": st.lists(st.integers(0, 9), max_size=2).map(
        lambda ns: [{"row": f"r{i}", "r.n": n} for i, n in enumerate(ns)] or None
    ),
    "n": st.just(1),
}


@settings(max_examples=80, deadline=None)
@given(overlay_sets(), st.fixed_dictionaries(VALUES))
def test_completed_overlay_responses_are_valid_for_the_base(
    overlays: list[Overlay], values: dict[str, Any]
) -> None:
    base = compiled_base()
    assembled = assemble(base.definition, overlays)
    if assembled.definition is None:
        return
    form = compile_form(assembled.required())
    answers = {
        name: value for name, value in values.items() if value is not None and name in form.items
    }
    for item in walk(form.definition.items):
        if item.id.endswith(".n") and item.origin and values["n"] is not None:
            answers[item.id] = values["n"]
    found = evaluate(form, answers, NOW)
    if found.errors:
        return
    event("a valid response")
    completed = completed_answers(form, answers, found)
    projected = {name: value for name, value in completed.items() if name in base.items}
    for row in projected.get("r", []):
        for name in [key for key in row if key not in base.items and key != "row"]:
            del row[name]
    assert evaluate(base, projected, NOW).errors == ()


def test_assembly_is_the_same_on_every_machine() -> None:
    assembled = assemble(definition(CONSULTATION), [overlay(EYE)]).required()
    assert content_hash(assembled) == content_hash(
        assemble(definition(CONSULTATION), [overlay(EYE)]).required()
    )
    assert len(content_hash(assembled)) == 64
