"""Experts of a network, and one person's page."""

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.roles import Gate
from portal.networks import queries as networks
from portal.networks.countries import language_choices
from portal.people.queries import directory
from portal.people.queries.directory import Wanted
from portal.web.views import PortalView, page


class DirectoryView(PortalView):
    """Whom to ask."""

    route_base = ""
    default_view = "experts"

    @page("/ern/<code>/experts", gate=Gate.MEMBER)
    def experts(self, code: str) -> ResponseReturnValue:
        """List the network's experts by family name; narrow by text, area, country, language."""
        network = networks.network(self.actor, code)
        g.network_code = code
        wanted = Wanted(
            text=request.args.get("q", "").strip()[:80],
            area_id=request.args.get("area", "")[:26],
            country=request.args.get("country", "")[:2],
            language=request.args.get("language", "")[:3],
        )
        found = directory.experts(
            self.actor, network.id, wanted, request.args.get("after", "")[:26]
        )
        more = ""
        if found.next:
            kept: dict[str, Any] = {k: v for k, v in request.args.items() if k != "after" and v}
            more = url_for("DirectoryView.experts", code=code, after=found.next, **kept)
        return self.render(
            "people/experts.html",
            network=network,
            wanted=wanted,
            found=found,
            more=more,
            countries=directory.countries_of(self.actor, network.id),
            spoken=language_choices(),
        )

    @page("/people/<person_id>", gate=Gate.SIGNED_IN)
    def person(self, person_id: str) -> ResponseReturnValue:
        """Show a person as colleagues see them."""
        return self.render("people/person.html", person=directory.person(self.actor, person_id))
