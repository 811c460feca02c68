"""What the pages for filling in need: states of sections, one section with its answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.forms import answers as shapes
from portal.forms.answers import Key
from portal.forms.compiled import CompiledForm
from portal.forms.evaluate import Context, Evaluation
from portal.forms.queries.loading import opened_for
from portal.forms.service.opening import Opened, access_response
from portal.kernel.errors import NotFoundError
from portal.patients.models import Patient
from portal.people.queries import cards

QUICK = "quick"
NOT_STARTED, IN_PROGRESS, COMPLETE = "not-started", "in-progress", "complete"


@dataclass(frozen=True)
class SectionState:
    """A section in the task list. ``missing`` are labels of what is required and open."""

    id: str
    title: str
    state: str
    answered: int
    percent: int
    missing: tuple[str, ...]
    wrong: int


@dataclass(frozen=True)
class TaskList:
    """A form in filling. ``begun`` is false before the first answer; then the id is empty."""

    response_id: str
    title: str
    status: str
    percent: int
    sections: tuple[SectionState, ...]
    quick_missing: tuple[str, ...]
    has_quick: bool
    saved_at: datetime | None
    saved_by: str
    may_edit: bool

    @property
    def required_missing(self) -> int:
        """How many required answers are open."""
        return sum(len(section.missing) for section in self.sections)


@dataclass(frozen=True)
class Working:
    """A response while it is filled in: form, answers, outcome, versions by name."""

    response_id: str
    patient_id: str
    form: CompiledForm
    answers: Mapping[str, Any]
    evaluation: Evaluation
    context: Context
    version: int
    versions: Mapping[str, int]
    status: str
    saved_at: datetime | None
    flat: Mapping[Key, Any] = field(default_factory=dict)
    opened: Opened | None = None

    def with_changes(self, changes: Mapping[Key, Any]) -> "Working":
        """Return the response as it would be with some answers changed; nothing is stored."""
        if self.opened is None or not changes:
            return self
        flat = {**self.flat, **changes}
        return replace(
            self,
            answers=shapes.nest(self.form, flat),
            evaluation=self.opened.evaluated(flat),
            flat=flat,
        )

    def versions_of(self, item_ids: frozenset[str]) -> dict[str, int]:
        """Return the version of each answer of some items; 0 for those that nobody has given."""
        given = {name: v for name, v in self.versions.items() if shapes.split(name)[0] in item_ids}
        open_ones = {i for i in item_ids if not self.form.items[i].scope}
        return {**dict.fromkeys(sorted(open_ones), 0), **given}


def task_list(actor: Actor, patient_id: str) -> TaskList:
    """Return the states of all sections; a stranger gets not found."""
    opened = opened_for(actor, patient_id, Permission.PATIENT_SEE)
    if opened is None:
        raise NotFoundError("The form has not been begun yet.")
    evaluation = opened.evaluated(opened.flat, actor.language)
    sections = tuple(section_states(opened, evaluation, actor.language))
    response = opened.response
    card = cards([response.saved_by]).get(response.saved_by or "")
    quick = frozenset(opened.form.definition.views.get(QUICK, ()))
    return TaskList(
        response_id=response.id,
        title=opened.form.title(actor.language),
        status=response.status,
        percent=evaluation.completeness.percent,
        sections=sections,
        quick_missing=tuple(
            one.label
            for part in evaluation.left
            for one in part.missing
            if one.item in quick and one.required
        ),
        has_quick=bool(quick),
        saved_at=response.saved_at,
        saved_by=card.name if card else "",
        may_edit=may_edit(actor, opened.patient),
    )


def may_edit(actor: Actor, patient: Patient) -> bool:
    """Return whether the actor may change the answers now."""
    return guard.allows(actor, Permission.PATIENT_EDIT, patient) and patient.locked_at is None


def section_states(opened: Opened, evaluation: Evaluation, language: str) -> list[SectionState]:
    """Return the state of each section that is shown."""
    answered = _answered(opened)
    left = {part.section: part.missing for part in evaluation.left}
    wrong: dict[str, int] = {}
    for issue in evaluation.draft_errors:
        wrong[issue.section] = wrong.get(issue.section, 0) + 1
    found = []
    for section in opened.form.sections:
        if not any(evaluation.is_visible(item) for item in section.items):
            continue
        missing = tuple(one.label for one in left.get(section.id, ()) if one.required)
        count = answered.get(section.id, 0)
        ratio = evaluation.sections[section.id]
        done = count > 0 and not missing and section.id not in wrong
        complete = done and (ratio.percent == 100 or opened.response.status == "completed")
        state = COMPLETE if complete else IN_PROGRESS if count else NOT_STARTED
        found.append(
            SectionState(
                section.id,
                section.title(language, opened.form.language),
                state,
                count,
                ratio.percent,
                missing,
                wrong.get(section.id, 0),
            )
        )
    return found


def _answered(opened: Opened) -> dict[str, int]:
    found: dict[str, int] = {}
    for item_id, _row in shapes.flatten(opened.form, shapes.nest(opened.form, opened.flat)):
        section = opened.form.items[item_id].section
        found[section] = found.get(section, 0) + 1
    return found


def working(actor: Actor, response_id: str) -> Working:
    """Return a response for filling in; only those who may change it."""
    return working_on(access_response(actor, response_id, Permission.PATIENT_EDIT), actor.language)


def working_on(opened: Opened, language: str) -> Working:
    """Return an opened response as the pages need it."""
    flat = opened.flat
    return Working(
        response_id=opened.response.id,
        patient_id=opened.patient.id,
        form=opened.form,
        answers=shapes.nest(opened.form, flat),
        evaluation=opened.evaluated(flat, language),
        context=opened.context,
        version=opened.response.version,
        versions={shapes.joined(key): one.version for key, one in opened.stored.items()},
        status=opened.response.status,
        saved_at=opened.response.saved_at,
        flat=flat,
        opened=opened,
    )
