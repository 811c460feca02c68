"""A panel in the small world, and steps that tests take on it by the public door."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.actor import Actor
from portal.kernel import db
from portal.notifications.models import OutboxMessage
from portal.panels import service as panels
from portal.panels.models import Panel
from portal.tasks import TaskRow, list_open
from portal.testing.cases import Case, open_case
from portal.testing.world import World


@dataclass
class Stage:
    """The world, a case in it, and shortcuts."""

    world: World
    actor: Callable[[str], Actor]
    case: Case

    @property
    def id(self) -> str:
        return self.case.panel_id

    @property
    def url(self) -> str:
        return f"/panel/{self.case.panel_id}/"

    @property
    def panel(self) -> Panel:
        db.session.expire_all()
        return db.session.get_one(Panel, self.case.panel_id)

    def person(self, name: str) -> str:
        return self.world.people[name]

    def tasks(self, name: str) -> list[TaskRow]:
        return list_open(self.actor(name))

    def kinds(self, name: str) -> list[str]:
        return sorted(task.kind.partition(":")[0] for task in self.tasks(name))

    def mails(self, name: str, kind: str = "") -> list[OutboxMessage]:
        statement = select(OutboxMessage).where(OutboxMessage.person_id == self.person(name))
        if kind:
            statement = statement.where(OutboxMessage.kind == kind)
        return list(db.session.scalars(statement.order_by(OutboxMessage.id)))

    def to_assessment(self) -> None:
        panels.move(self.actor("lead"), self.id, "complete_data")
        panels.move(self.actor("lead"), self.id, "begin_assessment")

    def answered(self, *names: str) -> list[str]:
        return [
            panels.send_contribution(self.actor(name), self.id, f"Opinion of {name}.")
            for name in names
        ]


@pytest.fixture
def stage(world: World, actor_of: Callable[[str], Any]) -> Stage:
    """Asked by the enroller, led by the lead, one member accepted, one expert invited."""
    return Stage(world, actor_of, open_case(world, actor_of))
