"""Dashboards: global, network, centre. Each is composed of cards that features and plugins contribute.

``/`` shows everybody their networks, centres and what waits for them; ``/ern/<code>/`` a network,
``/centre/<code>/`` a centre. The cards come from the hooks ``global_cards``, ``network_cards`` and
``centre_cards``; this package only finds their place.
"""

from typing import Any

from flask import Flask

from portal.dashboards import hooks
from portal.dashboards.views import (
    CentreDashboardView,
    GlobalDashboardView,
    NetworkDashboardView,
)

__all__ = ["GlobalDashboardView", "hooks", "setup"]


def setup(app: Flask, appbuilder: Any) -> None:
    """Register the dashboards of networks and centres; the global one is FAB's index view."""
    del app
    appbuilder.add_view_no_menu(NetworkDashboardView)
    appbuilder.add_view_no_menu(CentreDashboardView)
