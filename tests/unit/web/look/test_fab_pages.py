"""FAB's generated pages: what stock FAB gets wrong works, and nothing is lost or destroyed unasked."""

import re

import pytest
from lxml import html

# FAB reads single records by a call that SQLAlchemy calls legacy; the portal's own pages do not.
pytestmark = pytest.mark.filterwarnings("ignore:The Query.get:sqlalchemy.exc.LegacyAPIWarning")


def tree(response):
    assert response.status_code == 200, response.text[:500]
    return html.fromstring(response.text)


def test_a_list_shows_values_for_people(client):
    page = tree(client.get("/recordview/list/"))
    first = page.xpath("//tbody/tr[1]")[0].text_content()
    assert "5 January 2026" in first
    assert "No" in first
    assert page.xpath("//tbody/tr[1]/td[@data-label='First seen']")


def test_text_from_people_is_escaped(client):
    page = client.get("/recordview/show/2").text
    assert "&lt;b&gt;Not bold&lt;/b&gt;" in page
    assert "<b>Not bold" not in page


def test_a_required_tick_box_can_stay_empty(client, records):
    answer = client.post("/recordview/add", data={"name": "NEW-1", "weight": "4"})
    assert answer.status_code == 302
    assert records("NEW-1").consent is False


def test_after_saving_the_record_is_shown(client, records):
    answer = client.post("/recordview/add", data={"name": "NEW-2"})
    assert answer.location == f"/recordview/show/{records('NEW-2').id}"
    changed = client.post(f"/recordview/edit/{records('NEW-2').id}", data={"name": "NEW-2b"})
    assert changed.location.startswith("/recordview/show/")


def test_a_date_time_keeps_its_time(client, records):
    client.post("/recordview/add", data={"name": "NEW-3", "referred_at": "2026-03-05T14:20"})
    assert f"{records('NEW-3').referred_at:%Y-%m-%d %H:%M}" == "2026-03-05 14:20"
    field = tree(client.get(f"/recordview/edit/{records('NEW-3').id}")).get_element_by_id(
        "referred_at"
    )
    assert (field.get("type"), field.get("value")) == ("datetime-local", "2026-03-05 14:20:00")


def test_a_refused_form_lists_its_problems_with_links_to_the_fields(client, records):
    page = tree(client.post("/recordview/add", data={"name": "", "weight": "heavy"}))
    links = page.xpath("//*[@data-error-summary]//a/@href")
    assert "#name" in links
    assert "#weight" in links
    field = page.get_element_by_id("weight")
    assert field.get("aria-invalid") == "true"
    assert page.get_element_by_id(field.get("aria-describedby").split()[-1]).text_content().strip()
    assert records("") is None


def test_hints_are_tied_to_fields_and_labels_are_no_placeholders(client):
    page = tree(client.get("/recordview/add"))
    field = page.get_element_by_id("name")
    assert page.get_element_by_id(field.get("aria-describedby")).text == "Never the real name"
    assert field.get("placeholder") is None


def test_nothing_chosen_is_a_dash_and_can_be_kept(client, records):
    page = tree(client.get("/recordview/add"))
    assert page.xpath("//select[@id='centre']/option[@value='__None']")[0].text == "–"
    client.post("/recordview/add", data={"name": "NEW-4", "centre": "__None"})
    assert records("NEW-4").centre is None


def names(response):
    return re.findall(
        r"KESTREL-\d+",
        "".join(tree(response).xpath("//tbody//td[1]//text()|//tbody//td[2]//text()")),
    )


def test_filters_by_text_date_and_yes_or_no(client):
    assert names(client.get("/recordview/list/?_flt_0_name=KESTREL-41"))[0] == "KESTREL-410"
    after = names(client.get("/recordview/list/?_flt_1_seen_on=2026-02-20"))
    assert after
    assert min(after) == "KESTREL-447"
    unconsented = names(client.get("/recordview/list/?_flt_1_consent=y"))
    assert unconsented[:2] == ["KESTREL-400", "KESTREL-403"]


def test_a_filter_can_be_added_and_taken_away_without_scripts(client):
    page = tree(client.get("/recordview/list/?_flt_0_name=KESTREL-41"))
    add = page.xpath("//a[@data-filter-add='seen_on']/@href")[0]
    page = tree(client.get(add))
    assert page.xpath("//input[@type='date' and @name='_flt_0_seen_on']")
    assert page.xpath("//ul//input[@name='_flt_0_name']/@value") == ["KESTREL-41"]
    remove = page.xpath("//li[@data-filter-row][1]//a[contains(@class, 'filter-remove')]/@href")[0]
    assert "_flt_0_name" not in remove
    assert "filter_add=seen_on" in remove


def test_an_odd_query_argument_is_harmless(client):
    page = tree(client.get("/recordview/list/?endpoint=x&_external=1&filter_add=nothing"))
    assert page.xpath("//form[@id='filter_form']")


def test_a_delete_without_a_question_answered_is_asked_first(client, records):
    number = records("KESTREL-459").id
    for answer in (
        client.get(f"/recordview/delete/{number}"),
        client.post(f"/recordview/delete/{number}"),
    ):
        page = tree(answer)
        assert "cannot be undone" in page.text_content()
        assert page.xpath("//form[@method='post']//input[@name='confirmed']/@value") == ["yes"]
    assert records("KESTREL-459") is not None
    assert client.post(f"/recordview/delete/{number}", data={"confirmed": "yes"}).status_code == 302
    assert records("KESTREL-459") is None


def test_an_action_with_a_question_asks_and_one_without_does_not(client):
    form = {"action": "forward", "rowid": ["1", "2"]}
    page = tree(client.post("/recordview/action_post", data=form))
    assert "Forward these records to Leuven? 2 records." in page.text_content()
    assert page.xpath("//main//input[@name='rowid']/@value") == ["1", "2"]
    assert (
        client.post("/recordview/action_post", data={**form, "confirmed": "yes"}).status_code == 302
    )
    assert (
        client.post("/recordview/action_post", data={"action": "mark", "rowid": "1"}).status_code
        == 302
    )
    assert "Forward these" in tree(client.post("/recordview/action/forward/1")).text_content()


def test_the_page_that_asks_sends_nobody_to_another_site(client):
    page = tree(client.post("/recordview/delete/1", data={"url": "//evil.example/"}))
    assert page.xpath("//main//a/@href") == ["/"]


def test_a_post_without_a_token_is_refused(demo, records):
    assert demo.test_client().post("/recordview/add", data={"name": "FORGED"}).status_code == 400
    assert records("FORGED") is None


def test_charts_draw_from_the_table_beside_them(client):
    page = tree(client.get("/consentchart/chart/"))
    rows = page.xpath("//figure[@data-chart='bar']//tbody/tr")
    assert [row.xpath("string(th)") for row in rows] == ["No", "Yes"]
    assert all(int(cell) >= 20 for row in rows for cell in row.xpath("td/@data-value"))
    assert "google" not in client.get("/consentchart/chart/").text


def test_every_page_of_the_library_renders_in_the_portals_frame(client):
    for path in ("/users/add", "/roles/list/", "/groups/list/", "/permissions/list/", "/login/", "/centreview/list/",
                 "/stepview/list/", "/resetmypassword/form"):  # fmt: skip
        page = tree(client.get(path))
        assert page.xpath("//header[@class='site-header']"), path
        assert len(page.xpath("//h1")) == 1, path
