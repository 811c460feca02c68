"""Who may do what. This list is the authorisation of the whole portal; nothing else decides.

Each rule names the relations that allow the act, a reason for the person who is refused, and who
can change it. A relation in brackets with a setting allows only where that setting says so; the
setting is part of the relation's two faces (see ``relations.py``).
"""

from dataclasses import dataclass

from portal.access.permissions import Permission as P


@dataclass(frozen=True)
class Rule:
    """``allow`` are relation names of the permission's kind."""

    allow: tuple[str, ...]
    reason: str
    grantor: str


def _rule(*allow: str, reason: str, grantor: str) -> Rule:
    return Rule(allow, reason, grantor)


_COORDINATOR = "the coordinator of the network"
_SUPPORT = "the support desk"
_LEAD = "the lead of the panel"
_ENROLLER = "the clinician who enrolled the patient"

RULES: dict[P, Rule] = {
    P.NETWORK_SEE: _rule(
        "member",
        "support",
        reason="Only members of this network can open it.",
        grantor=_COORDINATOR,
    ),
    P.NETWORK_SEE_INDICATORS: _rule(
        "coordinator",
        "operator",
        reason="Figures of the whole network are for its coordinators.",
        grantor=_COORDINATOR,
    ),
    P.NETWORK_CONFIGURE: _rule(
        "coordinator",
        "operator",
        reason="Only coordinators change a network's configuration.",
        grantor=_COORDINATOR,
    ),
    P.NETWORK_DECIDE_ACCESS: _rule(
        "coordinator",
        "support",
        reason="Access requests are decided by the network's coordinators.",
        grantor=_COORDINATOR,
    ),
    P.NETWORK_OPEN_PANEL: _rule(
        "clinician",
        "assistant",
        "authorised_guest",
        "coordinator",
        "dispatcher",
        reason="Opening a panel needs a clinician's profile in this network.",
        grantor=_COORDINATOR,
    ),
    P.CENTRE_SEE: _rule(
        "member",
        "support",
        reason="Only people of this centre can open its pages.",
        grantor=_SUPPORT,
    ),
    P.CENTRE_ENROL: _rule(
        "clinician",
        "assistant",
        "authorised_guest",
        "coordinator",
        "dispatcher",
        reason="Enrolling needs a clinician's or assistant's profile at this centre.",
        grantor=_COORDINATOR,
    ),
    P.CENTRE_CONFIGURE: _rule(
        "clinician",
        "coordinator",
        "support",
        reason="Centre settings are changed by its clinicians and coordinators.",
        grantor=_SUPPORT,
    ),
    P.PATIENT_SEE: _rule(
        "enroller",
        "assistant",
        "centre_colleague",
        "panel_participant",
        reason="You are not on a panel of this patient.",
        grantor=_ENROLLER,
    ),
    P.PATIENT_SEE_IDENTITY: _rule(
        "enroller",
        "assistant",
        reason="Only the enrolling clinician and the assistant see who the patient is.",
        grantor="nobody: the case is pseudonymised for everyone else",
    ),
    P.PATIENT_EDIT: _rule(
        "enroller",
        "assistant",
        reason="Only the enrolling clinician and the assistant change the record.",
        grantor=_ENROLLER,
    ),
    P.PATIENT_CONSENT: _rule(
        "enroller",
        "assistant",
        reason="Consent is recorded by the enrolling clinician or the assistant.",
        grantor=_ENROLLER,
    ),
    P.PATIENT_OPEN_PANEL: _rule(
        "enroller",
        "assistant",
        reason="Only the enrolling clinician and the assistant ask about this patient.",
        grantor=_ENROLLER,
    ),
    P.PANEL_SEE_INVITATION: _rule(
        "requester",
        "assistant",
        "lead",
        "participant",
        "invited",
        "coordinator",
        "dispatcher",
        reason="You have not been asked to this panel.",
        grantor=_LEAD,
    ),
    P.PANEL_LIST: _rule(
        "requester",
        "assistant",
        "lead",
        "participant",
        "invited",
        "coordinator",
        "dispatcher",
        reason="This panel is not one of yours.",
        grantor=_COORDINATOR,
    ),
    P.PANEL_SEE: _rule(
        "requester",
        "assistant",
        "lead",
        "participant",
        reason="Only the people on this panel read the case.",
        grantor=_LEAD,
    ),
    P.PANEL_EDIT_QUESTION: _rule(
        "requester",
        "assistant",
        reason="Only the requester changes the question.",
        grantor="the requester",
    ),
    P.PANEL_MARK_URGENT: _rule(
        "requester",
        "assistant",
        "coordinator",
        "dispatcher",
        reason="Only the requester, the coordinator or a dispatcher marks a panel urgent.",
        grantor="the requester",
    ),
    P.PANEL_FORWARD: _rule(
        "coordinator",
        "dispatcher",
        reason="Requests are forwarded by a coordinator or dispatcher of the network.",
        grantor=_COORDINATOR,
    ),
    P.PANEL_INVITE: _rule(
        "requester",
        "assistant",
        "lead",
        "coordinator",
        "dispatcher",
        reason="Experts are asked by the requester, the lead, a coordinator or a dispatcher.",
        grantor=_LEAD,
    ),
    P.PANEL_INVITE_ACROSS: _rule(
        "coordinator",
        "requester_across",
        "lead_across",
        reason="Experts of another network are asked by a coordinator.",
        grantor=_COORDINATOR,
    ),
    P.PANEL_CONTRIBUTE: _rule(
        "requester",
        "assistant",
        "lead",
        "contributor",
        reason="Contributing needs an accepted invitation to this panel.",
        grantor=_LEAD,
    ),
    P.PANEL_ANSWER_INFORMATION: _rule(
        "requester",
        "assistant",
        "lead",
        reason="Requests for information are answered by the requester.",
        grantor="the requester",
    ),
    P.PANEL_MOVE: _rule(
        "lead", "coordinator_moves", reason="Only the lead moves the panel on.", grantor=_LEAD
    ),
    P.PANEL_DRAFT_OUTCOME: _rule(
        "lead", "coordinator_moves", reason="Only the lead writes the outcome.", grantor=_LEAD
    ),
    P.PANEL_SIGN: _rule(
        "requester",
        "lead",
        "member",
        "guest_signs",
        reason="The outcome is signed by the requester, the lead and the members.",
        grantor=_LEAD,
    ),
    P.PANEL_CANCEL: _rule(
        "requester",
        "coordinator",
        reason="A panel is cancelled by its requester or a coordinator.",
        grantor="the requester",
    ),
    P.PANEL_REOPEN: _rule(
        "requester",
        "lead",
        "coordinator",
        reason="A panel is reopened by its requester, its lead or a coordinator.",
        grantor=_LEAD,
    ),
    P.PANEL_DOWNLOAD_OUTCOME: _rule(
        "requester",
        "assistant",
        "lead",
        "member",
        "guest_downloads",
        "coordinator_downloads",
        reason="The outcome is for the people on the panel.",
        grantor=_LEAD,
    ),
    P.PANEL_SCHEDULE: _rule(
        "requester",
        "assistant",
        "lead",
        "coordinator",
        "dispatcher",
        reason="Meetings are scheduled by the requester, the lead or a coordinator.",
        grantor=_LEAD,
    ),
    P.PERSON_SEE: _rule(
        "self",
        "colleague",
        "support",
        reason="You share no network with this person.",
        grantor=_COORDINATOR,
    ),
    P.PERSON_EDIT: _rule(
        "self",
        "support",
        reason="A profile is changed by its owner.",
        grantor=_SUPPORT,
    ),
    P.PLATFORM_SUPPORT: _rule(
        "support",
        "operator",
        reason="This page is for the support desk.",
        grantor="an operator of the portal",
    ),
    P.PLATFORM_AUDIT: _rule(
        "auditor",
        "operator",
        reason="The audit record is for auditors.",
        grantor="an operator of the portal",
    ),
    P.PLATFORM_OPERATE: _rule(
        "operator",
        reason="This page is for operators of the portal.",
        grantor="an operator of the portal",
    ),
}

# Who has had a place and lost it with time is told so: they know the thing already. Kind -> relation, rule.
FORMER: dict[str, tuple[str, Rule]] = {
    "panel": (
        "former_guest",
        Rule((), "Your time as a guest of this panel is over.", f"{_LEAD} or {_COORDINATOR}"),
    ),
}

# The act that makes a thing's existence known: whoever lacks it is a stranger and gets "not found".
KNOWING: dict[str, P] = {
    "network": P.NETWORK_SEE,
    "centre": P.CENTRE_SEE,
    "patient": P.PATIENT_SEE,
    "panel": P.PANEL_LIST,
    "person": P.PERSON_SEE,
}
