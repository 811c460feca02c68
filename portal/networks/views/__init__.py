"""The pages about networks and centres."""

from portal.networks.views.centre import CentreSettingsView
from portal.networks.views.configuration import AreaConfiguration, NetworkConfiguration
from portal.networks.views.preferences import PreferencesView

ALL = (PreferencesView, CentreSettingsView, AreaConfiguration, NetworkConfiguration)

__all__ = ["ALL"]
