"""The outcome's page: the text, what is missing, who has signed, earlier versions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.kernel.errors import ForbiddenError
from portal.outcomes import state
from portal.outcomes.content import OutcomeDraft, content_of, hash_of, missing
from portal.outcomes.models import Outcome, SealedDocument, Signature
from portal.outcomes.queries.document import shown
from portal.outcomes.service.writing import TOO_EARLY, begin
from portal.outcomes.words import DECISIONS, STATUSES, Status
from portal.panels.facts import facts_of
from portal.panels.people import signers
from portal.panels.queries.loading import Loaded, head_of, load, people_cards
from portal.panels.queries.shapes import PanelHead
from portal.people.queries import PersonCard
from portal.workflow import engine
from portal.workflow.engine import Choice

STEPS = ("begin_outcome", "ask_for_signatures", "more_answers", "close", "reopen", "ask_reopening")


@dataclass(frozen=True)
class SignatureRow:
    """Somebody's decision. ``current`` says whether it is about the text as it stands."""

    card: PersonCard
    decision: str
    remark: str
    at: datetime
    current: bool


@dataclass(frozen=True)
class VersionRow:
    """A version of the outcome."""

    number: int
    status: str
    status_label: str
    sealed_at: datetime | None
    for_patient: bool


@dataclass(frozen=True)
class OutcomePage:
    """Everything on the page."""

    head: PanelHead
    draft: OutcomeDraft
    diagnosis: list[str]
    number: int
    version: int
    status: str
    status_label: str
    saved_at: datetime | None
    hash: str
    missing: list[str]
    prefilled: bool
    may_write: bool
    may_sign: bool
    signed_by_me: bool
    signatures: list[SignatureRow]
    waiting: list[PersonCard]
    signed: int
    quorum: int
    versions: list[VersionRow]
    choices: list[Choice]
    may_download: bool

    @property
    def sealed(self) -> bool:
        """Whether the newest version is sealed."""
        return self.status == Status.SEALED


def outcome_page(actor: Actor, panel_id: str) -> OutcomePage:
    """Return the page for the people of the panel, and for coordinators who may write outcomes."""
    try:
        loaded = load(actor, panel_id, Permission.PANEL_SEE)
    except ForbiddenError:
        loaded = load(actor, panel_id, Permission.PANEL_DRAFT_OUTCOME)
    panel = loaded.panel
    read = state.versions_of(panel.id)
    versions = list(dict.fromkeys(outcome for outcome, _ in read))
    newest = versions[0] if versions else None
    rows = [s for outcome, s in read if outcome is newest and s is not None]
    people = people_cards(loaded, *[row.person_id for row in rows])
    head = head_of(loaded, people)
    facts = facts_of(panel, outcomes=state.facts_from(panel, read))
    choices = engine.available(loaded.workflow, panel.phase, facts, loaded.relations)
    wanted = hash_of(panel.number, newest) if newest is not None else ""
    draft, prefilled = _draft(loaded, newest, head)
    signed = {r.person_id for r in rows if r.decision == "signed" and r.outcome_hash == wanted}
    signing = newest is not None and newest.status == Status.IN_SIGNATURE
    return OutcomePage(
        head=head,
        draft=draft,
        diagnosis=[shown(dict(one)) for one in draft.diagnosis],
        number=_number(newest),
        version=_version(newest),
        status=newest.status if newest is not None else Status.DRAFT,
        status_label=STATUSES[newest.status] if newest is not None else "Not begun",
        saved_at=newest.saved_at if newest is not None and newest.version else None,
        hash=wanted,
        missing=missing(draft),
        prefilled=prefilled,
        may_write=_may_write(loaded, newest, head),
        may_sign=signing and Permission.PANEL_SIGN.value in head.may and panel.phase == "sign_off",
        signed_by_me=actor.person_id in signed,
        signatures=[_signature(people, row, wanted) for row in rows],
        waiting=_waiting(loaded, people, signed) if signing else [],
        signed=len(signed),
        quorum=facts["quorum"],
        versions=[_version_row(v) for v in versions if v.version],
        choices=[c for c in choices if c.name in STEPS],
        may_download=Permission.PANEL_DOWNLOAD_OUTCOME.value in head.may,
    )


def _signature(people: dict[str, PersonCard], row: Signature, wanted: str) -> SignatureRow:
    card = people.get(row.person_id, PersonCard(row.person_id, "Somebody who has left", "?", ""))
    return SignatureRow(
        card,
        DECISIONS.get(row.decision, row.decision),
        row.remark,
        row.at,
        row.outcome_hash == wanted,
    )


def _waiting(loaded: Loaded, people: dict[str, PersonCard], signed: set[str]) -> list[PersonCard]:
    return sorted(
        (people[p] for p in signers(loaded.panel) - signed if p in people), key=lambda c: c.name
    )


def _in_work(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.status in state.OPEN


def _may_write(loaded: Loaded, outcome: Outcome | None, head: PanelHead) -> bool:
    running = head.state == "running" and head.phase not in TOO_EARLY
    frozen = outcome is not None and outcome.status == Status.IN_SIGNATURE
    del loaded
    return running and not frozen and Permission.PANEL_DRAFT_OUTCOME.value in head.may


def _draft(loaded: Loaded, outcome: Outcome | None, head: PanelHead) -> tuple[OutcomeDraft, bool]:
    """Return the text, and whether it is a proposal that nobody has saved yet."""
    if outcome is not None and outcome.version and not _begins_anew(loaded, outcome, head):
        return content_of(outcome), False
    if _may_write(loaded, None, head):
        return begin(loaded.panel), True
    return (content_of(outcome), False) if outcome is not None else (OutcomeDraft(), False)


def _begins_anew(loaded: Loaded, outcome: Outcome, head: PanelHead) -> bool:
    """Whether the panel was reopened: its sealed version stands, and the lead writes the next one."""
    return outcome.status == Status.SEALED and _may_write(loaded, None, head)


def _number(outcome: Outcome | None) -> int:
    return outcome.number if outcome is not None else 1


def _version(outcome: Outcome | None) -> int:
    return outcome.version if _in_work(outcome) and outcome is not None else 0


def _version_row(outcome: Outcome) -> VersionRow:
    return VersionRow(
        outcome.number,
        outcome.status,
        STATUSES[outcome.status],
        outcome.sealed_at,
        bool(outcome.patient_summary.strip()),
    )


@dataclass(frozen=True)
class Verified:
    """What the public page says of a document, and nothing more."""

    version: int
    date: datetime
    superseded: bool


def verify(code: str) -> Verified | None:
    """Return what may be told to anybody who holds the document with ``code``; nothing for others.

    No login is needed: the code has 120 random bits and stands on the document only.
    """
    row = db.session.execute(
        select(Outcome)
        .join(SealedDocument, SealedDocument.outcome_id == Outcome.id)
        .where(SealedDocument.verification_code == code[:40])
    ).scalar_one_or_none()
    if row is None or row.sealed_at is None:
        return None
    return Verified(row.number, row.sealed_at, row.status == Status.REPLACED)
