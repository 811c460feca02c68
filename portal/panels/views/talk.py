"""The discussion, questions for information, and the timeline."""

from datetime import date

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.roles import Gate
from portal.kernel.errors import InvalidInputError
from portal.panels import queries, service
from portal.panels.forms import CommentForm
from portal.panels.views.base import PanelPages
from portal.patients.forms import options
from portal.web.views import page, said


class PanelTalkView(PanelPages):
    """What is said on a panel, and what happened."""

    @page("/<panel_id>/timeline", gate=Gate.MEMBER)
    def timeline(self, panel_id: str) -> ResponseReturnValue:
        """Show what happened, newest first."""
        group = request.args.get("show", "all")
        view = queries.timeline(self.actor, panel_id, group, request.args.get("before", ""))
        self.place(view.head)
        return self.render(
            "panels/timeline.html", view=view, panel=view.head, groups=queries.GROUPS, group=group
        )

    @page("/<panel_id>/discussion", gate=Gate.MEMBER, methods=("GET", "POST"))
    def discussion(self, panel_id: str) -> ResponseReturnValue:
        """Show the remarks, and take another one."""
        view = queries.discussion(self.actor, panel_id, request.args.get("before", ""))
        self.place(view.head)
        form = CommentForm()
        form.mention_ids.choices = options(
            [
                ("", "Nobody in particular"),
                *[(c.id, c.name) for c in view.people],
            ]
        )
        if form.validate_on_submit():
            mentioned = [form.mention_ids.data] if form.mention_ids.data else []
            try:
                made = service.comment(
                    self.actor, panel_id, form.text.data, mentioned, key=form.key.data or ""
                )
            except InvalidInputError as error:
                form.lay(error)
            else:
                return redirect(
                    url_for(
                        "PanelTalkView.discussion", panel_id=panel_id, _anchor=f"comment-{made}"
                    ),
                    code=303,
                )
        return self.render(
            "panels/discussion.html", view=view, panel=view.head, form=form
        ), 422 if form.is_submitted() else 200

    @page("/<panel_id>/information", gate=Gate.MEMBER, methods=("POST",))
    def information(self, panel_id: str) -> ResponseReturnValue:
        """Ask for information, or give it."""
        form = request.form
        try:
            if form.get("request_id"):
                service.answer_information(
                    self.actor, panel_id, form["request_id"], form.get("answer", "")
                )
                said("Thank you. Whoever asked has been told.")
            else:
                service.request_information(
                    self.actor,
                    panel_id,
                    form.get("text", ""),
                    obligatory=form.get("obligatory") == "yes",
                    due_on=_date(form.get("due_on", "")),
                    key=form.get("key", ""),
                )
                said("The question has been put to the requester.")
        except InvalidInputError as error:
            if not error.fields:
                raise
            place = f"request-{form['request_id']}" if form.get("request_id") else "information"
            return self.refused(
                panel_id,
                InvalidInputError(error.message, fields={place: " ".join(error.fields.values())}),
            )
        return self.back(panel_id, "information")


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInputError(
            "Please check these answers.", fields={"due_on": "Write the date as year-month-day."}
        ) from None
