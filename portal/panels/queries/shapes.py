"""What pages show of panels: plain data, nothing to write through."""

from dataclasses import dataclass, field
from datetime import date, datetime

from portal.kernel import clock
from portal.people.queries import PersonCard
from portal.workflow.engine import Choice


@dataclass(frozen=True)
class PhaseMark:
    """A phase on the track: ``state`` is done, current or todo."""

    label: str
    state: str


@dataclass(frozen=True)
class PatientChip:
    """The patient as the panel sees it."""

    id: str
    nickname: str
    sex: str
    age: int
    country: str
    locked: bool


@dataclass(frozen=True)
class ConsentChip:
    """A purpose and where its consent stands: given, refused, withdrawn, not asked."""

    label: str
    state: str

    @property
    def kind(self) -> str:
        """The colour of the chip."""
        return {"given": "good", "withdrawn": "bad"}.get(self.state, "")


@dataclass(frozen=True)
class ExpertRow:
    """Somebody who is or was asked: ``state`` in words, ``status`` for decisions."""

    card: PersonCard
    role: str
    status: str
    state: str
    reason: str
    contributing: bool
    role_code: str = ""
    ends_at: datetime | None = None


@dataclass(frozen=True)
class AnswerRow:
    """A contribution that was sent."""

    id: str
    author: PersonCard
    at: datetime
    text: str
    recommendation: str
    agreements: int
    agreed: bool
    mine: bool


@dataclass(frozen=True)
class DraftView:
    """The actor's own unsent answer."""

    text: str = ""
    recommendation: str = ""
    effort_minutes: int | None = None
    version: int = 0
    saved_at: datetime | None = None


@dataclass(frozen=True)
class InformationRow:
    """A question for information and its answer."""

    id: str
    asker: PersonCard
    text: str
    obligatory: bool
    due_on: date | None
    asked_at: datetime
    answer: str
    answerer: PersonCard | None
    answered_at: datetime | None

    @property
    def late(self) -> bool:
        """Whether it is open past its date."""
        return self.answered_at is None and self.due_on is not None and self.due_on < clock.today()


@dataclass(frozen=True)
class LeftRow:
    """A line of "What is left"."""

    label: str
    state: str = ""
    done: bool = False
    note: str = ""
    url: str = ""
    late: bool = False


@dataclass(frozen=True)
class NextAct:
    """Who acts next, what they do, until when."""

    who: str
    what: str
    due_on: date | None

    @property
    def late(self) -> bool:
        """Whether the date has passed."""
        return self.due_on is not None and self.due_on < clock.today()


@dataclass(frozen=True)
class PanelHead:
    """What everybody who may list a panel sees of it. ``may`` are the actor's permissions on it."""

    id: str
    number: str
    title: str
    question: str
    network_id: str
    network_code: str
    network_name: str
    centre_id: str
    centre_name: str
    area_id: str | None
    area: str
    urgent: bool
    urgent_reason: str
    wanted_by: date | None
    due_on: date | None
    phase: str
    phase_label: str
    state: str
    requester: PersonCard
    lead: PersonCard | None
    may: frozenset[str]
    relations: frozenset[str]

    @property
    def overdue(self) -> bool:
        """Whether the phase is past its date."""
        return self.state == "running" and self.due_on is not None and self.due_on < clock.today()


@dataclass(frozen=True)
class CaseView:
    """The case page."""

    head: PanelHead
    patient: PatientChip | None
    consents: list[ConsentChip]
    track: list[PhaseMark]
    experts: list[ExpertRow]
    answers: list[AnswerRow]
    draft: DraftView
    information: list[InformationRow]
    choices: list[Choice]
    left: list[LeftRow]
    next_act: NextAct | None
    comments: int
    seen_before: bool
    can_answer: bool
    proposed: list[PersonCard] = field(default_factory=list)


@dataclass(frozen=True)
class OutsideView:
    """The panel for somebody who does not read the case: an invited person, a coordinator."""

    head: PanelHead
    invited: bool
    invited_by: PersonCard | None
    message: str
    seen_before: bool
    track: list[PhaseMark]
    experts: list[ExpertRow]
    choices: list[Choice]
    next_act: NextAct | None


@dataclass(frozen=True)
class PanelRow:
    """A line of a list of panels: no clinical content."""

    id: str
    number: str
    title: str
    network_code: str
    network_name: str
    centre_name: str
    area: str
    phase: str
    phase_label: str
    state: str
    urgent: bool
    due_on: date | None
    wanted_by: date | None
    requester: str
    lead: str
    created_at: datetime
    closed_at: datetime | None

    @property
    def url(self) -> str:
        """The address of the panel."""
        return f"/panel/{self.id}/"

    @property
    def overdue(self) -> bool:
        """Whether the phase is past its date."""
        return self.state == "running" and self.due_on is not None and self.due_on < clock.today()


@dataclass(frozen=True)
class Page:
    """Some panels, newest first; ``next`` is the id to continue before, or empty."""

    rows: list[PanelRow]
    next: str
