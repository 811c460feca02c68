"""The form's pages: task list, sections with and without scripts, conflicts, a login that ends."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal.forms.models import FormAnswer, FormParked
from portal.forms.service import Saved
from portal.kernel import clock, db
from portal.networks.models import Centre
from portal.people.models import WebSession
from portal.testing.world import World

Clients = Callable[..., FlaskClient]
Save = Callable[..., Saved]


class Browser:
    """Fills in a form as a browser without scripts does."""

    def __init__(self, client: FlaskClient, patient: str) -> None:
        db.session.commit()  # the session that was begun for the client stays
        self.client = client
        self.base = f"/patient/{patient}/form/"

    def open(self, where: str = "") -> str:
        answer = self.client.get(self.base + where)
        assert answer.status_code == 200, (answer.status_code, answer.text[:300])
        return answer.text

    def post(self, section: str, page: str, **fields: Any) -> TestResponse:
        hidden = {name: hidden_of(page, name) for name in ("csrf_token", "_version", "_key")}
        return self.client.post(f"{self.base}{section}/", data={**hidden, **fields})

    def autosave(
        self, section: str, page: str, changes: dict[str, Any], **more: Any
    ) -> TestResponse:
        message = {
            "changes": changes,
            "base": {},
            "version": int(hidden_of(page, "_version")),
            "key": "k",
        }
        headers = {"X-CSRFToken": hidden_of(page, "csrf_token"), "Accept": "application/json"}
        return self.client.post(
            f"{self.base}{section}/autosave", json={**message, **more}, headers=headers
        )


def hidden_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def value(response: str, item: str, row: str = "") -> Any:
    db.session.expire_all()
    return db.session.scalar(
        select(FormAnswer.value).where(
            FormAnswer.response_id == response, FormAnswer.item_id == item, FormAnswer.row_id == row
        )
    )


@pytest.fixture
def browser(client_as: Clients, patient: str, response: str) -> Browser:
    return Browser(client_as("enroller"), patient)


def test_the_task_list_says_what_is_left(browser: Browser, save: Save) -> None:
    page = browser.open()
    for words in (
        "Quick case",
        "Your question to the panel",
        "Consultation request",
        "Not started",
    ):
        assert words in page
    assert "Neuromuscular assessment" in page
    save({"oncology": None, "case_summary": "Weak since birth."})
    assert "In progress" in browser.open()


@pytest.mark.parametrize(
    "section",
    ["quick", "request", "demographics", "diagnosis", "genetics", "laboratory", "ern_nmd.neuromuscular"],
)  # fmt: skip
def test_every_kind_of_section_can_be_opened(browser: Browser, section: str) -> None:
    page = browser.open(f"{section}/")
    assert "data-autosave-url" in page
    assert 'name="_version"' in page


def test_an_unknown_section_is_not_found(browser: Browser) -> None:
    assert browser.client.get(browser.base + "nonsense/").status_code == 404
    page = browser.open("request/")
    assert browser.post("nonsense", page).status_code == 404


def test_a_page_without_scripts_is_saved_and_goes_on(browser: Browser, response: str) -> None:
    page = browser.open("request/")
    answer = browser.post("request", page, request_question="Which test next?", _go="next")
    assert answer.status_code == 303
    assert answer.location.endswith("/form/demographics/")
    assert value(response, "request_question") == "Which test next?"
    assert "Saved." in browser.open("demographics/")
    stay = browser.post("request", browser.open("request/"), request_question="Again?", _go="stay")
    assert stay.location.endswith("/form/request/")


def test_rows_work_without_scripts(browser: Browser, response: str, save: Save) -> None:
    save({"genetic_tested": "yes"})
    page = browser.open("genetics/")
    answer = browser.post("genetics", page, **{"genetic_tested": "|yes", "variants~add": "1"})
    assert answer.status_code == 303
    (row,) = value(response, "variants")
    page = browser.open("genetics/")
    assert f'data-row-id="{row}"' in page
    fields = {"genetic_tested": "|yes", "variants": row, f"variants.dna@{row}": "c.3037G>A"}
    browser.post("genetics", page, **fields)
    assert value(response, "variants.dna", row) == "c.3037G>A"
    page = browser.open("genetics/")
    browser.post(
        "genetics", page, **{"genetic_tested": "|yes", "variants": row, "variants~remove": row}
    )
    assert value(response, "variants") == []


def test_what_cannot_be_read_is_shown_again_beside_the_reason(
    browser: Browser, response: str
) -> None:
    page = browser.open("demographics/")
    answer = browser.post("demographics", page, birth_date="the <b>spring</b>")
    assert answer.status_code == 422
    assert "Please write a date" in answer.text
    assert "the &lt;b&gt;spring&lt;/b&gt;" in answer.text
    assert 'href="#f-birth_date"' in answer.text
    assert value(response, "birth_date") == "1984"


def test_a_conflict_without_scripts_shows_both_texts(
    browser: Browser, client_as: Clients, patient: str, response: str
) -> None:
    assistant = Browser(client_as("assistant"), patient)
    mine, theirs = browser.open("request/"), assistant.open("request/")
    browser.post("request", mine, request_question="Hers, with a [bracket]")
    answer = assistant.post("request", theirs, request_question="His", request_tried="A biopsy")

    assert answer.status_code == 409
    for words in ("Hers, with a [bracket]", "Sanne de Vries", "His", "Somebody else changed"):
        assert words in answer.text
    assert value(response, "request_question") == "Hers, with a [bracket]"
    assert value(response, "request_tried") == "A biopsy"
    again = assistant.post("request", answer.text, request_question="His", request_tried="A biopsy")
    assert again.status_code == 303
    assert value(response, "request_question") == "His"


def test_a_page_sent_twice_counts_once(browser: Browser, response: str, save: Save) -> None:
    page = browser.open("request/")
    browser.post("request", page, request_question="One")
    save({"request_question": "Two"})
    browser.post("request", page, request_question="One")
    assert value(response, "request_question") == "Two"


def test_autosave_speaks_the_protocol_of_the_script(browser: Browser, response: str) -> None:
    page = browser.open("examination/")
    height = {"height": "1,80", "height~unit": "m"}
    weight = {"weight": "81", "weight~unit": "kg"}
    answer = browser.autosave("examination", page, {"height": height, "weight": weight})

    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    assert body["versions"] == dict.fromkeys(("height", "weight"), body["version"])
    assert body["computed"]["bmi"] == "25"
    assert body["problems"] == {}
    assert body["left"][0]["section"] == "request"
    assert clock.now().isoformat()[:10] in body["saved_at"]
    assert value(response, "height") == {"value": "1.80", "unit": "m"}


def test_the_page_tells_the_script_which_versions_it_shows(browser: Browser, save: Save) -> None:
    saved = save({"request_question": "Which test?"})
    page = browser.open("request/")
    found = re.search(r'data-versions="([^"]*)"', page)
    assert found
    versions = json.loads(found[1].replace("&#34;", '"'))
    assert versions["request_question"] == saved.versions["request_question"]
    assert versions["request_tried"] == 0


def test_a_stale_autosave_gets_both_texts(browser: Browser, save: Save) -> None:
    seen = save({"request_question": "base", "request_kinds": ["diagnosis"]}).versions
    page = browser.open("request/")
    save({"request_question": "theirs", "request_kinds": ["surgery", "trial"]}, "assistant")
    answer = browser.autosave(
        "request", page,
        {"request_question": "mine", "request_kinds": ["|treatment"], "request_tried": "fine"},
        base=seen | {"request_tried": 0},
    )  # fmt: skip

    assert answer.status_code == 409
    body = answer.get_json()
    texts = {one["item"]: one for one in body["conflicts"]}
    assert (texts["request_question"]["mine"], texts["request_question"]["theirs"]) == (
        "mine",
        "theirs",
    )
    assert texts["request_question"]["theirs_by"] == "Lotte Smit"
    assert texts["request_question"]["version"] == body["version"] - 1
    assert texts["request_kinds"]["theirs"] == ["|surgery", "|trial"]
    assert body["versions"]["request_tried"] == body["version"]


def test_a_conflict_over_parts_comes_as_the_fields_hold_it(browser: Browser, save: Save) -> None:
    page = browser.open("examination/")
    save({"height": "1.75 m"}, "assistant")
    answer = browser.autosave(
        "examination", page, {"height": {"height": "1.80", "height~unit": "m"}}, base={"height": 0}
    )
    (one,) = answer.get_json()["conflicts"]
    assert one["theirs"] == {"height": "1.75", "height~unit": "m"}
    assert one["theirs_text"] == "1.75 m"


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {"changes": []},
        {"changes": {f"i{n}": "x" for n in range(501)}},
    ],
)
def test_a_message_of_another_shape_is_refused(browser: Browser, body: Any) -> None:
    page = browser.open("request/")
    headers = {"X-CSRFToken": hidden_of(page, "csrf_token"), "Accept": "application/json"}
    answer = browser.client.post(browser.base + "request/autosave", json=body, headers=headers)
    expected = (400, "http-400") if body == "text" else (422, "invalid-input")
    assert (answer.status_code, answer.get_json()["code"]) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"request_question": {"a": {"b": "c"}}},
        {"request_question": ["x"] * 300},
        {"request_question": "x" * 1_500_000},
        {"nonsense": {"more": ["nonsense"]}},
        {"request_kinds": 7},
        {"variants": {"variants": ["<script>", "r1"]}},
        {"request_question": None},
    ],
)
def test_hostile_messages_are_harmless(browser: Browser, changes: dict[str, Any]) -> None:
    page = browser.open("request/")
    answer = browser.autosave("request", page, {**changes, "request_tried": "honest"})
    assert answer.status_code == 200
    assert "request_tried" in answer.get_json()["versions"]


def test_a_message_of_ten_megabytes_is_refused(browser: Browser) -> None:
    page = browser.open("request/")
    answer = browser.autosave("request", page, {"request_question": "x" * 10_000_000})
    assert answer.status_code == 422
    assert "too large" in answer.get_json()["detail"]


def test_text_from_people_is_escaped_everywhere(browser: Browser, save: Save) -> None:
    save({"request_question": "<script>alert(1)</script>", "case_summary": '"><img src=x>'})
    for where in (
        "request/",
        "present_illness/",
        "read",
        "quick/",
        "history?item=request_question",
    ):
        page = browser.open(where)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# --- the login ends in the middle -----------------------------------------------------------------


def end_sessions() -> None:
    db.session.execute(update(WebSession).values(ended_at=clock.now()))
    db.session.commit()


def test_autosave_after_the_login_has_ended_says_so(browser: Browser, response: str) -> None:
    page = browser.open("request/")
    end_sessions()
    answer = browser.autosave("request", page, {"request_question": "typed too late"})
    assert answer.status_code in {400, 401}
    assert "csrf" in answer.text or answer.get_json()["code"] == "login-needed"
    assert value(response, "request_question") is None


def test_a_page_sent_after_the_login_has_ended_waits_for_the_next_login(
    browser: Browser, client_as: Clients, patient: str, response: str
) -> None:
    page = browser.open("request/")
    end_sessions()

    answer = browser.post(
        "request", page, request_question="Typed <late>", request_tried="A biopsy"
    )

    assert answer.status_code == 303
    assert answer.location.startswith("/login/?next=")
    assert value(response, "request_question") is None, "nothing is saved for nobody"
    (parked,) = db.session.scalars(select(FormParked)).all()
    where = f"request/?parked={parked.id}"
    assert "Typed" not in Browser(client_as("assistant"), patient).open(where)

    back = Browser(client_as("enroller"), patient)
    shown = back.open(where)
    assert "Typed &lt;late&gt;" in shown
    assert "not saved yet" in shown
    saved = back.post("request", shown, request_question="Typed <late>", request_tried="A biopsy")
    assert saved.status_code == 303
    assert value(response, "request_question") == "Typed <late>"
    assert db.session.scalars(select(FormParked)).all() == []


def test_nobody_unknown_can_put_anything_aside(
    client_as: Clients, patient: str, response: str
) -> None:
    anonymous = client_as()
    answer = anonymous.post(f"/patient/{patient}/form/request/", data={"request_question": "x"})
    assert (answer.status_code, "parked" in answer.location) == (303, False)
    anonymous.set_cookie("portal_session", "invented")
    answer = anonymous.post(f"/patient/{patient}/form/request/", data={"request_question": "x"})
    assert "parked" not in answer.location
    assert db.session.scalars(select(FormParked)).all() == []


def test_a_session_that_ended_long_ago_puts_nothing_aside(browser: Browser) -> None:
    page = browser.open("request/")
    db.session.execute(update(WebSession).values(seen_at=clock.now() - timedelta(days=2)))
    db.session.commit()
    browser.post("request", page, request_question="x")
    assert db.session.scalars(select(FormParked)).all() == []


def test_a_page_needs_its_token(browser: Browser, response: str) -> None:
    page = browser.open("request/").replace('name="csrf_token"', 'name="other"')
    assert browser.post("request", page, request_question="forged").status_code == 400
    assert value(response, "request_question") is None


# --- who may see what -----------------------------------------------------------------------------


def test_strangers_get_nothing_from_any_address(
    client_as: Clients, patient: str, response: str
) -> None:
    stranger = client_as("stranger")
    for where in ("", "read", "check", "request/", "quick/", "history?item=request_question"):
        assert stranger.get(f"/patient/{patient}/form/{where}").status_code == 404


def test_readers_read_and_find_no_fields(
    client_as: Clients, patient: str, save: Save, world: World
) -> None:
    save({"request_question": "Which test next?", "dx_status": "undiagnosed"})
    db.session.get_one(Centre, world.centres["utrecht"]).visibility = "centre"
    db.session.commit()
    reader = client_as("colleague")
    assert reader.get(f"/patient/{patient}/form/").location.endswith("/form/read")
    page = reader.get(f"/patient/{patient}/form/read").text
    assert "Which test next?" in page
    assert "Fill in" not in page
    assert reader.get(f"/patient/{patient}/form/request/").status_code == 403
    assert reader.get(f"/patient/{patient}/form/check").status_code == 403
    assert reader.get(f"/patient/{patient}/form/history?item=request_question").status_code == 200


def test_the_history_of_an_answer(browser: Browser, save: Save) -> None:
    save({"dx_status": "suspected"})
    save({"dx_status": "confirmed"}, "assistant", reason="genetic result")
    page = browser.open("history?item=dx_status")
    for words in ("Suspected", "Confirmed", "Lotte Smit", "genetic result"):
        assert words in page
    assert browser.client.get(browser.base + "history?item=nonsense").status_code == 404


def test_the_rules_are_sent_once_and_kept(browser: Browser) -> None:
    page = browser.open("request/")
    found = re.search(r'data-rules-url="([^"]*)"', page)
    assert found
    answer = browser.client.get(found[1])
    assert answer.get_json()["items"]["bmi"]["value"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert browser.client.get("/forms/rules/nonsense.json").status_code == 404


def test_pages_stay_within_their_statements(
    browser: Browser, save: Save, count_sql: list[str]
) -> None:
    save({"request_question": "Which test next?"})
    for where in ("", "request/", "quick/", "read"):
        browser.open(where)
        count_sql.clear()
        browser.open(where)
        assert len(count_sql) <= 13, (where, len(count_sql), count_sql)


SEVEN = {
    "request_question": "Which test would you do next?",
    "request_kinds": ["diagnosis"],
    "dx_status": "undiagnosed",
    "case_summary": "Girl of five with floppiness since birth and a raised creatine kinase.",
}


def test_a_form_is_completed_when_nothing_is_missing(
    browser: Browser, save: Save, response: str
) -> None:
    save({"request_question": "Which test?"})
    page = browser.open("check")
    assert "Required and not answered" in page
    data = {"csrf_token": hidden_of(page, "csrf_token")}
    assert browser.client.post(browser.base + "check", data=data).status_code == 422
    save(SEVEN)
    page = browser.open("check")
    assert "Required and not answered" not in page
    reasons = dict.fromkeys(re.findall(r'name="(reason-[^"]+)"', page), "looked at")
    done = browser.client.post(browser.base + "check", data={**data, **reasons})
    assert done.status_code == 303
    assert "Completed" in browser.open()
    save({"request_tried": "one more thing"})
    assert "Changed after completion" in browser.open()


def test_a_warning_stands_only_with_a_reason(browser: Browser, save: Save) -> None:
    save({**SEVEN, "function_tests_done": ["ecg"], "ecg_qtc": "520 ms"})
    page = browser.open("check")
    assert "QT interval" in page
    data = {"csrf_token": hidden_of(page, "csrf_token"), "reason-ecg-qtc-long": "known long QT"}
    done = browser.client.post(browser.base + "check", data=data)
    assert done.status_code == 303
    assert "QT interval" not in browser.open("check")
