"""What people read about panels."""

from portal.panels.queries.case import about_patient, asked, case, head, outside
from portal.panels.queries.choosing import GroupRow, groups_of, leads_of
from portal.panels.queries.finder import Proposal, find_experts
from portal.panels.queries.history import GROUPS, discussion, latest, timeline
from portal.panels.queries.lists import (
    count_by_phase,
    count_overdue,
    find_panels,
    forwards,
    left_behind,
    list_panels,
    phases_of,
)
from portal.panels.queries.shapes import CaseView, OutsideView, Page, PanelHead, PanelRow

__all__ = [
    "GROUPS",
    "CaseView",
    "GroupRow",
    "OutsideView",
    "Page",
    "PanelHead",
    "PanelRow",
    "Proposal",
    "about_patient",
    "asked",
    "case",
    "count_by_phase",
    "count_overdue",
    "discussion",
    "find_experts",
    "find_panels",
    "forwards",
    "groups_of",
    "head",
    "latest",
    "leads_of",
    "left_behind",
    "list_panels",
    "outside",
    "phases_of",
    "timeline",
]
