"""What I have contributed, with a certificate for training credits."""

from flask import make_response, request
from flask.typing import ResponseReturnValue

from portal.access.roles import Gate
from portal.panels import certificates
from portal.panels.queries.certificate import certificate
from portal.web.views import PortalView, page


class ContributionsView(PortalView):
    """The actor's own contributions."""

    route_base = "/contributions"
    default_view = "index"

    @page("/", gate=Gate.MEMBER)
    def index(self) -> str:
        """Show a year of contributions."""
        found = certificate(self.actor, request.args.get("year", type=int))
        return self.render("panels/contributions.html", found=found)

    @page("/certificate", gate=Gate.MEMBER)
    def certificate(self) -> ResponseReturnValue:
        """Return the certificate of a year as a PDF."""
        found = certificate(self.actor, request.args.get("year", type=int))
        response = make_response(certificates.render(found))
        response.headers["Content-Type"] = "application/pdf"
        response.headers["Content-Disposition"] = (
            f'attachment; filename="contributions-{found.year}.pdf"'
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response
