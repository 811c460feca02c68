"""The form and the documents in a real browser, with the scripts that make them quick."""

import json
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.tools import chromium
from tests.unit.documents import samples

pytestmark = pytest.mark.journey
HERE = Path(__file__).resolve().parent
STATE = "[data-save-state]"
END_SESSION = """UPDATE web_session SET ended_at = CASE WHEN ? THEN seen_at END
    WHERE person_id = (SELECT id FROM person WHERE email LIKE 'assistant%')"""


@dataclass
class Site:
    """A running portal."""

    url: str
    folder: Path
    patient: str
    cookies: dict[str, str]

    def rows(self, statement: str, *values: Any) -> list[Any]:
        with sqlite3.connect(self.folder / "portal.sqlite", timeout=10) as database:
            return database.execute(statement, values).fetchall()

    def answer(self, item: str) -> Any:
        found = self.rows("SELECT value FROM form_answer WHERE item_id = ? AND row_id = ''", item)
        return json.loads(found[0][0]) if found else None

    def settled(self, item: str, wanted: str) -> None:
        """Wait until what was given last is in the database: a page may save in several steps."""
        ends = time.monotonic() + 15
        while wanted not in json.dumps(self.answer(item)) and time.monotonic() < ends:
            time.sleep(0.1)
        assert wanted in json.dumps(self.answer(item))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    from portal.assets.build import build

    build()
    folder = tmp_path_factory.mktemp("site")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "site.py"), str(folder), str(port)],
            stdout=log, stderr=log, cwd=HERE.parents[2],
        )  # fmt: skip
    try:
        ends = time.monotonic() + 120
        while not (folder / "site.json").is_file():
            assert process.poll() is None, (folder / "log").read_text()[-3000:]
            assert time.monotonic() < ends, "the portal did not start"
            time.sleep(0.2)
        made = json.loads((folder / "site.json").read_text())
        yield Site(f"http://127.0.0.1:{port}", folder, made["patient"], made["cookies"])
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium.find_or_install(), args=["--no-sandbox"]
        )
        yield opened
        opened.close()


@pytest.fixture
def page_as(site: Site, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Open pages as different people; a fault in a script fails the test."""
    faults: list[str] = []
    contexts = []

    def make(persona: str) -> Page:
        context = browser.new_context(base_url=site.url)
        context.add_cookies(
            [{"name": "portal_session", "value": site.cookies[persona], "url": site.url}]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


def form(site: Site, section: str) -> str:
    return f"/patient/{site.patient}/form/{section}/"


def test_what_is_typed_is_saved_and_the_page_says_so(
    site: Site, page_as: Callable[[str], Page]
) -> None:
    page = page_as("enroller")
    page.goto(form(site, "quick"))
    page.get_by_label("Your question to the panel").fill("Which test would you do next?")
    page.get_by_label("Help to reach a diagnosis").check()
    page.get_by_label("Your question to the panel").focus()
    expect(page.locator(STATE)).to_contain_text("Draft saved")
    expect(page.locator("[data-form-percent]")).not_to_have_text(re.compile(r"^7 %"))
    site.settled("request_question", "Which test would you do next?")
    site.settled("request_kinds", '"diagnosis"')
    page.reload()
    expect(page.get_by_label("Your question to the panel")).to_have_value(re.compile("Which test"))


def test_calculated_values_and_conditions_answer_at_once(
    site: Site, page_as: Callable[[str], Page]
) -> None:
    page = page_as("enroller")
    page.goto(form(site, "examination"))
    page.locator("#f-height").fill("1,80")
    page.locator("#f-height-unit").select_option("m")
    page.locator("#f-weight").fill("81")
    page.locator("#f-weight").blur()
    expect(page.locator("#f-bmi")).to_have_text("25")
    expect(page.locator(STATE)).to_contain_text("Draft saved")
    page.goto(form(site, "diagnosis"))
    confirmed = page.get_by_role("group", name=re.compile("How sure is the diagnosis"))
    expect(page.locator("[data-item=dx]")).to_be_hidden()
    confirmed.get_by_label("Confirmed").check()
    expect(page.locator("[data-item=dx]")).to_be_visible()


def test_what_cannot_be_read_is_told_beside_the_field_and_kept_there(
    site: Site, page_as: Callable[[str], Page]
) -> None:
    page = page_as("enroller")
    page.goto(form(site, "examination"))
    weight = page.locator("#f-weight")
    weight.fill("eighty")
    weight.blur()
    expect(page.locator("[data-item=weight] .problem")).to_contain_text("Please write a number")
    expect(weight).to_have_value("eighty")
    expect(weight).to_have_attribute("aria-invalid", "true")
    weight.fill("82")
    weight.blur()
    expect(page.locator("[data-item=weight] .problem")).to_have_count(0)


def test_rows_are_added_filled_and_removed_without_a_round_trip(
    site: Site, page_as: Callable[[str], Page]
) -> None:
    page = page_as("enroller")
    page.goto(form(site, "laboratory"))
    repeat = page.locator("[data-repeat=labs]")
    repeat.locator("[data-row-add]").click()
    repeat.locator("[data-row-add]").click()
    expect(repeat.locator("[data-row-id]")).to_have_count(2)
    expect(page.locator(STATE)).to_contain_text("Draft saved")
    assert len(site.answer("labs")) == 2
    with page.expect_response(re.compile("autosave")):
        repeat.locator("[data-row-remove]").first.click()
    expect(repeat.locator("[data-row-id]")).to_have_count(1)
    page.reload()
    expect(page.locator("[data-repeat=labs] [data-row-id]")).to_have_count(1)


def test_two_people_on_one_answer_see_both_texts(
    site: Site, page_as: Callable[[str], Page]
) -> None:
    hers, his = page_as("enroller"), page_as("assistant")
    label = "What has been tried already?"
    for page in (hers, his):
        page.goto(form(site, "request"))
    hers.get_by_label(label).fill("A muscle biopsy")
    hers.get_by_label(label).blur()
    expect(hers.locator(STATE)).to_contain_text("Draft saved")
    his.get_by_label(label).fill("A genetic panel")
    his.get_by_label(label).blur()
    dialog = his.get_by_role("dialog")
    expect(dialog).to_contain_text("A muscle biopsy")
    expect(dialog).to_contain_text("Sanne de Vries")
    dialog.get_by_role("button", name="Keep mine").click()
    expect(his.locator(STATE)).to_contain_text("Draft saved")
    site.settled("request_tried", "A genetic panel")
    expect(his.locator(".kept-version")).to_contain_text("A muscle biopsy")


def test_typing_goes_on_after_the_login_has_ended(
    site: Site, page_as: Callable[[str], Page]
) -> None:
    page = page_as("assistant")
    page.goto(form(site, "present_illness"))
    site.rows(END_SESSION, 1)
    box = page.get_by_label("The case in a few lines")
    box.fill("Typed while signed out, and long enough for a summary of the case.")
    box.blur()
    expect(page.locator(STATE)).to_contain_text("Signed out: not saved yet")
    expect(box).to_have_value(re.compile("Typed while signed out"))
    site.rows(END_SESSION, 0)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator(STATE)).to_contain_text("Draft saved")
    assert site.answer("case_summary").startswith("Typed while signed out")


def test_documents_are_attached_by_choosing_and_say_what_was_refused(
    site: Site, page_as: Callable[[str], Page]
) -> None:
    page = page_as("enroller")
    page.goto(f"/patient/{site.patient}/documents/")
    page.get_by_label("What they are").select_option(label="Referral letter")
    page.locator("input[type=file]").set_input_files(
        [
            {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()},
            {"name": "wrong.pdf", "mimeType": "application/pdf", "buffer": samples.picture("PNG")},
        ]
    )
    expect(page.locator(".upload-list")).to_contain_text("Received")
    expect(page.locator(".upload-list")).to_contain_text("the content is PNG picture")
    expect(page.locator(".upload-all")).to_contain_text("2 of 2 files, 100 %")
    page.reload()
    expect(page.get_by_role("link", name="letter.pdf", exact=True)).to_be_visible()
    expect(page.locator(".document-list")).to_contain_text("Referral letter")


def test_documents_are_attached_by_dropping(site: Site, page_as: Callable[[str], Page]) -> None:
    page = page_as("enroller")
    page.goto(f"/patient/{site.patient}/documents/")
    dropped = page.evaluate_handle(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["dropped text"], "dropped.txt", {type: "text/plain"}));
          return data;
        }"""
    )
    page.dispatch_event(".dropzone", "drop", {"dataTransfer": dropped})
    expect(page.get_by_role("link", name="dropped.txt", exact=True)).to_be_visible()


def test_pages_have_no_faults_of_accessibility(site: Site, page_as: Callable[[str], Page]) -> None:
    axe = next(HERE.parents[2].glob("portal/assets/node_modules/axe-core/axe.min.js"))
    page = page_as("enroller")
    places = [form(site, "quick"), form(site, "genetics"), form(site, "functioning")]
    base = f"/patient/{site.patient}/"
    places += [f"{base}form/", f"{base}form/read", f"{base}form/check", f"{base}documents/"]
    for place in places:
        page.goto(place)
        page.evaluate(axe.read_text(encoding="utf-8"))
        found = page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        )
        faults = [(one["id"], one["nodes"][0]["html"][:160]) for one in found["violations"]]
        assert faults == [], place
