"""Who changed an answer, when, from what to what, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.models import FormAnswerChange
from portal.forms.overlay_source import form_by_hash
from portal.forms.queries.loading import newest
from portal.forms.service.opening import access_response
from portal.kernel import db
from portal.kernel.errors import NotFoundError
from portal.patients.models import Patient
from portal.people.queries import cards

MOST = 200


@dataclass(frozen=True)
class AnswerChange:
    """One change; ``before`` and ``after`` are texts for people, empty for nothing."""

    at: datetime
    by: str
    before: str
    after: str
    reason: str
    version: int


@dataclass(frozen=True)
class AnswerHistory:
    """The history of one answer, newest first."""

    label: str
    section: str
    changes: tuple[AnswerChange, ...]


def history(actor: Actor, response_id: str, item: str, row: str = "") -> AnswerHistory:
    """Return the history of one answer; those who see the patient may read it."""
    opened = access_response(actor, response_id, Permission.PATIENT_SEE)
    return _history(actor, opened.form, response_id, item, row)


def history_of(actor: Actor, patient_id: str, item: str, row: str = "") -> AnswerHistory:
    """Return the history of one answer in the consultation form of a patient."""
    guard.access(actor, Patient, patient_id, Permission.PATIENT_SEE)
    response = newest(patient_id)
    if response is None:
        raise NotFoundError("The form has not been begun yet.")
    return _history(actor, form_by_hash(response.form_hash), response.id, item, row)


def _history(
    actor: Actor, form: CompiledForm, response_id: str, item: str, row: str
) -> AnswerHistory:
    asked = form.items.get(item)
    if asked is None:
        raise NotFoundError("There is no such question in this form.")
    rows = db.session.scalars(
        select(FormAnswerChange)
        .where(
            FormAnswerChange.response_id == response_id,
            FormAnswerChange.item_id == item,
            FormAnswerChange.row_id == row,
        )
        .order_by(FormAnswerChange.version.desc())
        .limit(MOST)
    ).all()
    people = cards(one.by for one in rows)
    language = actor.language
    changes = tuple(
        AnswerChange(
            at=one.at,
            by=people[one.by].name if one.by in people else "",
            before=as_text(asked, one.before, language),
            after=as_text(asked, one.after, language),
            reason=one.reason,
            version=one.version,
        )
        for one in rows
    )
    return AnswerHistory(asked.label(language), section_title(form, asked, language), changes)


def section_title(form: CompiledForm, item: CompiledItem, language: str) -> str:
    """Return the heading of the section that holds an item."""
    return form.section(item.section).title(language, form.language)


def as_text(item: CompiledItem, value: Any, language: str) -> str:
    """Return a stored value as people read it; nothing for no answer."""
    if value is None or value == []:
        return ""
    if item.is_repeat:
        return "1 row" if len(value) == 1 else f"{len(value)} rows"
    values = value if item.multiple and isinstance(value, list) else [value]
    texts = []
    for one in values:
        try:
            texts.append(item.kind.display(item, one, language))
        except (TypeError, KeyError, AttributeError, ValueError):
            texts.append(str(one)[:200])  # given with an older version of the question
    return ", ".join(texts)
