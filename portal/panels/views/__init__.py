"""The pages of panels."""

from portal.panels.views.answers import PanelAnswerView
from portal.panels.views.asking import AskView
from portal.panels.views.case import PanelView
from portal.panels.views.contributions import ContributionsView
from portal.panels.views.experts import PanelExpertsView
from portal.panels.views.lists import CentrePanelsView, NetworkPanelsView
from portal.panels.views.talk import PanelTalkView

ALL = (
    AskView,
    PanelView,
    PanelAnswerView,
    PanelExpertsView,
    PanelTalkView,
    NetworkPanelsView,
    CentrePanelsView,
    ContributionsView,
)

__all__ = ["ALL"]
