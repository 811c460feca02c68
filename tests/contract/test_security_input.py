"""What people write stays text, what is too large is refused, and garbage breaks nothing."""

import html
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.testing.addresses import House, address, rules, values_of
from portal.testing.desk import lay_out
from portal.testing.house import HOME, IDENTITY, furnish
from portal.testing.world import World

Clients = Callable[..., FlaskClient]
Actors = Callable[[str], Any]
READERS = ("enroller", "assistant", "lead", "member", "guest", "coordinator", "support", "auditor")


@pytest.fixture(autouse=True)
def no_tokens(whole_app: Flask) -> Iterator[None]:
    """Forms need no token here; what they refuse is the content."""
    whole_app.config["WTF_CSRF_ENABLED"] = False
    yield
    whole_app.config["WTF_CSRF_ENABLED"] = True


# --- what people write ---------------------------------------------------------------------------

SCRIPT, HANDLER = "<script>alert(1)</script>", '"><img src=x onerror=alert(2)>'
TEMPLATE, CLOSING = "{{7*7}}", "</title><u>"
ATTACK = f"{SCRIPT}{HANDLER}|{TEMPLATE}|{CLOSING}'"

NAME = '"><svg onload=prompt(9)>'  # shares no word with the others: a nickname must not


def attack(case: str, kind: str) -> str:
    """Return a text that would run where it is not escaped; names of identities too."""
    del case
    if kind == "document_text":
        return f"{kind} {TEMPLATE}"  # a text that is the markup of a page is refused
    return f"{kind} {ATTACK}" if kind not in IDENTITY else f"{kind}{NAME}"


@pytest.fixture
def haunted(app: Flask, world: World, actor_of: Actors) -> House:
    """The furnished world, every free text an attack."""
    room = furnish(world, actor_of, HOME, attack)
    desk = lay_out(world, actor_of, HOME, attack)
    return House(app, room, desk, values_of(world, room, desk))


def test_nothing_that_people_wrote_runs_on_any_page(haunted: House, client_as: Clients) -> None:
    raw = ("<script>alert", "<img src=x", "<svg onload", "</title><u>", "|49|")
    wrong: list[str] = []
    shown: set[str] = set()
    clients = {persona: client_as(persona) for persona in READERS}
    urls = {
        **haunted.addresses("GET"),
        "search": "/search?q=alert",
        "asked": "/panel/new?network=nmd",
    }
    for persona, client in clients.items():
        for rule, url in urls.items():
            answer = client.get(url)
            if answer.status_code != 200 or "text/html" not in (answer.content_type or ""):
                continue
            wrong += [f"{persona} {rule}: {part}" for part in raw if part in answer.text]
            if SCRIPT in html.unescape(answer.text):
                shown.add(rule)
    assert not wrong, "\n".join(wrong)
    assert len(shown) >= 12, f"only these pages show what people wrote: {sorted(shown)}"


def test_the_identity_is_shown_as_it_was_written(haunted: House, client_as: Clients) -> None:
    page = client_as("enroller").post(f"/patient/{haunted.room.patient}/identity").text
    assert "<svg onload" not in page
    assert f"family_name{NAME}" in html.unescape(page)


def test_scripts_and_files_get_text_that_stays_text(haunted: House, client_as: Clients) -> None:
    member = client_as("member")
    document = member.get(haunted.addresses("GET")["/documents/<document_id>/download"])
    assert TEMPLATE in document.text
    assert document.headers["Content-Disposition"].startswith("attachment")
    assert document.headers["X-Content-Type-Options"] == "nosniff"
    assert "html" not in document.content_type
    found = client_as("enroller").get(
        haunted.addresses("GET")["/panel/<panel_id>/experts"],
        headers={"Accept": "application/json"},
    )
    assert found.is_json


def test_the_pdf_prints_what_was_written_and_fetches_nothing(
    haunted: House, client_as: Clients
) -> None:
    answer = client_as("lead").get(haunted.addresses("GET")["/outcome/<panel_id>/pdf"])
    pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    for part in (SCRIPT, "onerror=alert(2)", TEMPLATE):
        assert part in text, part
    assert b"/JavaScript" not in answer.data
    assert b"/JS " not in answer.data


def test_what_a_search_was_for_is_escaped(house: House, client_as: Clients) -> None:
    for persona, url in (
        ("enroller", "/search?q="),
        ("enroller", "/ern/nmd/experts?q="),
        ("enroller", "/centre/NL-UTR/patients/?nickname="),
        ("coordinator", "/ern/nmd/members?q="),
        ("operator", "/support/people/?search="),
    ):
        answer = client_as(persona).get(
            url + html.unescape("%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        )
        assert answer.status_code == 200, url
        assert "<script>alert" not in answer.text, url
    del house


# --- size ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "path", "data"),
    [
        ("enroller", "/panel/{panel}/question", {"question": "q" * 20_001, "area_id": "{area}"}),
        (
            "enroller",
            "/panel/{panel}/question",
            {"question": "q", "title": "t" * 201, "area_id": "{area}"},
        ),
        ("member", "/panel/{panel}/discussion", {"text": "c" * 5001, "key": "k"}),
        ("member", "/panel/{panel}/answer", {"text": "a" * 100_001, "key": "k"}),
        ("enroller", "/patient/{patient}/nickname", {"nickname": "n" * 61}),
        ("enroller", "/documents/{document}/describe", {"note": "n" * 501, "category": "other"}),
        ("enroller", "/documents/{document}/withdraw", {"reason": "r" * 301}),
        ("coordinator", "/ern/nmd/groups/new", {"name": "g" * 201}),
        ("enroller", "/people/me", {"job_title": "j" * 121}),
    ],
)
def test_texts_beyond_their_length_are_refused_and_named(
    persona: str, path: str, data: dict[str, str], house: House, client_as: Clients, world: World
) -> None:
    room = house.room
    names = {"panel": room.panel, "patient": room.patient, "document": room.document}
    filled = {k: v.replace("{area}", world.areas["nmd"]) for k, v in data.items()}
    answer = client_as(persona).post(path.format(**names), data=filled)
    assert answer.status_code == 422


def test_requests_beyond_the_limits_are_refused(
    house: House, client_as: Clients, app: Flask
) -> None:
    member, panel = client_as("member"), house.room.panel
    much = app.config["MAX_FORM_MEMORY_SIZE"] + 100_000
    answer = member.post(f"/panel/{panel}/discussion", data={"text": "x" * much})
    assert answer.status_code == 413
    patient = house.room.patient
    enroller = client_as("enroller")
    message = {"changes": {"case_summary": "x" * 2_200_000}, "base": {}, "version": 0, "key": "k"}
    answer = enroller.post(f"/patient/{patient}/form/request/autosave", json=message)
    assert answer.status_code in {413, 422}
    many = {"changes": {f"i{n}": "x" for n in range(501)}, "base": {}, "version": 0, "key": "k"}
    assert enroller.post(f"/patient/{patient}/form/request/autosave", json=many).status_code == 422


def test_a_file_beyond_the_limit_is_refused_before_it_is_kept(
    house: House, client_as: Clients, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 50_000)
    answer = client_as("enroller").post(
        f"/documents/upload/{house.room.patient}",
        data={"file": (io.BytesIO(b"x" * 60_000), "large.txt")},
    )
    assert answer.status_code == 413


# --- garbage ---------------------------------------------------------------------------------------

IDS = (
    "%00", "a%00b", "9" * 40, "-1", "0", "..%2f..%2fetc%2fpasswd", "%27%20OR%201=1--", "%3Cscript%3E",
    "%F0%9F%92%A9", "%ff%fe", "x" * 4000, "9223372036854775808", "%0d%0aX-Injected:1", "*",
)  # fmt: skip
PERSONAS = ("enroller", "coordinator", "operator")


def test_made_up_identifiers_are_not_found_and_break_nothing(
    house: House, app: Flask, client_as: Clients
) -> None:
    clients = {persona: client_as(persona) for persona in PERSONAS}
    broken: list[str] = []
    for rule in rules(app):
        words = rule.arguments & {k for k in house.values if isinstance(house.values[k], str)}
        if "GET" not in (rule.methods or ()) or not words or rule.endpoint == "assets":
            continue
        for word in sorted(words):
            values = {**house.values, word: "ZZZZ"}
            values[rule.endpoint] = {**house.values.get(rule.endpoint, {}), word: "ZZZZ"}
            try:
                plain = address(app, rule, values)
            except ValueError:
                continue  # a word from a fixed list: anything else is another address
            for persona, client in clients.items():
                for bad in IDS if persona == "coordinator" else IDS[:4]:
                    answer = client.get(plain.replace("ZZZZ", bad))
                    if answer.status_code >= 500 or "X-Injected" in answer.headers:
                        broken.append(f"{persona} {rule} {word}={bad[:20]}: {answer.status_code}")
    assert not broken, "\n".join(broken)


PARAMETERS = (
    "before", "after", "page", "q", "show", "phase", "version", "for", "year", "response", "ask", "row", "item",
    "status", "network", "country", "language", "purpose", "patient", "search", "sort", "page_size", "desc",
    "flt0_0", "flt1_contains", "psize_AreaConfiguration", "page_AreaConfiguration", "oc_AreaConfiguration",
    "od_AreaConfiguration", "_flt_0_network", "_flt_3_label", "pack", "code", "limit", "nickname", "id", "next",
    "area", "profile", "due", "parked", "url", "_id", "system",
)  # fmt: skip
GARBAGE = (
    "",
    "abc",
    "-1",
    "9" * 30,
    "%00",
    "%27%22%3C",
    "(((((",
    "%F0%9F%92%A9",
    "..%2f",
    "%ff",
    "x" * 3000,
)


def test_garbage_in_parameters_breaks_nothing(house: House, client_as: Clients) -> None:
    clients = [client_as(persona) for persona in PERSONAS]
    broken: list[str] = []
    for rule, url in house.addresses("GET").items():
        path = url.partition("?")[0]
        if rule in ELSEWHERE:
            continue
        client = next((c for c in clients if c.get(url).status_code == 200), clients[0])
        for bad in GARBAGE:
            for names in (PARAMETERS[::2], PARAMETERS[1::2]):
                query = "&".join(f"{name}={bad}" for name in names)
                status = client.get(f"{path}?{query}").status_code
                if status >= 500:
                    broken.append(f"{rule}?{names[0]}={bad[:20]}&...: {status}")
    assert not broken, "\n".join(broken)


# These ask the login service first, which does not answer here: "busy" is right.
ELSEWHERE = {"/login/callback", "/login/backchannel-logout"}
BODIES: tuple[Any, ...] = (
    [], "text", 1, None, {"changes": []}, {"changes": {}, "base": []}, {"changes": {"x": {"y": [[1]]}}},
    {"changes": {"text": "a\u0000b"}, "base": {"text": "x"}}, {"changes": {"case_summary": "a\u0000b"}},
    {"changes": {"text": 1e400 if False else 10**30}, "base": {"text": -1}},
    {"changes": {}, "base": {}, "version": 10**30, "key": "k" * 10_000},
)  # fmt: skip


def test_messages_of_any_shape_are_refused_or_read(
    house: House, client_as: Clients, app: Flask
) -> None:
    clients = {"enroller": client_as("enroller"), "lead": client_as("lead")}
    broken = []
    for rule in rules(app):
        if "POST" not in (rule.methods or ()) or str(rule) in ELSEWHERE:
            continue
        url = address(app, rule, house.values)
        for persona, client in clients.items():
            for body in BODIES:
                answer = client.post(url, data=json.dumps(body), content_type="application/json")
                if answer.status_code >= 500:
                    broken.append(f"{persona} POST {rule} {str(body)[:60]}: {answer.status_code}")
    assert not broken, "\n".join(broken)
