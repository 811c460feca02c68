"""The page that shows how a network's consultations go."""

from flask import g

from portal.access.roles import Gate
from portal.networks import queries as networks
from portal.web.views import PortalView, page
from portal.workflow import catalogue
from portal.workflow.diagram import layout
from portal.workflow.steps import steps


class WorkflowView(PortalView):
    """Phases, steps, who takes them and what they wait for."""

    route_base = "/ern"

    @page("/<code>/workflow", gate=Gate.MEMBER)
    def show(self, code: str) -> str:
        """Show the workflow in force as a drawing and as tables."""
        network = networks.network(self.actor, code)
        g.network_code = code
        workflow = catalogue.workflow_for(code)
        return self.render(
            "workflow/show.html",
            network=network,
            workflow=workflow,
            drawing=layout(workflow),
            steps=steps(workflow),
        )
