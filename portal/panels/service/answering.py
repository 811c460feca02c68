"""Answer: accept or decline, write and send a contribution, agree with one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal import tasks
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from portal.kernel.idempotency import once
from portal.kernel.uow import writes
from portal.panels import events, people
from portal.panels.commands import DraftText
from portal.panels.errors import DraftConflictError
from portal.panels.models import Agreement, Contribution, Panel, PanelMember
from portal.panels.service.opening import access_panel, require_running
from portal.panels.service.tasks import answer_due
from portal.panels.words import CONTRIBUTING, Status

LONGEST_TEXT = 20_000
LONGEST_REASON = 500
MOST_MINUTES = 24 * 60
Written = str | DraftText | Mapping[str, Any]


@dataclass(frozen=True)
class SavedDraft:
    """What the server has: the draft's version and when it was saved."""

    version: int
    saved_at: datetime


@writes
def answer_invitation(
    actor: Actor,
    panel_id: str,
    accept: bool,  # noqa: FBT001 - yes or no is the question
    reason: str = "",
    colleague_id: str = "",
) -> None:
    """Accept or decline. Declining needs a reason and may propose a colleague who fits better."""
    panel = access_panel(actor, panel_id, Permission.PANEL_SEE_INVITATION)
    row = _my_row(actor, panel)
    if row is None or row.status == Status.REMOVED:
        raise NotFoundError("You have not been asked to this panel.")
    if row.status != Status.INVITED:
        if accept == (row.status == Status.ACCEPTED):
            return  # the same answer again: a repeated click
        raise ConflictError("This invitation has been answered already, or has lapsed.")
    require_running(panel, but=("draft",), what="no invitation is answered")
    _check_answer(panel, accept=accept, reason=reason, colleague_id=colleague_id)
    row.status = Status.ACCEPTED if accept else Status.DECLINED
    row.answered_at, row.reason = clock.now(), reason.strip()
    tasks.close(events.entity(panel), "invitation", person_id=actor.person_id, by=actor.person_id)
    events.happened(actor, panel, "accepted" if accept else "declined", reason=reason)
    if colleague_id and not accept:
        events.happened(actor, panel, "colleague_proposed", facts={"person_id": colleague_id})
    if accept and row.role in CONTRIBUTING:
        answer_due(panel, [actor.person_id])
    events.tell(
        actor,
        panel,
        "panel_invitation_answered",
        {row.invited_by} | people.people_of(panel, "lead"),
        delivery="digest" if accept else "immediate",
        answerer=actor.name,
        answer="accepted" if accept else "declined",
        key=f"panel_invitation_answered:{row.id}:{clock.now():%Y%m%d%H%M%S%f}",
    )


def _my_row(actor: Actor, panel: Panel) -> PanelMember | None:
    return next((r for r in panel.members if r.person_id == actor.person_id), None)


def _check_answer(panel: Panel, *, accept: bool, reason: str, colleague_id: str) -> None:
    problems: dict[str, str] = {}
    if not accept and not reason.strip():
        problems["reason"] = "Say why in a few words; the person who asked can then look elsewhere."
    if len(reason) > LONGEST_REASON:
        problems["reason"] = f"Use at most {LONGEST_REASON} letters."
    if colleague_id and colleague_id not in people.standing(panel.network_id, [colleague_id]):
        problems["colleague_id"] = "Choose somebody who has a membership."
    if problems:
        raise InvalidInputError("Please check these answers.", fields=problems)


@writes
def save_contribution(
    actor: Actor,
    panel_id: str,
    text: Written,
    base_version: int = 0,
    key: str = "",
) -> SavedDraft:
    """Save the actor's draft; nobody else sees it. ``base_version`` is the version it builds on.

    ``text`` is the answer, a whole :class:`DraftText`, or a mapping with only the fields that changed.
    Raises ``DraftConflictError`` with both texts when another window saved in between. A repeated
    ``key`` saves nothing and returns the first answer.
    """
    panel = access_panel(actor, panel_id, Permission.PANEL_CONTRIBUTE)
    require_running(panel, but=("draft", "sign_off"), what="no answers are written")
    changes = _changes(text)
    answer = once(actor.person_id, key, lambda: _save(actor, panel, changes, base_version))
    return SavedDraft(int(answer["version"]), datetime.fromisoformat(str(answer["saved_at"])))


def _changes(text: Written) -> dict[str, Any]:
    if isinstance(text, DraftText):
        return asdict(text)
    return {"text": text} if isinstance(text, str) else dict(text)


def _save(
    actor: Actor, panel: Panel, changes: dict[str, Any], base_version: int | None
) -> dict[str, Any]:
    """Lay ``changes`` onto the draft; a base of None takes the draft as it is."""
    draft = draft_of(panel.id, actor.person_id)
    have = _content(draft) if draft is not None else DraftText()
    written = replace(have, **changes)
    _check_text(written)
    if draft is None:
        if base_version:
            raise ConflictError(
                "This answer has been sent meanwhile, so the draft is no longer there."
            )
        draft = Contribution(
            panel_id=panel.id, author_id=actor.person_id, version=0, saved_at=clock.now()
        )
        db.session.add(draft)
    elif base_version is not None and draft.version != base_version and have != written:
        yours = {name: getattr(written, name) for name in changes}
        raise DraftConflictError(
            theirs=asdict(have), yours=yours, version=draft.version, at=draft.saved_at
        )
    draft.text, draft.recommendation = written.text, written.recommendation
    draft.effort_minutes = written.effort_minutes
    draft.version, draft.saved_at = draft.version + 1, clock.now()
    db.session.flush()
    return {"version": draft.version, "saved_at": draft.saved_at.isoformat()}


def draft_of(panel_id: str, author_id: str) -> Contribution | None:
    """Return the author's unsent contribution, if there is one."""
    return db.session.scalar(
        select(Contribution).where(
            Contribution.panel_id == panel_id,
            Contribution.author_id == author_id,
            Contribution.sent_at.is_(None),
        )
    )


def _content(draft: Contribution) -> DraftText:
    return DraftText(draft.text, draft.recommendation, draft.effort_minutes)


def _check_text(written: DraftText, *, sending: bool = False) -> None:
    problems: dict[str, str] = {}
    if sending and not written.text.strip():
        problems["text"] = "Write your answer first."
    for field in ("text", "recommendation"):
        if len(getattr(written, field)) > LONGEST_TEXT:
            problems[field] = f"Use at most {LONGEST_TEXT} letters."
    if written.effort_minutes is not None and not 0 <= written.effort_minutes <= MOST_MINUTES:
        problems["effort_minutes"] = f"Give the minutes as a number from 0 to {MOST_MINUTES}."
    if problems:
        raise InvalidInputError("Please check these answers.", fields=problems)


@writes
def send_contribution(
    actor: Actor,
    panel_id: str,
    text: Written | None = None,
    base_version: int | None = None,
    key: str = "",
) -> str:
    """Send the actor's answer to the panel and return its id. Without ``text`` the draft is sent.

    With ``base_version``, a draft that changed in another window is refused like a save.
    """
    panel = access_panel(actor, panel_id, Permission.PANEL_CONTRIBUTE)
    require_running(panel, but=("draft", "sign_off"), what="no answers are taken")
    answer = once(
        actor.person_id,
        key and f"send:{key}",
        lambda: {"id": _send(actor, panel, text, base_version)},
    )
    return str(answer["id"])


def _send(actor: Actor, panel: Panel, text: Written | None, base_version: int | None) -> str:
    draft = draft_of(panel.id, actor.person_id)
    if text is not None:
        _save(actor, panel, _changes(text), base_version)
        draft = draft_of(panel.id, actor.person_id)
    if draft is None:
        raise InvalidInputError(
            "Please check these answers.", fields={"text": "Write your answer first."}
        )
    _check_text(_content(draft), sending=True)
    draft.sent_at, draft.status = clock.now(), "sent"
    db.session.flush()
    tasks.close(events.entity(panel), "answer", person_id=actor.person_id, by=actor.person_id)
    events.happened(actor, panel, "contributed", facts={"contribution_id": draft.id})
    who = people.many(panel, ("requester", "assistant", "lead"))
    events.tell(
        actor,
        panel,
        "panel_contribution",
        who,
        delivery="digest",
        key=f"panel_contribution:{draft.id}",
    )
    return draft.id


@writes
def agree(actor: Actor, panel_id: str, contribution_id: str, on: bool = True) -> int:  # noqa: FBT001, FBT002 - a switch
    """Agree with somebody's answer, or take it back; silent: nobody gets a message. Return the count."""
    panel = access_panel(actor, panel_id, Permission.PANEL_CONTRIBUTE)
    found = db.session.get(Contribution, contribution_id)
    if found is None or found.panel_id != panel.id or found.sent_at is None:
        raise NotFoundError("There is no such answer on this panel.")
    if found.author_id == actor.person_id:
        raise InvalidInputError("You have written this answer yourself.")
    mine = db.session.get(Agreement, (contribution_id, actor.person_id))
    if on and mine is None:
        db.session.add(
            Agreement(contribution_id=contribution_id, person_id=actor.person_id, at=clock.now())
        )
        events.happened(actor, panel, "agreed", facts={"contribution_id": contribution_id})
    elif not on and mine is not None:
        db.session.delete(mine)
        events.happened(
            actor, panel, "agreement_withdrawn", facts={"contribution_id": contribution_id}
        )
    db.session.flush()
    return len(
        db.session.scalars(
            select(Agreement.person_id).where(Agreement.contribution_id == contribution_id)
        ).all()
    )
