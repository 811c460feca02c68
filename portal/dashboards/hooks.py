"""What the dashboards add to the menus: their own overview."""

from portal.access.actor import Actor
from portal.extend import hookimpl
from portal.extend.specs import MenuEntry


@hookimpl
def network_menu(actor: Actor, network_code: str) -> list[MenuEntry]:
    """The overview is the first entry of a network's menu."""
    del actor
    return [
        MenuEntry(
            "Overview", "NetworkDashboardView.index", "dashboard", {"code": network_code}, order=0
        )
    ]


@hookimpl
def centre_menu(actor: Actor, centre_code: str) -> list[MenuEntry]:
    """The overview is the first entry of a centre's menu."""
    del actor
    return [
        MenuEntry(
            "Overview", "CentreDashboardView.index", "dashboard", {"code": centre_code}, order=0
        )
    ]
