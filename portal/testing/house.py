"""The small world, furnished: two cases with everything that pages show of a case, made by the services.

``words`` writes every free text, so that a test may hang a token or an attack on each of them.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from PIL import Image
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from sqlalchemy import select

from portal.access.actor import Actor
from portal.documents import service as documents
from portal.documents.service import Upload
from portal.forms import service as forms
from portal.forms.service import SaveAnswers
from portal.kernel import clock, db
from portal.outcomes import service as outcomes
from portal.outcomes.content import OutcomeDraft, hash_of
from portal.outcomes.models import Outcome, SealedDocument
from portal.outcomes.service.sealing import render_all
from portal.panels import service as panels
from portal.panels.commands import AskQuestion, DraftText
from portal.panels.models import InformationRequest, Panel
from portal.patients import service as patients
from portal.patients.commands import EnrolPatient, NewConsent
from portal.patients.vault import Identity
from portal.testing.world import World

IDENTITY = ("given_name", "family_name", "birth_place", "number")
Words = Callable[[str, str], str]
ActorOf = Callable[[str], Actor]


@dataclass(frozen=True)
class Cast:
    """Who plays a case, by persona, and where. The lead forwards nothing: ``coordinator`` does."""

    key: str
    network: str
    centre: str
    enroller: str
    lead: str
    coordinator: str
    members: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()


@dataclass(frozen=True)
class Room:
    """A case: identifiers for addresses.

    ``panel`` is being answered, ``closed`` has a sealed outcome, ``unsent`` is a draft of the enroller.
    """

    cast: Cast
    patient: str
    panel: str
    closed: str
    unsent: str
    document: str
    picture: str
    pages: str
    contribution: str
    information: str
    code: str


HOME = Cast(
    "home",
    "nmd",
    "utrecht",
    "enroller",
    "lead",
    "coordinator",
    ("member",),
    ("guest",),
    ("expert",),
)
AWAY = Cast(
    "away", "eye", "lyon", "stranger", "other_coordinator", "other_coordinator", guests=("expert",)
)


def plain_words(case: str, kind: str) -> str:
    """Return an ordinary text; no word of an identity stands in any other text."""
    name = kind.replace("_", " ")
    if kind in IDENTITY:
        return f"{name.title()}{case.title()}".replace(" ", "")
    return f"{name.capitalize()} at {case}"


def furnish(world: World, actor_of: ActorOf, cast: Cast, words: Words = plain_words) -> Room:
    """Play a case from enrolment to a sealed outcome and return its identifiers."""

    def say(kind: str) -> str:
        return words(cast.key, kind)

    patient, papers = _record(world, actor_of, cast, say)
    closed = _ask(world, actor_of, cast, patient, say)
    _answer(actor_of, cast, closed, say)
    code = _seal(actor_of, cast, closed, say)
    panel = _ask(world, actor_of, cast, patient, say)
    contribution, information = _answer(actor_of, cast, panel, say)
    unsent = panels.ask(
        actor_of(cast.enroller),
        AskQuestion(
            say("unsent_question"),
            patient_id=patient,
            title=say("unsent_title"),
            lead_id=world.people[cast.lead],
            submit=False,
        ),
    )
    return Room(cast, patient, panel, closed, unsent, *papers, contribution, information, code)


def enrol_only(world: World, actor_of: ActorOf, cast: Cast, words: Words = plain_words) -> Room:
    """Return a case that nobody has asked about: a patient with form and documents."""
    patient, papers = _record(world, actor_of, cast, lambda kind: words(cast.key, kind))
    return Room(cast, patient, "", "", "", *papers, "", "", "")


def _record(
    world: World, actor_of: ActorOf, cast: Cast, say: Callable[[str], str]
) -> tuple[str, tuple[str, str, str]]:
    patient = _enrol(world, actor_of, cast, say)
    enroller = actor_of(cast.enroller)
    _fill_in(enroller, patient, say)
    text, picture, pages = _papers(say)
    return patient, (
        documents.attach(enroller, patient, text),
        documents.attach(enroller, patient, picture),
        documents.attach(enroller, patient, pages),
    )


def _enrol(world: World, actor_of: ActorOf, cast: Cast, say: Callable[[str], str]) -> str:
    day = clock.today()
    identity = Identity(
        say("given_name"), say("family_name"), date(2011, 2, 3), say("birth_place"), say("number")
    )
    care = NewConsent("care", given=True, signer="guardian", signed_on=day)
    research = NewConsent("research", given=True, signer="guardian", signed_on=day)
    command = EnrolPatient(
        centre_id=world.centres[cast.centre],
        network_id=world.networks[cast.network],
        identity=identity,
        sex="female",
        country="NL",
        consents=(care, research),
        nickname=_letters(say("nickname"))[:60],
    )
    return patients.enrol(actor_of(cast.enroller), command)


def _fill_in(actor: Actor, patient: str, say: Callable[[str], str]) -> None:
    texts = (
        "request_question",
        "request_tried",
        "request_own_opinion",
        "case_summary",
        "family_note",
    )
    response = forms.ensure_response(actor, patient)
    changes = {name: say(name) for name in texts}
    saved = forms.save_answers(actor, response, SaveAnswers(changes=changes))
    if saved.problems:
        raise ValueError(str(saved.problems))


def _papers(say: Callable[[str], str]) -> tuple[Upload, Upload, Upload]:
    """Return a text with name, note and content, a picture, and a page as PDF."""
    name, note = _letters(say("document_name"))[:80], say("document_note")
    picture, page = io.BytesIO(), io.BytesIO()
    Image.new("L", (16, 16), 200).save(picture, "PNG")
    canvas = Canvas(page, invariant=1)
    canvas.drawString(72, 700, say("document_page")[:80])
    canvas.save()
    return (
        Upload(
            f"{name}.txt",
            io.BytesIO(say("document_text").encode()),
            document_date=clock.today(),
            note=note,
        ),
        Upload(f"{name}.png", io.BytesIO(picture.getvalue()), note=note),
        Upload(f"{name}.pdf", io.BytesIO(page.getvalue()), note=note),
    )


def _letters(text: str) -> str:
    """Return what of a text may stand in nicknames and names of files."""
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def _ask(
    world: World, actor_of: ActorOf, cast: Cast, patient: str, say: Callable[[str], str]
) -> str:
    """Ask, urgently, and bring the panel to the experts' answers."""
    panel = panels.ask(
        actor_of(cast.enroller),
        AskQuestion(
            question=say("question"),
            title=say("title"),
            patient_id=patient,
            area_id=world.areas[cast.network],
            urgent=True,
            urgent_reason=say("urgent_reason"),
            wanted_by=clock.today() + timedelta(days=20),
        ),
    )
    coordinator, lead = actor_of(cast.coordinator), actor_of(cast.lead)
    if db.session.get_one(Panel, panel).phase not in {"open", "panel_selection"}:
        panels.move(coordinator, panel, "pass_screening")
    panels.forward(coordinator, panel, world.people[cast.lead], say("forward_message"))
    for role, asked in (("member", cast.members + cast.invited), ("guest", cast.guests)):
        if asked:
            ids = [world.people[persona] for persona in asked]
            panels.invite(coordinator, panel, ids, say("invitation_message"), role)
    for persona in cast.members + cast.guests:
        panels.answer_invitation(actor_of(persona), panel, accept=True)
    panels.move(lead, panel, "complete_data")
    panels.move(lead, panel, "begin_assessment")
    return panel


def _answer(
    actor_of: ActorOf, cast: Cast, panel: str, say: Callable[[str], str]
) -> tuple[str, str]:
    """Let everybody on the panel write; return a contribution and an open request for information."""
    contribution = ""
    for persona in dict.fromkeys((*cast.members, cast.lead)):
        written = DraftText(say(f"contribution_{persona}"), say(f"advice_{persona}"), 15)
        contribution = panels.send_contribution(actor_of(persona), panel, written)
        panels.comment(actor_of(persona), panel, say(f"comment_{persona}"))
    for persona in cast.guests:
        panels.save_contribution(actor_of(persona), panel, say(f"draft_{persona}"))
    lead = actor_of(cast.lead)
    day = clock.today() + timedelta(days=5)
    for kind in ("information_answered", "information_open"):
        panels.request_information(lead, panel, say(kind), obligatory=False, due_on=day)
    first, second = db.session.scalars(
        select(InformationRequest.id)
        .where(InformationRequest.panel_id == panel)
        .order_by(InformationRequest.id)
    )
    panels.answer_information(actor_of(cast.enroller), panel, first, say("information_answer"))
    return contribution, second


def _seal(actor_of: ActorOf, cast: Cast, panel: str, say: Callable[[str], str]) -> str:
    """Write, sign and seal the outcome; return the code by which its PDF is verified."""
    lead = actor_of(cast.lead)
    panels.move(lead, panel, "begin_outcome", say("reason_outcome"))
    parts = ("diagnostic", "treatment", "surgery", "follow_up", "referral")
    draft = OutcomeDraft(
        diagnosis=({"text": say("diagnosis")},),
        findings=say("findings"),
        recommendations={part: say(f"recommendation_{part}") for part in parts},
        agreement="majority",
        minority_view=say("minority_view"),
        references=say("references"),
        patient_summary=say("patient_summary"),
        follow_up_on=clock.today() + timedelta(days=90),
    )
    outcomes.save_draft(lead, panel, draft)
    panels.move(lead, panel, "ask_for_signatures")
    number, outcome = db.session.execute(
        select(Panel.number, Outcome)
        .join(Outcome, Outcome.panel_id == Panel.id)
        .where(Panel.id == panel)
    ).one()
    for persona in dict.fromkeys((cast.enroller, *cast.members, cast.lead)):
        outcomes.sign(actor_of(persona), panel, hash_of(number, outcome), say(f"remark_{persona}"))
    panels.move(lead, panel, "close")
    render_all(lead, outcome.id)
    return str(
        db.session.scalar(
            select(SealedDocument.verification_code).where(
                SealedDocument.outcome_id == outcome.id, SealedDocument.variant == "clinician"
            )
        )
    )
