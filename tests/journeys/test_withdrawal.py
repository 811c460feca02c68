"""Withdrawal of consent: what follows is said before, holds at once, and only a new consent opens again."""

import json
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from portal.kernel import clock

LogIn = Callable[..., Page]


def _date(page: Page, day: date) -> None:
    for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(label, exact=True).fill(str(value))


def _picture(page: Page, name: str) -> None:
    folder = os.environ.get("PORTAL_TEST_PICTURES", "")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_consent_is_withdrawn_and_given_anew(log_in: LogIn) -> None:
    page = log_in("sanne")
    page.locator("main a[href*='/patient/']").last.click()
    address = page.url
    care = page.locator(".consent-line", has_text="Advice on care")
    _picture(page, "patient")

    with page.expect_download() as download:
        page.get_by_role("button", name="Data file (JSON)").click()
    report = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert report["who_looked"]

    care.get_by_role("link", name=re.compile("^Withdraw")).click()
    follows = page.locator("#main")
    for words in (
        "The record is locked",
        "Open panels of this patient stop",
        "left out of exports",
    ):
        expect(follows).to_contain_text(words)
    expect(follows).to_contain_text("Only a new consent for care")
    _picture(page, "withdraw")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_text("This record is locked.")).to_have_count(0)

    care.get_by_role("link", name=re.compile("^Withdraw")).click()
    _date(page, clock.today())
    page.get_by_label(re.compile("^Reason")).fill("The family moved away.")
    page.get_by_role("button", name="Withdraw the consent").click()
    expect(page).to_have_url(re.compile(re.escape(address.split("#")[0])))
    expect(page.get_by_text("This record is locked.")).to_be_visible()
    expect(page.get_by_role("link", name="Change the nickname")).to_have_count(0)
    expect(care).to_contain_text("The family moved away.")
    _picture(page, "locked")

    care.get_by_role("link", name=re.compile("^Record a consent")).click()
    page.get_by_label("Yes", exact=False).first.check()
    page.get_by_label("The patient", exact=True).check()
    _date(page, clock.today())
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("This record is locked.")).to_have_count(0)
    expect(page.get_by_role("link", name="Change the nickname")).to_be_visible()
