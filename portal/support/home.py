"""The console's start page, and the status of extensions."""

from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView
from sqlalchemy import select

from portal.access import guard
from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.extend import manager
from portal.kernel import db
from portal.networks.models import Network
from portal.support import queries
from portal.support.console import Guarded, page
from portal.web.views import actor


class Home(Guarded, AdminIndexView):  # type: ignore[misc]
    """What may need a hand today. An auditor comes here too, and sees the way to the record only."""

    gate = Gate.SIGNED_IN

    def is_accessible(self) -> bool:
        """Open to support, operators and auditors."""
        return any(
            guard.allows(actor(), permission, guard.PLATFORM)
            for permission in (Permission.PLATFORM_SUPPORT, Permission.PLATFORM_AUDIT)
        )

    @page("/")
    def index(self) -> ResponseReturnValue:
        """Show figures with links to their lists."""
        helps = guard.allows(self.actor, Permission.PLATFORM_SUPPORT, guard.PLATFORM)
        found = queries.figures(self.actor) if helps else None
        return self.render("support/home.html", figures=found)  # type: ignore[no-any-return]


class Extensions(Guarded):
    """Which extensions are loaded, what they bring, and in which networks they act."""

    @page("/")
    def index(self) -> ResponseReturnValue:
        """List the loaded extensions."""
        networks = {n.code: n for n in db.session.scalars(select(Network))}
        loaded = [p for p in manager.loaded() if not p.name.startswith("core.")]
        return self.render(  # type: ignore[no-any-return]
            "support/extensions.html", loaded=loaded, networks=networks
        )
