"""ERN Preferences: each person ticks the thematic areas of interest."""

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.roles import Gate
from portal.networks import queries, service
from portal.web.views import PortalView, page, said


class PreferencesView(PortalView):
    """What a person wants to be asked about in a network."""

    route_base = "/ern"

    @page("/<code>/preferences", gate=Gate.MEMBER, methods=("GET", "POST"))
    def index(self, code: str) -> ResponseReturnValue:
        """Show the areas with the own ticks; save them."""
        network = queries.network(self.actor, code)
        g.network_code = code
        if request.method == "POST":
            service.set_interests(self.actor, network.id, request.form.getlist("areas"))
            said(f"Your areas in {network.short_name} are saved.")
            return redirect(url_for("PreferencesView.index", code=code), 303)
        ticks = queries.areas_to_tick(self.actor, network.id)
        areas = ticks[0].areas if ticks else ()
        return self.render("networks/preferences.html", network=network, areas=areas)
