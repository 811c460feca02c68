"""The pages of outcomes: write, sign, download, verify."""

import json
from datetime import date
from typing import Any

from flask import g, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import expose

from portal.access.roles import Gate
from portal.kernel.errors import InvalidInputError
from portal.outcomes import service
from portal.outcomes.queries.page import OutcomePage, outcome_page, verify
from portal.outcomes.words import AGREEMENTS, RECOMMENDATIONS, VARIANTS
from portal.panels.errors import DraftConflictError
from portal.people.recent import require_recent
from portal.web.views import PortalView, page, said

PACKS = "orpha,mondo,omim,icd11,icd10,snomed"


class OutcomeView(PortalView):
    """The outcome of one panel."""

    route_base = "/outcome"
    default_view = "show"

    @page("/<panel_id>/", gate=Gate.MEMBER)
    def show(self, panel_id: str) -> ResponseReturnValue:
        """Show the outcome; the lead writes it here, signers sign it here."""
        return self._page(panel_id)

    def _page(
        self,
        panel_id: str,
        problems: dict[str, str] | None = None,
        typed: dict[str, str] | None = None,
    ) -> ResponseReturnValue:
        view = outcome_page(self.actor, panel_id)
        if view.head.network_id in self.actor.networks_as():
            g.network_code = view.head.network_code
        answer = self.render(
            "outcomes/show.html",
            view=view,
            panel=view.head,
            recommendations=RECOMMENDATIONS,
            agreements=AGREEMENTS,
            variants=VARIANTS,
            packs=PACKS,
            coded=json.dumps([dict(one) for one in view.draft.diagnosis], ensure_ascii=False)
            if view.draft.diagnosis
            else "",
            problems=problems or {},
            typed=typed or {},
        )
        return (answer, 422) if problems else answer

    @page("/<panel_id>/draft", gate=Gate.MEMBER, methods=("POST",))
    def draft(self, panel_id: str) -> ResponseReturnValue:
        """Save what changed (JSON; see portal/assets/src/autosave.js)."""
        message: dict[str, Any] = request.get_json(silent=True) or {}
        changes, base = message.get("changes"), message.get("base")
        if not isinstance(changes, dict) or not isinstance(base, dict):
            raise InvalidInputError("Expected changes and base, by item.")
        try:
            version = max([0, *[int(v) for v in base.values()]])
        except (TypeError, ValueError):
            raise InvalidInputError("Expected whole numbers as versions.") from None
        key = request.headers.get("Idempotency-Key", "") or str(message.get("key", ""))
        try:
            saved = service.save_draft(self.actor, panel_id, _values(changes), version, key)
        except DraftConflictError as error:
            return _conflict(error, changes)
        return jsonify(
            version=saved.version,
            saved_at=saved.saved_at.isoformat(),
            versions=dict.fromkeys(_items(), saved.version),
        )

    @page("/<panel_id>/save", gate=Gate.MEMBER, methods=("POST",))
    def save(self, panel_id: str) -> ResponseReturnValue:
        """Save the whole form (without scripts)."""
        form = request.form
        changes = {item: form[item] for item in _items() if item in form}
        try:
            service.save_draft(
                self.actor,
                panel_id,
                _values(changes),
                _version(form.get("version", "")),
                form.get("key", ""),
            )
        except InvalidInputError as error:
            if not error.fields:
                raise
            return self._page(panel_id, error.fields, dict(form))
        said("The outcome is saved.")
        return self._back(panel_id)

    @page("/<panel_id>/sign", gate=Gate.MEMBER, methods=("POST",))
    def sign(self, panel_id: str) -> ResponseReturnValue:
        """Sign the text that was read (by a person who logged in a moment ago), or object to it."""
        form = request.form
        try:
            if form.get("decision") == "object":
                service.object_to(
                    self.actor, panel_id, form.get("hash", ""), form.get("remark", "")
                )
                said("Your objection has been sent to the lead. The outcome goes back to writing.")
            else:
                require_recent(self.actor)
                service.sign(self.actor, panel_id, form.get("hash", ""), form.get("remark", ""))
                said("Thank you. You have signed the outcome.")
        except InvalidInputError as error:
            if "remark" not in error.fields:
                raise
            return self._page(panel_id, error.fields, dict(form))
        return self._back(panel_id)

    @page("/<panel_id>/pdf", gate=Gate.MEMBER)
    def pdf(self, panel_id: str) -> ResponseReturnValue:
        """Return the PDF: ``?for=clinician`` or ``patient``, ``?version=`` for an earlier one."""
        variant = request.args.get("for", "clinician")
        number = request.args.get("version", type=int)
        name, body = service.named_pdf(self.actor, panel_id, variant, number)
        response = make_response(body)
        response.headers["Content-Type"] = "application/pdf"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def _back(self, panel_id: str) -> ResponseReturnValue:
        return redirect(url_for("OutcomeView.show", panel_id=panel_id), code=303)


class VerificationView(PortalView):
    """Where the QR code of a PDF leads: genuine or not, version, date, superseded. Public."""

    route_base = "/verify"
    default_view = "verify"

    @expose("/<code>")  # type: ignore[untyped-decorator]
    def verify(self, code: str) -> ResponseReturnValue:
        """Say whether the document with this code is genuine; see web/public.py."""
        found = verify(code)
        return self.render("outcomes/verify.html", found=found), 200 if found else 404


def _items() -> list[str]:
    parts = [f"rec_{part}" for part in RECOMMENDATIONS]
    return [
        "diagnosis",
        "findings",
        *parts,
        "agreement",
        "minority_view",
        "references",
        "patient_summary",
        "follow_up_on",
    ]


def _values(changes: dict[str, Any]) -> dict[str, Any]:
    """Turn the items of the page into the fields of an outcome."""
    values: dict[str, Any] = {}
    for item, value in changes.items():
        if item == "follow_up_on":
            values[item] = _date(str(value))
        elif item == "diagnosis":
            values[item] = _codings(value)
        else:
            values[item] = str(value)
    return values


def _version(text: str) -> int:
    """Return the version that the page was made from; nothing readable means: none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _date(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(
            "Please check these answers.",
            fields={"follow_up_on": "Write the date as year-month-day."},
        ) from None


def _codings(value: Any) -> tuple[dict[str, str], ...]:
    if not value:
        return ()
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return ({"text": str(value)[:500]},)
    entries = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) for one in entries):
        raise InvalidInputError(
            "Please check these answers.",
            fields={"diagnosis": "Choose each diagnosis from the list, or write it as text."},
        )
    return tuple({str(k): str(v) for k, v in one.items()} for one in entries)


def _conflict(error: DraftConflictError, changes: dict[str, Any]) -> ResponseReturnValue:
    conflicts = []
    for item, value in changes.items():
        theirs = error.fields_theirs.get(item) or ""
        theirs = (
            json.dumps(theirs, ensure_ascii=False)
            if isinstance(theirs, list) and theirs
            else theirs or ""
        )
        if theirs != value:
            conflicts.append(
                {
                    "item": item,
                    "mine": value,
                    "theirs": theirs,
                    "theirs_by": "",
                    "theirs_at": error.at.isoformat(),
                    "version": error.version,
                }
            )
    body = {
        "conflicts": conflicts,
        "version": error.version,
        "versions": dict.fromkeys(_items(), error.version),
    }
    return jsonify(body), 409


__all__ = ["OutcomePage", "OutcomeView", "VerificationView"]
