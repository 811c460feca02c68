"""Access in the console: requests, memberships, guests, sessions."""

from typing import Any

from flask import flash, url_for
from flask_admin.model.template import LinkRowAction
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from portal.access.actor import GUEST, PROFILES
from portal.kernel import clock, db
from portal.networks import service as networks
from portal.networks.memberships import in_force
from portal.networks.models import Membership
from portal.people import service
from portal.people.browsers import browser_name
from portal.people.models import AccessInvitation, AccessRequest, Person, WebSession
from portal.people.queries.requests import STATES
from portal.support.console import ConsoleList, act, person_name
from portal.support.people import name_matches


def _profile(view: Any, context: Any, row: Any, column: str) -> str:
    del view, context, column
    return PROFILES.get(row.profile, str(row.profile))


def _person_link(link: Any, row_id: str, row: Any) -> str:
    del link, row_id
    return str(url_for("support_people.record", person_id=row.person_id))


class Requests(ConsoleList):
    """Access requests of all networks; they are decided on the network's own page."""

    column_list = ("person_id", "network_id", "profile", "status", "submitted_at", "decided_at")
    column_labels = {
        "person_id": "Person",
        "network_id": "Network",
        "profile": "Profile",
        "status": "State",
        "submitted_at": "Sent",
        "decided_at": "Answered",
    }
    column_sortable_list = ("submitted_at", "status")
    column_default_sort = ("id", True)
    people_in = ("person_id",)
    search_hint = "Name or e-mail"

    def get_query(self) -> Any:
        """All requests, with their networks."""
        return db.session.query(AccessRequest).options(joinedload(AccessRequest.network))

    def matches(self, text: str) -> ColumnElement[bool]:
        """Search by the person."""
        return AccessRequest.person_id.in_(select(Person.id).where(name_matches(text)))

    def _network(self, context: Any, row: Any, column: str) -> str:
        del context, column
        return str(row.network)

    def _state(self, context: Any, row: Any, column: str) -> str:
        del context, column
        return STATES.get(row.status, str(row.status))

    def _page(self, row_id: str, row: Any) -> str:
        code = row.network.code
        return str(url_for("AccessDecisionView.show", code=code, request_id=row_id))

    column_formatters = {
        "person_id": person_name,
        "network_id": _network,
        "profile": _profile,
        "status": _state,
    }
    column_extra_row_actions = [LinkRowAction("fa-eye", _page, "Open the request")]


class Invitations(ConsoleList):
    """Invitation links of all networks, never the links themselves."""

    column_list = ("email", "network", "profile", "created_at", "expires_at", "accepted_by")
    column_labels = {
        "email": "For",
        "network": "Network",
        "profile": "Profile",
        "created_at": "Made",
        "expires_at": "Good until",
        "accepted_by": "Accepted by",
    }
    column_sortable_list = ("email", "created_at", "expires_at")
    column_default_sort = ("id", True)
    people_in = ("accepted_by",)
    search_hint = "E-mail"
    column_formatters = {"accepted_by": person_name, "profile": _profile}
    column_display_actions = False

    def get_query(self) -> Any:
        """Links that were not withdrawn, with their networks."""
        return (
            db.session.query(AccessInvitation)
            .options(joinedload(AccessInvitation.network))
            .filter(AccessInvitation.withdrawn_at.is_(None))
        )

    def matches(self, text: str) -> ColumnElement[bool]:
        """Search by the address."""
        return AccessInvitation.email.icontains(text, autoescape=True)

    @act("withdraw", "Withdraw", "Make the ticked links useless?")
    def withdraw(self, ids: list[str]) -> None:
        """Make the ticked links useless."""
        for invitation_id in ids[:100]:
            service.withdraw_invitation(self.actor, invitation_id)
        flash("The links no longer work.", "success")


class Memberships(ConsoleList):
    """Memberships in force."""

    column_list: tuple[str, ...] = (
        "person_id",
        "profile",
        "network",
        "centre",
        "granted_at",
        "ends_at",
    )
    column_labels = {
        "person_id": "Person",
        "profile": "Profile",
        "network": "Network",
        "centre": "Centre",
        "granted_at": "Since",
        "ends_at": "Until",
    }
    column_sortable_list = ("granted_at", "ends_at", "profile")
    column_default_sort: Any = ("id", True)
    column_filters: tuple[str, ...] = ("profile",)
    people_in = ("person_id",)
    search_hint = "Name or e-mail"
    column_formatters = {"person_id": person_name, "profile": _profile}
    column_extra_row_actions = [LinkRowAction("fa-user", _person_link, "Open the person")]

    def get_query(self) -> Any:
        """Memberships that count now, with their networks and centres."""
        together = joinedload(Membership.network), joinedload(Membership.centre)
        return db.session.query(Membership).options(*together).filter(in_force())

    def matches(self, text: str) -> ColumnElement[bool]:
        """Search by the person."""
        return Membership.person_id.in_(select(Person.id).where(name_matches(text)))


class Guests(Memberships):
    """Guests: they end after 90 days unless somebody extends them."""

    column_list = ("person_id", "network", "may_enrol", "granted_at", "ends_at")
    column_labels = {**Memberships.column_labels, "may_enrol": "May enrol"}
    column_default_sort = "ends_at"
    column_filters = ()

    def get_query(self) -> Any:
        """Guests in force."""
        return super().get_query().filter(Membership.profile == GUEST)

    @act("extend", "Extend by 90 days")
    def extend(self, ids: list[str]) -> None:
        """Extend the ticked guests."""
        for membership_id in ids[:100]:
            networks.extend(self.actor, membership_id)
        flash(f"Extended by 90 days: {len(ids[:100])}.", "success")


class Sessions(ConsoleList):
    """Sessions in force. Ending one is at once: its next request is refused."""

    column_list = ("person_id", "browser", "address", "created_at", "seen_at")
    column_labels = {
        "person_id": "Person",
        "browser": "Browser",
        "address": "Network address",
        "created_at": "Signed in",
        "seen_at": "Last used",
    }
    column_sortable_list = ("created_at", "seen_at")
    column_default_sort = ("seen_at", True)
    people_in = ("person_id",)
    search_hint = "Name or e-mail"
    column_extra_row_actions = [LinkRowAction("fa-user", _person_link, "Open the person")]

    def get_query(self) -> Any:
        """Sessions that are neither ended nor past their time."""
        return db.session.query(WebSession).filter(
            WebSession.ended_at.is_(None), WebSession.expires_at > clock.now()
        )

    def matches(self, text: str) -> ColumnElement[bool]:
        """Search by the person."""
        return WebSession.person_id.in_(select(Person.id).where(name_matches(text)))

    def _browser(self, context: Any, row: Any, column: str) -> str:
        del context, column
        return browser_name(row.browser)

    column_formatters = {"person_id": person_name, "browser": _browser}

    @act("end", "End sessions", "End the ticked sessions? Their people are signed out at once.")
    def end(self, ids: list[str]) -> None:
        """End the ticked sessions."""
        for digest in ids[:100]:
            service.end_one_session(self.actor, digest)
        flash("The sessions have ended.", "success")
