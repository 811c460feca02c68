"""Writes about people: identities, access requests, profiles, sessions."""

from portal.people.service.identities import (
    Identity,
    NewPerson,
    identity_from,
    is_identity_of,
    register_person,
    sign_in,
)
from portal.people.service.invitations import (
    NewInvitation,
    accept_invitation,
    invite,
    withdraw_invitation,
)
from portal.people.service.lifecycle import (
    ask_for_reviews,
    end_run_out,
    forget_sessions,
    suspend_inactive,
    warn_of_end,
)
from portal.people.service.profile import Profile, complete_profile, set_profile
from portal.people.service.requests import (
    AccessWish,
    Decision,
    decide_request,
    deciders,
    request_access,
    withdraw_request,
)
from portal.people.service.standing import (
    end_by_provider,
    end_one_session,
    end_own_session,
    end_session,
    end_sessions,
    sign_out_everywhere,
    suspend,
    unsuspend,
)

__all__ = [
    "AccessWish",
    "Decision",
    "Identity",
    "NewInvitation",
    "NewPerson",
    "Profile",
    "accept_invitation",
    "ask_for_reviews",
    "complete_profile",
    "decide_request",
    "deciders",
    "end_by_provider",
    "end_one_session",
    "end_own_session",
    "end_run_out",
    "end_session",
    "end_sessions",
    "forget_sessions",
    "identity_from",
    "invite",
    "is_identity_of",
    "register_person",
    "request_access",
    "set_profile",
    "sign_in",
    "sign_out_everywhere",
    "suspend",
    "suspend_inactive",
    "unsuspend",
    "warn_of_end",
    "withdraw_invitation",
    "withdraw_request",
]
