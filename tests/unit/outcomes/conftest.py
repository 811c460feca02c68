"""A panel whose experts have answered, ready for its outcome."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from portal.access.actor import Actor
from portal.kernel import db
from portal.outcomes import service as outcomes
from portal.outcomes.queries.page import OutcomePage, outcome_page
from portal.panels import service as panels
from portal.panels.commands import DraftText
from portal.panels.models import Panel
from portal.testing.cases import Case, open_case
from portal.testing.world import World

COMPLETE = {
    "findings": "Αυτό ταιριάζει με Becker. Находката е типична.",
    "rec_diagnostic": "MLPA of the DMD gene",
    "agreement": "full",
    "patient_summary": "Your muscles are weaker than usual. A blood test will tell us more.",
}


@dataclass
class Stage:
    """The world, a panel in the phase of writing the outcome, and shortcuts."""

    world: World
    actor: Callable[[str], Actor]
    case: Case

    @property
    def id(self) -> str:
        return self.case.panel_id

    @property
    def url(self) -> str:
        return f"/outcome/{self.case.panel_id}/"

    @property
    def panel(self) -> Panel:
        db.session.expire_all()
        return db.session.get_one(Panel, self.case.panel_id)

    def page(self, who: str) -> OutcomePage:
        return outcome_page(self.actor(who), self.id)

    def write(self, **changes: Any) -> None:
        version = self.page("lead").version
        outcomes.save_draft(self.actor("lead"), self.id, {**COMPLETE, **changes}, version)

    def put_up(self) -> str:
        """Ask for signatures; return the hash to sign."""
        self.write()
        panels.move(self.actor("lead"), self.id, "ask_for_signatures")
        return self.page("lead").hash

    def close(self) -> None:
        hash_ = self.put_up()
        for who in ("enroller", "member"):
            outcomes.sign(self.actor(who), self.id, hash_)
        panels.move(self.actor("lead"), self.id, "close")


@pytest.fixture
def stage(world: World, actor_of: Callable[[str], Any]) -> Stage:
    """Two experts have answered; the lead writes the outcome."""
    made = Stage(world, actor_of, open_case(world, actor_of))
    panels.answer_invitation(actor_of("expert"), made.id, accept=True)
    panels.move(actor_of("lead"), made.id, "complete_data")
    panels.move(actor_of("lead"), made.id, "begin_assessment")
    panels.send_contribution(actor_of("member"), made.id, "Fatty change fits Becker.")
    panels.send_contribution(
        actor_of("expert"), made.id, DraftText("I agree.", recommendation="MLPA first")
    )
    panels.move(actor_of("lead"), made.id, "begin_outcome")
    return made
