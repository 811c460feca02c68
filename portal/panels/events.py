"""What every act on a panel leaves behind: a line in the timeline, an audit record, messages."""

from collections.abc import Iterable
from typing import Any

from portal import audit
from portal.access.actor import Actor
from portal.kernel import clock, db
from portal.notifications.outbox import notify
from portal.panels.models import Panel, TimelineEntry

# What the notice in the page and the mail's subject say. Numbers and names of networks only:
# the title of a panel is not for mails.
TEXTS: dict[str, str] = {
    "panel_opened": "{number}: a question waits for a lead",
    "panel_forwarded": "{number}: you are the lead",
    "panel_invitation": "{number}: {asker} asks for your opinion",
    "panel_invitation_urgent": "{number}: {asker} asks for your opinion, urgently",
    "panel_invitation_answered": "{number}: {answerer} has {answer}",
    "panel_invitation_lapsed": "{number}: an invitation was not answered",
    "panel_moved": "{number}: now '{phase}'",
    "panel_cancelled": "{number} has been cancelled",
    "panel_suspended": "{number} has been suspended: the consent for care was withdrawn",
    "panel_contribution": "{number}: {author} has answered",
    "panel_information_asked": "{number}: {asker} asks for information",
    "panel_information_answered": "{number}: your question for information has been answered",
    "panel_comment": "{number}: {author} has commented",
    "panel_mention": "{number}: {author} mentions you",
    "panel_urgent": "{number} is now urgent",
    "panel_due": "{number}: the deadline is now {due}",
    "panel_overdue": "{number}: '{phase}' is past its date",
    "outcome_to_sign": "{number}: the outcome waits for your signature",
    "outcome_objected": "{number}: {author} objects to the outcome",
    "outcome_sealed": "{number}: the outcome is ready",
}


def entity(panel: Panel) -> str:
    """Return how tasks, messages and the audit record name the panel."""
    return f"panel:{panel.id}"


def url(panel: Panel) -> str:
    """Return the address of the panel's page."""
    return f"/panel/{panel.id}/"


def happened(
    actor: Actor, panel: Panel, kind: str, *, facts: dict[str, Any] | None = None, reason: str = ""
) -> None:
    """Write what happened to the timeline (with ``facts`` and ``reason``) and to the audit record.

    ``facts`` hold identifiers, names of phases and dates. The reason is for the people of the panel;
    the audit record does not repeat it.
    """
    facts = facts or {}
    db.session.add(
        TimelineEntry(
            panel_id=panel.id,
            at=clock.now(),
            actor_id=None if actor.is_system else actor.person_id,
            kind=kind,
            facts=facts,
            reason=reason.strip()[:1000],
        )
    )
    acting_for = panel.requester_id if panel.requester_id in actor.acts_for else ""
    audit.record(actor, f"panel.{kind}", entity(panel), detail=facts, acting_for=acting_for)


def tell(
    actor: Actor,
    panel: Panel,
    kind: str,
    people: Iterable[str],
    *,
    delivery: str = "immediate",
    key: str = "",
    **facts: str,
) -> None:
    """Tell people, except who does it, in words from :data:`TEXTS`; never with clinical content."""
    name = "the portal" if actor.is_system else actor.name
    known = {
        "number": panel.number,
        "asker": name,
        "author": name,
        "network": "",
        "answer": "",
        **facts,
    }
    notify(
        set(people) - {actor.person_id},
        kind,
        entity(panel),
        text=TEXTS[kind].format(**known),
        url=f"/outcome/{panel.id}/" if kind.startswith("outcome_") else url(panel),
        facts={**known, "urgent": "yes" if panel.urgent else ""},
        key=key or f"{kind}:{panel.id}:{panel.version}",
        delivery=delivery,
    )


def read(actor: Actor, panel: Panel) -> None:
    """Put on record that somebody has read the case, among what was done to the patient's record.

    It is not in the timeline.
    """
    about = f"patient:{panel.patient_id}" if panel.patient_id else ""
    audit.record(actor, "panel.read", entity(panel), stream=about)
