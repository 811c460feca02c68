"""The pages about people."""

from portal.people.views.directory import DirectoryView
from portal.people.views.groups import GroupsView
from portal.people.views.invitations import InvitationsView
from portal.people.views.members import MembersView
from portal.people.views.own import OwnView
from portal.people.views.requests import AccessDecisionView, AccessRequestView

ALL = (
    AccessRequestView,
    AccessDecisionView,
    DirectoryView,
    GroupsView,
    InvitationsView,
    MembersView,
    OwnView,
)

__all__ = ["ALL"]
