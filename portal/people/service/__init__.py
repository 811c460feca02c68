"""Writes about people: identities, access requests, profiles, sessions."""

from portal.people.service.identities import (
    Identity,
    NewPerson,
    identity_from,
    is_identity_of,
    register_person,
    sign_in,
)
from portal.people.service.profile import Profile, complete_profile, set_profile
from portal.people.service.requests import AccessWish, Decision, decide_request, request_access
from portal.people.service.standing import (
    end_by_provider,
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
    "NewPerson",
    "Profile",
    "complete_profile",
    "decide_request",
    "end_by_provider",
    "end_own_session",
    "end_session",
    "end_sessions",
    "identity_from",
    "is_identity_of",
    "register_person",
    "request_access",
    "set_profile",
    "sign_in",
    "sign_out_everywhere",
    "suspend",
    "unsuspend",
]
