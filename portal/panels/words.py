"""The words of panels: roles, states of an invitation, filters."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is on a panel."""

    LEAD = "lead"
    MEMBER = "member"
    GUEST = "guest"
    OBSERVER = "observer"


ROLES: dict[str, str] = {
    Role.LEAD: "Lead",
    Role.MEMBER: "Member",
    Role.GUEST: "Guest",
    Role.OBSERVER: "Observer",
}


class Status(StrEnum):
    """Where an invitation stands."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    REMOVED = "removed"


STATUSES: dict[str, str] = {
    Status.INVITED: "Asked",
    Status.ACCEPTED: "On the panel",
    Status.DECLINED: "Declined",
    Status.LAPSED: "Did not answer",
    Status.REMOVED: "No longer on the panel",
}

CONTRIBUTING = frozenset({Role.LEAD, Role.MEMBER, Role.GUEST})

FILTERS: dict[str, str] = {
    "all": "All",
    "mine": "Mine",
    "led": "Led by me",
    "forward": "To forward",
    "urgent": "Urgent",
    "overdue": "Overdue",
}

# Phases in which nobody but the requester's side reads the case.
BEFORE_ASKING = frozenset({"draft"})
# Phases in which the pseudonymised patient is closed to the panel: consent gone, or given up.
PATIENT_CLOSED = frozenset({"draft", "suspended", "cancelled"})
