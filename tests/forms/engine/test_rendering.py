"""Rendered sections: accessible, escaped, without script, and complete without JavaScript."""

import json
import re
import time
from typing import Any

import pytest
from lxml import html

from portal.forms.catalogue import load_form
from portal.forms.evaluate import evaluate
from portal.forms.posted import read_posted
from portal.forms.rendering import Look, error_summary, page_data, render_section, rules_json
from tests.forms.engine.samples import MARFAN, NOW, consultation, outcome, small

EVERY = """
- section: page
  label: Page
  items:
    - {id: note, type: note, label: "Read <this> {{ 7*7 }} {% raw %}", control: help, link: "https://example.org/?a=1&b=2"}
    - {id: text, type: text, label: "Name <b> & {{ x }}", help: "A hint {# no #}", required: true, placeholder: 'P "x"', width: 50}
    - {id: long, type: long_text, max_length: 99}
    - {id: url, type: url}
    - {id: int, type: integer, required_if: yes_no}
    - {id: slide, type: integer, min: 0, max: 10, control: slider}
    - {id: dec, type: decimal}
    - {id: one_unit, type: quantity, unit: "mm[Hg]"}
    - {id: units, type: quantity, units: [cm, m]}
    - {id: open_unit, type: quantity, unit: mg, units_open: true}
    - {id: yes_no, type: yes_no, label: Sure?}
    - {id: sure, type: yes_no, required: true}
    - {id: date, type: date, precision: any}
    - {id: moment, type: datetime}
    - {id: clock, type: time}
    - {id: radio, type: choice, options: [a A, "SCT:1 O'Neill {x}"], other: true, help: Pick}
    - {id: drop, type: choice, control: dropdown, options: [a A, {b B: {show_if: yes_no}}]}
    - {id: ticks, type: choice, multiple: true, options: [a A, b B], other: true}
    - {id: search, type: choice, options_from: [pack:orpha, pack:hpo], control: search, required: true}
    - {id: free, type: choice, options_from: valueset:x, control: search, other: true}
    - {id: many, type: choice, multiple: true, options_from: valueset:x, control: search, other: true}
    - {id: marks, type: integer, multiple: true, label: Marks}
    - {id: fixed, type: text, read_only: true}
    - {id: sum, type: integer, value: int + 1}
    - {id: word, type: choice, options: [lo Low, hi High], value: 'if(int > 5, "hi", "lo")'}
    - {id: secret, type: integer, hidden: true}
    - {id: later, type: text, show_if: yes_no, label: Later}
    - {id: file, type: file, accept: [image/*], max_size: 2 MB}
    - {id: ref, type: reference, of: [Patient]}
    - group: grouped
      label: Grouped
      help: Together
      items: [{id: inner, type: text}]
    - table: matrix
      label: Difficulty
      items:
        - {id: m1, type: choice, options: difficulty, label: Walking, required: true}
        - {id: m2, type: choice, options: difficulty, label: Reading}
    - repeat: rows
      label: Rows
      control: table
      at_most: 3
      items:
        - {id: rows.n, type: integer, default: 7, label: Number}
        - {id: rows.c, type: choice, options: [a A, b B], label: Kind}
        - {id: rows.y, type: yes_no, label: Sure}
        - {id: rows.double, type: integer, value: rows.n * 2, label: Double}
    - repeat: cards
      label: Cards
      items:
        - {id: cards.text, type: long_text, label: Words}
        - {id: cards.more, type: text, show_if: cards.text is answered}
        - repeat: cards.sub
          items: [{id: cards.sub.d, type: date}]
"""
ANSWERS: dict[str, Any] = {
    "text": '<script>alert("x")</script>{{ 7*7 }}',
    "long": "</textarea><b>",
    "units": {"value": "1.80", "unit": "m"},
    "one_unit": {"value": "120", "unit": "mm[Hg]"},
    "yes_no": True,
    "radio": {"system": "http://snomed.info/sct", "code": "1"},
    "ticks": [{"system": "", "code": "b"}, {"text": 'own "words"'}],
    "search": {**MARFAN, "display": "Marfan <x>"},
    "free": {"text": "words"},
    "many": [MARFAN, {"text": "own"}],
    "marks": [3, 4],
    "fixed": "<fixed>",
    "int": 6,
    "m1": {"system": "", "code": "some"},
    "file": {"id": "f1", "name": "a<b>.png", "type": "image/png", "size": 3},
    "rows": [{"row": "r1", "rows.n": 2, "rows.c": {"system": "", "code": "a"}, "rows.y": False}],
    "cards": [
        {"row": "c1", "cards.text": "t", "cards.sub": [{"row": "s1", "cards.sub.d": "2024"}]}
    ],
}


@pytest.fixture(scope="module")
def form() -> Any:
    return small(
        EVERY,
        lists="difficulty: [none None, some Some]",
        codes="SCT: http://snomed.info/sct",
        views="short: [text, rows.n]",
    )


@pytest.fixture(scope="module")
def page(form: Any) -> Any:
    return html.fragment_fromstring(
        str(render_section(form, "page", ANSWERS, outcome(form, ANSWERS))), "form"
    )


def field(page: Any, name: str) -> Any:
    found = page.xpath(f'.//*[@name="{name}"]')
    assert found, name
    return found[0]


def test_every_input_has_a_name_an_id_and_a_label(page: Any) -> None:
    ids = [one.get("id") for one in page.xpath(".//*[@id]") if not one.xpath("ancestor::template")]
    assert len(ids) == len(set(ids))
    labelled = {one.get("for") for one in page.xpath(".//label")}
    for one in page.xpath(".//input[not(@type='hidden')] | .//select | .//textarea"):
        named = one.get("id") in labelled or one.get("aria-label") or one.get("aria-labelledby")
        assert one.get("name"), html.tostring(one)
        assert named, html.tostring(one)
    for one in page.xpath(".//*[@aria-describedby]"):
        if not one.xpath("ancestor::template"):
            assert set(one.get("aria-describedby").split()) <= set(ids)
    for fieldset in page.xpath(".//fieldset"):
        assert fieldset.xpath("./legend | ./div/legend"), html.tostring(fieldset)[:200]


def test_texts_of_people_are_escaped(page: Any, form: Any) -> None:
    source = str(render_section(form, "page", ANSWERS, outcome(form, ANSWERS)))
    for danger in (
        "<script",
        "<b>",
        "</textarea><b>",
        "<x>",
        "<fixed>",
        "a<b>",
        "49",
        " on",
        "style=",
        "javascript:",
    ):
        hit = danger in source if danger != " on" else re.search(r"\son[a-z]+=", source)
        assert not hit, danger
    assert field(page, "text").get("value") == ANSWERS["text"]
    assert field(page, "long").text.removeprefix("\n") == ANSWERS["long"]
    assert "Name <b> & {{ x }}" in page.xpath('.//label[@for="f-text"]')[0].text_content()
    assert "{{ 7*7 }}" in page.text_content()


def test_stored_answers_are_shown_again(page: Any) -> None:
    assert field(page, "units").get("value") == "1.80"
    assert page.xpath('.//select[@name="units~unit"]/option[@selected]/text()') == ["m"]
    assert field(page, "one_unit~unit").get("value") == "mm[Hg]"
    assert page.xpath('.//input[@name="yes_no"][@checked]/@value') == ["true"]
    assert page.xpath('.//input[@name="radio"][@checked]/@value') == ["http://snomed.info/sct|1"]
    assert page.xpath('.//input[@name="ticks"][@checked]/@value') == ["|b"]
    assert field(page, "ticks~text").get("value") == 'own "words"'
    assert field(page, "search~code").get("value") == "558"
    assert page.xpath('.//*[@id="f-search"]')[0].get("value") == "Marfan <x>"
    assert field(page, "free~text").get("value") == "words"
    assert len(page.xpath(".//li[@data-chosen-item]")) == 2
    assert [one.get("value") for one in page.xpath('.//input[@name="marks"]')] == ["3", "4", ""]
    assert page.xpath('.//*[@id="f-sum"]')[0].text == "7"
    assert page.xpath('.//*[@id="f-word"]')[0].text == "High"
    assert page.xpath('.//input[@name="m1"][@checked]/@value') == ["|some"]
    assert page.xpath('.//input[@name="sure"][@checked]') == []
    assert field(page, "rows.n@r1").get("value") == "2"
    assert page.xpath('.//*[@id="f-rows.double@r1"]')[0].text == "4"
    assert page.xpath('.//input[@name="rows.y@r1"][@checked]/@value') == ["false"]
    assert field(page, "cards.sub.d@s1").get("value") == "2024"


def test_posting_the_page_back_changes_nothing(page: Any, form: Any) -> None:
    data: dict[str, list[str]] = {}
    for one in page.xpath(".//input | .//select | .//textarea"):
        kind = one.get("type")
        skipped = one.xpath("ancestor::template") or kind in {"submit", "file"}
        if skipped or (kind in {"radio", "checkbox"} and one.get("checked") is None):
            continue
        if one.tag == "select":
            values = one.xpath("./option[@selected]/@value") or one.xpath("./option[1]/@value")
        else:
            values = [one.text or ""] if one.tag == "textarea" else [one.get("value") or ""]
        data.setdefault(one.get("name"), []).extend(values)
    found = read_posted(form, "page", data, ANSWERS)
    assert found.problems == {}
    wanted = {
        **ANSWERS,
        "radio": found.answers["radio"],
        "ticks": found.answers["ticks"],
        "m1": found.answers["m1"],
    }
    wanted["rows"] = found.answers["rows"]
    assert found.answers == wanted
    assert outcome(form, found.answers).draft_errors == outcome(form, ANSWERS).draft_errors


def test_what_is_hidden_on_the_server_is_hidden_in_the_page(form: Any) -> None:
    answers = {**ANSWERS, "yes_no": False}
    page = html.fragment_fromstring(
        str(render_section(form, "page", answers, outcome(form, answers))), "form"
    )
    assert page.xpath('.//*[@data-question="later"]')[0].get("hidden") is not None
    assert page.xpath('.//*[@data-question="secret"]')[0].get("hidden") is not None
    assert page.xpath('.//select[@name="drop"]/option[@value="|b"]')[0].get("disabled") is not None
    assert page.xpath('.//*[@data-question="int"]//*[@data-needed]')[0].get("hidden") is not None
    shown = html.fragment_fromstring(
        str(render_section(form, "page", ANSWERS, outcome(form, ANSWERS))), "form"
    )
    assert shown.xpath('.//*[@data-question="later"]')[0].get("hidden") is None
    assert shown.xpath('.//select[@name="drop"]/option[@value="|b"]')[0].get("disabled") is None
    assert shown.xpath('.//*[@data-question="int"]//*[@data-needed]')[0].get("hidden") is None


def test_search_fields_say_where_to_search(page: Any) -> None:
    box = page.xpath('.//*[@id="f-search"]')[0]
    assert box.get("role") == "combobox"
    assert box.get("data-terminology-url") == "/api/v1/terminology/search"
    assert (box.get("data-packs"), box.get("data-name")) == ("orpha,hpo", "search")
    assert page.xpath('.//*[@id="f-free"]')[0].get("data-value-set") == "x"
    assert page.xpath('.//*[@id="f-many"]')[0].get("data-multiple") is not None


def test_rows_work_with_and_without_script(page: Any) -> None:
    repeat = page.xpath('.//*[@data-repeat="rows"]')[0]
    assert repeat.xpath("./button[@data-row-add]/@name") == ["rows~add"]
    assert repeat.xpath(".//button[@data-row-remove]/@value")[0] == "r1"
    template = repeat.xpath("./template")[0]
    assert template.xpath('.//input[@name="rows.n@__row0__"]/@value') == ["7"]
    inner = page.xpath('.//*[@data-repeat="cards.sub"]')[0]
    assert inner.xpath("./input/@name") == ["cards.sub@c1"]
    assert inner.xpath("./template//input[@type='text']/@name") == ["cards.sub.d@__row1__"]
    blank = page.xpath('.//template//*[@data-repeat="cards.sub"]')[0]
    assert blank.xpath("./button/@name") == ["cards.sub@__row0__~add"]
    hidden = page.xpath('.//template//*[@data-item="cards.more@__row0__"]')[0]
    assert hidden.get("hidden") is not None


def test_a_repeat_without_rows_has_a_title_and_no_empty_table(form: Any, page: Any) -> None:
    empty = html.fragment_fromstring(
        str(render_section(form, "page", {}, outcome(form, {}))), "form"
    )
    for shown, rows in ((empty, False), (page, True)):
        repeat = shown.xpath('.//*[@data-repeat="rows"]')[0]
        assert repeat.xpath("./legend")[0].text_content() == "Rows"
        assert (repeat.xpath("./*[@data-rows-table]/@hidden") == []) is rows
        assert (repeat.xpath("./*[@data-rows-none]/@hidden") != []) is rows
        assert repeat.xpath("./*[@data-rows-none]")[0].text == "None yet."
        assert "group-top" not in repeat.get("class")
    button = empty.xpath('.//button[@name="rows~add"]')[0]
    assert (button.text, button.get("aria-label")) == ("Add a row", "Add a row: Rows")


def test_the_button_says_what_a_row_is_and_a_framed_section_is_marked() -> None:
    form = small(
        "- section: s\n  label: S\n  help: H\n  items:\n    - {repeat: r, label: Results, "
        "short_label: result <1>, items: [{id: r.x, type: text}]}"
    )
    page = html.fragment_fromstring(str(render_section(form, "s", {}, outcome(form, {}))), "form")
    assert page.xpath(".//button[@data-row-add]")[0].text == "Add: result <1>"
    assert page.xpath("./fieldset/@class") == ["group group-top"]


def test_code_systems_have_the_prefix_under_which_people_write_them(form: Any) -> None:
    data = html.fragment_fromstring(f"<p {page_data(form, 'page', {}, NOW, '/rules')}></p>")
    prefixes = json.loads(data.get("data-code-prefixes"))
    assert prefixes["https://www.orpha.net"] == "ORPHA"
    assert prefixes["http://www.omim.org"] == "OMIM"
    assert prefixes["http://snomed.info/sct"] == "SCT"


def test_problems_stand_at_their_fields_and_in_the_summary(form: Any) -> None:
    posted = read_posted(form, "page", {"dec": "tall"}, {"int": 3})
    found = outcome(form, {**posted.answers, "url": "ftp://x"})
    source = str(render_section(form, "page", posted.answers, found, posted=posted, issues="draft"))
    page = html.fragment_fromstring(source, "form")
    dec = field(page, "dec")
    assert (dec.get("value"), dec.get("aria-invalid")) == ("tall", "true")
    assert "f-dec-problem" in dec.get("aria-describedby")
    assert "Please write a number" in page.xpath('.//*[@id="f-dec-problem"]')[0].text
    assert page.xpath('.//*[@id="f-text-problem"]') == []
    every = html.fragment_fromstring(
        str(render_section(form, "page", {}, outcome(form, {}), issues="all")), "form"
    )
    assert every.xpath('.//*[@id="f-text-problem"]')[0].text == "Please answer this."
    none = str(
        render_section(form, "page", {"url": "x"}, outcome(form, {"url": "x"}), issues="none")
    )
    assert "problem" not in none
    summary = html.fragment_fromstring(
        str(error_summary(form, found, posted=posted, section_id="page"))
    )
    links = summary.xpath(".//a/@href")
    assert "#f-dec" in links
    assert "#f-sure-1" in links
    assert error_summary(consultation(), outcome(consultation(), {"dx": MARFAN})) == ""


def test_views_show_a_selection(form: Any) -> None:
    page = html.fragment_fromstring(
        str(render_section(form, "page", {}, outcome(form, {}), view="short")), "form"
    )
    shown = set(page.xpath(".//@data-question"))
    assert shown == {"text", "rows", "rows.n"} | {"rows.c", "rows.y", "rows.double"} & shown
    assert "url" not in shown
    with pytest.raises(KeyError):
        render_section(form, "page", {}, outcome(form, {}), view="nothing")
    with pytest.raises(KeyError):
        render_section(form, "nowhere", {}, outcome(form, {}))


def test_words_come_in_the_readers_language() -> None:
    form = load_form("consultation")
    look = Look(
        "de",
        translate=lambda text: {"required": "Pflicht", "Choose …": "Bitte wählen"}.get(text, text),
    )
    source = str(render_section(form, "diagnosis", {}, evaluate(form, {}, NOW), look=look))
    assert "Wie sicher ist die Diagnose?" in source
    assert "(Pflicht)" in source
    again = str(render_section(form, "diagnosis", {}, evaluate(form, {}, NOW), look=Look("en")))
    assert "How sure is the diagnosis?" in again
    assert "(required)" in again


def test_the_page_carries_what_the_script_needs() -> None:
    form = consultation()
    source = str(
        page_data(
            form,
            "diagnosis",
            {"dx": MARFAN, "height": {"value": "1", "unit": "m"}},
            NOW,
            "/forms/rules/x.json",
        )
    )
    page = html.fragment_fromstring(f"<div {source}></div>")
    assert json.loads(page.get("data-answers")) == {"height": {"value": "1", "unit": "m"}}
    assert json.loads(page.get("data-facts"))["patient.birth_date"] == "2011-03-14"
    assert page.get("data-rules-url") == "/forms/rules/x.json"
    assert json.loads(rules_json(form))["items"]["bmi"]["value"][0] == "call"
    assert "Diagnosis" not in rules_json(form)


@pytest.mark.parametrize("section", [section.id for section in load_form("consultation").sections])
def test_every_section_of_the_generic_consultation_renders(section: str) -> None:
    form = load_form("consultation")
    source = str(render_section(form, section, {}, evaluate(form, {}, NOW), issues="all"))
    page = html.fragment_fromstring(source, "form")
    ids = [one.get("id") for one in page.xpath(".//*[@id]") if not one.xpath("ancestor::template")]
    assert len(ids) == len(set(ids))
    assert not re.search(r"\s(on[a-z]+|style)=", source)


def test_odd_stored_answers_do_not_break_a_page(form: Any) -> None:
    for odd in (5, "x", [], {}, [1], {"a": 1}, True):
        answers = {name: odd for name in form.items if name not in {"rows", "cards"}}
        assert render_section(form, "page", answers, outcome(form, answers), issues="all")
    assert render_section(
        form, "page", {"rows": 5, "cards": [None]}, outcome(form, {"rows": 5, "cards": [None]})
    )


def test_rendering_is_quick_enough_for_every_page() -> None:
    form = load_form("consultation")
    found = evaluate(form, {}, NOW)
    render_section(form, "genetics", {}, found)
    started = time.process_time()
    for _ in range(20):
        render_section(form, "genetics", {}, found)
    assert (time.process_time() - started) / 20 < 0.02
