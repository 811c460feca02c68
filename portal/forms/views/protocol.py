"""What the autosave script reads: versions, calculated values, problems, both texts of a conflict."""

from typing import Any

from portal.forms import answers as shapes
from portal.forms.compiled import CompiledItem
from portal.forms.errors import AnswersConflictError, Conflict
from portal.forms.evaluate import Evaluation
from portal.forms.posted import field_name
from portal.forms.queries import Working
from portal.forms.queries.history import as_text
from portal.forms.service import Saved


def saved_json(saved: Saved, language: str) -> dict[str, Any]:
    """Return the answer to a message that was taken."""
    del language
    body: dict[str, Any] = {
        "version": saved.version,
        "versions": saved.versions,
        "saved_at": saved.saved_at.isoformat(),
        "problems": saved.problems,
    }
    if saved.evaluation is not None:
        body |= _state(saved.evaluation)
    return body


def _state(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "completeness": evaluation.completeness.percent,
        "sections": {name: one.percent for name, one in evaluation.sections.items()},
        "left": [
            {
                "section": part.section,
                "label": part.label,
                "required": sum(one.required for one in part.missing),
                "open": len(part.missing),
            }
            for part in evaluation.left
        ],
        "computed": {
            shapes.joined(key): value
            for key, value in evaluation.computed.items()
            if value is not None
        },
        "issues": [
            {"item": field_name(i.item, i.row), "severity": i.severity, "message": i.message}
            for i in (*evaluation.draft_errors, *evaluation.open_warnings)
        ],
    }


def conflict_json(work: Working, error: AnswersConflictError, language: str) -> dict[str, Any]:
    """Return the answer to a message of which a part is in conflict."""
    saved: Saved = error.saved
    return {
        "code": error.code,
        "detail": error.message,
        "version": saved.version,
        "versions": saved.versions,
        "problems": saved.problems,
        "conflicts": [_conflict(work, one, language) for one in error.conflicts],
    }


def _conflict(work: Working, one: Conflict, language: str) -> dict[str, Any]:
    item = work.form.items[one.item]
    name = field_name(one.item, one.row)
    return {
        "item": name,
        "label": item.label(language),
        "mine": as_fields(item, one.row, one.mine),
        "theirs": as_fields(item, one.row, one.theirs),
        "mine_text": as_text(item, one.mine, language),
        "theirs_text": as_text(item, one.theirs, language),
        "theirs_by": one.by,
        "theirs_at": one.at.isoformat(),
        "version": one.version,
    }


def as_fields(item: CompiledItem, row: str, value: Any) -> Any:
    """Return a stored value as the page's fields hold it: text, list, or object by field name."""
    if item.is_repeat:
        return value or []
    if item.multiple:
        texts = [item.kind.texts(item, one) for one in value or []]
        if item.kind.parts == ("",) or not any(t.get("text") for t in texts):
            return [t.get("", "") for t in texts]
        return _by_name(item, row, {p: [t.get(p, "") for t in texts] for p in item.kind.parts})
    texts_of_one = item.kind.texts(item, value)
    if set(texts_of_one) == {""}:
        return texts_of_one[""]
    return _by_name(item, row, texts_of_one)


def _by_name(item: CompiledItem, row: str, parts: dict[str, Any]) -> dict[str, Any]:
    return {field_name(item.id, row, part): text for part, text in parts.items()}
