"""A workflow as data: phases in their order, transitions between them, guards, deadlines, messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field

BACK = "back"  # the target of a transition that returns to where the subject was before it was held
RUNNING = "running"
ANY = "any"
SYSTEM = "system"

STATES: dict[str, str] = {
    "running": "work is under way",
    "closed": "there is an outcome; the subject can still be reopened or archived",
    "held": "nothing may happen until it is taken up again",
    "ended": "nothing happens any more",
}
SEVERITIES = ("block", "warn")
REASONS = ("none", "optional", "required")
CLEARS = ("lead",)
DELIVERIES = ("immediate", "digest", "page")


@dataclass(frozen=True)
class GuardUse:
    """A guard at a transition. ``block`` refuses the move; ``warn`` lets it pass with a reason."""

    name: str
    severity: str = "block"
    params: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Tell:
    """Who gets which message when a transition has been taken; ``to`` are relation names."""

    message: str
    to: tuple[str, ...]
    delivery: str


@dataclass(frozen=True)
class Phase:
    """One phase. ``owner`` are the relations that act next, ``todo`` says what, ``days`` until when."""

    code: str
    label: str
    state: str
    owner: tuple[str, ...] = ()
    todo: str = ""
    days: int = 0
    required: bool = False
    line: int = 0


@dataclass(frozen=True)
class Transition:
    """A way from some phases to one. ``forward`` ones follow the order of the phases.

    ``clears`` names the part that is vacated by it: the lead, who hands the panel back.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    label: str
    permission: str = ""
    who: tuple[str, ...] = ()
    reason: str = "none"
    guards: tuple[GuardUse, ...] = ()
    forward: bool = False
    automatic: bool = False
    tell: tuple[Tell, ...] = ()
    clears: str = ""
    line: int = 0

    @property
    def by_system(self) -> bool:
        """Whether no person takes this transition."""
        return self.who == (SYSTEM,)


@dataclass(frozen=True)
class Workflow:
    """A complete workflow. ``moved`` says for each skipped phase where its subjects stand now."""

    code: str
    version: str
    title: str
    start: str
    phases: tuple[Phase, ...]
    transitions: tuple[Transition, ...]
    moved: Mapping[str, str] = field(default_factory=dict)
    file: str = ""

    def phase(self, code: str) -> Phase:
        """Return the phase ``code``, or the one that took its place; raise ``KeyError`` without one."""
        code = self.moved.get(code, code)
        for phase in self.phases:
            if phase.code == code:
                return phase
        raise KeyError(code)

    def has_phase(self, code: str) -> bool:
        """Return whether ``code`` is a phase of this workflow (skipped ones are not)."""
        return any(phase.code == code for phase in self.phases)

    def transition(self, name: str) -> Transition | None:
        """Return the transition ``name``, or nothing."""
        return next((t for t in self.transitions if t.name == name), None)

    def leaving(self, code: str) -> list[Transition]:
        """Return the transitions that lead out of the phase ``code``, in the order of the file."""
        here = self.phase(code).code
        return [t for t in self.transitions if here in t.sources]

    def track(self) -> list[Phase]:
        """Return the forward path: the phases that forward transitions join, in their order."""
        joined = {code for t in self.transitions if t.forward for code in (*t.sources, t.target)}
        return [phase for phase in self.phases if phase.code in joined]

    def in_state(self, *states: str) -> list[str]:
        """Return the codes of the phases in one of ``states``."""
        return [phase.code for phase in self.phases if phase.state in states]
