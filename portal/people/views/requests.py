"""Asking for access, and deciding about it."""

from flask import g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.kernel.errors import InvalidInputError
from portal.networks import queries as networks
from portal.networks.countries import country_name
from portal.networks.forms import options
from portal.people import service
from portal.people.forms import AS_GUEST, DecisionForm, PlaceForm, WishForm
from portal.people.queries import requests as queries
from portal.people.queries.requests import CentreChoice, NetworkChoice
from portal.web.views import PortalView, page, said

ELSEWHERE = "-"


class AccessRequestView(PortalView):
    """The way to a membership: ERN, country, centre or guest, profile, comment."""

    route_base = "/people"
    default_view = "new"

    @page("/request-access", gate=Gate.SIGNED_IN, methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """Ask step by step; show the state of earlier requests."""
        choices = queries.networks_to_ask(self.actor)
        asked = request.args.get("network", "")
        network = next((n for n in choices if n.code == asked), None)
        if network is None:
            return self._page(choices, None, [], None)
        centres = queries.centres_to_ask(self.actor, network.id)
        country = request.args.get("country", "")
        if not country:
            return self._page(choices, network, centres, None)
        form = _wish_form(centres, country)
        if form.validate_on_submit():
            try:
                service.request_access(self.actor, _wish(network, form))
            except InvalidInputError as error:
                form.lay(error)
            else:
                said("Your request was sent. You get a message when it is decided.")
                return redirect(url_for("AccessRequestView.new"), 303)
        answer = self._page(choices, network, centres, form)
        return make_response(answer, 422 if request.method == "POST" else 200)

    def _page(
        self,
        choices: list[NetworkChoice],
        network: NetworkChoice | None,
        centres: list[CentreChoice],
        form: WishForm | None,
    ) -> str:
        place = PlaceForm(formdata=None)
        place.network.choices = options((n.code, f"{n.short_name}: {n.title}") for n in choices)
        place.network.data = network.code if network else None
        countries = sorted({c.country for c in centres}, key=country_name)
        place.country.choices = options((c, country_name(c)) for c in countries)
        return self.render(
            "people/request_access.html",
            mine=queries.mine(self.actor),
            network=network,
            place=place,
            form=form,
            country=request.args.get("country", ""),
            elsewhere=ELSEWHERE,
        )

    @page("/request-access/<request_id>/withdraw", gate=Gate.SIGNED_IN, methods=("POST",))
    def withdraw(self, request_id: str) -> ResponseReturnValue:
        """Take back an own request."""
        service.withdraw_request(self.actor, request_id)
        said("The request was taken back.")
        return redirect(url_for("AccessRequestView.new"), 303)


class AccessDecisionView(PortalView):
    """Access requests of a network, for those who decide."""

    route_base = "/ern"

    @page("/<code>/access-requests", gate=Gate.SIGNED_IN)
    def index(self, code: str) -> ResponseReturnValue:
        """List requests; those that wait are shown first."""
        network = networks.network(self.actor, code, Permission.NETWORK_DECIDE_ACCESS)
        g.network_code = code
        status = request.args.get("status", "submitted")
        found = queries.in_network(
            self.actor,
            network.id,
            "" if status == "all" else status,
            request.args.get("before", "")[:26],
        )
        return self.render(
            "people/access_requests.html",
            network=network,
            found=found,
            status=status,
            states=queries.STATES,
        )

    @page("/<code>/access-requests/<request_id>", gate=Gate.SIGNED_IN, methods=("GET", "POST"))
    def show(self, code: str, request_id: str) -> ResponseReturnValue:
        """Show one request and decide it."""
        detail = queries.detail(self.actor, request_id)
        g.network_code = code
        form = DecisionForm()
        form.acts_for_id.choices = options([("", ""), *detail.clinicians])
        if form.validate_on_submit():
            try:
                service.decide_request(
                    self.actor,
                    request_id,
                    _decision(form.decision.data),
                    form.reason.data or "",
                    acts_for_id=form.acts_for_id.data or None,
                    may_enrol="may_enrol" in request.form,
                )
            except InvalidInputError as error:
                form.lay(error)
            else:
                said(f"{detail.row.person} has been told.")
                return redirect(url_for("AccessDecisionView.index", code=code), 303)
        answer = self.render("people/access_request.html", detail=detail, form=form, code=code)
        return make_response(answer, 422 if request.method == "POST" else 200)


def _wish_form(centres: list[CentreChoice], country: str) -> WishForm:
    form = WishForm()
    there = [c for c in centres if c.country == country]
    pairs = [(c.id, f"{c.name}, {c.city}") for c in there]
    pairs.append((AS_GUEST, "My hospital is not in this list: ask as a guest"))
    form.centre_id.choices = options(pairs)
    if not there and request.method == "GET":
        form.centre_id.data = AS_GUEST
    return form


def _wish(network: NetworkChoice, form: WishForm) -> service.AccessWish:
    centre = None if form.centre_id.data == AS_GUEST else form.centre_id.data
    return service.AccessWish(network.id, form.profile.data, centre, form.comment.data or "")


def _decision(word: str) -> service.Decision:
    try:
        return service.Decision(word)
    except ValueError:
        raise InvalidInputError("Choose to approve, to return or to reject.") from None
