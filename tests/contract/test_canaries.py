"""Nothing of a case reaches those who may not read it, on no page, in no file, mail, log line or address.

Every free text of four cases is a token of its own. Everybody walks through every page that they can
reach, tries the addresses of everything else, and searches for all tokens at once; whatever comes back
may hold only tokens that the policy gives them. What the policy gives is asked of the guard, thing by
thing, never of the pages.
"""

import hashlib
import html
import io
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any
from urllib.parse import unquote, urlsplit

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission as P
from portal.audit.models import AuditEvent
from portal.kernel import clock, db
from portal.networks.models import Centre, Network
from portal.notifications import delivery
from portal.notifications.mail import Office
from portal.notifications.models import Notice, OutboxMessage
from portal.panels.models import Panel
from portal.patients.models import Patient
from portal.tasks.models import Task
from portal.testing.addresses import address, rules, values_of
from portal.testing.desk import Desk, lay_out
from portal.testing.house import AWAY, HOME, Cast, Room, enrol_only, furnish
from portal.testing.world import PERSONAS, World
from portal.web.logs import JsonFormatter, TextFormatter

pytestmark = pytest.mark.any_database

NEAR = Cast("near", "nmd", "athens", "expert", "lead", "coordinator", ("colleague",))
SOLO = Cast("solo", "nmd", "utrecht", "colleague", "lead", "coordinator")
MARK = "Cz"  # begins every token, so that one search finds them all
TOKEN = re.compile(MARK + "[a-z]{12}")
MOST_PAGES = 150
READING = {"PanelView.show", "PanelTalkView.timeline", "PanelTalkView.discussion"}
PLAIN = EmailPolicy(cte_type="8bit", utf8=True, max_line_length=None)

IDENTITY = {"given_name", "family_name", "birth_place", "number"}
RECORD = {
    "nickname", "request_question", "request_tried", "request_own_opinion", "case_summary", "family_note",
    "document_name", "document_note", "document_text", "document_page",
}  # fmt: skip
ASKED = {"question", "urgent_reason", "forward_message", "invitation_message"}
UNSENT = {"unsent_title", "unsent_question"}


class Tokens:
    """Makes a token for every text and remembers whose it is."""

    def __init__(self) -> None:
        self.meaning: dict[str, tuple[str, str]] = {}

    def __call__(self, case: str, kind: str) -> str:
        """Return the token of a text; the same one each time."""
        digest = hashlib.sha256(f"{case}:{kind}".encode()).digest()
        token = MARK + "".join(chr(97 + byte % 26) for byte in digest[:12])
        self.meaning[token] = (case, kind)
        return token

    def of(self, *places: tuple[str, str]) -> set[str]:
        """Return the tokens of (case, kind) pairs."""
        return {token for token, meaning in self.meaning.items() if meaning in places}


@dataclass
class Street:
    """Four cases, two offices, and the tokens in them."""

    app: Flask
    world: World
    tokens: Tokens
    rooms: dict[str, Room]
    desks: dict[str, Desk]
    mails: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def name(self, token: str) -> str:
        """Return what a token stands for."""
        return ":".join(self.tokens.meaning[token])


class Listener(logging.Handler):
    """Keeps log lines as they would be written, in both formats."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines += [TextFormatter().format(record), JsonFormatter().format(record)]


@pytest.fixture
def street(app: Flask, world: World, actor_of: Callable[[str], Actor]) -> Iterator[Street]:
    """The furnished street, with somebody listening to the log from the first stone on."""
    tokens, lines = Tokens(), []  # type: ignore[var-annotated]
    listener, logger = Listener(lines), logging.getLogger("portal")
    logger.addHandler(listener)
    before = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        rooms = {c.key: furnish(world, actor_of, c, tokens) for c in (HOME, AWAY, NEAR)}
        rooms[SOLO.key] = enrol_only(world, actor_of, SOLO, tokens)
        desks = {c.key: lay_out(world, actor_of, c, tokens) for c in (HOME, AWAY)}
        yield Street(app, world, tokens, rooms, desks, lines=lines)
    finally:
        logger.removeHandler(listener)
        logger.setLevel(before)


# --- what the policy gives -----------------------------------------------------------------------


def allowed_tokens(street: Street, actor: Actor, persona: str) -> set[str]:
    """Return the tokens that a person may see, by the guard's word on each thing."""
    may: set[str] = set()
    for case, room in street.rooms.items():
        kinds = _kinds_of(actor, room) | {
            k for k in _all_kinds(street, case) if k == f"draft_{persona}"
        }
        may |= street.tokens.of(*[(case, kind) for kind in kinds])
    for case, desk in street.desks.items():
        kinds = _office_kinds(street, actor, persona, case)
        may |= street.tokens.of(*[(f"{case}-office", kind) for kind in kinds])
        del desk
    return may


def _all_kinds(street: Street, case: str) -> set[str]:
    return {kind for place, kind in street.tokens.meaning.values() if place == case}


def _kinds_of(actor: Actor, room: Room) -> set[str]:
    patient = db.session.get_one(Patient, room.patient)
    kinds: set[str] = set()
    if guard.allows(actor, P.PATIENT_SEE_IDENTITY, patient):
        kinds |= IDENTITY
    if guard.allows(actor, P.PATIENT_SEE, patient):
        kinds |= RECORD
    for panel_id in filter(None, (room.panel, room.closed)):
        panel = db.session.get_one(Panel, panel_id)
        if guard.allows(actor, P.PANEL_LIST, panel):
            kinds.add("title")
        if guard.allows(actor, P.PANEL_SEE_INVITATION, panel):
            kinds |= ASKED
        if guard.allows(actor, P.PANEL_SEE, panel):
            kinds |= _written_on_panels()
    if room.unsent and guard.allows(
        actor, P.PANEL_EDIT_QUESTION, db.session.get_one(Panel, room.unsent)
    ):
        kinds |= UNSENT
    return kinds


def _written_on_panels() -> set[str]:
    people = [*PERSONAS]
    by_person = {
        f"{k}_{p}" for k in ("contribution", "advice", "comment", "remark") for p in people
    }
    parts = ("diagnostic", "treatment", "surgery", "follow_up", "referral")
    return by_person | {
        "information_answered", "information_open", "information_answer", "reason_outcome", "diagnosis",
        "findings", "minority_view", "references", "patient_summary",
        *(f"recommendation_{part}" for part in parts),
    }  # fmt: skip


def _office_kinds(street: Street, actor: Actor, persona: str, case: str) -> set[str]:
    cast = street.rooms[case].cast
    network = db.session.get_one(Network, street.world.networks[cast.network])
    centre = db.session.get_one(Centre, street.world.centres[cast.centre])
    kinds: set[str] = set()
    if guard.allows(actor, P.NETWORK_SEE, network):
        kinds |= {"group", "schedule"}
    if guard.allows(actor, P.NETWORK_DECIDE_ACCESS, network) or persona == "pending":
        kinds.add("request_comment")
    if guard.allows(actor, P.CENTRE_SEE, centre) or guard.allows(actor, P.CENTRE_CONFIGURE, centre):
        kinds |= {"officer", "consent_text"}
    if actor.onboarded is not None:
        kinds.add("invitation")  # the walk holds the link; whoever holds it reads its message
    return kinds


# --- the walk --------------------------------------------------------------------------------------


def text_of(answer: TestResponse) -> str:
    """Return everything that an answer says: headers, and the body as a reader sees it."""
    heads = "\n".join(f"{name}: {unquote(value)}" for name, value in answer.headers.items())
    kind = answer.content_type or ""
    if kind.startswith("application/pdf"):
        pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
        body = "".join(page.extract_text().replace("\n", "") for page in pages)
    else:
        body = html.unescape(answer.get_data().decode("utf-8", "replace"))
    return f"{heads}\n{body}"


LINK = re.compile(r'(?:href|action|src|data-[a-z-]*url)="([^"#]+)"')


def links_in(answer: TestResponse) -> Iterator[str]:
    """Yield the addresses of this site that a page leads to."""
    if not (answer.content_type or "").startswith("text/html"):
        return
    for raw in LINK.findall(answer.text):
        parts = urlsplit(html.unescape(raw))
        if parts.scheme or parts.netloc or not parts.path.startswith("/"):
            continue
        if not parts.path.startswith(("/assets/", "/static/", "/logout", "/lang/", "/login")):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def direct(street: Street) -> list[str]:
    """Return the address of every page about every thing, and searches for all tokens at once."""
    found: list[str] = []
    for case, room in street.rooms.items():
        desk = street.desks.get(case, street.desks["home"])
        values = values_of(street.world, room, desk)
        for rule in rules(street.app):
            if "GET" not in (rule.methods or ()) or rule.endpoint in {
                "assets",
                "appbuilder.static",
            }:
                continue
            closed = rule.endpoint.startswith("OutcomeView") or rule.endpoint in READING
            panels = (room.panel, room.unsent, room.closed if closed else "")
            found += [_with_panel(street.app, rule, values, panel) for panel in panels if panel]
            if not room.panel and "panel_id" not in rule.arguments:
                found.append(address(street.app, rule, values))
    searches = [
        f"/search?q={MARK}", f"/centre/NL-UTR/patients/?nickname={MARK}", f"/ern/nmd/panels/?q={MARK}",
        f"/ern/nmd/experts?q={MARK}", f"/support/people/?search={MARK}",
    ]  # fmt: skip
    return [*dict.fromkeys([*searches, *found])]


def _with_panel(app: Flask, rule: Any, values: dict[str, Any], panel: str) -> str:
    if "panel_id" not in rule.arguments:
        return address(app, rule, values)
    own = {**values.get(rule.endpoint, {}), "panel_id": panel}
    return address(app, rule, {**values, "panel_id": panel, rule.endpoint: own})


def walk(client: FlaskClient, first: list[str]) -> Iterator[tuple[str, TestResponse]]:
    """Visit ``first`` and whatever pages lead to; yield address and answer."""
    waiting, seen = ["/", *first], set(first) | {"/"}
    visited = 0
    while waiting and visited < MOST_PAGES + len(first):
        url = waiting.pop(0)
        answer = client.get(url)
        visited += 1
        # Without a login service the way in says so (503); nothing else may fail.
        assert answer.status_code < 500 or url.startswith("/login/"), url
        yield url, answer
        for link in links_in(answer):
            if link not in seen:
                seen.add(link)
                waiting.append(link)


def test_nobody_meets_a_token_that_is_not_theirs(
    street: Street, client_as: Callable[..., FlaskClient], actor_of: Callable[[str], Actor]
) -> None:
    first = direct(street)
    leaks: list[str] = []
    for persona in ("", *sorted(PERSONAS)):
        may = allowed_tokens(street, actor_of(persona), persona) if persona else set()
        met: set[str] = set()
        for url, answer in walk(client_as(persona), first):
            found = set(TOKEN.findall(text_of(answer)))
            met |= found
            who = persona or "anonymous"
            leaks += [f"{who} {url}: {street.name(token)}" for token in sorted(found - may)]
            leaks += [f"{who}: {url} names something" for _ in TOKEN.findall(unquote(url))]
        missing = MET.get(persona, set()) - {street.name(token) for token in met}
        assert not missing, f"the walk of {persona} was too short: {missing}"
    assert not leaks, "\n".join(leaks)


# A walk that meets nothing proves nothing: who reads a case must have met it.
MET = {
    "enroller": {"home:nickname", "home:case_summary", "home:findings", "home:unsent_question"},
    "assistant": {"home:nickname", "home:document_note", "home:comment_member"},
    "member": {"home:contribution_lead", "home:document_text", "home:patient_summary"},
    "guest": {"home:draft_guest", "home:question", "home:family_note"},
    "expert": {"near:document_page", "near:findings", "home:question", "away:case_summary"},
    "coordinator": {"home:title", "near:title", "home-office:request_comment"},
    "stranger": {"away:nickname", "away:document_page", "away:findings"},
    "colleague": {"solo:family_note", "near:advice_lead", "home-office:officer"},
}


def test_the_name_is_shown_to_those_who_may_and_only_after_asking_for_it(
    street: Street, client_as: Callable[..., FlaskClient], app: Flask
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        room = street.rooms["home"]
        name = street.tokens("home", "family_name")
        shown = {
            persona
            for persona in PERSONAS
            if name in client_as(persona).post(f"/patient/{room.patient}/identity").text
        }
        found = {
            persona
            for persona in PERSONAS
            if street.tokens("home", "nickname")
            in client_as(persona)
            .post("/centre/NL-UTR/patients/find", data={"text": street.tokens("home", "number")})
            .text
        }
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert shown == {"enroller", "assistant"}
    assert found <= {"enroller", "assistant"}


class Letterbox:
    """Keeps what would be sent."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        """Keep one mail."""
        self.mails.append(message)


def test_no_mail_says_anything_about_a_case(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Letterbox()
    office = Office("https://portal.test", "Portal <portal@portal.test>")
    monkeypatch.setattr(delivery, "_office", [(office, box)])
    waiting = db.session.scalars(
        select(OutboxMessage.id).where(OutboxMessage.delivery == "immediate")
    ).all()
    for message in waiting:
        delivery.deliver({"message_id": message})
    for hour in range(24):
        with clock.shifted(timedelta(hours=hour)):
            delivery.digests({})
    unsent = db.session.scalars(select(OutboxMessage.id).where(OutboxMessage.sent_at.is_(None)))
    assert list(unsent) == []
    assert len(box.mails) > 20
    written = "\n".join(mail.as_string(policy=PLAIN) for mail in box.mails)
    assert {street.name(token) for token in TOKEN.findall(written)} == set()


def test_records_beside_the_case_hold_at_most_its_title(street: Street) -> None:
    """Tasks, notices, messages and the audit record are read by others than those on the panel."""
    texts = [
        *(f"{t.title} {t.reason} {t.url}" for t in db.session.scalars(select(Task))),
        *(f"{n.text} {n.url}" for n in db.session.scalars(select(Notice))),
        *(f"{m.key} {m.facts}" for m in db.session.scalars(select(OutboxMessage))),
        *(f"{e.entity} {e.detail}" for e in db.session.scalars(select(AuditEvent))),
    ]
    assert len(texts) > 200
    found = {street.name(token) for token in TOKEN.findall("\n".join(texts))}
    assert {name for name in found if not name.endswith("title")} == set()


def test_no_log_line_says_anything_about_a_case(
    street: Street, client_as: Callable[..., FlaskClient]
) -> None:
    urls = [url for url in direct(street) if street.rooms["home"].patient in url or "?" in url]
    for persona in ("enroller", "stranger"):
        client = client_as(persona)
        for url in urls:
            client.get(url)
    assert len(street.lines) > 200
    found = {street.name(token) for token in TOKEN.findall("\n".join(street.lines))}
    assert found == set()
