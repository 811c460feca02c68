"""Write the outcome: a draft prefilled from the answers, saved version by version."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import GuardRefusedError
from portal.kernel.idempotency import once
from portal.kernel.uow import writes
from portal.outcomes import state
from portal.outcomes.content import OutcomeDraft, checked, content_of, put
from portal.outcomes.models import Outcome
from portal.outcomes.prefill import draft_from_answers
from portal.outcomes.words import Status
from portal.panels import events
from portal.panels.errors import DraftConflictError
from portal.panels.models import Panel
from portal.panels.service.answering import SavedDraft
from portal.panels.service.opening import access_panel, require_running

TOO_EARLY = ("draft", "open", "sign_off")


@writes
def save_draft(
    actor: Actor,
    panel_id: str,
    draft: OutcomeDraft | Mapping[str, Any],
    base_version: int = 0,
    key: str = "",
) -> SavedDraft:
    """Save the outcome's draft, whole or only the fields that changed; return its version.

    Raises ``DraftConflictError`` with both texts when somebody else saved in between. After a panel
    was reopened the first save begins a new version that replaces the sealed one.
    """
    panel = access_panel(actor, panel_id, Permission.PANEL_DRAFT_OUTCOME)
    require_running(panel, but=TOO_EARLY, what="the outcome is not written")
    answer = once(actor.person_id, key, lambda: _save(actor, panel, draft, base_version))
    return SavedDraft(int(answer["version"]), datetime.fromisoformat(str(answer["saved_at"])))


def _save(
    actor: Actor, panel: Panel, draft: OutcomeDraft | Mapping[str, Any], base_version: int
) -> dict[str, Any]:
    outcome = state.in_work(panel.id) or _new(actor, panel)
    if outcome.status != Status.DRAFT:
        raise GuardRefusedError("The outcome waits for signatures and is not changed now.")
    have = content_of(outcome) if outcome.version else begin(panel)
    made = checked(draft if isinstance(draft, OutcomeDraft) else have.with_changes(draft))
    if outcome.version != base_version and made != have:
        raise DraftConflictError(
            theirs=as_items(have),
            yours=as_items(made),
            version=outcome.version,
            at=outcome.saved_at,
        )
    first = outcome.version == 0
    put(outcome, made)
    outcome.version, outcome.saved_at, outcome.drafted_by = (
        outcome.version + 1,
        clock.now(),
        actor.person_id,
    )
    db.session.flush()
    if first:
        events.happened(actor, panel, "outcome_saved", facts={"number": outcome.number})
    return {"version": outcome.version, "saved_at": outcome.saved_at.isoformat()}


def begin(panel: Panel) -> OutcomeDraft:
    """Return what a draft that nobody has saved yet begins with: the sealed version, or the answers."""
    before = state.latest(panel.id, Status.SEALED)
    return content_of(before) if before is not None else draft_from_answers(panel)


def _new(actor: Actor, panel: Panel) -> Outcome:
    before = state.latest(panel.id)
    outcome = Outcome(
        panel_id=panel.id,
        number=before.number + 1 if before is not None else 1,
        version=0,
        status=Status.DRAFT,
        drafted_by=actor.person_id,
        saved_at=clock.now(),
        replaces_id=before.id if before is not None else None,
    )
    put(outcome, OutcomeDraft())
    db.session.add(outcome)
    return outcome


def as_items(draft: OutcomeDraft) -> dict[str, object]:
    """Return the draft as the items of the page: recommendations one by one, dates as ISO text."""
    items: dict[str, object] = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(draft).items()
        if name not in {"recommendations", "diagnosis"}
    }
    items["diagnosis"] = [dict(one) for one in draft.diagnosis]
    return items | {f"rec_{part}": text for part, text in draft.recommendations.items()}
