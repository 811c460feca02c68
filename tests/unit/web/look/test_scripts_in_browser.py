"""What the scripts of every page do, in a real browser under the strict policy."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.journey,
    pytest.mark.filterwarnings("ignore:The Query.get:sqlalchemy.exc.LegacyAPIWarning"),
]


def row_of(page, name):
    return page.locator("tbody tr", has_text=name)


def test_a_delete_asks_and_no_means_no(page, records):
    page.goto("/recordview/list/")
    row_of(page, "KESTREL-401").locator("button.danger").click()
    dialog = page.get_by_role("dialog", name="Are you sure?")
    expect(dialog).to_contain_text("KESTREL-401")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(row_of(page, "KESTREL-401").locator("button.danger")).to_be_focused()
    assert records("KESTREL-401") is not None


@pytest.mark.parametrize(
    ("path", "name"), [("/recordview/list/", "KESTREL-402"), ("/console/records/", "KESTREL-403")]
)
def test_a_delete_that_was_agreed_to_happens_once(page, records, path, name):
    page.goto(path)
    row_of(page, name).locator("button.danger").click()
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    assert records(name) is None


def test_ticked_rows_go_into_an_action(page):
    page.goto("/recordview/list/")
    page.get_by_label("Tick KESTREL-405").check()
    page.get_by_label("Tick KESTREL-406").check()
    expect(page.get_by_text("2 ticked")).to_be_visible()
    page.locator("summary", has_text="Actions").click()
    page.get_by_role("button", name="Forward").click()
    page.get_by_role("dialog").get_by_role("button", name="Forward").click()
    expect(page.locator(".alert-success")).to_contain_text("Forwarded 2")


def test_actions_wait_until_something_is_ticked(page):
    page.goto("/console/records/")
    page.locator("summary", has_text="With selected").click()
    expect(page.get_by_role("button", name="Shelve")).to_be_disabled()
    page.get_by_label("Tick all rows of this page").check()
    expect(page.get_by_text("20 ticked")).to_be_visible()
    page.locator("summary", has_text="With selected").click()
    expect(page.get_by_role("button", name="Shelve")).to_be_enabled()


def test_the_theme_is_kept_for_the_next_page(page):
    page.goto("/case")
    page.locator(".site-tools details.menu > summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.goto("/recordview/list/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_menus_open_by_keyboard_and_only_one_at_a_time(page):
    page.goto("/case")
    page.get_by_text("EURO-NMD").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="EURO-NMD")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="ERN ITHACA")).to_be_focused()
    page.locator(".site-tools details.menu > summary").click()
    expect(page.locator("details.menu[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("details.menu[open]")).to_have_count(0)


def test_keys_work_outside_fields_and_can_be_switched_off(page):
    page.goto("/form")
    page.keyboard.press("/")
    search = page.get_by_label("Search cases, people, forms, settings")
    expect(search).to_be_focused()
    page.keyboard.type("/?")
    expect(search).to_have_value("/?")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.get_by_label("Use single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_side_menu_of_a_phone_opens_and_closes(page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/case")
    toggle = page.get_by_role("button", name="Menu")
    expect(page.locator("#side-menu")).not_to_be_visible()
    toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("link", name="Case", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#side-menu")).not_to_be_visible()
    expect(toggle).to_be_focused()


def test_filters_are_added_in_place(page):
    page.goto("/recordview/list/")
    page.locator("summary", has_text="Add filter").click()
    page.get_by_role("link", name="First seen").first.click()
    expect(page.get_by_label("Comparison for First seen")).to_be_focused()
    page.locator("[data-filter-operator]").select_option(label="Greater than")
    page.locator("input[type=date]").fill("2026-02-25")
    page.locator("[data-filter-submit]").click()
    page.wait_for_url("**_flt_1_seen_on=2026-02-25*")
    expect(page.locator("tbody tr").first).to_contain_text("2026")
    page.get_by_role("link", name="Remove the filter First seen").click()
    expect(page.locator("[data-filter-row]")).to_have_count(0)


def test_the_console_swaps_the_field_with_the_comparison(page):
    page.goto("/console/records/")
    page.locator("summary", has_text="Add filter").click()
    page.get_by_role("link", name="Weight").first.click()
    page.locator("[data-filter-operator]").select_option(label="empty")
    expect(page.locator("li select[data-filter-value]:visible")).to_have_count(1)
    page.locator("[data-filter-operator]").select_option(label="greater than")
    page.locator("li input[data-filter-value]:visible").fill("75")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("tbody tr")).to_have_count(4)


def test_problems_of_a_refused_form_are_read_first_and_lead_to_the_field(page):
    page.goto("/recordview/add")
    page.get_by_label("Weight").fill("heavy")
    page.get_by_role("button", name="Save").click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=re.compile("Weight")).click()
    expect(page.get_by_label("Weight")).to_be_focused()


def test_a_long_list_is_searched_by_keyboard_alone(page, records):
    page.goto("/recordview/add")
    page.get_by_label("Pseudonym").fill("KEYS-1")
    page.locator("input[role=combobox]").first.wait_for()
    page.get_by_role("combobox", name="Centre").focus()
    page.keyboard.type("Tart")
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="Topics").focus()
    page.keyboard.type("Atax")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/show/*")
    saved = records("KEYS-1")
    assert (str(saved.centre), [str(one) for one in saved.topics]) == ("Tartu Ülikool", ["Ataxia"])


def test_records_inside_a_record_are_added_in_place(page, records):
    page.goto(f"/console/records/edit/?id={records('KESTREL-410').id}")
    page.get_by_role("button", name="Add Steps").click()
    page.get_by_label("Title").last.fill("Second visit")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/console/records/*")
    assert [one.title for one in records("KESTREL-410").steps] == ["First visit", "Second visit"]


def test_unsent_changes_are_marked_and_guard_the_page(page):
    page.goto("/recordview/edit/20")
    page.get_by_label("Weight").fill("99")
    expect(page.locator("h1")).to_have_class(re.compile("unsaved"))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/case")
    assert asked == ["beforeunload"]


def test_a_chart_is_drawn_and_follows_the_theme(page):
    page.goto("/consentchart/chart/", wait_until="networkidle")
    chart = page.get_by_role("img", name=re.compile("Records by consent"))
    expect(chart).to_be_visible()
    page.locator(".site-tools details.menu > summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("canvas")).to_have_count(1)
    page.get_by_text("Show the figures").click()
    expect(page.locator("figure table")).to_be_visible()


def test_a_record_is_looked_up_while_typing(page, demo):
    from demo_models import Step

    page.goto("/console/steps/new/")
    page.get_by_label("Title").fill("Third visit")
    page.locator("input[role=combobox]").first.wait_for()
    page.get_by_role("combobox", name="Record").focus()
    page.keyboard.type("KESTREL-427")
    page.get_by_role("option", name="KESTREL-427").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/console/steps/")
    session = demo.extensions["demo.session"]
    session.remove()
    assert str(session.query(Step).filter_by(title="Third visit").one().record) == "KESTREL-427"


def test_the_end_of_the_session_is_announced_and_can_be_put_off(page):
    page.goto("/form?expires=60")
    note = page.locator(".toast-note")
    expect(note).to_contain_text("signed out in two minutes")
    note.get_by_role("button", name="Stay signed in").click()
    expect(note).to_have_count(0)
    page.goto("/form?expires=3600")
    page.wait_for_timeout(300)
    expect(page.locator(".toast-note")).to_have_count(0)
