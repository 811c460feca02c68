"""For me: what a person must do, why and until when; nothing leaves the list without an act."""

from portal.tasks.service import (
    TaskGroup,
    TaskRow,
    close,
    count_open,
    grouped,
    list_open,
    open_for,
    reschedule,
    set_urgent,
)

__all__ = [
    "TaskGroup",
    "TaskRow",
    "close",
    "count_open",
    "grouped",
    "list_open",
    "open_for",
    "reschedule",
    "set_urgent",
]
