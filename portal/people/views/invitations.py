"""Invitation links: made by those who decide about access, opened by the person invited."""

from flask import g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.kernel.errors import InvalidInputError
from portal.networks import queries as networks
from portal.networks.forms import options
from portal.networks.queries import NetworkView
from portal.people import service
from portal.people.forms import InvitationForm
from portal.people.queries import invitations as queries
from portal.people.queries import requests
from portal.web.addresses import full_url
from portal.web.views import PortalView, page, said


class InvitationsView(PortalView):
    """Invitations of a network, and the page behind a link."""

    route_base = ""

    @page("/ern/<code>/invitations", gate=Gate.SIGNED_IN, methods=("GET", "POST"))
    def index(self, code: str) -> ResponseReturnValue:
        """List invitations and make a new one; its link is shown once."""
        network = networks.network(self.actor, code, Permission.NETWORK_DECIDE_ACCESS)
        g.network_code = code
        form = self._form(network)
        link = ""
        if form.validate_on_submit():
            try:
                secret = service.invite(self.actor, _wanted(network, form))
            except InvalidInputError as error:
                form.lay(error)
            else:
                link = full_url("InvitationsView.accept", secret=secret)
        answer = self.render(
            "people/invitations.html",
            network=network,
            form=form,
            link=link,
            found=queries.in_network(self.actor, network.id, request.args.get("before", "")[:26]),
        )
        return make_response(answer, 422 if request.method == "POST" and not link else 200)

    def _form(self, network: NetworkView) -> InvitationForm:
        form = InvitationForm()
        centres = requests.centres_to_ask(self.actor, network.id)
        places = [(c.id, f"{c.name}, {c.city}") for c in centres]
        form.centre_id.choices = options([("", "No centre of the network"), *places])
        clinicians = queries.clinicians(self.actor, network.id)
        form.acts_for_id.choices = options([("", ""), *clinicians])
        return form

    @page(
        "/ern/<code>/invitations/<invitation_id>/withdraw", gate=Gate.SIGNED_IN, methods=("POST",)
    )
    def withdraw(self, code: str, invitation_id: str) -> ResponseReturnValue:
        """Make a link useless."""
        service.withdraw_invitation(self.actor, invitation_id)
        said("The link no longer works.")
        return redirect(url_for("InvitationsView.index", code=code), 303)

    @page("/people/invitation/<secret>", gate=Gate.SIGNED_IN, methods=("GET", "POST"))
    def accept(self, secret: str) -> ResponseReturnValue:
        """Show what is offered; take it."""
        offer = queries.offer(self.actor, secret)
        if request.method == "GET":
            return self.render("people/invitation.html", offer=offer)
        service.accept_invitation(self.actor, secret)
        if offer.limited:
            said(f"You are in: {offer.limited}.")
            return redirect(offer.url, 303)
        said("You are in. Two short questions, then you can start.")
        return redirect(url_for("OwnView.welcome", next=offer.url), 303)


def _wanted(network: NetworkView, form: InvitationForm) -> service.NewInvitation:
    return service.NewInvitation(
        network_id=network.id,
        profile=form.profile.data,
        email=form.email.data,
        centre_id=form.centre_id.data or None,
        acts_for_id=form.acts_for_id.data or None,
        may_enrol=bool(form.may_enrol.data),
        message=form.message.data or "",
        days=form.days.data,
        mail=bool(form.mail.data),
    )
