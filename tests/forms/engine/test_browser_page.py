"""The page in a real browser: conditions, calculation, rows, announcements; and without script."""

import os
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from portal.forms.posted import read_posted
from portal.forms.rendering import page_data, render_section, rules_json
from tests.forms.engine.samples import NOW, outcome, small
from tests.forms.engine.test_rendering import EVERY

pytestmark = pytest.mark.journey
SOURCES = Path(__file__).parents[3] / "portal" / "assets" / "src"
FORM = small(EVERY, lists="difficulty: [none None, some Some]", codes="SCT: http://snomed.info/sct")
POLICY = "default-src 'self'; style-src 'self'; script-src 'self'; object-src 'none'"
TYPES = {".js": "text/javascript", ".json": "application/json", ".css": "text/css"}


def page_html(answers: dict[str, Any]) -> str:
    body = render_section(FORM, "page", answers, outcome(FORM, answers))
    data = page_data(FORM, "page", answers, NOW, "/rules.json")
    return (
        "<!doctype html><html lang=en><head><title>Form</title>"
        '<script type="module" src="/src/forms/index.js"></script></head>'
        f'<body><main><h1>Form</h1><form method="post"><div {data}>{body}</div><button>Save</button></form></main></body></html>'
    )


class Site(BaseHTTPRequestHandler):
    """Serves the page, the rules and the scripts with the portal's content security policy."""

    answers: dict[str, Any] = {}

    def do_GET(self) -> None:
        if self.path == "/":
            self.send(page_html(self.answers), "text/html")
        elif self.path == "/rules.json":
            self.send(rules_json(FORM), "application/json")
        elif self.path.startswith("/src/"):
            file = SOURCES / self.path[5:]
            self.send(file.read_text(encoding="utf-8"), TYPES[file.suffix])
        else:
            self.send("", "image/svg+xml")

    def do_POST(self) -> None:
        from urllib.parse import parse_qs

        length = int(self.headers["Content-Length"])
        fields = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
        type(self).answers = read_posted(FORM, "page", fields, self.answers).answers
        self.send(page_html(self.answers), "text/html")

    def send(self, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("PORTAL_CHROMIUM") or shutil.which("chromium")
    assert path, "the browser tests need Chromium: apt-get install chromium, or set PORTAL_CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    Site.answers = {}
    context = chromium.new_context()
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    opened.goto(address)
    opened.wait_for_load_state("networkidle")
    yield opened
    context.close()
    assert problems == []


def test_conditions_show_and_hide_and_are_announced(page: Page) -> None:
    later = page.locator('[data-question="later"]')
    assert not later.is_visible()
    page.get_by_role("group", name="Sure?").get_by_label("Yes").check()
    later.wait_for(state="visible")
    expect(page.locator("#announcer")).to_contain_text("Now shown: Later")
    assert page.locator('[data-question="int"] [data-needed]').is_visible()
    assert page.locator('select[name="drop"] option[value="|b"]').get_attribute("disabled") is None
    page.get_by_role("group", name="Sure?").get_by_label("Not answered").check()
    later.wait_for(state="hidden")
    expect(page.locator("#announcer")).to_contain_text("No longer asked: Later")


def test_values_are_calculated_while_one_types(page: Page) -> None:
    page.fill("#f-int", "6")
    expect(page.locator("#f-sum")).to_have_text("7")
    assert page.inner_text("#f-word") == "High"
    page.fill("#f-int", "six")
    expect(page.locator("#f-sum")).to_have_text("Not enough answers yet")


def test_rows_are_added_and_removed_by_keyboard(page: Page) -> None:
    repeat = page.locator('[data-repeat="rows"]')
    add = repeat.locator("button[data-row-add]")
    add.focus()
    page.keyboard.press("Enter")
    number = repeat.locator('tbody input[name^="rows.n@"]').first
    assert number.input_value() == "7"
    assert number.evaluate("one => one === document.activeElement")
    number.fill("21")
    expect(repeat.locator("tbody output")).to_have_text("42")
    add.click()
    add.click()
    assert repeat.locator("tbody tr").count() == 3
    assert add.is_disabled()
    repeat.locator("button[data-row-remove]").first.focus()
    page.keyboard.press("Enter")
    assert repeat.locator("tbody tr").count() == 2
    assert add.is_enabled()
    expect(page.locator("#announcer")).to_have_text("Row removed: Rows")


def test_rows_in_rows(page: Page) -> None:
    page.locator('[data-repeat="cards"] > button[data-row-add]').click()
    inner = page.locator('[data-row-id] [data-repeat="cards.sub"]').first
    inner.locator("button[data-row-add]").click()
    name = inner.locator('[data-rows] input[name^="cards.sub.d@"]').get_attribute("name")
    assert name is not None
    assert "__row" not in name
    page.locator('[name^="cards.text@"]').first.fill("words")
    page.locator('[data-question="cards.more"]').first.wait_for(state="visible")


def test_changes_are_told_to_the_rest_of_the_page(page: Page) -> None:
    page.evaluate(
        "window.heard = []; document.addEventListener('form:changed', (e) => window.heard.push(e.detail))"
    )
    page.fill("#f-units", "1,80")
    heard = page.evaluate("window.heard.at(-1)")
    assert heard == {
        "section": "page",
        "item": "units",
        "row": "",
        "value": {"value": "1.80", "unit": "cm"},
    }


def test_what_was_filled_in_the_browser_is_saved_as_is(page: Page) -> None:
    page.fill("#f-text", "Ada")
    page.fill("#f-int", "6")
    page.locator('[data-repeat="rows"] button[data-row-add]').click()
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state("networkidle")
    assert Site.answers["text"] == "Ada"
    assert Site.answers["int"] == 6
    assert Site.answers["rows"][0]["rows.n"] == 7
    assert page.inner_text("#f-sum") == "7"


def test_the_page_has_no_automatically_found_barriers(page: Page) -> None:
    page.get_by_role("group", name="Sure?").get_by_label("Yes").check()
    page.locator('[data-repeat="rows"] > button[data-row-add]').click()
    page.locator('[data-repeat="cards"] > button[data-row-add]').click()
    options = {
        "runOnly": {
            "type": "tag",
            "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
        }
    }
    found = Axe().run(page, options=options).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_the_page_is_complete_without_script(chromium: Browser, address: str) -> None:
    Site.answers = {}
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.locator('[name="yes_no"][value="true"]').check()
    page.fill("#f-int", "4")
    page.locator('[data-repeat="rows"] > button[data-row-add]').click()
    assert page.locator('[data-question="later"]').is_visible()
    assert page.inner_text("#f-sum") == "5"
    assert page.locator('[data-repeat="rows"] tbody tr').count() == 1
    page.locator('[data-repeat="rows"] button[data-row-remove]').click()
    assert page.locator('[data-repeat="rows"] tbody tr').count() == 0
    context.close()
    assert {name: Site.answers.get(name) for name in ("int", "yes_no", "rows")} == {
        "int": 4,
        "yes_no": True,
        "rows": None,
    }
