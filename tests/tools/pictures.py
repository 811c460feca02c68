"""Make the pictures of the README from the running portal: ``python tests/tools/pictures.py URL``.

Start the portal first (``make run``); the demo world shows the same pages each time.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools import chromium

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def signed_in(browser: Browser, url: str, subject: str, **options: object) -> Iterator[Page]:
    """Open a page as a demo account."""
    context = browser.new_context(base_url=url, locale="en-GB", **options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/login/?next=/accessibility")
    page.get_by_role("button", name=subject, exact=True).click()
    page.wait_for_url(f"{url}/**")
    yield page
    context.close()


def open_case(page: Page) -> None:
    """Go to the case that the pictures tell of, from the list of panels."""
    page.goto("/ern/nmd/panels/")
    page.get_by_role("link", name="Boy, 7: weakness of the legs, high CK").first.click()
    page.wait_for_load_state()


def main(url: str) -> None:
    """Write every picture."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find_or_install(), args=["--no-sandbox", "--disable-gpu"]
        )
        with signed_in(browser, url, "sanne", viewport=WIDE) as page:
            page.goto("/")
            page.screenshot(path=FOLDER / "dashboard.png")
            open_case(page)
            page.screenshot(path=FOLDER / "case.png")
            page.goto("/centre/NL-UTR/patients/")
            page.get_by_role("link", name="Amber Kestrel 417").first.click()
            page.wait_for_load_state()
            page.goto(f"{page.url}form/diagnosis/")
            page.screenshot(path=FOLDER / "form.png")
        with signed_in(browser, url, "agnes", viewport=WIDE) as page:
            page.goto("/ern/nmd/")
            page.screenshot(path=FOLDER / "network.png")
        with signed_in(browser, url, "sam", viewport=WIDE) as page:
            page.goto("/support/")
            page.screenshot(path=FOLDER / "support.png")
        with signed_in(browser, url, "sanne", viewport=PHONE, color_scheme="dark") as page:
            open_case(page)
            page.screenshot(path=FOLDER / "case-phone-dark.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080")
