"""What can be done to a response: begin it, save answers, complete it."""

from portal.forms.service.beginning import ensure_response
from portal.forms.service.completing import complete
from portal.forms.service.opening import access_response
from portal.forms.service.saving import SaveAnswers, Saved, save_answers

__all__ = [
    "SaveAnswers",
    "Saved",
    "access_response",
    "complete",
    "ensure_response",
    "save_answers",
]
