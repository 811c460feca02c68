"""The building blocks of pages: labels and hints tied together, everything escaped."""

import pytest
from flask import render_template_string
from lxml import html
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

EVIL = "<script>alert(1)</script>"


class Sample(Form):
    name = StringField("Name", [InputRequired(), Length(max=5)], description="As on the letter")
    weight = IntegerField("Weight")
    note = TextAreaField("Note")
    agreed = BooleanField("I agree", [InputRequired()])
    sex = RadioField("Sex", choices=[SelectChoice("f", "Female"), SelectChoice("m", "Male")])
    country = SelectField("Country", choices=[SelectChoice(str(n), f"Land {n}") for n in range(30)])


@pytest.fixture
def render(demo):
    def make(source, **values):
        with demo.test_request_context():
            text = render_template_string(
                '{% import "macros/ui.html" as ui with context %}' + source, **values
            )
        return html.fromstring(f"<main>{text}</main>")

    return make


def test_a_field_with_problem_ties_label_hint_problem_and_control(render):
    form = Sample(MultiDict({"name": "too long a name"}))
    form.validate()
    page = render(
        "{{ ui.error_summary(form) }}{{ ui.field(form.name) }}{{ ui.field(form.weight, unit='kg') }}",
        form=form,
    )
    control = page.get_element_by_id("name")
    described = [page.get_element_by_id(one) for one in control.get("aria-describedby").split()]
    assert described[0].text_content() == "As on the letter"
    assert "Error" in described[1].text_content()
    assert control.get("aria-invalid") == "true"
    assert page.xpath("//label[@for='name']")[0].text_content() == "Name"
    assert page.xpath("//label[@for='weight']")[0].text_content() == "Weight (optional)"
    assert "#name" in page.xpath("//*[@data-error-summary]//a/@href")
    assert page.xpath("//*[@data-error-summary]/@tabindex") == ["-1"]


def test_a_good_form_has_no_summary_and_no_marks(render):
    form = Sample(
        MultiDict({"name": "Ada", "agreed": "y", "sex": "f", "country": "1", "weight": "4"})
    )
    assert form.validate()
    page = render(
        "{{ ui.error_summary(form) }}{% for f in form %}{{ ui.field(f) }}{% endfor %}", form=form
    )
    assert not page.xpath("//*[@aria-invalid]|//*[@data-error-summary]")


def test_choices_are_a_group_and_long_lists_get_a_search(render):
    page = render(
        "{{ ui.field(form.sex) }}{{ ui.field(form.country) }}{{ ui.field(form.agreed) }}",
        form=Sample(),
    )
    assert page.xpath("//fieldset/legend")[0].text_content().startswith("Sex")
    assert len(page.xpath("//fieldset//label[@for]")) == 2
    assert page.get_element_by_id("country").get("data-search") == "auto"
    assert page.xpath("//label[@for='agreed']/preceding-sibling::input[@type='checkbox']")


@pytest.mark.parametrize(
    "source",
    [
        "{{ ui.chip(evil, 'good') }}",
        "{{ ui.facts([(evil, evil)]) }}",
        "{{ ui.timeline([{'when': evil, 'text': evil, 'who': evil, 'url': '/x'}]) }}",
        "{{ ui.task_list([{'label': evil, 'state': evil, 'note': evil, 'url': '/x'}]) }}",
        "{{ ui.person(evil, evil, evil) }}",
        "{{ ui.question(evil) }}",
        "{{ ui.alert(evil, 'danger', evil) }}",
        "{{ ui.empty_state(evil, evil, 'info', '/x', evil) }}",
        "{{ ui.stat(evil, evil, '/x', evil) }}",
        "{{ ui.tabs([{'label': evil, 'url': '/x', 'active': true, 'count': 0}]) }}",
        "{{ ui.button_post('/x', evil, question=evil, fields={'a': evil}) }}",
        "{{ ui.crumbs([(evil, '/x'), (evil, '')]) }}",
        "{{ ui.phase_track([{'label': evil, 'state': 'current'}]) }}",
        "{{ ui.problem_summary({'f': evil}, {'f': evil}) }}",
        "{{ ui.progress(1, 2, evil) }}",
        "{% call ui.card(evil) %}{{ evil }}{% endcall %}",
        "{% call ui.table([evil], evil) %}<tr><td>{{ evil }}</td></tr>{% endcall %}",
    ],
)
def test_text_is_never_markup(render, source):
    page = render(source, evil=EVIL)
    assert not page.xpath("//script")
    assert "alert(1)" in html.tostring(page, encoding="unicode")


def test_what_is_left_says_done_to_do_and_late(render):
    page = render(
        "{{ ui.task_list([{'label': 'A', 'done': true}, {'label': 'B', 'late': true, 'state': '2 days over'}, {'label': 'C'}]) }}"
    )
    states = [one.text_content().strip() for one in page.xpath("//span[@class='task-state']")]
    assert states == ["Done", "2 days over", "To do"]
    assert page.xpath("//li[contains(@class, 'is-late')]")


def test_a_button_that_changes_something_posts_and_asks(render):
    page = render("{{ ui.button_confirm('/x', 'Withdraw', 'Really?', fields={'id': 4}) }}")
    assert page.xpath("//form[@method='post']/input[@name='csrf_token']")
    assert page.xpath("//button/@data-confirm") == ["Really?"]


def test_paging_leaves_out_what_does_not_exist(render):
    page = render("{{ ui.pager('', '/next', '1 to 25') }}")
    assert page.xpath("//a/@rel") == ["next"]
    assert not render("{{ ui.pager('', '') }}").xpath("//nav")


def test_initials(render):
    for name, wanted in (
        ("Maria Kovacs", "MK"),
        ("Maria van der Berg", "MB"),
        ("Plato", "P"),
        ("", "?"),
    ):
        assert render("{{ ui.avatar(name) }}", name=name).text_content().strip() == wanted


def test_a_page_renders_without_anything_from_the_shell(demo):
    source = '{% extends "page.html" %}{% block title %}Bare{% endblock %}{% block content %}text{% endblock %}'
    with demo.app_context(), demo.test_request_context():
        page = html.fromstring(
            render_template_string(source, actor=None, networks_menu=[], side_menu=[], theme="dark")
        )
    assert page.get("data-bs-theme") == "dark"
    assert [one.text for one in page.xpath("//h1")] == ["Bare"]
    assert not page.xpath("//nav[@id='side-menu']|//form[@role='search']|//aside")
