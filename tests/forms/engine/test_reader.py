"""The reader: strict, with the line, the key and the nearest name; it never throws."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.compile import check_form
from portal.forms.definition import content_hash, read_definition
from portal.forms.definition.source import Mapping, plain_value, read_tree
from portal.forms.definition.writer import to_yaml
from portal.kernel.errors import DefinitionError, Issue
from tests.forms.engine.samples import CONSULTATION, definition, small_text


def issues_of(text: str) -> list[Issue]:
    source = read_definition(text, "form.yaml")
    if source.definition is None or source.issues:
        return source.issues
    return check_form(source.definition, source.places)[1]


def test_the_whole_vocabulary_of_the_sample_is_read() -> None:
    form = definition(CONSULTATION)
    assert form.form == "consultation"
    assert form.languages == ("en", "de", "fr")
    assert [item.id for item in form.items] == ["diagnosis", "measures", "variants"]
    dx = form.items[0].items[0]
    assert (dx.type, dx.control, dx.required, dx.weight) == ("choice", "search", True, "3")
    assert dx.code[0].system == "http://loinc.org"
    assert form.lists["yes_no_unknown"][2].label == {"en": "Unknown"}
    zygosity = form.items[2].items[1]
    assert zygosity.options[2].exclusive is True
    assert form.items[2].repeats is True
    assert form.items[2].items[0].options_from == ("valueset:hgnc",)
    height = form.items[1].items[0]
    assert height.prefill is not None
    assert height.prefill.last is not None
    assert (height.prefill.last.code, height.prefill.within) == ("8302-2", "6 months")
    assert form.migrations[0].recode == {"zygosity": {"heteroz": "het"}}
    assert form.retired["old_scale"].until == "2.4.0"


REFUSALS = [
    ("labell: X", "labell", "label", "not a keyword of an item"),
    ("requird: true", "requird", "required", "not a keyword"),
    ("required: yes", "required", "", "write true or false, not 'yes'"),
    ("required: [true]", "required", "", "a list was found"),
    ("min_length: 3", "min_length", "", "does not belong on a integer item"),
    ("max: ten", "q.max", "", "there is no item"),
    ("max: 5 kg", "q.max", "", "a number was expected"),
    ("min: 9\n  max: 3", "q.min", "", "no answer is possible"),
    ("width: 900", "width", "", "between 10 and 100"),
    ("decimals: -1", "decimals", "", "does not belong"),
    ("at_most: many", "at_most", "", "not a whole number"),
    ("code: NOPE:1", "code", "", "is not declared"),
    ("code: LOINK:1", "code", "LOINC", "is not declared"),
    ("code: 8302-2", "code", "", "write PREFIX:code"),
    ("label: {xx: Hello}", "label", "", "not a language of this form"),
    ("show_if: qq > 1", "q.show_if", "q", "there is no item"),
    ("show_if: q > 1", "q", "", "in a circle"),
    ("show_if: q + 1", "q.show_if", "", "a condition was expected"),
    ("value: concat('a', 'b')", "q.value", "", "a number was expected, this gives text"),
    ("control: sliderr", "control", "slider", "can be: slider, spinner"),
    ("weight: heavy", "weight", "", "is not a number"),
    ("rules: [{check: q > 1}]", "rules", "", "no 'message'"),
    ("rules: [{check: q > 1, message: x, severity: fatal}]", "severity", "", "not one of"),
    ("prefill: {within: 6 months}", "prefill", "", "needs 'last: CODE'"),
    ("default: lots", "q.default", "", "cannot be an answer"),
    ("precision: day", "precision", "", "does not belong"),
    ("label: a\n  label: b", "label", "", "stands here twice"),
]


@pytest.mark.parametrize(("line", "key", "near", "words"), REFUSALS)
def test_a_wrong_keyword_is_named_with_its_line(line: str, key: str, near: str, words: str) -> None:
    text = small_text(f"- id: q\n  type: integer\n  {line}")
    found = [issue for issue in issues_of(text) if issue.key == key]
    assert found, [str(issue) for issue in issues_of(text)]
    assert words in found[0].message
    assert found[0].nearest == near
    assert found[0].file == "form.yaml"
    assert found[0].line >= 4


def test_items_need_identity_and_type() -> None:
    found = issues_of(small_text("- {type: integer}\n- {id: q}\n- {id: Wrong Id, type: text}"))
    assert [issue.key for issue in found] == ["id", "type", "id"]
    assert found[2].nearest == "wrong_id"


def test_types_of_other_tools_are_translated() -> None:
    found = issues_of(small_text("- {id: q, type: boolean}\n- {id: r, type: quantiti, unit: kg}"))
    assert [issue.nearest for issue in found] == ["yes_no", "quantity"]


def test_a_form_needs_its_heading() -> None:
    keys = {issue.key for issue in issues_of("title: x\n")}
    assert keys == {"form", "version", "items"}
    assert issues_of("form: x\nversion: 1.0\nitems: []\n")[0].key == "version"
    assert issues_of("")[0].message == "the file is empty"
    assert "begins with" in issues_of("- a\n- b\n")[0].message


def test_ids_are_unique_and_tombstones_stay_closed() -> None:
    text = small_text(
        "- {id: q, type: text}\n- {id: q, type: text}\n- {id: old, type: text}",
        retired="old: {until: 1.0.0, reason: replaced}",
    )
    messages = " ".join(issue.message for issue in issues_of(text))
    assert "used twice" in messages
    assert "is retired (replaced)" in messages


def test_yaml_traps_stay_text() -> None:
    tree, issues = read_tree("a: yes\nb: 2024-05-01\nc: 1.10\nd: off\ne: 007\nf: 12\ng: null\n")
    assert issues == []
    assert isinstance(tree, Mapping)
    assert plain_value(tree) == {
        "a": "yes",
        "b": "2024-05-01",
        "c": "1.10",
        "d": "off",
        "e": "007",
        "f": 12,
        "g": None,
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x 1\nb: *x\n", "repeats another part"),
        ("a: 1\n---\nb: 2\n", "a second document"),
        ("a: [1, 2\n", "not readable as YAML"),
        ("label: see: this\n", "needs quotes"),
        ("? [a]\n: 1\n", "a key must be a single word"),
        ("a: \x00\n", "not readable as YAML"),
        ("[" * 100, "levels deep"),
        ("[" * 5000, "nesting depth"),
        ("a: " + "{b: " * 3000, "levels deep"),
    ],
)
def test_files_that_are_no_tree(text: str, words: str) -> None:
    tree, issues = read_tree(text, "form.yaml")
    assert tree is None
    assert words in issues[-1].message


def test_bytes_that_are_no_text() -> None:
    assert "not UTF-8" in read_tree(b"\xff\xfe", "x")[1][0].message


def test_options_in_every_notation() -> None:
    text = small_text(
        "- id: q\n  type: choice\n  options:\n"
        "    - SCT:373066001 Yes, please\n    - het Heterozygous\n    - no\n"
        "    - {unk Unknown: {exclusive: true, score: 9}}\n"
        "    - hom: {en: Homozygous}\n    - par: Partial\n"
        "    - {code: SCT:1, label: One, help: First, show_if: q is answered}"
    )
    options = definition(text).items[0].options
    assert [(o.system, o.code, o.label.get("en", "")) for o in options] == [
        ("http://snomed.info/sct", "373066001", "Yes, please"),
        ("", "het", "Heterozygous"),
        ("", "no", ""),
        ("", "unk", "Unknown"),
        ("", "hom", "Homozygous"),
        ("", "par", "Partial"),
        ("http://snomed.info/sct", "1", "One"),
    ]
    assert (options[3].exclusive, options[3].score) == (True, "9")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("[]", "nobody could answer"),
        ("[a A, a B]", "twice"),
        ("[[a]]", "not a list"),
        ("[{a A: {exclusiv: true}}]", "not a keyword of an option"),
        ("[{a: A, b: B}]", "an option needs a code"),
        ("unheard_of", "there is no list"),
    ],
)
def test_options_that_cannot_be(options: str, words: str) -> None:
    found = issues_of(small_text(f"- {{id: q, type: choice, options: {options}}}"))
    assert words in " ".join(issue.message for issue in found)


def test_what_a_type_cannot_do_without() -> None:
    text = small_text(
        "- {id: a, type: choice}\n- {id: b, type: quantity}\n- {repeat: c}\n"
        "- {id: d, type: choice, control: search, options: [x X]}"
    )
    assert [issue.key for issue in issues_of(text)] == ["options", "unit", "items", "control"]


def test_definition_error_carries_every_issue() -> None:
    with pytest.raises(DefinitionError) as caught:
        definition(small_text("- {id: a, type: choice}\n- {id: b, type: nothing}"))
    assert len(caught.value.issues) == 2
    assert "form.yaml:4" in str(caught.value)


def test_writing_and_reading_gives_the_same_form() -> None:
    first = definition(CONSULTATION)
    again = definition(to_yaml(first))
    assert again == first
    assert content_hash(again) == content_hash(first)


def test_comments_order_of_keys_and_notation_do_not_change_the_hash() -> None:
    one = definition(small_text("- {id: q, type: text, label: Café}"))
    other = definition(
        "# a comment\nversion: 1.0.0\nform: small\nitems:\n  - label: Cafe\u0301\n    type: text\n    id: q\n"
    )
    assert content_hash(one) == content_hash(other)


LINES = CONSULTATION.splitlines()
NOISE = st.sampled_from(
    [
        "",
        "  ",
        "- ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        "'",
        '"',
        "|",
        "&a",
        "*a",
        "!!python/object:x",
        "\t",
        "é",
        "#",
        "@",
        "id: 1",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    noise=st.lists(st.tuples(st.integers(0, len(LINES) - 1), NOISE), min_size=1, max_size=6),
)
def test_broken_yaml_gives_issues_and_never_a_traceback(
    seed: int, noise: list[tuple[int, str]]
) -> None:
    chance = random.Random(seed)
    lines = list(LINES)
    for index, text in noise:
        line = lines[index]
        cut = chance.randint(0, len(line))
        lines[index] = line[:cut] + text + line[min(len(line), cut + chance.randint(0, 4)) :]
    if chance.random() < 0.3:
        del lines[chance.randrange(len(lines)) :]
    source = read_definition("\n".join(lines), "form.yaml")
    assert all(isinstance(issue, Issue) and issue.message for issue in source.issues)
    if source.definition is not None:
        _, issues = check_form(source.definition, source.places)
        assert all(isinstance(issue, Issue) for issue in issues)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300) | st.binary(max_size=300))
def test_any_text_at_all(text: str | bytes) -> None:
    source = read_definition(text, "form.yaml")
    assert source.definition is None
    assert source.issues
