"""Save answers: each on its own version, so that two people can work on one form at once.

An answer is in conflict only when somebody else changed it, to something else, after the writer had
last seen it. Everything else of the same request is saved, and the conflict carries both texts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.forms import answers as shapes
from portal.forms.answers import Key
from portal.forms.errors import AnswersConflictError, Conflict
from portal.forms.evaluate import Evaluation
from portal.forms.merging import Verdict, decide, merge_rows
from portal.forms.models import FormAnswerChange
from portal.forms.service.beginning import AMENDED, COMPLETED
from portal.forms.service.opening import Opened, access_response
from portal.forms.service.reading import Wanted, from_fields, from_values
from portal.forms.service.storing import note_completeness, write
from portal.kernel import clock, db
from portal.kernel.idempotency import once
from portal.kernel.uow import writes
from portal.people.queries import cards


@dataclass(frozen=True)
class SaveAnswers:
    """What to save.

    ``changes`` are stored values by name (``item`` or ``item@row``); ``fields`` are posted texts by
    field name, as a page sends them, a whole page of ``section`` or single answers. ``base`` is the
    version of each answer that the writer had seen, ``version`` the one for answers without an own.
    Without either, the newest is taken as seen. ``key`` makes a repeated request count once.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    base: Mapping[str, int] = field(default_factory=dict)
    key: str = ""
    reason: str = ""
    version: int | None = None
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    section: str = ""


@dataclass(frozen=True)
class Saved:
    """What became of a save. ``versions`` are the new versions by name.

    ``problems`` (by name) could not be read and keep their stored value; ``typed`` is what was
    written there. ``evaluation`` is the form's state with all that is stored now.
    """

    version: int
    saved_at: datetime
    versions: dict[str, int]
    problems: dict[str, str]
    typed: dict[str, str]
    conflicts: tuple[Conflict, ...]
    evaluation: Evaluation | None = None
    flat: dict[Key, Any] = field(default_factory=dict)


def save_answers(actor: Actor, response_id: str, command: SaveAnswers) -> Saved:
    """Save and return the new versions; raise ``AnswersConflictError`` after saving the rest.

    Hidden answers are kept. Answers that cannot be read are named in ``problems``, never stored.
    """
    saved = _save(actor, response_id, command)
    if saved.conflicts:
        raise AnswersConflictError(saved)
    return saved


@writes
def _save(actor: Actor, response_id: str, command: SaveAnswers) -> Saved:
    opened = access_response(actor, response_id, Permission.PATIENT_EDIT, lock=True)
    done: list[Saved] = []

    def work() -> dict[str, Any]:
        done.append(_apply(actor, opened, command))
        return _kept(done[0])

    kept = once(actor.person_id, command.key, work)
    return done[0] if done else _again(opened, kept)


def _apply(actor: Actor, opened: Opened, command: SaveAnswers) -> Saved:
    flat = opened.flat
    wanted = _wanted(opened, flat, command)
    take, conflicts = _judge(opened, wanted, command)
    version = opened.response.version
    if take:
        version = write(actor, opened, take, reason=command.reason)
        flat |= take
    evaluation = opened.evaluated(flat, actor.language)
    if take:
        amended = AMENDED if opened.response.status == COMPLETED else ""
        note_completeness(opened, evaluation.completeness.percent, amended)
    untouched = {
        shapes.joined(k): opened.stored[k].version
        for k in wanted.changes
        if k not in take and k in opened.stored
    }
    return Saved(
        version=version,
        saved_at=clock.now(),
        versions={**untouched, **{shapes.joined(key): version for key in take}},
        problems=wanted.problems,
        typed=wanted.typed,
        conflicts=conflicts,
        evaluation=evaluation,
        flat=flat,
    )


def _wanted(opened: Opened, flat: dict[Key, Any], command: SaveAnswers) -> Wanted:
    wanted = Wanted()
    if command.changes:
        wanted = from_values(opened.form, flat, command.changes)
    if command.fields or command.section:
        posted = from_fields(opened.form, flat, command.fields, section=command.section)
        wanted.changes |= posted.changes
        wanted.problems |= posted.problems
        wanted.typed |= posted.typed
    return wanted


def _judge(
    opened: Opened, wanted: Wanted, command: SaveAnswers
) -> tuple[dict[Key, Any], tuple[Conflict, ...]]:
    """Return the answers to take, and the conflicts."""
    seen = {key: _seen(key, command) for key in wanted.changes}
    stale = {
        key
        for key, version in seen.items()
        if version is not None and key in opened.stored and opened.stored[key].version > version
    }
    bases = _values_at(opened, {key: seen[key] or 0 for key in stale}) if stale else {}
    take: dict[Key, Any] = {}
    disputed: dict[Key, Any] = {}
    for key, mine in wanted.changes.items():
        current = opened.stored[key].value if key in opened.stored else None
        if key in stale and opened.form.items[key[0]].is_repeat:
            mine = merge_rows(mine or [], current or [], bases.get(key) or [])  # noqa: PLW2901
            verdict = Verdict.SAME if mine == (current or []) else Verdict.TAKE
        else:
            verdict = decide(mine, current, base=bases.get(key), stale=key in stale)
        if verdict is Verdict.TAKE:
            take[key] = mine
        elif verdict is Verdict.CONFLICT:
            disputed[key] = mine
    return take, _conflicts(opened, disputed)


def _seen(key: Key, command: SaveAnswers) -> int | None:
    return command.base.get(shapes.joined(key), command.version)


def _values_at(opened: Opened, versions: Mapping[Key, int]) -> dict[Key, Any]:
    """Return what each answer was at a version: the ``before`` of the first change after it."""
    rows = db.session.execute(
        select(
            FormAnswerChange.item_id,
            FormAnswerChange.row_id,
            FormAnswerChange.version,
            FormAnswerChange.before,
        )
        .where(
            FormAnswerChange.response_id == opened.response.id,
            FormAnswerChange.version > min(versions.values()),
            FormAnswerChange.item_id.in_({item for item, _ in versions}),
        )
        .order_by(FormAnswerChange.version)
    )
    found: dict[Key, Any] = {}
    for item, row, version, before in rows:
        key = (item, row)
        if key in versions and version > versions[key]:
            found.setdefault(key, before)
    return found


def _conflicts(opened: Opened, disputed: Mapping[Key, Any]) -> tuple[Conflict, ...]:
    if not disputed:
        return ()
    people = cards(opened.stored[key].by for key in disputed)
    found = []
    for key, mine in disputed.items():
        theirs = opened.stored[key]
        card = people.get(theirs.by)
        found.append(
            Conflict(
                item=key[0],
                row=key[1],
                label=opened.form.items[key[0]].label(opened.response.language),
                mine=mine,
                theirs=theirs.value,
                by=card.name if card else "",
                at=theirs.at,
                version=theirs.version,
            )
        )
    return tuple(found)


def _kept(saved: Saved) -> dict[str, Any]:
    """Return what is kept under the key of the request: enough to give the same answer again."""
    return {
        "version": saved.version,
        "saved_at": saved.saved_at.isoformat(),
        "versions": saved.versions,
        "problems": saved.problems,
        "conflicts": [{**one.__dict__, "at": one.at.isoformat()} for one in saved.conflicts],
    }


def _again(opened: Opened, kept: Mapping[str, Any]) -> Saved:
    conflicts = tuple(
        Conflict(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in kept["conflicts"]
    )
    return Saved(
        version=kept["version"],
        saved_at=datetime.fromisoformat(kept["saved_at"]),
        versions=kept["versions"],
        problems=kept["problems"],
        typed={},
        conflicts=conflicts,
        evaluation=opened.evaluated(opened.flat),
        flat=opened.flat,
    )
