"""Notices: what happened, in the page; which mails come, and when."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.roles import Gate
from portal.notifications import service
from portal.notifications.recipients import recipients
from portal.web.views import PortalView, page, said


class NoticesView(PortalView):
    """The notification list of the actor."""

    route_base = "/notices"
    default_view = "index"

    @page("/", gate=Gate.SIGNED_IN)
    def index(self) -> str:
        """Show the notices, newest first."""
        found = service.notices(self.actor, request.args.get("before", ""))
        return self.render("notifications/notices.html", page=found)

    @page("/read", gate=Gate.SIGNED_IN, methods=("POST",))
    def read(self) -> ResponseReturnValue:
        """Mark all as read."""
        service.read_all(self.actor)
        return redirect(url_for("NoticesView.index"), code=303)

    @page("/preferences", gate=Gate.SIGNED_IN)
    def preferences(self) -> str:
        """Say which mails come and when, and what has been muted."""
        me = recipients([self.actor.person_id]).get(self.actor.person_id)
        return self.render(
            "notifications/preferences.html", me=me, muted=service.muted_subjects(self.actor)
        )

    @page("/mute", gate=Gate.SIGNED_IN, methods=("POST",))
    def mute(self) -> ResponseReturnValue:
        """Mute a subject, or hear of it again."""
        muted = request.form.get("muted", "yes") == "yes"
        service.mute(self.actor, request.form.get("subject", ""), muted)
        said(
            "Muted: only what asks you to act still comes by mail."
            if muted
            else "You hear of it again."
        )
        back = request.form.get("back", "")
        safe = back if back.startswith("/") and not back.startswith(("//", "/\\")) else ""
        return redirect(safe or url_for("NoticesView.preferences"), code=303)
