"""The names of everything that can be allowed. One comment each; the rules are in ``policy.py``."""

from enum import StrEnum


class Permission(StrEnum):
    """``kind:act`` – the kind of thing acted upon, and the act."""

    NETWORK_SEE = "network:see"  # open the network's dashboard, its areas and experts
    NETWORK_SEE_INDICATORS = "network:see-indicators"  # figures of the whole network
    NETWORK_CONFIGURE = "network:configure"  # areas, groups, settings
    NETWORK_DECIDE_ACCESS = "network:decide-access"  # approve, reject, return access requests
    NETWORK_OPEN_PANEL = "network:open-panel"  # ask a question in this network

    CENTRE_SEE = "centre:see"  # open the centre's dashboard
    CENTRE_ENROL = "centre:enrol"  # enrol a patient at the centre
    CENTRE_CONFIGURE = "centre:configure"  # visibility, consent text, data protection agreement

    PATIENT_SEE = "patient:see"  # the pseudonymised record
    PATIENT_SEE_IDENTITY = "patient:see-identity"  # name, birth date, place, local number
    PATIENT_EDIT = "patient:edit"  # form, documents
    PATIENT_CONSENT = "patient:consent"  # record and withdraw consent
    PATIENT_OPEN_PANEL = "patient:open-panel"  # ask a question about this patient

    PANEL_SEE_INVITATION = "panel:see-invitation"  # question and network, before accepting
    PANEL_LIST = "panel:list"  # number, title, phase in lists: no clinical content
    PANEL_SEE = "panel:see"  # read the case
    PANEL_EDIT_QUESTION = "panel:edit-question"  # the requester's own words
    PANEL_MARK_URGENT = "panel:mark-urgent"  # tell invitees at once
    PANEL_FORWARD = "panel:forward"  # forward a request, name the lead
    PANEL_INVITE = "panel:invite"  # ask experts and groups of the own network
    PANEL_INVITE_ACROSS = "panel:invite-across"  # ask experts of another network, as guests
    PANEL_CONTRIBUTE = "panel:contribute"  # comment, contribute, ask for information
    PANEL_ANSWER_INFORMATION = "panel:answer-information"  # answer an information request
    PANEL_MOVE = "panel:move"  # phase, deadline
    PANEL_DRAFT_OUTCOME = "panel:draft-outcome"  # write the outcome, close
    PANEL_SIGN = "panel:sign"  # sign or object
    PANEL_CANCEL = "panel:cancel"  # give up before closing
    PANEL_REOPEN = "panel:reopen"  # reopen, archive
    PANEL_DOWNLOAD_OUTCOME = "panel:download-outcome"  # the PDF
    PANEL_SCHEDULE = "panel:schedule"  # meetings

    PERSON_SEE = "person:see"  # a colleague's public profile
    PERSON_EDIT = "person:edit"  # the own profile, absence, sessions
    PLATFORM_SUPPORT = "platform:support"  # users, guests, centres, requests
    PLATFORM_AUDIT = "platform:audit"  # read the audit record
    PLATFORM_OPERATE = "platform:operate"  # roles, jobs, plugins
