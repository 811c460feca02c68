"""What happens on a panel, as a list of lines that read like a diary."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """``days`` before now, ``who`` (a ``sub``) does ``act`` with ``text`` and details."""

    days: float
    who: str
    act: str
    text: str = ""
    people: tuple[str, ...] = ()
    extra: str = ""
    number: int = 0


@dataclass(frozen=True)
class OutcomeText:
    """What the lead writes as the outcome; ``dx`` is an Orphanet code with its label."""

    dx: str
    findings: str
    diagnostic: str = ""
    treatment: str = ""
    surgery: str = ""
    follow_up: str = ""
    referral: str = ""
    agreement: str = "full"
    minority: str = ""
    references: str = ""
    summary: str = ""
    follow_up_days: int = 180


@dataclass(frozen=True)
class Script:
    """The story of one panel. ``case`` is a patient's key, or empty for a general discussion."""

    key: str
    case: str
    lines: tuple[Line, ...]
    outcome: OutcomeText | None = None
    title: str = ""
    question: str = ""
    network: str = ""
    area: str = ""
    facts: dict[str, str] = field(default_factory=dict)


def ask(days: float, who: str, **more: str | int) -> Line:
    """The question is asked.

    ``lead`` names the lead at once, ``urgent`` gives the reason, ``wanted`` the days until the answer
    is wanted, ``draft`` keeps it as a draft.
    """
    people = (str(more["lead"]),) if "lead" in more else ()
    extra = "draft" if more.get("draft") else ""
    return Line(
        days, who, "ask", str(more.get("urgent", "")), people, extra, int(more.get("wanted", 0))
    )


def forward(days: float, who: str, lead: str) -> Line:
    """The coordinator or dispatcher names the lead."""
    return Line(days, who, "forward", people=(lead,))


def invite(days: float, who: str, people: str, text: str = "", role: str = "member") -> Line:
    """Experts (names parted by spaces) are asked."""
    return Line(days, who, "invite", text, tuple(people.split()), role)


def accept(days: float, *people: str) -> tuple[Line, ...]:
    """Each accepts, an hour after the other."""
    return tuple(Line(days - n * 0.05, who, "accept") for n, who in enumerate(people))


def decline(days: float, who: str, reason: str) -> Line:
    """Somebody declines, with a reason."""
    return Line(days, who, "decline", reason)


def move(days: float, who: str, transition: str, reason: str = "") -> Line:
    """The panel moves on."""
    return Line(days, who, "move", reason, extra=transition)


def answer(days: float, who: str, text: str, recommendation: str = "", minutes: int = 0) -> Line:
    """A contribution is sent."""
    return Line(days, who, "answer", text, extra=recommendation, number=minutes)


def draft(days: float, who: str, text: str) -> Line:
    """A contribution is begun and not sent."""
    return Line(days, who, "draft", text)


def agree(days: float, who: str, author: str) -> Line:
    """Somebody agrees with the contribution of ``author``."""
    return Line(days, who, "agree", people=(author,))


def need(days: float, who: str, text: str, *, must: bool = False) -> Line:
    """Information is asked for; ``must`` makes it obligatory."""
    return Line(days, who, "need", text, extra="must" if must else "")


def supply(days: float, who: str, text: str) -> Line:
    """The oldest open request for information is answered."""
    return Line(days, who, "supply", text)


def comment(days: float, who: str, text: str) -> Line:
    """A remark."""
    return Line(days, who, "comment", text)


def due(days: float, who: str, ahead: int) -> Line:
    """The lead sets the deadline, ``ahead`` days from then."""
    return Line(days, who, "due", number=ahead)


def outcome(days: float, who: str) -> Line:
    """The lead saves the outcome."""
    return Line(days, who, "outcome")


def sign(days: float, *people: str) -> tuple[Line, ...]:
    """Each signs, an hour after the other."""
    return tuple(Line(days - n * 0.05, who, "sign") for n, who in enumerate(people))


def withdraw(days: float, who: str, reason: str) -> Line:
    """The patient withdraws the consent for care."""
    return Line(days, who, "withdraw", reason)
