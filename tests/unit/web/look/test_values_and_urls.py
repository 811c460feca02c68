"""How values are shown, and that a page's address with other arguments stays the page's address."""

from datetime import date, datetime, time
from enum import Enum
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask_appbuilder.fieldwidgets import Select2AJAXWidget, Select2SlaveAJAXWidget
from flask_appbuilder.upload import BS3FileUploadFieldWidget
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from markupsafe import Markup, escape
from wtforms import Form, StringField

from portal.web.look import urls, values


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("", "–"),
        (date(2026, 3, 5), "5 March 2026"),
        (datetime.combine(date(2026, 3, 5), time(9, 7)), "5 March 2026, 09:07"),
        (time(9, 7), "09:07"),
        (True, "Yes"),
        (False, "No"),
        (0, "0"),
        (Colour.RED, "red"),
        ([], "–"),
        (["a", "b"], "a, b"),
        (list(range(20)), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 8 more"),
        ("<b>", "<b>"),
    ],
)
def test_values_are_shown_for_people(demo, value, text):
    with demo.test_request_context():
        shown = escape(values.shown(value))
    assert html.fromstring(f"<p>{shown}</p>").text_content() == text


def test_markup_of_a_formatter_is_kept(demo):
    with demo.test_request_context():
        assert values.shown(Markup("<i>a</i>")) == Markup("<i>a</i>")


names = st.text(min_size=1, max_size=8)
arguments = st.lists(st.tuples(names, st.text(max_size=8)), max_size=6)


@settings(max_examples=150, deadline=None)
@given(given_arguments=arguments, name=names, value=st.text(max_size=8))
def test_an_argument_is_set_and_taken_away_and_nothing_else_changes(
    demo, given_arguments, name, value
):
    query = urlencode(given_arguments)
    others = [pair for pair in given_arguments if pair[0] != name]
    with demo.test_request_context(f"/recordview/list/?{query}"):
        changed = urlsplit(urls.url_with(**{name: value}))
        without = urlsplit(urls.url_without(name))
    assert (changed.scheme, changed.netloc, changed.path) == ("", "", "/recordview/list/")
    assert by_name(parse_qsl(changed.query, keep_blank_values=True)) == {
        **by_name(others),
        name: [value],
    }
    assert without.path == "/recordview/list/"
    assert by_name(parse_qsl(without.query, keep_blank_values=True)) == by_name(others)


def by_name(pairs):
    """Values by name; their order counts within a name only."""
    return {name: [value for key, value in pairs if key == name] for name, _ in pairs}


def test_arguments_are_taken_away_by_their_beginning(demo):
    with demo.test_request_context("/recordview/list/?_flt_0_a=1&_flt_1_b=2&psize=5"):
        assert urls.url_without(prefix="_flt_") == "/recordview/list/?psize=5"


class Widgets(Form):
    lookup = StringField("Lookup", widget=Select2AJAXWidget("/api/look"))
    after = StringField("After", widget=Select2SlaveAJAXWidget("lookup", "/api/after/{{ID}}"))
    file = StringField("File", widget=BS3FileUploadFieldWidget())


def test_widgets_of_the_library_give_plain_controls(demo):
    form = Widgets(data={"lookup": '4"><script>', "file": "letter.pdf"})
    lookup = html.fromstring(str(form.lookup(class_="form-select")))
    assert (lookup.tag, lookup.get("data-load"), lookup.get("class")) == (
        "select",
        "/api/look",
        "form-select",
    )
    assert lookup.xpath("option/@value") == ['4"><script>']
    assert html.fromstring(str(form.after())).get("data-load-master") == "lookup"
    file = html.fromstring(f"<div>{form.file()}</div>")
    assert file.xpath("//input[@type='checkbox']/@name") == ["_file-delete"]
    assert file.xpath("//input[@type='file']/@name") == ["file"]
    assert "letter.pdf" in file.text_content()
