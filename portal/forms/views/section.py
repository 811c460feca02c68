"""A section of the form: fields, saving while typing, saving by a plain form."""

from typing import Any

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import expose

from portal.access import guard
from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.forms import queries
from portal.forms.errors import AnswersConflictError, Conflict
from portal.forms.posted import Posted
from portal.forms.queries import Working
from portal.forms.queries.filling import QUICK
from portal.forms.queries.history import as_text
from portal.forms.service import Saved, ensure_response, save_answers
from portal.forms.service.parking import parked_fields, unpark
from portal.forms.service.reading import from_fields
from portal.forms.views.fields import fields_of_page, message_of
from portal.forms.views.gate import or_parked
from portal.forms.views.page import SectionPage, neighbours
from portal.forms.views.place import look, placed
from portal.forms.views.protocol import conflict_json, saved_json
from portal.kernel.errors import NotFoundError
from portal.patients.queries import PatientView
from portal.web.views import PortalView, page, said


class FormSectionView(PortalView):
    """One section, or the quick case."""

    route_base = "/patient"
    default_view = "show"

    @page("/<patient_id>/form/<section>/", gate=Gate.MEMBER)
    def show(self, patient_id: str, section: str) -> ResponseReturnValue:
        """Show the section with its answers, and with what was typed when the login ended."""
        patient = self._for_change(patient_id)
        work = self._work(patient_id, section)
        parked = parked_fields(self.actor, request.args.get("parked", ""), patient_id, section)
        if not parked:
            return self._page(patient, work, section)
        wanted = from_fields(work.form, work.flat, parked, section=_whole(section))
        return self._page(
            patient,
            work.with_changes(wanted.changes),
            section,
            posted=Posted({}, wanted.problems, wanted.typed),
            unsaved=True,
        )

    @expose("/<patient_id>/form/<section>/", methods=["POST"])  # type: ignore[untyped-decorator]
    @or_parked
    def save_page(self, patient_id: str, section: str) -> ResponseReturnValue:
        """Save a page that was sent without scripts, then go where its button leads."""
        patient = self._for_change(patient_id)
        response_id = self._work(patient_id, section).response_id
        command = fields_of_page(_whole(section))
        try:
            saved = save_answers(self.actor, response_id, command)
        except AnswersConflictError as error:
            return self._disputed(patient, section, error)
        unpark(self.actor, patient_id, section)
        work = self._work(patient_id, section)
        if saved.problems:
            posted = Posted({}, saved.problems, saved.typed)
            return make_response(self._page(patient, work, section, posted=posted), 422)
        return self._onward(patient_id, work, section)

    @page("/<patient_id>/form/<section>/autosave", gate=Gate.MEMBER, methods=("POST",))
    def autosave(self, patient_id: str, section: str) -> ResponseReturnValue:
        """Save what changed since the last message; see ``portal/assets/src/autosave.js``."""
        # The page names its response, so that a save need not look for it; the service asks the policy.
        response_id = request.args.get("response", "") or ensure_response(self.actor, patient_id)
        command = message_of(request)
        try:
            saved = save_answers(self.actor, response_id, command)
        except AnswersConflictError as error:
            work = self._work(patient_id, section)
            return conflict_json(work, error, self.actor.language), 409
        return saved_json(saved, self.actor.language)

    @page("/<patient_id>/form/history", gate=Gate.MEMBER)
    def history(self, patient_id: str) -> ResponseReturnValue:
        """Show who changed one answer, when, from what to what."""
        patient = placed(self.actor, patient_id)
        item, row = request.args.get("item", "")[:64], request.args.get("row", "")[:80]
        past = queries.history_of(self.actor, patient_id, item, row)
        return self.render("forms/history.html", patient=patient, past=past, item=item)

    def _for_change(self, patient_id: str) -> PatientView:
        patient = placed(self.actor, patient_id)
        guard.require(self.actor, Permission.PATIENT_EDIT, patient)
        return patient

    def _work(self, patient_id: str, section: str) -> Working:
        work = queries.working(self.actor, ensure_response(self.actor, patient_id))
        known = {one.id for one in work.form.sections} | {QUICK}
        if section not in known or (section == QUICK and QUICK not in work.form.definition.views):
            raise NotFoundError("There is no such section in this form.")
        return work

    def _page(self, patient: PatientView, work: Working, section: str, **more: Any) -> str:
        posted = more.pop("posted", None)
        shown = SectionPage(work, section, look(self.actor), posted)
        return self.render("forms/section.html", patient=patient, page=shown, **more)

    def _disputed(
        self, patient: PatientView, section: str, error: AnswersConflictError
    ) -> ResponseReturnValue:
        """Show both texts: mine in the field, theirs above; saving again keeps what is in the field."""
        work = self._work(patient.id, section)
        mine = {(c.item, c.row): c.mine for c in error.conflicts}
        saved: Saved = error.saved
        html = self._page(
            patient,
            work.with_changes(mine),
            section,
            posted=Posted({}, saved.problems, saved.typed),
            conflicts=[self._told(work, one) for one in error.conflicts],
        )
        return make_response(html, 409)

    def _told(self, work: Working, one: Conflict) -> dict[str, Any]:
        item, language = work.form.items[one.item], self.actor.language
        return {
            "label": item.label(language),
            "field": f"{one.item}@{one.row}" if one.row else one.item,
            "mine": as_text(item, one.mine, language),
            "theirs": as_text(item, one.theirs, language),
            "by": one.by,
            "at": one.at,
        }

    def _onward(self, patient_id: str, work: Working, section: str) -> ResponseReturnValue:
        wrong = [i for i in work.evaluation.draft_errors if i.section == section]
        said(
            "Saved. Please look again at what is marked." if wrong else "Saved.",
            "warning" if wrong else "success",
        )
        before, after = neighbours(work, section)
        target = {"next": after, "previous": before}.get(request.form.get("_go", ""), "")
        if request.form.get("_go") == "tasks" or (request.form.get("_go") == "next" and not after):
            return redirect(url_for("FormView.tasks", patient_id=patient_id), 303)
        return redirect(
            url_for("FormSectionView.show", patient_id=patient_id, section=target or section), 303
        )


def _whole(section: str) -> str:
    """The quick case holds parts of many sections: its fields are read one by one."""
    return "" if section == QUICK else section
