"""Lists of panels: of a network, of a centre."""

from flask import g, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.roles import Gate
from portal.networks import queries as networks
from portal.panels import queries
from portal.panels.indexing import LONGEST_SEARCH
from portal.panels.words import FILTERS
from portal.web.views import PortalView, page


class NetworkPanelsView(PortalView):
    """The panels of a network."""

    route_base = "/ern"
    default_view = "index"

    @page("/<code>/panels/", gate=Gate.MEMBER)
    def index(self, code: str) -> ResponseReturnValue:
        """Show the panels that the actor may list, by filter and phase."""
        network = networks.network(self.actor, code)
        g.network_code = code
        chosen, phase, text = _chosen()
        if chosen == "forward" and not queries.forwards(self.actor, network.id):
            chosen = "all"
        found = queries.list_panels(
            self.actor,
            network_id=network.id,
            filter=chosen,
            phase=phase,
            before=request.args.get("before"),
            text=text,
        )
        filters = {
            k: v
            for k, v in FILTERS.items()
            if k != "forward" or queries.forwards(self.actor, network.id)
        }
        return self.render(
            "panels/list.html",
            place=network.short_name,
            page=found,
            tabs=_tabs("NetworkPanelsView.index", code, chosen, filters),
            phases=queries.phases_of(code),
            phase=phase,
            chosen=chosen,
            text=text,
            here=url_for("NetworkPanelsView.index", code=code),
            next_url=_next("NetworkPanelsView.index", code, chosen, phase, found.next),
            ask_url=url_for("AskView.new", network=code),
        )


class CentrePanelsView(PortalView):
    """The panels that a centre has asked for."""

    route_base = "/centre"
    default_view = "index"

    @page("/<code>/panels/", gate=Gate.MEMBER)
    def index(self, code: str) -> ResponseReturnValue:
        """Show the centre's panels that the actor may list."""
        centre = networks.centre(self.actor, code)
        g.centre_code = code
        chosen, phase, text = _chosen()
        found = queries.list_panels(
            self.actor,
            centre_id=centre.id,
            filter=chosen,
            phase=phase,
            before=request.args.get("before"),
            text=text,
        )
        filters = {k: v for k, v in FILTERS.items() if k != "forward"}
        return self.render(
            "panels/list.html",
            place=centre.name,
            page=found,
            tabs=_tabs("CentrePanelsView.index", code, chosen, filters),
            phases=[],
            phase="",
            chosen=chosen,
            text=text,
            here=url_for("CentrePanelsView.index", code=code),
            next_url=_next("CentrePanelsView.index", code, chosen, phase, found.next),
            ask_url="",
        )


def _chosen() -> tuple[str, str, str]:
    """Return the filter, the phase and the words that the address asks for."""
    chosen = request.args.get("show", "all")
    phase = request.args.get("phase", "")[:40]
    text = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    return chosen if chosen in FILTERS else "all", phase, text


def _tabs(
    endpoint: str, code: str, chosen: str, filters: dict[str, str]
) -> list[dict[str, object]]:
    return [
        {"label": label, "url": url_for(endpoint, code=code, show=key), "active": key == chosen}
        for key, label in filters.items()
    ]


def _next(endpoint: str, code: str, chosen: str, phase: str, before: str) -> str:
    return (
        url_for(
            endpoint,
            code=code,
            show=chosen,
            phase=phase or None,
            q=_chosen()[2] or None,
            before=before,
        )
        if before
        else ""
    )
