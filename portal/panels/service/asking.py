"""Ask a question: open a panel, change its words, mark it urgent, name who leads it."""

from datetime import date

from portal import tasks
from portal.access import guard
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.kernel import clock, db
from portal.kernel.errors import ForbiddenError, GuardRefusedError, InvalidInputError
from portal.kernel.idempotency import once
from portal.kernel.uow import writes
from portal.networks.models import Network, ThematicArea
from portal.panels import events, people
from portal.panels.commands import AskQuestion
from portal.panels.facts import consent_valid
from portal.panels.indexing import index_panel
from portal.panels.models import Panel
from portal.panels.numbers import next_number
from portal.panels.service.inviting import ask_people, seat_lead
from portal.panels.service.moving import advance, take
from portal.panels.service.opening import access_panel, phase_of, require_running
from portal.panels.service.tasks import step_due
from portal.patients.models import Patient
from portal.workflow import catalogue

LONGEST_TITLE = 120
LONGEST_QUESTION = 2000
LONGEST_REASON = 300


@writes
def ask(actor: Actor, command: AskQuestion) -> str:
    """Open a panel and return its id; with ``submit`` the question goes to the network at once.

    A repeated ``key`` opens nothing and returns the panel of the first time.
    """
    answer = once(actor.person_id, command.key, lambda: {"panel_id": _ask(actor, command)})
    return str(answer["panel_id"])


def _ask(actor: Actor, command: AskQuestion) -> str:
    patient = _patient(actor, command)
    network_id = command.network_id or (patient.network_id if patient else "")
    if not network_id:
        raise InvalidInputError(
            "Please check these answers.", fields={"network_id": "Choose the network that you ask."}
        )
    network = guard.access(actor, Network, network_id, Permission.NETWORK_OPEN_PANEL)
    requester = _requester(actor, command, patient, network)
    _check_words(
        command.question,
        command.title,
        urgent=command.urgent,
        reason=command.urgent_reason,
        wanted_by=command.wanted_by,
    )
    workflow = catalogue.workflow_for(network.code)
    panel = Panel(
        number=next_number(network),
        network_id=network.id,
        centre_id=patient.centre_id if patient else _centre_of(actor, network, requester),
        patient_id=patient.id if patient else None,
        area_id=_area(network, command.area_id),
        requester_id=requester,
        title=title_of(command.title, command.question),
        question=command.question.strip(),
        urgent=command.urgent,
        urgent_reason=command.urgent_reason.strip(),
        wanted_by=command.wanted_by,
        phase=workflow.start,
        phase_since=clock.now(),
        workflow=workflow.code,
        workflow_version=workflow.version,
        created_at=clock.now(),
    )
    db.session.add(panel)
    db.session.flush()
    index_panel(panel)
    events.happened(actor, panel, "asked", facts={"urgent": panel.urgent})
    step_due(panel, phase_of(panel))
    if command.lead_id:
        _name(actor, panel, command.lead_id)
    if command.submit:
        take(actor, panel, "submit")
        if command.person_ids:
            ask_people(actor, panel, command.person_ids)
    return panel.id


def _patient(actor: Actor, command: AskQuestion) -> Patient | None:
    if not command.patient_id:
        return None
    patient = guard.access(actor, Patient, command.patient_id, Permission.PATIENT_OPEN_PANEL)
    if not consent_valid(patient.id):
        raise GuardRefusedError(
            "A question about this patient needs a consent for care that is in force.",
            hint="Record the consent on the patient's page, then ask.",
        )
    return patient


def _requester(
    actor: Actor, command: AskQuestion, patient: Patient | None, network: Network
) -> str:
    """The requester is the clinician: an assistant asks in the clinician's name."""
    if patient is not None and patient.enrolled_by in actor.acts_for | {actor.person_id}:
        return patient.enrolled_by
    if command.acting_for:
        if command.acting_for not in actor.acts_for:
            raise ForbiddenError(
                "You are not an assistant of this person.",
                reason="An assistant asks in the name of the clinician named in the membership.",
                grantor="the coordinator of the network",
            )
        return command.acting_for
    here = {g.acts_for_id for g in actor.grants if g.acts_for_id and g.network_id == network.id}
    own = [g for g in actor.grants if g.network_id == network.id and not g.acts_for_id]
    return here.pop() or actor.person_id if len(here) == 1 and not own else actor.person_id


def _centre_of(actor: Actor, network: Network, requester: str) -> str:
    """A general question comes from the centre of the person who asks."""
    for grant in actor.grants:
        if (
            grant.network_id == network.id
            and grant.centre_id
            and requester in {actor.person_id, grant.acts_for_id}
        ):
            return grant.centre_id
    raise InvalidInputError(
        "A question is asked by a centre, and your membership names none.",
        hint="Ask the coordinator of the network to add your centre.",
    )


def _area(network: Network, area_id: str) -> str | None:
    if not area_id:
        return None
    area = db.session.get(ThematicArea, area_id)
    if area is None or area.network_id != network.id or not area.active:
        raise InvalidInputError(
            "Please check these answers.",
            fields={"area_id": f"Choose a thematic area of {network.short_name}."},
        )
    return area.id


def _check_words(
    question: str,
    title: str,
    *,
    urgent: bool = False,
    reason: str = "",
    wanted_by: date | None = None,
) -> None:
    problems: dict[str, str] = {}
    if not question.strip():
        problems["question"] = "Write the question in one or two sentences."
    elif len(question) > LONGEST_QUESTION:
        problems["question"] = (
            f"Use at most {LONGEST_QUESTION} letters; the case itself goes into the form."
        )
    if len(title.strip()) > LONGEST_TITLE:
        problems["title"] = f"Use at most {LONGEST_TITLE} letters."
    if urgent and not reason.strip():
        problems["urgent_reason"] = "Say in a sentence why it cannot wait."
    if len(reason) > LONGEST_REASON:
        problems["urgent_reason"] = f"Use at most {LONGEST_REASON} letters."
    if wanted_by is not None and wanted_by < clock.today():
        problems["wanted_by"] = "This date lies in the past."
    if problems:
        raise InvalidInputError("Please check these answers.", fields=problems)


def title_of(title: str, question: str) -> str:
    """Return the title, or the beginning of the question, cut at a word."""
    text = " ".join((title.strip() or question.strip()).split())
    if len(text) <= LONGEST_TITLE:
        return text
    return text[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


@writes
def edit_question(actor: Actor, panel_id: str, command: AskQuestion) -> None:
    """Change the words of the question, its area or the date by which an answer is wanted.

    Once experts read it, the change stands in the timeline.
    """
    panel = access_panel(actor, panel_id, Permission.PANEL_EDIT_QUESTION)
    require_running(panel, but=("sign_off",), what="the question is not changed any more")
    _check_words(command.question, command.title)
    network = db.session.get_one(Network, panel.network_id)
    before = panel.question
    panel.question = command.question.strip()
    panel.title = title_of(command.title, command.question)
    panel.area_id = _area(network, command.area_id)
    panel.wanted_by = command.wanted_by
    panel.version += 1
    index_panel(panel)
    if panel.phase != "draft" and before != panel.question:
        events.happened(actor, panel, "question_changed", facts={}, reason=before[:1000])
    else:
        events.happened(actor, panel, "edited")


@writes
def mark_urgent(actor: Actor, panel_id: str, reason: str, urgent: bool = True) -> None:  # noqa: FBT001, FBT002 - the form's fields in their order
    """Mark a panel urgent (with a reason), or take the mark back. Who is asked hears it at once."""
    panel = access_panel(actor, panel_id, Permission.PANEL_MARK_URGENT)
    require_running(panel, but=(), what="it makes no difference whether a panel is urgent")
    _check_words(panel.question, "", urgent=urgent, reason=reason)
    if panel.urgent == urgent:
        return
    panel.urgent, panel.urgent_reason = urgent, reason.strip() if urgent else ""
    panel.version += 1
    tasks.set_urgent(events.entity(panel), urgent=urgent)
    events.happened(actor, panel, "urgent" if urgent else "not_urgent", reason=reason)
    if urgent:
        who = people.many(panel, ("lead", "participant", "invited"))
        if panel.lead_id is None:
            who |= people.many(panel, ("coordinator", "dispatcher"))
        events.tell(actor, panel, "panel_urgent", who)


@writes
def forward(actor: Actor, panel_id: str, lead_id: str, message: str = "") -> None:
    """Name the lead as coordinator or dispatcher; an open request goes to the lead at once.

    On a panel that has a lead already, the lead is replaced and stays on as a member.
    """
    panel = access_panel(actor, panel_id, Permission.PANEL_FORWARD)
    require_running(panel, what="no lead is named")
    _name(actor, panel, lead_id, message)
    if panel.phase == "open":
        take(actor, panel, "forward")
        return
    tasks.close(events.entity(panel), "panel_step")
    step_due(panel, phase_of(panel))
    events.tell(actor, panel, "panel_forwarded", {lead_id})


@writes
def name_lead(actor: Actor, panel_id: str, lead_id: str) -> None:
    """Name the lead as the requester, before a coordinator has: the panel goes on at once."""
    panel = access_panel(actor, panel_id, Permission.PANEL_EDIT_QUESTION)
    if panel.phase not in {"draft", "open"} or panel.lead_id is not None:
        raise GuardRefusedError(
            "This panel has a lead.", hint="The coordinator can name another one."
        )
    _name(actor, panel, lead_id)
    advance(actor, panel)


def _name(actor: Actor, panel: Panel, lead_id: str, message: str = "") -> None:
    if lead_id == panel.requester_id:
        raise InvalidInputError(
            "Please check these answers.",
            fields={"lead_id": "The lead is somebody else than the person who asks."},
        )
    if people.standing(panel.network_id, [lead_id]).get(lead_id) != "own":
        raise InvalidInputError(
            "Please check these answers.",
            fields={"lead_id": "Choose an expert of this network; guests do not lead a panel."},
        )
    seat_lead(actor, panel, lead_id)
    events.happened(actor, panel, "lead_named", facts={"person_id": lead_id}, reason=message)
