"""Autosave and uploads against a server that answers late, refuses, disagrees or is gone."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey
STATE = "[data-save-state]"


@pytest.fixture
def drafts(demo):
    """What the server was sent; scripted answers go into ``answers``."""
    for name in ("demo.drafts", "demo.answers", "demo.session_answers", "demo.upload_failures"):
        demo.extensions[name].clear()
    demo.extensions["demo.files"].clear()
    return demo.extensions["demo.drafts"]


@pytest.fixture
def answers(demo, drafts):
    return demo.extensions["demo.answers"]


def until(page, condition, seconds=10):
    """Wait for something on the server's side."""
    for _ in range(seconds * 20):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen in time")


def test_a_pause_in_typing_saves_what_changed(page, drafts):
    page.goto("/form")
    page.get_by_label("The question").press_sequentially("Becker?")
    expect(page.locator(STATE)).to_contain_text("Draft saved", timeout=10_000)
    expect(page.locator(STATE)).to_have_attribute("role", "status")
    assert len(drafts) == 1
    assert drafts[0]["changes"] == {"question": "Becker?"}
    assert (drafts[0]["base"], drafts[0]["version"]) == ({"question": 3}, 7)
    assert drafts[0]["header"] == drafts[0]["key"]


def test_several_fields_travel_in_their_shape(page, drafts):
    page.goto("/form")
    page.get_by_label("Cramp").check()
    page.get_by_label("Falls").check()
    page.get_by_label("Year").fill("2023")
    page.get_by_label("Year").blur()
    until(page, lambda: any("onset" in draft["changes"] for draft in drafts))
    sent = {}
    for draft in drafts:
        sent.update(draft["changes"])
    assert sent == {"signs": ["cramp", "fall"], "onset": {"onset-month": "", "onset-year": "2023"}}


def test_a_busy_server_is_asked_again_when_it_says_so(page, drafts, answers):
    answers += [(503, {}, {"Retry-After": "1"})]
    page.goto("/form")
    page.get_by_label("The question").fill("A")
    page.get_by_label("The question").blur()
    expect(page.locator(STATE)).to_contain_text("Not saved yet")
    expect(page.locator(STATE)).to_contain_text("Draft saved", timeout=15_000)
    assert drafts[0]["key"] == drafts[1]["key"], "the same message, so that it counts once"


def test_typing_goes_on_without_a_connection(page, drafts):
    page.goto("/form")
    page.context.set_offline(True)
    page.get_by_label("The question").fill("typed on the train")
    page.get_by_label("The question").blur()
    expect(page.locator(STATE)).to_contain_text("No connection")
    page.context.set_offline(False)
    expect(page.locator(STATE)).to_contain_text("Draft saved", timeout=15_000)
    assert drafts[-1]["changes"] == {"question": "typed on the train"}


def conflict(theirs):
    body = {
        "conflicts": [
            {
                "item": "question",
                "mine": "mine",
                "theirs": theirs,
                "theirs_by": "M. Kovacs",
                "theirs_at": "2026-03-05T10:00:00Z",
                "version": 9,
            }
        ]
    }
    return (409, body, {})


def test_a_conflict_shows_both_texts_and_keeps_mine_on_request(page, drafts, answers):
    answers += [conflict("their words")]
    page.goto("/form")
    page.get_by_label("The question").fill("my words")
    page.get_by_label("The question").blur()
    dialog = page.get_by_role("dialog", name="The question")
    expect(dialog).to_contain_text("my words")
    expect(dialog).to_contain_text("their words")
    expect(dialog).to_contain_text("M. Kovacs")
    dialog.get_by_role("button", name="Keep mine").click()
    expect(page.locator(STATE)).to_contain_text("Draft saved")
    assert drafts[-1]["changes"] == {"question": "my words"}
    assert drafts[-1]["base"] == {"question": 9}
    expect(page.locator(".kept-version")).to_contain_text("their words")


def test_taking_theirs_keeps_mine_in_sight_and_within_reach(page, drafts, answers):
    answers += [conflict("their words")]
    page.goto("/form")
    page.get_by_label("The question").fill("my words")
    page.get_by_label("The question").blur()
    page.get_by_role("dialog").get_by_role("button", name="Take theirs").click()
    expect(page.get_by_label("The question")).to_have_value("their words")
    expect(page.locator(".kept-version")).to_contain_text("my words")
    page.get_by_role("button", name="Use this instead").click()
    expect(page.get_by_label("The question")).to_have_value("my words")
    expect(page.locator(STATE)).to_contain_text("Draft saved")
    assert drafts[-1]["changes"] == {"question": "my words"}
    assert drafts[-1]["base"] == {"question": 9}


def test_after_signing_in_again_the_draft_is_saved(page, demo, drafts, answers):
    answers += [(401, {"code": "login-needed"}, {})]
    demo.extensions["demo.session_answers"] += [False, True]
    page.goto("/form")
    page.get_by_label("The question").fill("before the coffee")
    page.get_by_label("The question").blur()
    link = page.get_by_role("link", name="Sign in")
    expect(link).to_have_attribute("target", "_blank")
    assert len(drafts) == 1
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator(STATE)).to_contain_text("Draft saved")
    expect(link).to_have_count(0)
    assert drafts[-1]["changes"] == {"question": "before the coffee"}


def test_a_refusal_says_why_and_the_text_stays(page, drafts, answers):
    answers += [(422, {"detail": "This form was closed by the lead."}, {})]
    page.goto("/form")
    page.get_by_label("The question").fill("too late")
    page.get_by_label("The question").blur()
    expect(page.locator(STATE)).to_contain_text("closed by the lead")
    expect(page.get_by_label("The question")).to_have_value("too late")
    page.wait_for_timeout(1500)
    assert len(drafts) == 1


def test_leaving_the_page_sends_what_waits(page, drafts):
    page.goto("/form")
    page.get_by_label("The question").fill("last words")
    page.goto("/signin")
    until(page, lambda: drafts)
    assert drafts[-1]["changes"] == {"question": "last words"}


def test_nothing_typed_is_written_into_the_browsers_stores(page, drafts):
    page.goto("/form")
    page.get_by_label("The question").fill("secret")
    page.get_by_label("The question").blur()
    expect(page.locator(STATE)).to_contain_text("Draft saved")
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def chosen(*files):
    return [{"name": name, "mimeType": "application/pdf", "buffer": data} for name, data in files]


def test_files_arrive_whole_although_the_connection_breaks(page, demo, drafts):
    big = bytes(range(256)) * 40_000
    demo.extensions["demo.upload_failures"] += [503]
    page.goto("/form")
    page.get_by_label("Documents").set_input_files(
        chosen(("MRI Ω.pdf", big), ("letter.pdf", b"short"))
    )
    expect(page.locator(".upload-list .chip-good")).to_have_count(2, timeout=20_000)
    files = demo.extensions["demo.files"]
    assert [files[key]["data"] for key in sorted(files)] == [big, b"short"]
    assert "patient UDE=" in files["1"]["meta"]


def test_a_file_that_is_too_large_or_refused_says_so(page, drafts):
    page.goto("/form")
    page.get_by_label("Documents").set_input_files(
        chosen(("huge.pdf", b"x" * 20_000_001), ("odd.pdf", b"x" * 13))
    )
    expect(page.locator(".upload-list .chip-bad").first).to_contain_text("at most 20.0 MB")
    expect(page.locator(".upload-list .chip-bad").last).to_contain_text("not accepted")
