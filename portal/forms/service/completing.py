"""Complete a form: nothing required is missing, and each warning has a reason to stand."""

import hashlib
import json
from collections.abc import Mapping

from portal import audit
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.forms import answers as shapes
from portal.forms.answers import REASON, Key
from portal.forms.errors import NotCompleteError
from portal.forms.evaluate import AnswerIssue, completed_answers
from portal.forms.posted import field_name
from portal.forms.service.beginning import COMPLETED
from portal.forms.service.opening import access_response
from portal.forms.service.storing import LONGEST_REASON, note_completeness, write
from portal.kernel import clock
from portal.kernel.uow import writes


@writes
def complete(actor: Actor, response_id: str, reasons: Mapping[str, str] | None = None) -> int:
    """Complete the response and return its version.

    ``reasons`` say why warnings may stand, by ``rule`` or ``rule@row``; they are stored like
    answers. Raises ``NotCompleteError`` with a text for each field that is missing or wrong.
    """
    opened = access_response(actor, response_id, Permission.PATIENT_EDIT, lock=True)
    flat = opened.flat
    given = _given(reasons or {}, {i.rule for i in opened.evaluated(flat).open_warnings})
    flat |= given
    evaluation = opened.evaluated(flat, actor.language)
    if not evaluation.can_complete:
        raise NotCompleteError(
            "The form is not complete yet.",
            fields={_name(i): i.message for i in (*evaluation.errors, *evaluation.open_warnings)},
            hint="Answer what is missing; give a reason where a warning may stand.",
        )
    response = opened.response
    if given:
        write(actor, opened, given)
    note_completeness(opened, evaluation.completeness.percent, COMPLETED)
    response.completed_at, response.completed_by = clock.now(), actor.person_id
    kept = completed_answers(opened.form, shapes.nest(opened.form, flat), evaluation)
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    audit.record(
        actor,
        "form.completed",
        f"form_response:{response.id}",
        stream=f"patient:{response.patient_id}",
        detail={
            "version": response.version,
            "form": response.form_hash[:16],
            "answers": hashlib.sha256(text.encode()).hexdigest(),
        },
    )
    return response.version


def _given(reasons: Mapping[str, str], rules: set[str]) -> dict[Key, str]:
    """Keep reasons for warnings that are open, and no others."""
    found: dict[Key, str] = {}
    for name, text in reasons.items():
        rule, row = shapes.split(name)
        if rule in rules and text.strip():
            found[f"{REASON}{rule}"[:64], row] = text.strip()[:LONGEST_REASON]
    return found


def _name(issue: AnswerIssue) -> str:
    return field_name(issue.item, issue.row)
