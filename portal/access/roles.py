"""Flask-AppBuilder's roles: the coarse gate in front of the policy.

A gate is a Flask-AppBuilder permission ``can_<gate>`` on the view ``Portal``. ``portal db sync`` writes
these rows; a web process never does. Which roles a person has follows from the memberships in force.
"""

from enum import StrEnum

from portal.access import actor as profiles
from portal.access.actor import Actor

VIEW = "Portal"


class Gate(StrEnum):
    """Who may pass to a page at all; what they see there is the policy's business."""

    SIGNED_IN = "signed_in"  # anybody who has logged in, also without a membership
    MEMBER = "member"  # any membership in force
    COORDINATOR = "coordinator"  # configuration of a network
    SUPPORT = "support"  # the support console
    AUDITOR = "auditor"  # the audit record
    OPERATOR = "operator"  # roles, jobs, plugins


ROLES: dict[str, tuple[Gate, ...]] = {
    "Pending": (Gate.SIGNED_IN,),
    "Member": (Gate.SIGNED_IN, Gate.MEMBER),
    "Coordinator": (Gate.SIGNED_IN, Gate.MEMBER, Gate.COORDINATOR),
    "Support": (Gate.SIGNED_IN, Gate.SUPPORT),
    "Auditor": (Gate.SIGNED_IN, Gate.AUDITOR),
    "Operator": (Gate.SIGNED_IN, Gate.SUPPORT, Gate.AUDITOR, Gate.OPERATOR),
}

_BY_PROFILE = {
    profiles.COORDINATOR: "Coordinator",
    profiles.SUPPORT: "Support",
    profiles.AUDITOR: "Auditor",
    profiles.OPERATOR: "Operator",
}


def role_names(actor: Actor) -> frozenset[str]:
    """Return the names of the roles that follow from the actor's memberships."""
    return frozenset({"Pending"} | {_BY_PROFILE.get(p, "Member") for p in actor.profiles})
