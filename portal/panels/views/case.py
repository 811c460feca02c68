"""The panel's page: the case for those who read it, the invitation or the request for the others."""

from datetime import date

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.kernel.errors import ForbiddenError, InvalidInputError
from portal.networks import queries as networks
from portal.panels import queries, service
from portal.panels.commands import AskQuestion
from portal.panels.forms import DeadlineForm, QuestionForm, UrgentForm
from portal.panels.views.base import PanelPages
from portal.patients.forms import options
from portal.web.views import page, said


class PanelView(PanelPages):
    """One panel."""

    @page("/<panel_id>/", gate=Gate.MEMBER)
    def show(self, panel_id: str) -> ResponseReturnValue:
        """Show the case to the people of the panel, the question to those who are asked."""
        try:
            return self.case_page(panel_id)
        except ForbiddenError:
            return self.outside_page(panel_id)

    @page("/<panel_id>/step", gate=Gate.MEMBER, methods=("POST",))
    def step(self, panel_id: str) -> ResponseReturnValue:
        """Take a step of the workflow."""
        form = request.form
        try:
            service.move(
                self.actor,
                panel_id,
                form.get("transition", ""),
                reason=form.get("reason", ""),
                expected=form.get("phase", ""),
            )
        except InvalidInputError as error:
            if "reason" not in error.fields:
                raise
            return self.refused(
                panel_id,
                InvalidInputError(
                    error.message, fields={f"reason-{form.get('transition', '')}": error.message}
                ),
            )
        head = queries.head(self.actor, panel_id)
        said(f"Done. The panel is in the phase '{head.phase_label}' now.")
        return self.back(panel_id)

    @page("/<panel_id>/question", gate=Gate.MEMBER, methods=("GET", "POST"))
    def question(self, panel_id: str) -> ResponseReturnValue:
        """Change the words of the question."""
        head = queries.head(self.actor, panel_id)
        self.need(head, Permission.PANEL_EDIT_QUESTION)
        self.place(head)
        form = QuestionForm(obj=head)
        network = networks.network(self.actor, head.network_code)
        form.area_id.choices = options([("", "Choose"), *[(a.id, a.label) for a in network.areas]])
        if form.validate_on_submit():
            command = AskQuestion(
                form.question.data,
                area_id=form.area_id.data,
                title=form.title.data or "",
                wanted_by=form.wanted_by.data,
            )
            try:
                service.edit_question(self.actor, panel_id, command)
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("The question has been changed.")
                return self.back(panel_id)
        status = 422 if form.is_submitted() else 200
        return self.render("panels/question.html", panel=head, form=form), status

    @page("/<panel_id>/urgent", gate=Gate.MEMBER, methods=("GET", "POST"))
    def urgent(self, panel_id: str) -> ResponseReturnValue:
        """Mark the panel urgent, or take the mark back."""
        head = queries.head(self.actor, panel_id)
        self.need(head, Permission.PANEL_MARK_URGENT)
        self.place(head)
        form = UrgentForm()
        if request.form.get("urgent") == "no":
            service.mark_urgent(self.actor, panel_id, "", urgent=False)
            said("The panel is no longer urgent.")
            return self.back(panel_id)
        if form.validate_on_submit():
            service.mark_urgent(self.actor, panel_id, form.reason.data)
            said("The panel is urgent now; whoever is asked has been told.")
            return self.back(panel_id)
        return self.render(
            "panels/urgent.html", panel=head, form=form
        ), 422 if form.is_submitted() else 200

    @page("/<panel_id>/deadline", gate=Gate.MEMBER, methods=("GET", "POST"))
    def deadline(self, panel_id: str) -> ResponseReturnValue:
        """Set another date for the present phase."""
        head = queries.head(self.actor, panel_id)
        self.need(head, Permission.PANEL_MOVE)
        self.place(head)
        form = DeadlineForm(due_on=head.due_on)
        if form.validate_on_submit():
            try:
                service.set_deadline(
                    self.actor, panel_id, form.due_on.data or date.min, form.reason.data or ""
                )
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("The date has been changed, and the people on the panel are told.")
                return self.back(panel_id)
        return self.render(
            "panels/deadline.html", panel=head, form=form
        ), 422 if form.is_submitted() else 200

    @page("/<panel_id>/lead", gate=Gate.MEMBER, methods=("POST",))
    def lead(self, panel_id: str) -> ResponseReturnValue:
        """Name the lead, as coordinator, dispatcher or requester."""
        head = queries.head(self.actor, panel_id)
        lead_id = request.form.get("lead_id", "")
        if Permission.PANEL_FORWARD.value in head.may:
            service.forward(self.actor, panel_id, lead_id, request.form.get("message", ""))
        else:
            service.name_lead(self.actor, panel_id, lead_id)
        said("The lead has been named and told.")
        return redirect(url_for("PanelView.show", panel_id=panel_id), code=303)
