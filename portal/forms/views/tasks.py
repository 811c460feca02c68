"""The task list of a form, the check before completing, and the rules for the browser."""

from dataclasses import dataclass

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import guard
from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.forms import queries
from portal.forms.errors import NotCompleteError
from portal.forms.evaluate import AnswerIssue
from portal.forms.overlay_source import form_by_hash
from portal.forms.posted import field_name
from portal.forms.rendering import rules_json
from portal.forms.service import complete, ensure_response
from portal.forms.views.place import look, placed
from portal.kernel.errors import NotFoundError
from portal.web.views import PortalView, page, said


@dataclass(frozen=True)
class CheckRow:
    """A finding with the label of its question, the name of its rule and of its field."""

    issue: AnswerIssue
    label: str

    @property
    def name(self) -> str:
        """The name under which a reason is given: ``rule`` or ``rule@row``."""
        return field_name(self.issue.rule, self.issue.row)

    @property
    def field(self) -> str:
        """The name of the field that the finding is about."""
        return field_name(self.issue.item, self.issue.row)


class FormView(PortalView):
    """The form as a list of tasks."""

    route_base = "/patient"
    default_view = "tasks"

    @page("/<patient_id>/form/", gate=Gate.MEMBER)
    def tasks(self, patient_id: str) -> ResponseReturnValue:
        """Show the sections with their states; begin the form for those who fill it in."""
        patient = placed(self.actor, patient_id)
        if not guard.allows(self.actor, Permission.PATIENT_EDIT, patient) or patient.locked:
            return redirect(url_for("FormReadingView.read", patient_id=patient_id))
        ensure_response(self.actor, patient_id)
        found = queries.task_list(self.actor, patient_id)
        return self.render("forms/tasks.html", patient=patient, tasks=found)

    @page("/<patient_id>/form/check", gate=Gate.MEMBER, methods=("GET", "POST"))
    def check(self, patient_id: str) -> ResponseReturnValue:
        """Show everything that is missing, wrong or unusual; complete the form when nothing is."""
        patient = placed(self.actor, patient_id)
        guard.require(self.actor, Permission.PATIENT_EDIT, patient)
        response_id = ensure_response(self.actor, patient_id)
        if request.method == "POST":
            reasons = {
                name.removeprefix("reason-"): text
                for name, text in request.form.items()
                if name.startswith("reason-")
            }
            try:
                complete(self.actor, response_id, reasons)
            except NotCompleteError:
                return make_response(self._check(patient, response_id, reasons), 422)
            said("The form is complete.")
            return redirect(url_for("FormView.tasks", patient_id=patient_id), 303)
        return self._check(patient, response_id, {})

    def _check(self, patient: object, response_id: str, reasons: dict[str, str]) -> str:
        work = queries.working(self.actor, response_id)
        language = look(self.actor).language
        rows = [
            CheckRow(issue, work.form.items[issue.item].label(language))
            for issue in work.evaluation.issues
            if issue.item in work.form.items and not issue.reason
        ]
        errors = [row for row in rows if row.issue.severity == "error"]
        return self.render(
            "forms/check.html",
            patient=patient,
            title=work.form.title(language),
            missing=[row for row in errors if row.issue.is_gap],
            wrong=[row for row in errors if not row.issue.is_gap],
            unusual=[row for row in rows if row.issue.severity == "warning"],
            reasons=reasons,
            status=work.status,
        )


class RulesView(PortalView):
    """What the browser needs to show, hide and calculate without asking."""

    route_base = "/forms"
    default_view = "rules"

    @page("/rules/<form_hash>.json", gate=Gate.MEMBER)
    def rules(self, form_hash: str) -> ResponseReturnValue:
        """Send the rules of one version of a form; the address names the content, so it is kept."""
        if len(form_hash) != 64:
            raise NotFoundError("There is no such form.")
        response = make_response(rules_json(form_by_hash(form_hash)))
        response.headers["Content-Type"] = "application/json"
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return response
