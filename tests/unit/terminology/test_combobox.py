"""The search field in a real browser: keyboard only, by the WAI-ARIA pattern, under the strict CSP."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, request, send_from_directory
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from portal.terminology.api import EXTENSION, create_blueprint
from portal.terminology.service import Terminology

from .conftest import ROOT

pytestmark = pytest.mark.journey
SOURCES = ROOT / "portal" / "assets" / "src"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fields</title>
<meta name="csrf-token" content="x"><link rel="stylesheet" href="/src/terminology/combobox.css">
<script type="module" src="/start.js"></script></head><body><form id="form" action="/sent" method="post">
<div class="coded-field"><label for="one">Diagnosis</label>
 <input id="one" role="combobox" data-terminology-url="/api/v1/terminology/search" data-packs="orpha" data-language="de">
 <input type="hidden" name="one" data-coding></div>
<div class="coded-field"><label for="many">Signs</label>
 <input id="many" role="combobox" data-terminology-url="/api/v1/terminology/search" data-packs="hpo" data-multiple data-free-text>
 <input type="hidden" name="many" data-coding value='[{"system":"s","version":"1","code":"HP:1","display":"Old &lt;b&gt;","language":"en"}]'></div>
<div class="coded-field"><label for="free">Free</label>
 <input id="free" role="combobox" data-terminology-url="/api/v1/terminology/search" data-packs="orpha" data-free-text>
 <input type="hidden" name="free" data-coding></div>
<div class="combobox" data-combobox><label for="parts">Parts</label>
 <input id="parts" role="combobox" name="dx~query" data-name="dx" data-terminology-url="/api/v1/terminology/search" data-packs="orpha">
 <input type="hidden" name="dx~system" data-part="system"><input type="hidden" name="dx~version" data-part="version">
 <input type="hidden" name="dx~code" data-part="code"><input type="hidden" name="dx~display" data-part="display">
 <input type="hidden" name="dx~language" data-part="language"></div>
<div class="combobox" data-combobox><ul data-chosen></ul><label for="list">List</label>
 <input id="list" role="combobox" name="sx~query" data-name="sx" data-multiple data-terminology-url="/api/v1/terminology/search" data-packs="hpo"></div>
<button>Send</button></form></body></html>"""


class Site:
    """A page with the fields, the sources as they are, and a count of searches."""

    def __init__(self, terms: Terminology) -> None:
        self.queries: list[str] = []
        self.broken = False
        app = Flask("fields")
        app.extensions[EXTENSION] = terms
        app.register_blueprint(create_blueprint(lambda view: view))
        app.add_url_rule(
            "/", view_func=lambda: Response(PAGE, mimetype="text/html"), endpoint="page"
        )
        app.add_url_rule(
            "/src/<path:name>",
            view_func=lambda name: send_from_directory(SOURCES, name),
            endpoint="src",
        )
        app.add_url_rule("/start.js", view_func=self._start, endpoint="start")
        app.add_url_rule("/favicon.ico", view_func=lambda: Response(status=204), endpoint="icon")
        app.before_request(self._count)
        app.after_request(self._strict)
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _start(self) -> Response:
        text = (
            "import {enhance, watch} from '/src/terminology/combobox.js'; enhance(document); watch(document);"
            "window.changes = []; document.addEventListener('change', e => window.changes.push(e.target.name));"
        )
        return Response(text, mimetype="text/javascript")

    def _count(self) -> Response | None:
        if request.path.endswith("/search"):
            self.queries.append(request.args["q"])
            if self.broken:
                return Response("{}", status=503, mimetype="application/json")
        return None

    def _strict(self, response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("PORTAL_CHROMIUM") or shutil.which("chromium")
    assert path, "the browser tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(samples: Terminology) -> Iterator[Site]:
    found = Site(samples)
    yield found
    found.close()


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    site.queries.clear()
    site.broken = False
    context = chromium.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on(
        "console",
        lambda m: faults.append(m.text) if m.type == "error" and "503" not in m.text else None,
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(site.url)
    expect(page.locator("#one")).to_have_attribute("aria-expanded", "false")
    yield page
    assert faults == []
    context.close()


def _coding(page: Page, name: str) -> object:
    return json.loads(page.locator(f"input[name={name}]").input_value() or "null")


def _type(page: Page, field: str, text: str) -> None:
    page.locator(field).press_sequentially(text, delay=20)


def test_keyboard_only_from_letters_to_a_pinned_code(page: Page) -> None:
    field = page.locator("#one")
    field.focus()
    _type(page, "#one", "marfan")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Marfan-Syndrom")
    expect(options.first).to_contain_text("ORPHA:558")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert (
        page.locator("#" + str(field.get_attribute("aria-controls"))).get_attribute("role")
        == "listbox"
    )
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    field.press("Enter")
    expect(field).to_have_value("Marfan-Syndrom")
    expect(field).to_have_attribute("aria-expanded", "false")
    assert _coding(page, "one") == {
        "system": "https://www.orpha.net",
        "version": "2025-12-09-sample",
        "code": "558",
        "display": "Marfan-Syndrom",
        "language": "de",
    }
    assert page.evaluate("window.changes") == ["one"]
    expect(page.locator(".coded-field .combobox-chosen").first).to_have_text(
        "558 · 2025-12-09-sample"
    )


def test_typing_waits_and_the_count_is_announced(page: Page, site: Site) -> None:
    page.locator("#one").focus()
    _type(page, "#one", "ma")
    page.wait_for_timeout(300)
    assert site.queries == [], "two letters ask nothing"
    _type(page, "#one", "rfan")
    expect(page.get_by_role("status").first).to_have_text("1 entry found; use the arrow keys")
    assert len(site.queries) <= 2, "only the pause after the last letter asks"
    assert site.queries[-1] == "marfan"


def test_a_code_asks_at_once(page: Page) -> None:
    page.locator("#one").focus()
    _type(page, "#one", "15")
    expect(page.get_by_role("option").first).to_contain_text("Achondroplasie")


def test_synonym_language_and_correction_are_shown(page: Page) -> None:
    page.locator("#one").focus()
    _type(page, "#one", "mucovicidosis")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("Zystische Fibrose")
    expect(first.locator(".is-matched")).to_have_text("Found as “Mucoviscidosis” (en)")
    expect(first.locator(".is-corrected")).to_have_text("Corrected from “mucovicidosis”")
    assert first.locator(".is-matched span").get_attribute("lang") == "en"


def test_escape_closes_and_editing_forgets_the_code(page: Page) -> None:
    field = page.locator("#one")
    field.focus()
    _type(page, "#one", "fabry")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    field.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    assert _coding(page, "one")
    field.press("Backspace")
    assert _coding(page, "one") is None


def test_a_retired_code_takes_its_replacement(page: Page) -> None:
    field = page.locator("#many")
    field.focus()
    _type(page, "#many", "HP:0001388")
    first = page.get_by_role("option").first
    expect(first.locator(".is-inactive")).to_contain_text(
        "choosing it takes Joint hypermobility (HP:0001382)"
    )
    field.press("ArrowDown")
    field.press("Enter")
    assert [entry["code"] for entry in _coding(page, "many")] == ["HP:1", "HP:0001382"]  # type: ignore[attr-defined]


def test_a_group_cannot_be_chosen(page: Page) -> None:
    field = page.locator("#one")
    field.focus()
    _type(page, "#one", "rare bone disease")
    first = page.get_by_role("option").first
    expect(first).to_have_attribute("aria-disabled", "true")
    expect(first).to_contain_text("A group: choose one of its entries")
    field.press("ArrowDown")
    field.press("Enter")
    assert _coding(page, "one") is None


def test_several_codes_are_chips_that_can_be_removed(page: Page) -> None:
    chips = page.locator(".coded-field:has(#many) [data-chosen-item]")
    expect(chips).to_have_count(1)
    expect(chips.first).to_contain_text("Old <b>")
    field = page.locator("#many")
    field.focus()
    for word in ("seizure", "scoliosis"):
        _type(page, "#many", word)
        expect(page.get_by_role("option").first).to_be_visible()
        field.press("ArrowDown")
        field.press("Enter")
        expect(field).to_have_value("")
    expect(chips).to_have_count(3)
    page.get_by_role("button", name="Remove: Old <b>").press("Enter")
    expect(chips).to_have_count(2)
    expect(field).to_be_focused()
    assert [entry["display"] for entry in _coding(page, "many")] == ["Seizure", "Scoliosis"]  # type: ignore[attr-defined]
    field.press("Backspace")
    expect(chips).to_have_count(1)


def test_the_same_code_is_kept_once(page: Page) -> None:
    field = page.locator("#many")
    for _ in range(2):
        field.focus()
        _type(page, "#many", "seizure")
        expect(page.get_by_role("option").first).to_be_visible()
        field.press("ArrowDown")
        field.press("Enter")
    expect(page.locator(".coded-field:has(#many) [data-chosen-item]")).to_have_count(2)


def test_free_text_where_it_is_allowed(page: Page) -> None:
    page.locator("#free").focus()
    _type(page, "#free", "odd new syndrome")
    page.keyboard.press("Tab")
    assert _coding(page, "free") == {"text": "odd new syndrome"}
    page.locator("#many").focus()
    _type(page, "#many", "strange gait")
    page.keyboard.press("Enter")
    assert _coding(page, "many")[-1] == {"text": "strange gait"}  # type: ignore[index]
    page.locator("#one").focus()
    _type(page, "#one", "odd new syndrome")
    page.keyboard.press("Tab")
    assert _coding(page, "one") is None
    expect(page.locator(".coded-field:has(#one) .combobox-chosen")).to_contain_text(
        "Nothing is chosen yet"
    )


def test_a_form_is_not_sent_by_enter_in_a_half_typed_field(page: Page, site: Site) -> None:
    page.locator("#one").focus()
    _type(page, "#one", "marf")
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    assert page.url == site.url


def test_the_forms_own_markup_with_one_input_per_part(page: Page) -> None:
    field = page.locator("#parts")
    field.focus()
    _type(page, "#parts", "fabry")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    values = page.evaluate("Object.fromEntries(new FormData(document.getElementById('form')))")
    assert (values["dx~code"], values["dx~display"]) == ("324", "Fabry disease")
    assert values["dx~version"] == "2025-12-09-sample"
    field.fill("")
    assert page.locator("input[name='dx~code']").input_value() == ""


def test_the_forms_own_markup_for_several(page: Page) -> None:
    field = page.locator("#list")
    field.focus()
    _type(page, "#list", "ataxia")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    assert page.evaluate("new FormData(document.getElementById('form')).getAll('sx~code')") == [
        "HP:0001251"
    ]
    page.get_by_role("button", name="Remove: Ataxia").click()
    assert page.evaluate("new FormData(document.getElementById('form')).getAll('sx~code')") == []


def test_a_row_added_later_works_on_first_focus(page: Page) -> None:
    page.evaluate(
        "() => { const copy = document.createElement('div'); copy.className = 'coded-field';"
        "copy.innerHTML = '<input id=late role=combobox aria-label=Late data-packs=orpha"
        " data-terminology-url=/api/v1/terminology/search><input type=hidden name=late data-coding>';"
        "document.getElementById('form').append(copy); }"
    )
    page.locator("#late").focus()
    _type(page, "#late", "fabry")
    expect(page.get_by_role("option").first).to_contain_text("ORPHA:324")
    expect(page.locator("#late")).to_be_focused()


def test_when_the_search_does_not_answer(page: Page, site: Site) -> None:
    site.broken = True
    page.locator("#one").focus()
    _type(page, "#one", "marfan")
    expect(page.locator(".combobox-empty")).to_contain_text("does not answer")
    expect(page.locator("#one")).to_have_value("marfan")


def test_accessibility_rules(page: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.locator("#one").focus()
    _type(page, "#one", "marfan")
    expect(page.get_by_role("option").first).to_be_visible()
    found = Axe().run(page, context=".coded-field")
    assert [v["id"] for v in found.response["violations"]] == []


def test_sources_hold_no_markup_from_text() -> None:
    for path in sorted((SOURCES / "terminology").glob("*.js")):
        text = Path(path).read_text(encoding="utf-8")
        assert "innerHTML" not in text
        assert "style=" not in text
