"""What can be done with panels: ask, invite, answer, discuss, move."""

from portal.panels.commands import AskQuestion, DraftText
from portal.panels.errors import DraftConflictError
from portal.panels.service.answering import (
    SavedDraft,
    agree,
    answer_invitation,
    save_contribution,
    send_contribution,
)
from portal.panels.service.asking import ask, edit_question, forward, mark_urgent, name_lead
from portal.panels.service.discussing import (
    answer_information,
    comment,
    mark_seen,
    request_information,
)
from portal.panels.service.guests import change_end, invite_outsider, seat_guest
from portal.panels.service.inviting import invite, invite_group, remove
from portal.panels.service.moving import move, register_step, set_deadline, suspend_for_patient
from portal.panels.service.upkeep import extend_guest, lapse_invitations, remind, take_over

__all__ = [
    "AskQuestion",
    "DraftConflictError",
    "DraftText",
    "SavedDraft",
    "agree",
    "answer_information",
    "answer_invitation",
    "ask",
    "change_end",
    "comment",
    "edit_question",
    "extend_guest",
    "forward",
    "invite",
    "invite_group",
    "invite_outsider",
    "lapse_invitations",
    "mark_seen",
    "mark_urgent",
    "move",
    "name_lead",
    "register_step",
    "remind",
    "remove",
    "request_information",
    "save_contribution",
    "seat_guest",
    "send_contribution",
    "set_deadline",
    "suspend_for_patient",
    "take_over",
]
