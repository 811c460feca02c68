"""flask-admin in the portal's look: it asks before it deletes, and reads what browsers send."""

from lxml import html


def tree(response):
    assert response.status_code == 200, response.text[:500]
    return html.fromstring(response.text)


def test_the_console_wears_the_portals_frame_and_its_own_menu(client):
    client.set_cookie("theme", "dark")
    page = tree(client.get("/console/records/"))
    assert page.get("data-bs-theme") == "dark"
    menu = page.get_element_by_id("side-menu")
    assert [link.text_content().strip() for link in menu.xpath(".//a")] == [
        "Home",
        "Steps",
        "Records",
        "Centres",
        "Topics",
    ]
    assert menu.xpath(".//a[@aria-current]")[0].text_content().strip() == "Records"
    assert not page.xpath("//script[not(@src)]|//*[@style]|//*[@onclick]")


def test_a_list_shows_values_for_people(client):
    row = tree(client.get("/console/records/")).xpath("//tbody/tr[2]")[0].text_content()
    assert "6 January 2026" in row
    assert "Yes" in row


def test_a_delete_is_asked_first_and_then_done(client, records):
    number = str(records("KESTREL-458").id)
    form = {"id": number, "url": "/console/records/"}
    page = tree(client.post("/console/records/delete/", data=form))
    assert "cannot be undone" in page.text_content()
    assert page.xpath("//main//a/@href") == ["/console/records/"]
    assert records("KESTREL-458") is not None
    assert (
        client.post("/console/records/delete/", data={**form, "confirmed": "yes"}).status_code
        == 302
    )
    assert records("KESTREL-458") is None


def test_mass_actions_ask_first(client, records):
    form = {"action": "delete", "rowid": ["55", "56"], "url": "/console/records/"}
    assert "2 records" in tree(client.post("/console/records/action/", data=form)).text_content()
    assert records("KESTREL-454") is not None
    shelve = {**form, "action": "shelve"}
    assert (
        "Shelve these records?"
        in tree(client.post("/console/records/action/", data=shelve)).text_content()
    )
    done = client.post(
        "/console/records/action/", data={**shelve, "confirmed": "yes"}, follow_redirects=True
    )
    assert "Shelved 2" in done.text


def test_a_browsers_date_and_time_is_understood(client, records):
    form = {"name": "CONSOLE-1", "referred_at": "2026-03-05T14:20", "seen_on": "2026-03-05"}
    assert client.post("/console/records/new/", data=form).status_code == 302
    assert f"{records('CONSOLE-1').referred_at:%Y-%m-%d %H:%M}" == "2026-03-05 14:20"
    refused = tree(client.post("/console/records/new/", data={**form, "referred_at": "yesterday"}))
    assert refused.xpath("//*[@data-error-summary]//a/@href") == ["#referred_at"]


def filter_names(page, label):
    return page.xpath(f"//template[@data-filter-template='{label}']//option/@value")


def test_filters_take_dates_from_the_browsers_picker(client):
    page = tree(client.get("/console/records/"))
    operators = page.xpath("//template[@data-filter-template='Referred']//option")
    greater = next(one.get("value") for one in operators if one.text == "greater than")
    name = greater.replace("__n__", "0")
    answer = client.get("/console/records/", query_string={name: "2026-03-17T12:00"})
    rows = tree(answer).xpath("//tbody/tr")
    assert 0 < len(rows) < 10
    assert tree(answer).xpath(f"//input[@type='datetime-local' and @name='{name}']/@value") == [
        "2026-03-17T12:00"
    ]
    remove = tree(answer).xpath("//a[contains(@class, 'filter-remove')]/@href")[0]
    assert "flt0" not in remove


def test_a_yes_or_no_filter_offers_yes_and_no(client):
    page = tree(client.get("/console/records/?filter_add=Consent"))
    options = page.xpath("//ul[@data-filter-rows]//select[@data-filter-value]/option")
    assert [option.text for option in options] == ["Yes", "No"]


def test_records_inside_a_record_are_added_changed_and_taken_away(client, records):
    number = records("KESTREL-405").id
    page = tree(client.get(f"/console/records/edit/?id={number}"))
    assert page.xpath("//fieldset[@data-inline-row]//input[@name='steps-0-title']/@value") == [
        "First visit"
    ]
    step = page.xpath("//input[@name='steps-0-id']/@value")[0]
    form = {
        "name": "KESTREL-405",
        "steps-0-id": step,
        "steps-0-title": "First visit",
        "del-steps-0": "on",
        "steps-1-id": "",
        "steps-1-title": "Second visit",
    }
    assert client.post(f"/console/records/edit/?id={number}", data=form).status_code == 302
    assert [one.title for one in records("KESTREL-405").steps] == ["Second visit"]


def test_details_search_sort_and_pages(client):
    assert "UZ Leuven" in tree(client.get("/console/records/details/?id=1")).text_content()
    found = tree(client.get("/console/records/?search=KESTREL-42"))
    assert 0 < len(found.xpath("//tbody/tr")) <= 11
    ordered = tree(client.get("/console/records/?sort=4&desc=1"))
    assert ordered.xpath("//th[@aria-sort='descending']")
    assert ordered.xpath("//a[@rel='next']/@href")


def test_an_empty_list_says_so(client):
    page = tree(client.get("/console/records/?search=nothing-like-this"))
    assert page.xpath("//*[@class='empty']")
    assert not page.xpath("//table")
