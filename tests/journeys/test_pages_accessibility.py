"""Every type of page on the demo world, as the person it is for: no barrier, no complaint, nothing cut off.

Each page is opened in the light and in the dark theme, and judged on a desk and on a phone by axe-core
(WCAG 2.2 A and AA). ``where <shape>tail`` is the first link of that shape on the page ``where``, with ``tail`` after it.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.any_database
LogIn = Callable[..., Page]
AXE = Path(__file__).resolve().parents[2] / "portal/assets/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCREENS = {"desk": 1440, "phone": 390}
THEMES = ("light", "dark")
LINK = re.compile(r"^(.*)<(.+)>(.*)$")

# Who looks at what.
PAGES: dict[str, tuple[str, ...]] = {
    "sanne": (
        "/", "/for-me/", "/notices/", "/notices/preferences", "/help", "/search?q=weak", "/contributions/",
        "/people/me", "/people/me/sessions", "/people/request-access", "/ern/nmd/", "/ern/nmd/panels/",
        "/ern/nmd/experts", "/ern/nmd/groups", "/ern/nmd/preferences", "/ern/nmd/workflow",
        "/ern/nmd/experts <^/people/01>", "/centre/NL-UTR/", "/centre/NL-UTR/patients/", "/centre/NL-UTR/enrol",
        "/centre/NL-UTR/panels/", "/centre/NL-UTR/consents", "/centre/NL-UTR/audit", "/centre/NL-UTR/settings",
        "/panel/new?network=nmd", "/logout/",
    ),
    "lotte": ("/", "/centre/NL-UTR/enrol"),
    "maria": ("/", "/for-me/", "/ern/nmd/panels/?show=led", "/ern/nmd/panels/?show=urgent"),
    "giorgos": ("/", "/for-me/", "/for-me/ <^/panel/01>"),
    "agnes": (
        "/ern/nmd/", "/ern/nmd/access-requests", "/ern/nmd/access-requests <^/ern/nmd/access-requests/01>",
        "/ern/nmd/members",
        "/ern/nmd/members <^/ern/nmd/members/01[^/]+/finish>", "/ern/nmd/invitations", "/ern/nmd/groups/new", "/ern/nmd/groups <^/ern/nmd/groups/01>",
        "/ern/nmd/panels/?show=forward", "/ern/nmd/panels/?show=forward <^/panel/01>",
        "/ern/nmd/panels/?show=forward <^/panel/01[^/]+/$>outsider",
        "/configuration/networks/list/", "/configuration/networks/list/ <^/configuration/networks/show/>",
        "/configuration/networks/list/ <^/configuration/networks/edit/>", "/configuration/areas/list/",
        "/configuration/areas/add", "/configuration/areas/list/ <^/configuration/areas/edit/>",
    ),
    "tiago": ("/", "/for-me/"),
    "rita": ("/", "/ern/nmd/"),
    "pirkko": ("/", "/support/audit/"),
    "sam": (
        "/support/", "/support/people/", "/support/people/ <^/support/people/01>",
        "/support/people/ <^/support/people/01>/grant", "/support/people/ <^/support/people/01>/suspend",
        "/support/guests/",
        "/support/memberships/", "/support/requests/", "/support/invitations/", "/support/sessions/",
        "/support/centres/", "/support/centres/new/", "/support/jobs/", "/support/mails/", "/support/extensions/",
    ),
    "nadia": ("/", "/people/request-access?network=nmd", "/people/request-access?network=nmd&country=IT"),
}  # fmt: skip

# Pages about one patient, panel, document, found from a list as the person who keeps or reads it.
PATIENT = (
    "", "nickname", "hand-over", "consents/research/record", "consents/care/withdraw", "identity/correct",
    "documents/", "form/", "form/quick/", "form/request/", "form/diagnosis/", "form/signs/", "form/laboratory/",
    "form/genetics/", "form/family/", "form/check", "form/read", "form/history?item=case_summary",
)  # fmt: skip
PANEL = ("", "?ask=muscle", "discussion", "timeline", "people", "deadline")
LEADS = {
    "panel_selection": "femke",
    "assessment": "maria",
    "outcome": "mette",
    "sign_off": "claire",
    "closed": "joris",
}


def barriers(page: Page) -> list[str]:
    """Return what axe finds, with the element."""
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def judge(page: Page, path: str) -> list[str]:
    """Open a page in both themes and return what is wrong with it on a desk and on a phone."""
    wrong: list[str] = []
    for theme in THEMES:
        page.context.add_cookies([{"name": "theme", "value": theme, "url": _site(page)}])
        answer = page.goto(path)
        if answer is None or answer.status != 200:
            return [f"{path}: status {answer.status if answer else 'none'}"]
        page.wait_for_load_state("networkidle" if theme == THEMES[0] else "load")
        for screen, width in SCREENS.items():
            page.set_viewport_size({"width": width, "height": 900})
            place = f"{path} {theme} {screen}"
            wrong += [f"{place}: {one}" for one in barriers(page)]
            overflow = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            wrong += [f"{place}: {overflow} px too wide: {_widest(page)}"] if overflow else []
    return wrong


def _site(page: Page) -> str:
    return "/".join(page.url.split("/")[:3])


def _widest(page: Page) -> str:
    """Return the element that sticks out most, for the message."""
    return str(
        page.evaluate(
            """() => {
              const all = [...document.querySelectorAll("main *, header *, footer *")];
              const wide = all.map(e => [e.getBoundingClientRect().right, e])
                .sort((a, b) => b[0] - a[0])[0];
              return wide ? wide[1].outerHTML.slice(0, 140) : "";
            }"""
        )
    )


def resolve(page: Page, wanted: str) -> str:
    """Return the address: as it stands, or the first link on a page that fits the pattern."""
    found = LINK.match(wanted)
    if found is None:
        return wanted
    where, pattern, tail = found[1].strip(), found[2], found[3]
    page.goto(where)
    links = page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))")
    fitting = [link for link in links if re.search(pattern, link)]
    assert fitting, f"{where} has no link like {pattern}"
    return str(fitting[0]).partition("#")[0] + tail


@pytest.fixture
def look(log_in: LogIn) -> Callable[[str], Page]:
    """Return a function from a demo account to a page with axe-core at hand in every document."""

    def make(subject: str) -> Page:
        page = log_in(subject)
        page.context.add_init_script(path=AXE)
        page.set_viewport_size({"width": SCREENS["desk"], "height": 900})
        return page

    return make


@pytest.mark.parametrize("subject", PAGES)
def test_pages_have_no_barrier(subject: str, look: Callable[[str], Page]) -> None:
    page = look(subject)
    wrong = [line for wanted in PAGES[subject] for line in judge(page, resolve(page, wanted))]
    assert not wrong, "\n".join(wrong)


def test_pages_of_a_patient_have_no_barrier(look: Callable[[str], Page]) -> None:
    page = look("sanne")
    patient = resolve(page, "/centre/NL-UTR/patients/ <^/patient/01[^/]+/$>")
    wrong = [line for tail in PATIENT for line in judge(page, patient + tail)]
    document = resolve(page, f"{patient}documents/ <^/documents/01[^/]+/$>")
    wrong += [
        line for tail in ("", "describe", "withdraw") for line in judge(page, document + tail)
    ]
    wrong += judge(page, f"/panel/new?patient={patient.split('/')[2]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("phase", LEADS)
def test_pages_of_a_panel_have_no_barrier(phase: str, look: Callable[[str], Page]) -> None:
    """The case as its lead sees it: while experts answer, the outcome is written, signed, sealed."""
    page = look(LEADS[phase])
    panel = resolve(page, f"/ern/nmd/panels/?show=led&phase={phase} <^/panel/01[^/]+/$>")
    tails = PANEL if phase == "assessment" else ("",)
    wrong = [line for tail in tails for line in judge(page, panel + tail)]
    if phase != "assessment":
        wrong += judge(page, panel.replace("/panel/", "/outcome/"))
    assert not wrong, "\n".join(wrong)


def test_pages_for_everybody_and_errors_have_no_barrier(
    look: Callable[[str], Page], open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.context.add_init_script(path=AXE)
    page.goto("/accessibility")
    wrong = [
        line
        for path in ("/accessibility", "/privacy", "/signed-out/")
        for line in judge(page, path)
    ]
    inside = look("sanne")
    for path in ("/panel/0000/", "/support/"):
        inside.goto(path)
        wrong += [f"{path}: {one}" for one in barriers(inside)]
    assert not wrong, "\n".join(wrong)


def test_opened_menus_have_no_barrier(look: Callable[[str], Page]) -> None:
    page = look("sanne")
    page.goto("/ern/nmd/panels/")
    wrong: list[str] = []
    for number in range(page.locator("header details.menu > summary").count()):
        page.locator("header details.menu > summary").nth(number).click()
        wrong += barriers(page)
        page.keyboard.press("Escape")
    page.set_viewport_size({"width": SCREENS["phone"], "height": 900})
    page.locator("[data-side-toggle]").click()
    wrong += barriers(page)
    assert not wrong, "\n".join(wrong)
