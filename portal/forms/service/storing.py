"""Write changed answers: the new values, a line of history for each, the response's new version."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from portal import audit
from portal.access.actor import Actor
from portal.forms.answers import Key
from portal.forms.models import FormAnswer, FormAnswerChange
from portal.forms.service.opening import Opened, Stored
from portal.kernel import clock, db
from portal.kernel.ids import new_id

LONGEST_REASON = 300
# Each change has its line of history; the audit record says who was at work when, not each stroke.
ONE_SITTING = timedelta(minutes=15)


def write(actor: Actor, opened: Opened, changes: Mapping[Key, Any], *, reason: str = "") -> int:
    """Store ``changes`` under the response's next version and return it."""
    response = opened.response
    version, now = response.version + 1, clock.now()
    new: list[dict[str, Any]] = []
    known: list[dict[str, Any]] = []
    history: list[dict[str, Any]] = []
    for key, value in changes.items():
        before = opened.stored.get(key)
        row = _answer(opened, key, value, version, actor, now)
        (new if before is None else known).append(row)
        history.append(_change(row, before, reason))
    if new:
        db.session.execute(insert(FormAnswer), new)
    if known:
        db.session.execute(update(FormAnswer), known)
    if history:
        db.session.execute(insert(FormAnswerChange), history)
    if _another_sitting(opened, actor, now):
        audit.record(
            actor,
            "form.edited",
            f"form_response:{response.id}",
            stream=f"patient:{response.patient_id}",
            detail={"version": version},
        )
    response.version, response.saved_at, response.saved_by = version, now, actor.person_id
    return version


def _another_sitting(opened: Opened, actor: Actor, now: datetime) -> bool:
    response = opened.response
    if response.saved_at is None:
        return False  # the response is being begun, which is on record
    return response.saved_by != actor.person_id or now - response.saved_at > ONE_SITTING


def _answer(
    opened: Opened, key: Key, value: Any, version: int, actor: Actor, now: datetime
) -> dict[str, Any]:
    return {
        "response_id": opened.response.id,
        "item_id": key[0],
        "row_id": key[1],
        "value": value,
        "version": version,
        "saved_at": now,
        "saved_by": actor.person_id,
    }


def _change(row: dict[str, Any], before: Stored | None, reason: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "response_id": row["response_id"],
        "item_id": row["item_id"],
        "row_id": row["row_id"],
        "version": row["version"],
        "before": before.value if before else None,
        "after": row["value"],
        "reason": reason[:LONGEST_REASON],
        "at": row["saved_at"],
        "by": row["saved_by"],
    }
