"""What networks add to menus."""

from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.extend import hookimpl
from portal.extend.specs import Event, MenuEntry
from portal.networks import service
from portal.networks.queries import is_enabled
from portal.networks.refs import centre_ref, network_ref


@hookimpl
def network_menu(actor: Actor, network_code: str) -> list[MenuEntry]:
    """The preferences of each member; the configuration for coordinators."""
    place = {"code": network_code}
    network = network_ref(actor, network_code)
    entries = []
    if network.id:
        entries.append(
            MenuEntry("ERN Preferences", "PreferencesView.index", "preferences", place, order=70)
        )
    if guard.allows(actor, Permission.NETWORK_CONFIGURE, network) and network.id:
        entries.append(
            MenuEntry(
                "Configuration",
                "NetworkConfiguration.show",
                "settings",
                {"pk": network.id},
                order=90,
                group="Administration",
            )
        )
    return entries


@hookimpl
def centre_menu(actor: Actor, centre_code: str) -> list[MenuEntry]:
    """The centre's settings, for those who may change them."""
    if not guard.allows(actor, Permission.CENTRE_CONFIGURE, centre_ref(actor, centre_code)):
        return []
    return [
        MenuEntry(
            "Settings", "CentreSettingsView.index", "settings", {"code": centre_code}, order=95
        )
    ]


@hookimpl
def check_transition(network: str) -> str | None:
    """A network that is switched off lets its panels rest."""
    if is_enabled(network):
        return None
    return "This network is switched off. Its panels rest until support switches it on again."


@hookimpl
def on_access_decided(event: Event) -> None:
    """Ask a new member to tick the thematic areas."""
    if event.facts["decision"] == "approved":
        service.remind_of_areas(event.actor, event.facts["person_id"], event.facts["network_id"])
