"""Answer: the invitation, the draft that saves itself, sending, agreeing."""

from typing import Any

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.roles import Gate
from portal.kernel.errors import InvalidInputError
from portal.panels import service
from portal.panels.commands import DraftText
from portal.panels.errors import DraftConflictError
from portal.panels.views.base import PanelPages
from portal.web.views import page, said

ITEMS = ("text", "recommendation", "effort_minutes")


class PanelAnswerView(PanelPages):
    """What an expert does on a panel."""

    @page("/<panel_id>/invitation", gate=Gate.MEMBER, methods=("POST",))
    def invitation(self, panel_id: str) -> ResponseReturnValue:
        """Accept or decline."""
        accept = request.form.get("answer") == "accept"
        try:
            service.answer_invitation(
                self.actor,
                panel_id,
                accept,
                request.form.get("reason", ""),
                request.form.get("colleague_id", ""),
            )
        except InvalidInputError as error:
            if not error.fields:
                raise
            return self.outside_page(panel_id, problems=error.fields, typed=dict(request.form)), 422
        if not accept:
            said("Thank you. The person who asked you has been told.")
            return redirect(url_for("TasksView.index"), code=303)
        said("Welcome to the panel. The case is open to you now.")
        return self.back(panel_id)

    @page("/<panel_id>/draft", gate=Gate.MEMBER, methods=("POST",))
    def draft(self, panel_id: str) -> ResponseReturnValue:
        """Save the draft (JSON; see portal/assets/src/autosave.js)."""
        message: dict[str, Any] = request.get_json(silent=True) or {}
        changes, base = message.get("changes"), message.get("base")
        if (
            not isinstance(changes, dict)
            or not isinstance(base, dict)
            or not set(changes) <= set(ITEMS)
        ):
            raise InvalidInputError("Expected changes and base, by item: " + ", ".join(ITEMS) + ".")
        try:
            version = max([0, *[int(v) for v in base.values()]])
        except (TypeError, ValueError):
            raise InvalidInputError("Expected whole numbers as versions.") from None
        key = request.headers.get("Idempotency-Key", "") or str(message.get("key", ""))
        try:
            saved = service.save_contribution(self.actor, panel_id, _values(changes), version, key)
        except DraftConflictError as error:
            return _conflict(error, changes)
        return jsonify(
            version=saved.version,
            saved_at=saved.saved_at.isoformat(),
            versions=dict.fromkeys(ITEMS, saved.version),
        )

    @page("/<panel_id>/answer", gate=Gate.MEMBER, methods=("POST",))
    def answer(self, panel_id: str) -> ResponseReturnValue:
        """Send the answer."""
        form = request.form
        try:
            minutes = _minutes(form.get("effort_minutes", ""))
            written = DraftText(form.get("text", ""), form.get("recommendation", ""), minutes)
            sent = service.send_contribution(self.actor, panel_id, written, key=form.get("key", ""))
        except InvalidInputError as error:
            if not error.fields:
                raise
            return self.refused(panel_id, error)
        said("Your answer has been sent.")
        return self.back(panel_id, f"answer-{sent}")

    @page("/<panel_id>/agree/<contribution_id>", gate=Gate.MEMBER, methods=("POST",))
    def agree(self, panel_id: str, contribution_id: str) -> ResponseReturnValue:
        """Agree with an answer, or no longer."""
        service.agree(self.actor, panel_id, contribution_id, request.form.get("on", "yes") == "yes")
        return self.back(panel_id, f"answer-{contribution_id}")


def _values(changes: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {item: str(value) for item, value in changes.items()}
    if "effort_minutes" in values:
        values["effort_minutes"] = _minutes(values["effort_minutes"])
    return values


def _minutes(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise InvalidInputError(
            "Please check these answers.",
            fields={"effort_minutes": "Give the minutes as a number, such as 30."},
        )
    return int(text)


def _conflict(error: DraftConflictError, changes: dict[str, Any]) -> ResponseReturnValue:
    """Answer as autosave expects: each changed item with both texts."""
    conflicts = [
        {
            "item": item,
            "mine": value,
            "theirs": error.fields_theirs.get(item) or "",
            "theirs_by": "",
            "theirs_at": error.at.isoformat(),
            "version": error.version,
        }
        for item, value in changes.items()
        if (error.fields_theirs.get(item) or "") != value
    ]
    return jsonify(
        conflicts=conflicts, version=error.version, versions=dict.fromkeys(ITEMS, error.version)
    ), 409
