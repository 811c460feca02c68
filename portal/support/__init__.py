"""The support console (flask-admin): people, access, centres, background work, the audit record.

Nothing clinical is reachable here. A page opens only to those whom the policy lets in, and whoever
changes something changes it through the same services as everybody else.
"""

from typing import Any

from flask import Flask
from flask_admin import Admin

from portal.audit.models import AuditEvent
from portal.jobs.models import Job
from portal.networks.models import Centre, Membership
from portal.notifications.models import OutboxMessage
from portal.people.models import AccessInvitation, AccessRequest, Person, WebSession
from portal.support import hooks
from portal.support.access import Guests, Invitations, Memberships, Requests, Sessions
from portal.support.centres import Centres
from portal.support.console import Guarded
from portal.support.home import Extensions, Home
from portal.support.people import People
from portal.support.record import Record
from portal.support.work import Jobs, Outbox
from portal.web.look.admin_theme import PortalTheme
from portal.web.views import gated

__all__ = ["hooks", "setup"]


def setup(app: Flask, appbuilder: Any) -> None:
    """Add the console under /support/, each of its routes behind a gate."""
    del appbuilder
    home = Home(name="Support desk", endpoint="support", url="/support")
    console = Admin(app, name="Support", index_view=home, theme=PortalTheme())
    people, work = "People and access", "The portal"
    console.add_views(
        People(Person, name="People", endpoint="support_people", url="people", category=people),
        Requests(
            AccessRequest,
            name="Access requests",
            endpoint="support_requests",
            url="requests",
            category=people,
        ),
        Invitations(
            AccessInvitation,
            name="Invitations",
            endpoint="support_invitations",
            url="invitations",
            category=people,
        ),
        Guests(Membership, name="Guests", endpoint="support_guests", url="guests", category=people),
        Memberships(
            Membership,
            name="Memberships",
            endpoint="support_memberships",
            url="memberships",
            category=people,
        ),
        Sessions(
            WebSession,
            name="Sessions",
            endpoint="support_sessions",
            url="sessions",
            category=people,
        ),
        Centres(Centre, name="Centres", endpoint="support_centres", url="centres", category=people),
        Extensions(
            name="Extensions", endpoint="support_extensions", url="extensions", category=work
        ),
        Jobs(Job, name="Jobs", endpoint="support_jobs", url="jobs", category=work),
        Outbox(OutboxMessage, name="Mails", endpoint="support_outbox", url="mails", category=work),
        Record(
            AuditEvent, name="Audit record", endpoint="support_record", url="audit", category=work
        ),
    )
    _gate_everything(app, console)


def _gate_everything(app: Flask, console: Admin) -> None:
    """Put every route of the console behind its view's gate, also those that upstream brings."""
    gates = {v.endpoint: v.gate for v in console._views if isinstance(v, Guarded)}
    for endpoint, function in list(app.view_functions.items()):
        gate = gates.get(endpoint.rpartition(".")[0])
        if gate is not None:
            app.view_functions[endpoint] = gated(gate)(function)
