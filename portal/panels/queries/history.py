"""The timeline of a panel and its discussion, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import db
from portal.panels.models import Comment, TimelineEntry
from portal.panels.queries.loading import NOBODY, Loaded, head_of, load, people_cards
from portal.panels.queries.shapes import PanelHead
from portal.panels.words import ROLES
from portal.people.queries import PersonCard

PAGE = 25

# kind -> (group for the filter, sentence). {who} acts; other names come from the facts.
SENTENCES: dict[str, tuple[str, str]] = {
    "asked": ("phases", "{who} wrote the question"),
    "moved": ("phases", "{who}: from '{source}' to '{target}'"),
    "edited": ("question", "{who} changed the question"),
    "question_changed": ("question", "{who} changed the question"),
    "urgent": ("question", "{who} marked the panel urgent"),
    "not_urgent": ("question", "{who} took the urgent mark back"),
    "deadline": ("phases", "{who} set the deadline to {to}"),
    "lead_named": ("people", "{who} named {person} as lead"),
    "invited": ("people", "{who} asked {person}"),
    "group_invited": ("people", "{who} asked the group {group}"),
    "accepted": ("people", "{who} joined the panel"),
    "declined": ("people", "{who} declined"),
    "colleague_proposed": ("people", "{who} proposes to ask {person}"),
    "guest_extended": ("people", "{who} let {person} stay until {to}"),
    "taken_over": ("people", "{who} took the panel over from {person}"),
    "guest_end_changed": ("people", "{who} lets {person} stay until {to}"),
    "guest_joined": ("people", "{person} joined as a guest"),
    "outsider_invited": ("people", "{who} invited a guest from outside"),
    "lapsed": ("people", "The invitation of {person} lapsed"),
    "removed": ("people", "{who} took {person} off the panel"),
    "contributed": ("answers", "{who} sent an answer"),
    "agreed": ("answers", "{who} agreed with an answer"),
    "agreement_withdrawn": ("answers", "{who} no longer agrees with an answer"),
    "commented": ("answers", "{who} commented"),
    "information_asked": ("information", "{who} asked for information"),
    "information_given": ("information", "{who} gave information"),
    "outcome_saved": ("outcome", "{who} worked on the outcome"),
    "outcome_signed": ("outcome", "{who} signed the outcome"),
    "outcome_objected": ("outcome", "{who} objected to the outcome"),
    "outcome_sealed": ("outcome", "The outcome, version {number}, was sealed"),
}
GROUPS: dict[str, str] = {
    "all": "Everything",
    "phases": "Phases",
    "people": "People",
    "answers": "Answers",
    "information": "Information",
    "outcome": "Outcome",
    "question": "Question",
}
_QUIET = frozenset({"agreed", "agreement_withdrawn", "edited", "commented"})


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    id: str
    at: datetime
    text: str
    reason: str
    quiet: bool


@dataclass(frozen=True)
class Timeline:
    """Some events, newest first; ``next`` is the id to continue before, or empty."""

    head: PanelHead
    events: list[Event]
    next: str


@dataclass(frozen=True)
class CommentRow:
    """A remark."""

    id: str
    author: PersonCard
    at: datetime
    text: str
    mine: bool


@dataclass(frozen=True)
class Discussion:
    """The newest remarks, in the order of writing; ``earlier`` continues before the first."""

    head: PanelHead
    comments: list[CommentRow]
    earlier: str
    people: list[PersonCard]


def timeline(actor: Actor, panel_id: str, group: str = "all", before: str = "") -> Timeline:
    """Return what happened on a panel, newest first, 25 at a time."""
    loaded = load(actor, panel_id, Permission.PANEL_SEE)
    statement = select(TimelineEntry).where(TimelineEntry.panel_id == panel_id)
    if group in GROUPS and group != "all":
        statement = statement.where(
            TimelineEntry.kind.in_([k for k, (g, _) in SENTENCES.items() if g == group])
        )
    if before:
        statement = statement.where(TimelineEntry.id < before)
    rows = db.session.scalars(statement.order_by(TimelineEntry.id.desc()).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    people = people_cards(
        loaded, *[r.actor_id for r in shown], *[str(r.facts.get("person_id", "")) for r in shown]
    )
    events = [_event(loaded, people, row) for row in shown]
    return Timeline(head_of(loaded, people), events, shown[-1].id if len(rows) > PAGE else "")


def _event(loaded: Loaded, people: dict[str, PersonCard], row: TimelineEntry) -> Event:
    _, sentence = SENTENCES.get(row.kind, ("", "{who}: " + row.kind.replace("_", " ")))
    return Event(
        row.id,
        row.at,
        sentence.format_map(_Names(_named(loaded, people, row))),
        row.reason,
        row.kind in _QUIET,
    )


class _Names(dict[str, Any]):
    """Facts for a sentence; one that an old row lacks leaves a dash, not an error."""

    def __missing__(self, key: str) -> str:
        return "–"


def _named(loaded: Loaded, people: dict[str, PersonCard], row: TimelineEntry) -> dict[str, Any]:
    facts = dict(row.facts)
    facts["who"] = people.get(row.actor_id, NOBODY).name if row.actor_id else "The portal"
    if "person_id" in facts:
        facts["person"] = people.get(facts["person_id"], NOBODY).name
    if "role" in facts:
        facts["role"] = ROLES.get(facts["role"], facts["role"])
    for name in ("source", "target"):
        if name in facts:
            facts[name] = _label(loaded, str(facts[name]))
    return facts


def _label(loaded: Loaded, code: str) -> str:
    try:
        return loaded.workflow.phase(code).label
    except KeyError:
        return code.replace("_", " ")


def discussion(actor: Actor, panel_id: str, before: str = "") -> Discussion:
    """Return the remarks on a panel: the newest 25, or those before ``before``, oldest first."""
    loaded = load(actor, panel_id, Permission.PANEL_SEE)
    statement = select(Comment).where(Comment.panel_id == panel_id)
    if before:
        statement = statement.where(Comment.id < before)
    rows = db.session.scalars(statement.order_by(Comment.id.desc()).limit(PAGE + 1)).all()
    shown = list(reversed(rows[:PAGE]))
    people = people_cards(loaded, *[r.author_id for r in shown])
    comments = [
        CommentRow(
            r.id, people.get(r.author_id, NOBODY), r.at, r.text, r.author_id == actor.person_id
        )
        for r in shown
    ]
    on_panel = {m.person_id for m in loaded.panel.members if m.status == "accepted"} | {
        loaded.panel.requester_id
    }
    mentionable = sorted(
        (people[p] for p in on_panel - {actor.person_id} if p in people), key=lambda c: c.name
    )
    return Discussion(
        head_of(loaded, people), comments, shown[0].id if len(rows) > PAGE else "", mentionable
    )


def latest(actor: Actor, panel_id: str, limit: int = 5) -> list[Event]:
    """Return the newest events, for cards of other features."""
    return timeline(actor, panel_id).events[:limit]
