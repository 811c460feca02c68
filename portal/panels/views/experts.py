"""Ask experts and groups to a panel, or take somebody off it."""

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.kernel.errors import InvalidInputError
from portal.panels import queries, service
from portal.panels.forms import OutsiderForm
from portal.panels.views.base import PanelPages
from portal.patients.forms import options
from portal.web.addresses import full_url
from portal.web.views import page, said


class PanelExpertsView(PanelPages):
    """Who is asked."""

    @page("/<panel_id>/experts", gate=Gate.MEMBER)
    def search(self, panel_id: str) -> ResponseReturnValue:
        """Return experts who fit, as a page part (for the search field) or as JSON."""
        text = request.args.get("q", "")
        found = queries.find_experts(self.actor, panel_id, text)
        if request.accept_mimetypes.best == "application/json":
            return jsonify(
                [
                    {
                        "id": p.person_id,
                        "name": p.name,
                        "place": p.place,
                        "reasons": p.reasons,
                        "away": p.away,
                    }
                    for p in found
                ]
            )
        return self.render(
            "panels/_proposals.html", proposals=found, panel_id=panel_id, asked_for=text
        )

    @page("/<panel_id>/invite", gate=Gate.MEMBER, methods=("POST",))
    def invite(self, panel_id: str) -> ResponseReturnValue:
        """Ask one or several experts, or a group."""
        form = request.form
        message = form.get("message", "")
        try:
            if form.get("group_id"):
                asked = service.invite_group(self.actor, panel_id, form["group_id"], message)
            else:
                asked = service.invite(
                    self.actor,
                    panel_id,
                    form.getlist("person_ids"),
                    message,
                    form.get("role", "member"),
                )
        except InvalidInputError as error:
            if "person_ids" not in error.fields:
                raise
            raise InvalidInputError(error.fields["person_ids"], hint=error.hint) from error
        words = (
            "1 expert has been asked."
            if len(asked) == 1
            else f"{len(asked)} experts have been asked."
        )
        said(
            words if asked else "They are on the panel or have been asked already.",
            "success" if asked else "info",
        )
        return self.back(panel_id, "experts")

    @page("/<panel_id>/people", gate=Gate.MEMBER, methods=("GET", "POST"))
    def manage(self, panel_id: str) -> ResponseReturnValue:
        """Show everybody who was asked; take somebody off, or let a guest stay longer."""
        head, experts = queries.asked(self.actor, panel_id)
        self.place(head)
        problems: dict[str, str] = {}
        form = request.form
        if request.method == "POST":
            person_id = form.get("person_id", "")
            try:
                if form.get("act") == "extend":
                    service.extend_guest(self.actor, panel_id, person_id)
                    said("The guest may stay 90 days more.")
                else:
                    service.remove(self.actor, panel_id, person_id, form.get("reason", ""))
                    said("Done. This person no longer reads the case.")
                return redirect(url_for("PanelExpertsView.manage", panel_id=panel_id), code=303)
            except InvalidInputError as error:
                problems = {f"reason-{person_id}": text for text in error.fields.values()}
                if not problems:
                    raise
        page_ = self.render("panels/people.html", panel=head, experts=experts, problems=problems)
        return page_, 422 if problems else 200

    @page("/<panel_id>/outsider", gate=Gate.MEMBER, methods=("GET", "POST"))
    def outsider(self, panel_id: str) -> ResponseReturnValue:
        """Invite somebody without access by a link; it is mailed, and shown once."""
        head = queries.head(self.actor, panel_id)
        self.need(head, Permission.PANEL_INVITE_ACROSS)
        self.place(head)
        form = OutsiderForm()
        about_patient = queries.about_patient(self.actor, panel_id)
        reach = [("panel", "This panel only")]
        if about_patient:
            reach.append(("patient", "Every running panel of the network about this patient"))
        form.reach.choices = options(reach)
        link = ""
        if form.validate_on_submit():
            try:
                secret = service.invite_outsider(
                    self.actor,
                    panel_id,
                    form.email.data,
                    form.message.data or "",
                    whole_patient=form.reach.data == "patient",
                    days=form.days.data,
                )
            except InvalidInputError as error:
                form.lay(error)
            else:
                link = full_url("InvitationsView.accept", secret=secret)
        answer = self.render("panels/outsider.html", panel=head, form=form, link=link)
        return answer, 422 if request.method == "POST" and not link else 200
