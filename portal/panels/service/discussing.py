"""Discuss: comments, and questions for information with their answers."""

from collections.abc import Sequence
from datetime import date, timedelta

from portal import tasks
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from portal.kernel.idempotency import once
from portal.kernel.uow import writes
from portal.panels import events, people
from portal.panels.models import Comment, InformationRequest, Panel, PanelMember
from portal.panels.service.opening import access_panel, require_running
from portal.panels.service.tasks import information_due
from portal.panels.words import Status

LONGEST_TEXT = 5000
INFORMATION_DAYS = 5


@writes
def comment(
    actor: Actor, panel_id: str, text: str, mention_ids: Sequence[str] = (), key: str = ""
) -> str:
    """Add a remark to the discussion and return its id; mentioned people hear it at once."""
    panel = access_panel(actor, panel_id, Permission.PANEL_CONTRIBUTE)
    require_running(panel, what="nothing is discussed")
    _check(text)
    answer = once(actor.person_id, key, lambda: {"id": _comment(actor, panel, text, mention_ids)})
    return str(answer["id"])


def _comment(actor: Actor, panel: Panel, text: str, mention_ids: Sequence[str]) -> str:
    everybody = people.many(panel, ("requester", "assistant", "lead", "participant"))
    strangers = set(mention_ids) - everybody
    if strangers:
        raise InvalidInputError(
            "Please check these answers.",
            fields={
                "mention_ids": "Only people on the panel can be mentioned; ask them to the panel first."
            },
        )
    made = Comment(panel_id=panel.id, author_id=actor.person_id, text=text.strip(), at=clock.now())
    db.session.add(made)
    db.session.flush()
    events.happened(actor, panel, "commented", facts={"comment_id": made.id})
    events.tell(actor, panel, "panel_mention", mention_ids, key=f"panel_mention:{made.id}")
    rest = people.many(panel, ("requester", "lead")) - set(mention_ids)
    events.tell(
        actor, panel, "panel_comment", rest, delivery="digest", key=f"panel_comment:{made.id}"
    )
    return made.id


def _check(text: str, due_on: date | None = None) -> None:
    problems: dict[str, str] = {}
    if not text.strip():
        problems["text"] = "Write something first."
    elif len(text) > LONGEST_TEXT:
        problems["text"] = f"Use at most {LONGEST_TEXT} letters."
    if due_on is not None and due_on < clock.today():
        problems["due_on"] = "This date lies in the past."
    if problems:
        raise InvalidInputError("Please check these answers.", fields=problems)


@writes
def request_information(
    actor: Actor,
    panel_id: str,
    text: str,
    obligatory: bool = False,  # noqa: FBT001, FBT002 - the form's fields in their order
    due_on: date | None = None,
    key: str = "",
) -> str:
    """Ask the requester for information and return the id of the question.

    An obligatory one keeps the panel from going on to the experts' answers until it is answered.
    Without ``due_on`` it is due in a few days.
    """
    panel = access_panel(actor, panel_id, Permission.PANEL_CONTRIBUTE)
    require_running(panel, but=("draft", "sign_off"), what="no information is asked for")
    _check(text, due_on)
    due = due_on or clock.today() + timedelta(days=1 if panel.urgent else INFORMATION_DAYS)
    answer = once(
        actor.person_id,
        key,
        lambda: {"id": _request(actor, panel, text, obligatory=obligatory, due_on=due)},
    )
    return str(answer["id"])


def _request(actor: Actor, panel: Panel, text: str, *, obligatory: bool, due_on: date) -> str:
    made = InformationRequest(
        panel_id=panel.id,
        asked_by=actor.person_id,
        text=text.strip(),
        obligatory=obligatory,
        due_on=due_on,
        asked_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    who = people.many(panel, ("requester", "assistant"))
    information_due(panel, made.id, who, asker=actor.name, due_on=due_on)
    events.happened(
        actor, panel, "information_asked", facts={"request_id": made.id, "obligatory": obligatory}
    )
    events.tell(
        actor, panel, "panel_information_asked", who, key=f"panel_information_asked:{made.id}"
    )
    return made.id


@writes
def answer_information(actor: Actor, panel_id: str, request_id: str, answer: str) -> None:
    """Answer a question for information; who asked is told."""
    panel = access_panel(actor, panel_id, Permission.PANEL_ANSWER_INFORMATION)
    require_running(panel, but=("draft", "sign_off"), what="no information is given")
    found = db.session.get(InformationRequest, request_id)
    if found is None or found.panel_id != panel.id:
        raise NotFoundError("There is no such question on this panel.")
    _check(answer)
    if found.answered_at is not None:
        if found.answer == answer.strip():
            return
        raise ConflictError(
            "Somebody has answered this question already.", theirs=found.answer, yours=answer
        )
    found.answer, found.answered_by, found.answered_at = (
        answer.strip(),
        actor.person_id,
        clock.now(),
    )
    tasks.close(events.entity(panel), f"information:{found.id}", by=actor.person_id)
    events.happened(actor, panel, "information_given", facts={"request_id": found.id})
    who = {found.asked_by} | people.people_of(panel, "lead")
    events.tell(
        actor,
        panel,
        "panel_information_answered",
        who,
        key=f"panel_information_answered:{found.id}",
    )


@writes
def mark_seen(actor: Actor, panel_id: str) -> None:
    """Note that somebody on the panel, or asked to it, has opened it: others see "seen today".

    Reading the case is on record, at most once an hour per person.
    """
    panel = access_panel(actor, panel_id, Permission.PANEL_SEE_INVITATION)
    now = clock.now()
    row = next((r for r in panel.members if r.person_id == actor.person_id), None)
    if row is None or not stale(row):
        return
    row.seen_at = now
    if row.status == Status.ACCEPTED:
        events.read(actor, panel)


def stale(row: PanelMember) -> bool:
    """Return whether the last note of having seen the panel is an hour old, or missing."""
    return row.seen_at is None or row.seen_at < clock.now() - timedelta(hours=1)
