"""The pages about networks and centres."""

from portal.networks.views.centre import CentreSettingsView
from portal.networks.views.preferences import PreferencesView

ALL = (PreferencesView, CentreSettingsView)

__all__ = ["ALL"]
