"""What people add to menus, search, messages and background work."""

from pathlib import Path

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.extend import hookimpl
from portal.extend.specs import JobSpec, MenuEntry, MessageSpec, SearchResult
from portal.networks.refs import network_ref
from portal.people import jobs
from portal.people.queries import directory

MESSAGES = Path(__file__).resolve().parent / "messages"
DAY = 86_400


@hookimpl
def network_menu(actor: Actor, network_code: str) -> list[MenuEntry]:
    """Experts and groups for everybody; members and requests for those who decide."""
    place = {"code": network_code}
    entries = [
        MenuEntry("Experts", "DirectoryView.experts", "people", place, order=30),
        MenuEntry("Expert groups", "GroupsView.index", "group", place, order=31),
    ]
    if guard.allows(actor, Permission.NETWORK_DECIDE_ACCESS, network_ref(actor, network_code)):
        group = "Administration"
        entries += [
            MenuEntry("Members", "MembersView.index", "person", place, order=80, group=group),
            MenuEntry(
                "Access requests",
                "AccessDecisionView.index",
                "request",
                place,
                order=81,
                group=group,
            ),
            MenuEntry("Invitations", "InvitationsView.index", "send", place, order=82, group=group),
        ]
    return entries


@hookimpl
def search_results(actor: Actor, text: str) -> list[SearchResult]:
    """People whose name fits, of the actor's networks."""
    return [
        SearchResult("People", row.name, f"/people/{row.id}", row.job_title)
        for row in directory.find(actor, text)
    ]


@hookimpl
def register_jobs() -> list[JobSpec]:
    """Guests run out, long absent accounts are suspended, reviews fall due, old sessions go."""
    return [
        JobSpec("people.guests", jobs.guests, every_seconds=3600),
        JobSpec("people.inactive", jobs.inactive, every_seconds=DAY),
        JobSpec("people.reviews", jobs.reviews, every_seconds=DAY),
        JobSpec("people.sessions", jobs.old_sessions, every_seconds=DAY),
    ]


@hookimpl
def register_messages() -> list[MessageSpec]:
    """Access asked for, access decided, invitation accepted, access ends soon, account suspended."""
    return [
        MessageSpec("access_requested", MESSAGES, "Decide about the request"),
        MessageSpec("access_decided", MESSAGES, "Open the portal"),
        MessageSpec("invitation", MESSAGES, "Open the invitation"),
        MessageSpec("invitation_accepted", MESSAGES, "See the members", delivery="digest"),
        MessageSpec("access_ends", MESSAGES, "Open the portal"),
    ]
