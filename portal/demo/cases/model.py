"""The shape of a patient's story."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """One line of the timeline, so many months ago. ``kind`` is an option of the form's item."""

    months_ago: int
    kind: str
    text: str


@dataclass(frozen=True)
class Lab:
    """One laboratory value: name, number as text, UCUM unit, months ago."""

    test: str
    value: str
    unit: str
    months_ago: int


@dataclass(frozen=True)
class Paper:
    """A document to make: file name, title inside, lines of text, months ago; ``picture`` draws one."""

    name: str
    title: str
    lines: tuple[str, ...] = ()
    months_ago: int = 1
    category: str = "other"
    picture: str = ""


@dataclass(frozen=True)
class Case:
    """A patient: identity, who enrolled, the story, the question.

    ``by`` and ``recorded_by`` are people's ``sub``. ``born`` is (years ago, month, day). ``consents``
    has a letter for care, registries, research: y, n, or - for not asked. ``dx`` and ``signs`` are
    ``code label``; a sign that begins with ``-`` was looked for and is absent.
    """

    key: str
    by: str
    network: str
    area: str
    given: str
    family: str
    born: tuple[int, int, int]
    place: str
    number: str
    sex: str
    nickname: str
    title: str
    question: str
    kinds: tuple[str, ...]
    summary: str
    enrolled_days: int
    consents: str = "yyy"
    signer: str = "patient"
    recorded_by: str = ""
    dx_status: str = "suspected"
    dx: str = ""
    onset: str = "insidious"
    signs: tuple[str, ...] = ()
    timeline: tuple[Event, ...] = ()
    labs: tuple[Lab, ...] = ()
    tried: str = ""
    opinion: str = ""
    goals: str = ""
    genetic_tested: str = ""
    genetics: str = ""
    imaging: str = ""
    pathology: str = ""
    family_text: str = ""
    current: str = ""
    papers: tuple[Paper, ...] = ()
