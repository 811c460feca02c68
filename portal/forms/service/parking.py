"""Pages that arrive after the login has ended: nothing typed is lost, nothing is saved unasked.

The browser still shows the cookie of the ended session, which says whose page it is. What was typed
is put aside for that person, shown again after the next login, and saved when they say so.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from portal.access import guard
from portal.access.actor import Actor, system
from portal.access.permissions import Permission
from portal.forms.models import FormParked
from portal.kernel import clock, db
from portal.kernel.uow import writes
from portal.patients.models import Patient
from portal.people.models import WebSession
from portal.people.sessions import digest_of

KEPT_FOR = timedelta(hours=24)
LARGEST = 1_000_000  # letters
MOST_PER_PERSON = 20


def park(cookie: str, patient_id: str, section: str, fields: Mapping[str, Sequence[str]]) -> str:
    """Put a page aside and return its id; an empty string when nothing says whose it is."""
    session = db.session.get(WebSession, digest_of(cookie)) if cookie else None
    ended_lately = session is not None and session.seen_at > clock.now() - KEPT_FOR
    kept = {name: list(values) for name, values in fields.items() if name != "csrf_token"}
    if session is None or session.person_id is None or not ended_lately:
        return ""
    if len(json.dumps(kept)) > LARGEST or db.session.get(Patient, patient_id) is None:
        return ""
    return _put(system("parking"), session.person_id, patient_id, section, kept)


@writes
def _put(
    actor: Actor, person_id: str, patient_id: str, section: str, fields: dict[str, Any]
) -> str:
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    mine = select(func.count()).select_from(FormParked).where(FormParked.person_id == person_id)
    if (db.session.scalar(mine) or 0) >= MOST_PER_PERSON:
        return ""
    row = FormParked(
        person_id=person_id,
        patient_id=patient_id,
        section=section[:64],
        fields=fields,
        at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def parked_fields(
    actor: Actor, parked_id: str, patient_id: str, section: str
) -> dict[str, list[str]]:
    """Return what the actor had typed on a page, or nothing."""
    row = db.session.get(FormParked, parked_id)
    if row is None or row.at < clock.now() - KEPT_FOR:
        return {}
    if (row.person_id, row.patient_id, row.section) != (actor.person_id, patient_id, section):
        return {}
    return dict(row.fields)


@writes
def unpark(actor: Actor, patient_id: str, section: str) -> None:
    """Forget what the actor had put aside for a page: it has been saved."""
    guard.access(actor, Patient, patient_id, Permission.PATIENT_EDIT)
    db.session.execute(
        delete(FormParked).where(
            FormParked.person_id == actor.person_id,
            FormParked.patient_id == patient_id,
            FormParked.section == section,
        )
    )


@writes
def forget_parked(actor: Actor) -> int:
    """Delete what nobody came back for within a day; return how many."""
    guard.require(actor, Permission.PLATFORM_OPERATE, guard.PLATFORM)
    result = db.session.execute(delete(FormParked).where(FormParked.at < clock.now() - KEPT_FOR))
    return int(getattr(result, "rowcount", 0))
