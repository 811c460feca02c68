"""What people read about forms: the task list, a section, the case in short, history of answers."""

from portal.forms.queries.filling import SectionState, TaskList, Working, task_list, working
from portal.forms.queries.history import AnswerChange, AnswerHistory, history, history_of
from portal.forms.queries.pedigree import family
from portal.forms.queries.summary import (
    CaseSummary,
    Fact,
    SummaryAnswer,
    SummarySection,
    SummaryTable,
    summary,
)

__all__ = [
    "AnswerChange",
    "AnswerHistory",
    "CaseSummary",
    "Fact",
    "SectionState",
    "SummaryAnswer",
    "SummarySection",
    "SummaryTable",
    "TaskList",
    "Working",
    "family",
    "history",
    "history_of",
    "summary",
    "task_list",
    "working",
]
