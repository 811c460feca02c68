"""Write changed answers: the new values, a line of history for each, the response's new version."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Executable, bindparam, insert, update
from sqlalchemy.orm.attributes import set_committed_value

from portal import audit
from portal.access.actor import Actor
from portal.forms.answers import Key
from portal.forms.models import FormAnswer, FormAnswerChange, FormResponse
from portal.forms.service.opening import Opened, Stored
from portal.kernel import clock, db
from portal.kernel.ids import new_id

LONGEST_REASON = 300
# Each change has its line of history; the audit record says who was at work when, not each stroke.
ONE_SITTING = timedelta(minutes=15)


# Made once: a save is the portal's most frequent write.
_ANSWER = FormAnswer.__table__
_INSERT = insert(_ANSWER)
_REMEMBER = insert(FormAnswerChange.__table__)
_UPDATE = (
    update(_ANSWER)
    .where(
        _ANSWER.c.response_id == bindparam("to_response_id"),
        _ANSWER.c.item_id == bindparam("to_item_id"),
        _ANSWER.c.row_id == bindparam("to_row_id"),
    )
    .values(
        value=bindparam("to_value", type_=_ANSWER.c.value.type),
        version=bindparam("to_version"),
        saved_at=bindparam("to_saved_at", type_=_ANSWER.c.saved_at.type),
        saved_by=bindparam("to_saved_by"),
    )
)

_COUNTED = ("version", "saved_at", "saved_by", "completeness", "status")
_RESPONSE = FormResponse.__table__
_TOUCH = (
    update(_RESPONSE)
    .where(_RESPONSE.c.id == bindparam("to_id"))
    .values({n: bindparam(f"to_{n}", type_=_RESPONSE.c[n].type) for n in _COUNTED})
)


def write(actor: Actor, opened: Opened, changes: Mapping[Key, Any], *, reason: str = "") -> int:
    """Store ``changes`` under the response's next version and return it.

    :func:`note_completeness` must follow: it writes the response's own row.
    """
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
    _execute(_INSERT, new)
    _execute(_UPDATE, [{f"to_{name}": value for name, value in row.items()} for row in known])
    _execute(_REMEMBER, history)
    if _another_sitting(opened, actor, now):
        audit.record(
            actor,
            "form.edited",
            f"form_response:{response.id}",
            stream=f"patient:{response.patient_id}",
            detail={"version": version},
        )
    _set_on(response, version=version, saved_at=now, saved_by=actor.person_id)
    return version


def note_completeness(opened: Opened, percent: int, status: str = "") -> None:
    """Write what :func:`write` has set on the response, with its completeness and status."""
    response = opened.response
    _set_on(response, completeness=percent, status=status or response.status)
    values = {f"to_{name}": getattr(response, name) for name in _COUNTED}
    db.session.execute(_TOUCH, {"to_id": response.id, **values})


def _set_on(response: FormResponse, **values: Any) -> None:
    """Set attributes without having the session write them: ``_TOUCH`` writes all at once."""
    for name, value in values.items():
        set_committed_value(response, name, value)


def _execute(statement: Executable, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(statement, rows if len(rows) > 1 else rows[0])


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
        "position": 0,
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
