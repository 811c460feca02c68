"""Every kind of page, both themes, a desk and a phone: accessible, nothing blocked, nothing cut off."""

from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.journey,
    pytest.mark.filterwarnings("ignore:The Query.get:sqlalchemy.exc.LegacyAPIWarning"),
]
AXE = Path(__file__).resolve().parents[4] / "portal/assets/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = {
    "case": "/case",
    "form": "/form",
    "list": "/recordview/list/",
    "filtered list": "/recordview/list/?_flt_0_name=KES&_flt_0_consent=y&_flt_1_seen_on=2026-01-10&filter_add=centre",
    "empty list": "/recordview/list/?_flt_0_name=nobody",
    "show": "/recordview/show/1",
    "add": "/recordview/add",
    "edit": "/recordview/edit/6",
    "question": "/recordview/delete/1",
    "chart": "/consentchart/chart/",
    "user": "/users/add",
    "sign in": "/login/",
    "console": "/console/",
    "console list": "/console/records/?flt0_0=KES&filter_add=Referred",
    "console create": "/console/records/new/",
    "console edit": "/console/records/edit/?id=1",
    "console details": "/console/records/details/?id=1",
}
SCREENS = {"desk": 1440, "phone": 390}


@pytest.fixture(
    scope="module", params=[(s, t) for s in SCREENS for t in ("light", "dark")], ids="-".join
)
def screen(request, browser, address):
    name, theme = request.param
    context = browser.new_context(
        viewport={"width": SCREENS[name], "height": 900}, base_url=address
    )
    context.add_cookies([{"name": "theme", "value": theme, "url": address}])
    context.add_init_script(path=AXE)
    yield context
    context.close()


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_page_has_no_barrier(screen, path):
    page = screen.new_page()
    complaints = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path)
    page.wait_for_timeout(150)  # parts that are fetched later: long lists, charts
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    page.close()
    assert [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found] == []
    assert complaints == []
    assert overflow == 0


def test_opened_menus_and_questions_have_no_barrier(screen):
    page = screen.new_page()
    page.goto("/recordview/list/")
    page.locator(".site-tools details.menu > summary").click()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.locator("tbody tr").first.locator("button.danger").click()
    page.get_by_role("dialog").wait_for()
    assert barriers(page) == []
    page.close()


def barriers(page):
    return [
        one["id"]
        for one in page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)[
            "violations"
        ]
    ]


def test_targets_are_large_enough_to_hit(screen):
    page = screen.new_page()
    page.goto("/recordview/list/")
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, .btn, summary, .tool, .side-link, input[type=checkbox]')]
        .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 20 || box.height < 20)).map(([text]) => text)"""
    )
    page.close()
    assert small == []


def test_the_system_decides_about_dark_when_nobody_has_chosen(browser, address):
    grounds = {}
    for scheme in ("light", "dark"):
        context = browser.new_context(base_url=address, color_scheme=scheme)
        page = context.new_page()
        page.goto("/case")
        grounds[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        context.close()
    assert grounds == {"light": "rgb(246, 248, 252)", "dark": "rgb(14, 20, 32)"}


def test_paper_carries_the_content_only(page):
    page.goto("/case")
    page.emulate_media(media="print")
    assert page.locator(".question").is_visible()
    for hidden in (".site-header", ".site-footer", "#side-menu"):
        assert not page.locator(hidden).is_visible()


def test_pages_read_without_scripts(browser, address):
    context = browser.new_context(
        base_url=address, java_script_enabled=False, viewport={"width": 390, "height": 900}
    )
    page = context.new_page()
    page.goto("/recordview/list/")
    assert page.locator("#side-menu").is_visible()
    page.locator("summary", has_text="Add filter").click()
    page.get_by_role("link", name="First seen").first.click()
    page.locator("input[type=date]").fill("2026-02-20")
    page.get_by_role("button", name="Search", exact=True).last.click()
    page.wait_for_url("**_flt_0_seen_on=2026-02-20*")
    context.close()
