"""What the dashboards add: their own overview in the menus, a chart over thematic areas."""

from portal.access.actor import Actor
from portal.dashboards.areas import by_area
from portal.extend import hookimpl
from portal.extend.specs import CardSpec, MenuEntry


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


@hookimpl
def network_cards(actor: Actor, network_id: str) -> list[CardSpec]:
    """Panels by thematic area, as a chart with its figures."""
    rows = by_area(actor, network_id)
    if not rows:
        return []
    return [
        CardSpec(
            "panels-by-area",
            "Panels by thematic area",
            "dashboards/cards/areas.html",
            {"rows": rows},
            order=15,
        )
    ]
