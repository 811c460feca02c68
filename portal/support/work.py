"""Background work in the console: jobs and mails. What they carry is not shown."""

from flask import flash
from sqlalchemy import ColumnElement, or_, select

from portal.jobs import queue
from portal.jobs.models import Job
from portal.notifications.models import OutboxMessage
from portal.people.models import Person
from portal.support.console import ConsoleList, act, person_name
from portal.support.people import name_matches


class Jobs(ConsoleList):
    """The queue. A failed job gets its attempts back by "Try again"."""

    column_list = ("kind", "created_at", "run_at", "attempts", "done_at", "failed_at", "last_error")
    column_labels = {
        "kind": "Work",
        "created_at": "Asked for",
        "run_at": "Due",
        "attempts": "Attempts",
        "done_at": "Done",
        "failed_at": "Given up",
        "last_error": "Last fault",
    }
    column_sortable_list = ("kind", "created_at", "run_at", "failed_at")
    column_default_sort = ("id", True)
    search_hint = "Work, or 'failed' or 'waiting'"

    def matches(self, text: str) -> ColumnElement[bool]:
        """Search by kind, or by state."""
        if text == "failed":
            return Job.failed_at.is_not(None)
        if text == "waiting":
            return (Job.done_at.is_(None)) & (Job.failed_at.is_(None))
        return Job.kind.icontains(text, autoescape=True)

    @act("retry", "Try again")
    def retry(self, ids: list[str]) -> None:
        """Give the ticked jobs their attempts back."""
        for job_id in ids[:100]:
            queue.retry(self.actor, job_id)
        flash("The jobs will be tried again.", "success")


class Outbox(ConsoleList):
    """Mails that left, wait or failed: to whom and of which kind, never what they say."""

    column_list = ("kind", "person_id", "delivery", "created_at", "sent_at", "failed", "last_error")
    column_labels = {
        "kind": "Kind",
        "person_id": "To",
        "delivery": "Delivery",
        "created_at": "Written",
        "sent_at": "Sent",
        "failed": "Failures",
        "last_error": "Last fault",
    }
    column_sortable_list = ("created_at", "sent_at", "failed")
    column_default_sort = ("id", True)
    people_in = ("person_id",)
    search_hint = "Kind, name or e-mail"
    column_formatters = {"person_id": person_name}

    def matches(self, text: str) -> ColumnElement[bool]:
        """Search by kind or by the receiver."""
        to = OutboxMessage.person_id.in_(select(Person.id).where(name_matches(text)))
        return or_(OutboxMessage.kind.icontains(text, autoescape=True), to)
