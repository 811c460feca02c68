"""Ask a question: the question first, at most a handful of answers."""

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import guard
from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.kernel.errors import InvalidInputError
from portal.networks import queries as networks
from portal.networks.queries import NetworkView
from portal.panels import queries, service
from portal.panels.commands import AskQuestion
from portal.panels.forms import NAMED, AskForm
from portal.patients import queries as patients
from portal.patients.forms import options
from portal.patients.queries import PatientView
from portal.web.views import PortalView, page, said


class AskView(PortalView):
    """The page on which a question is asked."""

    route_base = "/panel"
    default_view = "new"

    @page("/new", gate=Gate.MEMBER, methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """Ask about a patient (``?patient=``) or in general (``?network=``)."""
        patient = (
            patients.patient(self.actor, request.args["patient"])
            if request.args.get("patient")
            else None
        )
        if patient:
            guard.require(self.actor, Permission.PATIENT_OPEN_PANEL, patient)
        code = request.args.get("network") or (
            patient.network_code if patient else self._only_network()
        )
        if not code:
            return self.render("panels/networks.html")
        network = networks.network(self.actor, code)
        if not patient:
            guard.require(self.actor, Permission.NETWORK_OPEN_PANEL, network)
        if patient and patient.centre_id in self.actor.centres_as():
            g.centre_code = patient.centre_code
        else:
            g.network_code = network.code
        form = self._form(network, patient)
        if form.validate_on_submit():
            answer = self._ask(form, network, patient)
            if answer is not None:
                return answer
        page_ = self.render("panels/ask.html", form=form, network=network, patient=patient)
        return page_, 422 if form.is_submitted() else 200

    @page("/take-over/<patient>", gate=Gate.MEMBER, methods=("POST",))
    def take_over(self, patient: str) -> ResponseReturnValue:
        """Become the requester of the open panels of a patient who was handed over."""
        taken = service.take_over(self.actor, patient)
        said(f"You are the requester of {taken} panel{'' if taken == 1 else 's'} now.")
        return redirect(url_for("PatientView.show", patient_id=patient), code=303)

    def _only_network(self) -> str:
        codes = {grant.network_code for grant in self.actor.grants if grant.network_code}
        return codes.pop() if len(codes) == 1 else ""

    def _form(self, network: NetworkView, patient: PatientView | None) -> AskForm:
        form = AskForm()
        form.area_id.choices = options([("", "Choose"), *[(a.id, a.label) for a in network.areas]])
        requester = patient.enrolled_by if patient else self.actor.person_id
        leads = queries.leads_of(network.id, form.area_id.data, [requester])
        form.lead_id.choices = options([("", "Choose"), *leads])
        return form

    def _ask(
        self, form: AskForm, network: NetworkView, patient: PatientView | None
    ) -> ResponseReturnValue | None:
        submit = "draft" not in request.form
        named = form.guide.data == NAMED
        if named and not form.lead_id.data:
            form.lead_id.errors = ["Choose the lead, or let the coordinator name one."]
            return None
        command = AskQuestion(
            question=form.question.data,
            network_id=network.id,
            area_id=form.area_id.data,
            patient_id=patient.id if patient else None,
            title=form.title.data or "",
            urgent=form.urgent.data,
            urgent_reason=form.urgent_reason.data or "",
            wanted_by=form.wanted_by.data,
            lead_id=form.lead_id.data if named else "",
            submit=submit,
            key=form.key.data or "",
        )
        try:
            panel_id = service.ask(self.actor, command)
        except InvalidInputError as error:
            form.lay(error)
            return None
        said(
            "Your question has been sent. This page shows who acts next and by when."
            if submit
            else "The draft is kept. Only you see it until you send it."
        )
        return redirect(url_for("PanelView.show", panel_id=panel_id), code=303)
