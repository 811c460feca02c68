"""Versions: every change once and in words, the size of the step, what happens to answers."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.checks import run_checks
from portal.forms.compile import compile_form
from portal.forms.definition import canonical_json, walk
from portal.forms.diff import Level, bump, diff_forms, level_between
from portal.forms.migration import frames_of, migrate, undo
from portal.forms.replay import replay
from portal.forms.semver import RangeError, version, version_range
from portal.forms.versions import identity_faults, publish_report
from tests.forms.engine.samples import CONSULTATION, NOW, definition, small, small_text

OLD = """
- section: one
  label: One
  items:
    - {id: a, type: integer, label: Age, min: 0, max: 100}
    - {id: b, type: text, label: Name, max_length: 20}
    - {id: c, type: choice, label: Colour, options: [r Red, g Green]}
    - {id: q, type: quantity, label: Weight, units: [kg, g]}
    - {id: d, type: date, label: Day, precision: month}
    - {id: s, type: choice, label: Search, options_from: [pack:a, pack:b]}
- section: two
  items: [{id: n, type: note, label: Hello}, {id: x, type: yes_no, label: X}]
"""
RULES = "- {id: low, check: a < 99, message: High, severity: warning}"


def differ(change: Any, rules: str = RULES, confirmed: Any = ()) -> Any:
    new = change(OLD) if callable(change) else OLD.replace(*change)
    assert new != OLD or rules != RULES
    old_text = small_text(OLD, rules=RULES)
    new_text = small_text(new, rules=rules) if rules else small_text(new)
    return diff_forms(definition(old_text), definition(new_text), confirmed)


CHANGES = [
    (("max: 100", "max: 120"), Level.MINOR, "'Age' (a): max changed from '100' to '120'."),
    (("max: 100", "max: 90"), Level.MAJOR, "max changed from '100' to '90'"),
    ((", max: 100", ""), Level.MINOR, "max '100' was removed"),
    (("min: 0", "min: 5"), Level.MAJOR, "min changed"),
    (("max_length: 20", "max_length: 30"), Level.MINOR, "max length changed from '20' to '30'"),
    (("max_length: 20", "max_length: 10"), Level.MAJOR, "max length changed"),
    (("label: Name", "label: Name, help: Yours"), Level.PATCH, "help is now"),
    (
        ("label: Name", "label: Full name"),
        Level.MAJOR,
        "label (en) changed from 'Name' to 'Full name'",
    ),
    (("label: Name", "label: Name, required: true"), Level.MAJOR, "is now required"),
    (("label: Name", "label: Name, width: 50"), Level.PATCH, "width is now"),
    (("label: Name", "label: Name, weight: 2"), Level.PATCH, "weight is now"),
    (("label: Name", "label: Name, show_if: a > 3"), Level.MAJOR, "show if is now 'a > 3'"),
    (("label: Name", "label: Name, pattern: '[A-Z]+'"), Level.MAJOR, "pattern is now"),
    (("g Green]", "g Green, b Blue]"), Level.MINOR, "has a new option 'Blue'"),
    (("r Red, g Green", "r Red"), Level.MAJOR, "lost its option 'Green'"),
    (("r Red, g Green", "g Green, r Red"), Level.PATCH, "another order"),
    (("r Red", "r Crimson"), Level.MAJOR, "option 'r': option r label (en) changed"),
    (("r Red", "{r Red: {score: 2}}"), Level.MAJOR, "score is now '2'"),
    (("r Red", "{r Red: {exclusive: true}}"), Level.MAJOR, "exclusive"),
    (
        ("options: [r Red, g Green]", "options: [r Red, g Green], other: true"),
        Level.MINOR,
        "accepts other answers",
    ),
    (
        ("options: [r Red, g Green]", "options: [r Red, g Green], multiple: true"),
        Level.MAJOR,
        "several answers",
    ),
    (("[kg, g]", "[kg, g, mg]"), Level.MINOR, "units changed from 'kg', 'g' to 'kg', 'g', 'mg'"),
    (("[kg, g]", "[kg]"), Level.MAJOR, "units changed"),
    (("[kg, g]", "[g, kg]"), Level.PATCH, "units changed"),
    (("precision: month", "precision: year"), Level.MINOR, "precision changed"),
    (("precision: month", "precision: day"), Level.MAJOR, "precision changed"),
    (("[pack:a, pack:b]", "[pack:a, pack:b, pack:c]"), Level.MINOR, "options from changed"),
    (("[pack:a, pack:b]", "[pack:a]"), Level.MAJOR, "options from changed"),
    (
        ("{id: x, type: yes_no, label: X}", "{id: x, type: text, label: X}"),
        Level.MAJOR,
        "type changed",
    ),
    (
        ("{id: x, type: yes_no, label: X}", "{id: x, type: yes_no, label: X}, {id: y, type: text}"),
        Level.MINOR,
        "'y' is a new question",
    ),
    (
        ("{id: x,", "{id: y, type: text, required: true}, {id: x,"),
        Level.MAJOR,
        "is a new required question",
    ),
    (("{id: x,", "{id: y, type: note, label: Y}, {id: x,"), Level.PATCH, "is a new note"),
    ((", {id: x, type: yes_no, label: X}", ""), Level.MAJOR, "'X' (x) was removed"),
    (("{id: n, type: note, label: Hello}, ", ""), Level.PATCH, "'Hello' (n) was removed"),
    (
        ("{id: x, type: yes_no, label: X}", "{id: z, type: yes_no, label: X, was: x}"),
        Level.MAJOR,
        "was named 'x' before",
    ),
]


@pytest.mark.parametrize(("change", "level", "words"), CHANGES)
def test_one_change_gives_one_sentence_of_the_right_size(
    change: Any, level: Level, words: str
) -> None:
    found = differ(change)
    assert len(found.changes) == 1, [c.sentence for c in found.changes]
    assert words in found.changes[0].sentence
    assert found.level is level


def test_moves_are_patches_and_only_what_moved_is_named() -> None:
    line = "    - {id: a, type: integer, label: Age, min: 0, max: 100}\n"
    moved = differ(
        lambda text: text.replace(line, "").replace(
            "precision: month}\n", "precision: month}\n" + line
        )
    )
    assert [(c.item, c.action, c.level) for c in moved.changes] == [("a", "moved", Level.PATCH)]
    other = differ(
        lambda text: text.replace(line, "").replace(
            "items: [{id: n", "items: [" + line.strip()[2:] + ", {id: n"
        )
    )
    assert "was moved to 'two'" in other.changes[0].sentence


@pytest.mark.parametrize(
    ("rules", "level", "words"),
    [
        ("", Level.MINOR, "'low' was removed"),
        (RULES.replace("99", "50"), Level.MINOR, "now checks 'a < 50'"),
        (RULES.replace("warning", "error"), Level.MAJOR, "is an error now"),
        (RULES.replace("High", "Too high"), Level.PATCH, "another message"),
        (
            RULES + "\n- {id: new, check: a > 1, message: M, severity: warning}",
            Level.MINOR,
            "A new rule 'new'",
        ),
        (
            RULES + "\n- {id: new, check: a > 1, message: M}",
            Level.MAJOR,
            "A new rule 'new' (error)",
        ),
    ],
)
def test_rules_are_compared_by_their_id(rules: str, level: Level, words: str) -> None:
    found = differ(lambda text: text, rules=rules)
    assert [c.level for c in found.changes] == [level]
    assert words in found.changes[0].sentence


def test_rewording_confirmed_as_same_meaning_is_a_patch() -> None:
    found = differ(("label: Name", "label: Full name"))
    assert found.changes[0].confirmable
    again = differ(("label: Name", "label: Full name"), confirmed=[found.changes[0].key])
    assert again.level is Level.PATCH


def test_translations_are_patches() -> None:
    old = definition(small_text("- {id: a, type: text, label: Name}"))
    new = definition(
        small_text("- {id: a, type: text, label: {en: Name, de: Name}}", languages="[en, de]")
    )
    found = diff_forms(old, new)
    assert found.level is Level.PATCH
    assert {c.keyword for c in found.changes} == {"languages", "label (de)"}


def test_nothing_changed() -> None:
    same = diff_forms(definition(CONSULTATION), definition(CONSULTATION))
    assert same.changes == ()
    assert same.level is Level.NONE
    assert same.next_version("1.2.3") == "1.2.3"


def test_the_number_is_derived_and_a_smaller_one_refused() -> None:
    found = differ(("max: 100", "max: 90"))
    assert found.next_version("1.4.2") == "2.0.0"
    assert "at least 2.0.0" in found.refusal("1.4.2", "1.5.0")
    assert found.refusal("1.4.2", "2.0.0") == ""
    assert (bump("1.2.3", Level.MINOR), bump("1.2.3", Level.PATCH)) == ("1.3.0", "1.2.4")
    assert level_between("1.2.3", "1.2.3") is Level.NONE
    assert level_between("2.0.0", "1.9.0") is Level.NONE


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("^3.2", ["3.2.0", "3.9.9"], ["3.1.9", "4.0.0"]),
        ("^0.2", ["0.2.5"], ["0.3.0"]),
        ("~1.4.0", ["1.4.9"], ["1.5.0"]),
        (">=1.0 <3.0.0", ["1.0.0", "2.9.9"], ["3.0.0", "0.9.0"]),
        ("<3.0.0", ["2.0.0"], ["3.0.0"]),
        ("<=2.1", ["2.1.9"], ["2.2.0"]),
        (">2", ["3.0.0"], ["2.9.9"]),
        ("2.x", ["2.7.1"], ["3.0.0"]),
        ("1.2.3", ["1.2.3"], ["1.2.4"]),
        ("1.2", ["1.2.9"], ["1.3.0"]),
    ],
)
def test_ranges(text: str, inside: list[str], outside: list[str]) -> None:
    found = version_range(text)
    assert all(one in found for one in inside)
    assert not any(one in found for one in outside)
    assert "nonsense" not in found


@pytest.mark.parametrize("text", ["", "new", "^", ">= x", "1.2.3 or 4", "^1.2 and"])
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(RangeError, match="is not a range"):
        version_range(text)
    with pytest.raises(RangeError):
        version("1.x")


def test_identity_is_kept() -> None:
    old = definition(
        small_text(
            "- {id: a, type: text}\n- {id: b, type: text}\n- {id: c, type: text}",
            retired="z: {reason: old}",
        )
    )
    new = definition(small_text("- {id: a, type: integer}\n- {id: d, type: text, was: c}"))
    messages = "\n".join(issue.message for issue in identity_faults(old, new))
    assert "'a' was a text and is now a integer" in messages
    assert "'b' is gone. Leave a tombstone" in messages
    assert "'c'" not in messages
    assert "tombstone of 'z' must stay" in messages
    both = definition(small_text("- {id: c, type: text}\n- {id: d, type: text, was: c}"))
    assert "still exists" in identity_faults(both, both)[0].message
    fine = definition(
        small_text(
            "- {id: a, type: text}\n- {id: d, type: text, was: c}",
            retired="z: {reason: old}\nb: {reason: unused}",
        )
    )
    assert identity_faults(old, fine) == []


OLD_ANSWERS = small(
    "- {id: bp, type: text}\n- {id: first, type: text}\n- {id: last, type: text}\n"
    "- {id: zyg, type: choice, options: [heteroz H, homoz O]}\n- {id: many, type: choice, multiple: true, options: [p P, q Q]}\n"
    "- {id: w, type: quantity, units: [g, kg]}\n- {id: gone, type: text}\n- {id: diag, type: text}\n"
    "- repeat: rows\n  items: [{id: rows.v, type: text}, {id: rows.z, type: choice, options: [heteroz H]}]"
)
NEW_ANSWERS = small(
    "- {id: sys, type: integer}\n- {id: dia, type: integer}\n- {id: full, type: text}\n"
    "- {id: zyg, type: choice, options: [SCT:1 Het, homoz O]}\n- {id: many, type: choice, multiple: true, options: [p2 P, q Q]}\n"
    "- {id: w, type: quantity, unit: kg, decimals: 3}\n- {id: dx, type: text}\n"
    "- repeat: lines\n  was: rows\n  items: [{id: rows.value, type: text}, {id: rows.z, type: choice, options: [het H]}]",
    version="2.0.0",
    migrations='- from: "<2.0.0"\n  rename: {diag: dx, rows.v: rows.value}\n  recode: {zyg: {heteroz: SCT:1}, many: {p: p2}, rows.z: {heteroz: het}}\n'
    "  split: {bp: {sys: 'before(bp, \"/\")', dia: 'after(bp, \"/\")'}}\n  join: {full: 'concat(first, \" \", last)'}\n"
    "  convert_unit: {w: kg}\n  drop: {gone: not used by anybody}",
)
BEFORE: dict[str, Any] = {
    "bp": "120/80",
    "first": "Ada",
    "last": "Byron",
    "zyg": {"system": "", "code": "heteroz"},
    "many": [{"system": "", "code": "p"}, {"system": "", "code": "q"}],
    "w": {"value": "4500", "unit": "g"},
    "gone": "x",
    "diag": "unknown",
    "rows": [
        {"row": "r1", "rows.v": "one", "rows.z": {"system": "", "code": "heteroz"}},
        {"row": "r2", "rows.v": "two"},
    ],
}


def test_every_migration_and_its_audit() -> None:
    found = migrate(OLD_ANSWERS, NEW_ANSWERS, BEFORE, NOW)
    assert found.problems == []
    assert found.answers["sys"] == 120
    assert found.answers["dia"] == 80
    assert found.answers["full"] == "Ada Byron"
    assert found.answers["zyg"]["system"] == "http://snomed.info/sct"
    assert [one["code"] for one in found.answers["many"]] == ["p2", "q"]
    assert found.answers["w"] == {"value": "4.5", "unit": "kg"}
    assert found.answers["dx"] == "unknown"
    assert [row["rows.value"] for row in found.answers["lines"]] == ["one", "two"]
    assert found.answers["lines"][0]["rows.z"]["code"] == "het"
    assert set(found.answers) == {"sys", "dia", "full", "zyg", "many", "w", "dx", "lines"}
    reasons = {(change.item, change.row): change.why for change in found.changes}
    assert reasons["gone", ""] == "not used by anybody"
    assert reasons["rows.value", "r2"] == "renamed from rows.v"
    assert BEFORE["bp"] == "120/80"


def test_a_migration_can_be_undone_to_the_byte() -> None:
    found = migrate(OLD_ANSWERS, NEW_ANSWERS, BEFORE, NOW)
    back, overtaken = undo(found.answers, found.changes)
    assert overtaken == []
    assert canonical_json(back) == canonical_json(BEFORE)


def test_undo_leaves_alone_what_was_edited_since() -> None:
    found = migrate(OLD_ANSWERS, NEW_ANSWERS, BEFORE, NOW)
    found.answers["sys"] = 125
    back, overtaken = undo(found.answers, found.changes)
    assert [change.item for change in overtaken] == ["sys"]
    assert back["sys"] == 125
    assert back["zyg"] == BEFORE["zyg"]


def test_what_cannot_be_migrated_is_said() -> None:
    found = migrate(OLD_ANSWERS, NEW_ANSWERS, {"bp": "high", "w": {"value": "1", "unit": "m"}}, NOW)
    assert any("'sys'" in problem for problem in found.problems)
    assert any("could not be converted" in problem for problem in found.problems)
    assert found.answers["w"] == {"value": "1", "unit": "m"}
    assert "sys" not in found.answers


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "bp": st.sampled_from(["120/80", "x", ""]),
            "first": st.text(max_size=4),
            "zyg": st.sampled_from(
                [{"system": "", "code": "heteroz"}, {"system": "", "code": "homoz"}, 5]
            ),
            "w": st.sampled_from([{"value": "1", "unit": "g"}, {"value": "1", "unit": "kg"}, "x"]),
            "gone": st.text(max_size=3),
            "rows": st.lists(
                st.fixed_dictionaries({"rows.v": st.text(max_size=3)}), max_size=3
            ).map(lambda rows: [{"row": f"r{i}", **row} for i, row in enumerate(rows)]),
        },
    )
)
def test_undo_restores_any_answers(answers: dict[str, Any]) -> None:
    found = migrate(OLD_ANSWERS, NEW_ANSWERS, answers, NOW)
    back, overtaken = undo(found.answers, found.changes)
    assert overtaken == []
    assert canonical_json(back) == canonical_json(answers)


def test_replay_counts_equal_brute_force() -> None:
    old = small(OLD)
    new = small(
        OLD.replace("max: 100", "max: 50")
        .replace("label: Name", "label: Name, required: true")
        .replace("r Red, g Green", "r Red")
    )
    responses = [
        (
            f"response-{i}",
            {
                "a": i,
                **({"b": "x"} if i % 2 else {}),
                "c": {"system": "", "code": "g" if i % 5 == 0 else "r"},
            },
        )
        for i in range(101)
    ]
    found = replay(old, new, responses, NOW)
    counts = {(v.code, v.item): v.count for v in found.verdicts}
    assert counts == {("max", "a"): 50, ("required", "b"): 51, ("option", "c"): 21}
    valid = [i for i in range(101) if i <= 50 and i % 2 and i % 5]
    assert (found.total, found.valid) == (101, len(valid))
    assert found.verdicts[0].examples[0] == "response-0"
    assert found.sentence.startswith(f"{len(valid)} of 101 stay valid; 51 would miss 'b'")


def test_replay_reports_answers_that_would_no_longer_be_asked() -> None:
    old = small("- {id: a, type: yes_no}\n- {id: b, type: text}\n- {id: x, type: text}")
    new = small("- {id: a, type: yes_no}\n- {id: b, type: text, show_if: a}")
    found = replay(
        old, new, [("1", {"a": False, "b": "kept", "x": "y"}), ("2", {"a": True, "b": "z"})], NOW
    )
    assert {(v.code, v.item, v.count) for v in found.verdicts} == {
        ("lost", "b", 1),
        ("unknown_item", "x", 1),
    }
    assert found.valid == 1


def test_the_publish_report_joins_diff_ids_and_replay() -> None:
    old = small(OLD)
    new = small(
        OLD.replace("max: 100", "max: 50").replace(", {id: x, type: yes_no, label: X}", ""),
        version="1.1.0",
    )
    report = publish_report(old, new, [("r", {"a": 70, "x": True})], NOW)
    assert not report.can_publish
    assert "too small a step" in report.refusals[0].message
    assert "Leave a tombstone" in report.refusals[1].message
    assert report.replay.valid == 0
    good = small(OLD.replace("max: 100", "max: 120"), version="1.1.0")
    assert publish_report(old, good, [("r", {"a": 70})], NOW).can_publish


CHECKED = """
- {id: h, type: quantity, units: [m, cm]}
- {id: w, type: quantity, unit: kg, required: true}
- {id: bmi, type: decimal, value: 'round(in_unit(w, "kg") / in_unit(h, "m") ^ 2, 1)'}
- {id: tall, type: text, show_if: 'h > 2 m'}
- repeat: rows
  items: [{id: rows.n, type: integer}, {id: rows.twice, type: integer, value: rows.n * 2}]
"""


def results(checks: str) -> dict[str, tuple[str, ...]]:
    form = small(
        CHECKED,
        checks=checks,
        rules="- {id: heavy, check: w < 300 kg, message: M, severity: warning}",
    )
    return {one.name: one.failures for one in run_checks(form, NOW.today)}


def test_checks_of_the_author() -> None:
    found = results(
        "- {name: bmi, given: {h: 1.80 m, w: 81 kg}, expect: {bmi: 25.0, tall: hidden, complete: true, errors: [], warnings: []}}\n"
        "- {name: rows, given: {rows: [{rows.n: 1}, {rows.n: 2}]}, expect: {rows.twice: [2, 4], rows.n: shown, complete: false}}\n"
        "- {name: heavy, given: {w: 400}, expect: {warnings: [heavy], bmi: empty, no_errors: true}}"
    )
    assert found == {"bmi": (), "rows": (), "heavy": ()}


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("{given: {h: 1.80 m, w: 81}, expect: {bmi: 26}}", "expected bmi: 26, found 25"),
        ("{given: {h: 1.80 m}, expect: {tall: shown}}", "expected tall: shown, found hidden"),
        ("{given: {}, expect: {bmi: 3}}", "found nothing"),
        ("{given: {}, expect: {complete: true}}", "expected complete: True, found False (w)"),
        ("{given: {w: 400}, expect: {warnings: []}}", "expected warnings: none, found ['heavy']"),
        ("{given: {w: 40}, expect: {warnings: [heavy]}}", "found none"),
        ("{given: {ww: 1}, expect: {}}", "no question 'ww' here (did you mean 'w'?)"),
        ("{given: {w: heavy}, expect: {}}", "given: 'w'"),
        ("{given: {}, expect: {bni: 1}}", "there is no item 'bni' (did you mean 'bmi'?)"),
        ("{given: {rows: 5}, expect: {}}", "has rows"),
        ("{given: {}, expect: {rows.n: 1}}", "there is no row"),
        ("{given: {rows: [{rows.n: 1}]}, expect: {rows.twice: [2, 4]}}", "expected 2 rows"),
        ("{given: {}, context: {visit_date: 2025}, expect: {}}", "is a full date"),
        (
            "{given: {}, context: {patient.birthdate: 2025}, expect: {}}",
            "did you mean 'patient.birth_date'",
        ),
    ],
)
def test_checks_that_fail_say_what_was_found(check: str, words: str) -> None:
    assert words in " ".join(next(iter(results("- " + check).values())))


def test_the_sample_passes_its_own_checks() -> None:
    form = compile_form(definition(CONSULTATION))
    assert [one.failures for one in run_checks(form, NOW.today)] == [(), ()]
    assert len(list(walk(form.definition.items))) == 11
    assert dict(frames_of({"a": [{"row": "x"}]})).keys() == {"", "x"}
