"""For me: what a person has to do."""

from portal import tasks
from portal.access.roles import Gate
from portal.web.views import PortalView, page


class TasksView(PortalView):
    """The list of things to do; nothing leaves it without an act."""

    route_base = "/for-me"
    default_view = "index"

    @page("/", gate=Gate.SIGNED_IN)
    def index(self) -> str:
        """Show what is open: urgent and overdue first, then by date."""
        return self.render("tasks/for_me.html", groups=tasks.grouped(tasks.list_open(self.actor)))
