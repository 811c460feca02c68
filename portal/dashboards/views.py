"""The three dashboards."""

from flask import g, redirect
from flask.typing import ResponseReturnValue
from flask_appbuilder import IndexView

from portal.access.roles import Gate
from portal.dashboards import queries
from portal.extend import manager
from portal.networks import queries as networks
from portal.patients import places, terms
from portal.web.cards import boxes
from portal.web.views import PortalView, page

REQUEST_ACCESS = "/people/request-access"


class GlobalDashboardView(PortalView, IndexView):  # type: ignore[misc]
    """The first page after login: my networks and centres, what waits for me, what is new."""

    route_base = ""
    default_view = "index"

    @page("/", gate=Gate.SIGNED_IN)
    def index(self) -> ResponseReturnValue:
        """Show the global dashboard, or the way to a membership for those who have none."""
        if not self.actor.is_member:
            return redirect(REQUEST_ACCESS)
        return self.render(
            "dashboards/global.html",
            greeting=queries.greeting(self.actor),
            places=queries.places(self.actor),
            waiting=queries.waiting(self.actor),
            notices=queries.latest_notices(self.actor),
            boxes=boxes(manager.widgets("global_cards", actor=self.actor)),
        )


class NetworkDashboardView(PortalView):
    """A network's overview."""

    route_base = "/ern"

    @page("/<code>/", gate=Gate.MEMBER)
    def index(self, code: str) -> ResponseReturnValue:
        """Show the network's cards."""
        network = networks.network(self.actor, code)
        g.network_code = code
        cards = manager.widgets("network_cards", actor=self.actor, network_id=network.id)
        return self.render("dashboards/network.html", network=network, boxes=boxes(cards))


class CentreDashboardView(PortalView):
    """A centre's overview."""

    route_base = "/centre"

    @page("/<code>/", gate=Gate.MEMBER)
    def index(self, code: str) -> ResponseReturnValue:
        """Show the centre's cards."""
        centre = places.centre(self.actor, code)
        g.centre_code = code
        cards = manager.widgets("centre_cards", actor=self.actor, centre_id=centre.id)
        return self.render(
            "dashboards/centre.html",
            centre=centre,
            country=terms.COUNTRIES.get(centre.country, centre.country),
            boxes=boxes(cards),
        )
