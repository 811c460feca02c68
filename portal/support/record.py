"""The audit record for auditors: who did what to which thing, when, with which outcome."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_admin.contrib.sqla.filters import BaseSQLAFilter
from sqlalchemy import ColumnElement, or_, select

from portal.access.permissions import Permission
from portal.access.roles import Gate
from portal.audit.models import AuditEvent
from portal.kernel import clock
from portal.people.models import Person
from portal.support.console import ConsoleList, person_name
from portal.support.people import name_matches


class _Day(BaseSQLAFilter):  # type: ignore[misc]
    """A day as the browser's own picker sends it."""

    def __init__(self, name: str) -> None:
        super().__init__(AuditEvent.at, name, data_type="datepicker")

    def clean(self, value: str) -> date:
        """Return the day."""
        return date.fromisoformat(value)

    def validate(self, value: str) -> bool:
        """Return whether the text is a day."""
        try:
            self.clean(value)
        except ValueError:
            return False
        return True

    @staticmethod
    def begin(day: date) -> datetime:
        """Return the first moment of the day, in UTC as the record is."""
        return datetime.combine(day, time(), clock.now().tzinfo)


class From(_Day):
    """Events of that day and later."""

    def apply(self, query: Any, value: date, alias: Any = None) -> Any:
        """Narrow the query."""
        del alias
        return query.filter(AuditEvent.at >= self.begin(value))

    def operation(self) -> str:
        """Name the comparison."""
        return "from"


class Until(_Day):
    """Events of that day and earlier."""

    def apply(self, query: Any, value: date, alias: Any = None) -> Any:
        """Narrow the query."""
        del alias
        return query.filter(AuditEvent.at < self.begin(value) + timedelta(days=1))

    def operation(self) -> str:
        """Name the comparison."""
        return "until"


class Record(ConsoleList):
    """The audit record, newest first."""

    permission = Permission.PLATFORM_AUDIT
    gate = Gate.AUDITOR
    column_list = ("at", "actor_id", "action", "entity", "outcome", "detail")
    column_labels = {
        "at": "When",
        "actor_id": "Who",
        "action": "What",
        "entity": "On what",
        "outcome": "Outcome",
        "detail": "Detail",
        "stream": "Chain",
    }
    column_sortable_list = ()
    column_default_sort = ("id", True)
    column_filters = (
        From("Day"),
        Until("Day"),
        "action",
        "entity",
        "stream",
        "actor_id",
        "outcome",
    )
    people_in = ("actor_id",)
    search_hint = "Who, what, or on what (patient:…)"
    column_display_actions = False

    def _detail(self, context: Any, row: Any, column: str) -> str:
        del context, column
        return json.dumps(row.detail, ensure_ascii=False) if row.detail else ""

    column_formatters = {"actor_id": person_name, "detail": _detail}

    def matches(self, text: str) -> ColumnElement[bool]:
        """Search by the person who acted, by the act, or by the thing."""
        who = AuditEvent.actor_id.in_(select(Person.id).where(name_matches(text)))
        return or_(
            who,
            AuditEvent.action.startswith(text, autoescape=True),
            AuditEvent.entity.startswith(text, autoescape=True),
            AuditEvent.stream == text,
        )
