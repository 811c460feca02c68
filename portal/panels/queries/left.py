"""What is left on a panel, line by line, from its facts."""

from typing import Any

from portal.panels.queries.loading import Loaded
from portal.panels.queries.shapes import ExpertRow, InformationRow, LeftRow
from portal.panels.words import Role, Status
from portal.workflow import guards
from portal.workflow.model import Transition, Workflow

Facts = dict[str, Any]


def left_of(
    loaded: Loaded, facts: Facts, experts: list[ExpertRow], information: list[InformationRow]
) -> list[LeftRow]:
    """Return the lines after the case's own: experts, information, answers, outcome, signatures."""
    if loaded.workflow.phase(loaded.panel.phase).state == "ended":
        return []
    return [
        *_lead(loaded),
        _experts(experts),
        *_information(information),
        _outcome(loaded, facts),
        *_signatures(loaded, facts),
    ]


def _lead(loaded: Loaded) -> list[LeftRow]:
    if loaded.panel.lead_id is not None:
        return []
    return [LeftRow("Lead", "Not named yet", note="Named by the coordinator, or by who asks")]


def _experts(experts: list[ExpertRow]) -> LeftRow:
    asked = [
        e
        for e in experts
        if e.status in {Status.INVITED, Status.ACCEPTED} and e.role_code != Role.LEAD
    ]
    answered = sum(e.state == "Answered" for e in experts)
    if not asked and not answered:
        return LeftRow("Ask experts", "Nobody asked yet", url="#experts")
    done = bool(asked) and all(e.state == "Answered" for e in asked)
    return LeftRow(
        "Ask experts", f"{len(asked)} asked, {answered} answered", done=done, url="#experts"
    )


def _information(information: list[InformationRow]) -> list[LeftRow]:
    if not information:
        return []
    waiting = [r for r in information if r.answered_at is None]
    if not waiting:
        return [LeftRow("Information asked for", done=True, state="All given", url="#information")]
    due = min((r.due_on for r in waiting if r.due_on), default=None)
    note = f"Until {due.day} {due:%B %Y}" if due else ""
    late = any(r.late for r in waiting)
    return [
        LeftRow(
            "Information asked for",
            f"{len(waiting)} open",
            note=note,
            url="#information",
            late=late,
        )
    ]


def _before(workflow: Workflow, phase: str, code: str) -> bool:
    order = [p.code for p in workflow.track()]
    return phase not in order or order.index(phase) < order.index(code)


def _outcome(loaded: Loaded, facts: Facts) -> LeftRow:
    url = f"/outcome/{loaded.panel.id}/"
    phase = loaded.workflow.phase(loaded.panel.phase)
    if phase.state == "closed":
        return LeftRow("Outcome", "Ready", done=True, url=url)
    if phase.code in {"outcome", "sign_off"}:
        missing = facts.get("outcome_missing") or []
        note = "Still to write: " + ", ".join(missing) if missing else ""
        return LeftRow(
            "Outcome", "In writing" if missing else "Written", done=not missing, note=note, url=url
        )
    gate = next(
        (t for t in loaded.workflow.transitions if t.target == "outcome" and t.forward), None
    )
    note, state = _opens(gate, facts)
    return LeftRow("Outcome", state, note=note)


def _opens(gate: Transition | None, facts: Facts) -> tuple[str, str]:
    """Return "Opens when …" and "1 of 2" from the guards of the step that leads to the outcome."""
    if gate is None:
        return "", ""
    notes, state = [], ""
    for use in gate.guards:
        text = guards.missing(use.name, facts, use.params)
        if use.name == "contributions":
            state = f"{facts.get('contributions', 0)} of {use.params.get('at_least', 2)}"
        if text:
            notes.append(text.partition(" (")[0])
    return ("Opens when " + "; ".join(notes) if notes else "The lead can open it now"), state


def _signatures(loaded: Loaded, facts: Facts) -> list[LeftRow]:
    phase = loaded.workflow.phase(loaded.panel.phase)
    if phase.state != "running" or _before(loaded.workflow, phase.code, "outcome"):
        return []
    have, quorum = facts.get("signatures", 0), facts.get("quorum", 0)
    return [
        LeftRow(
            "Signatures",
            f"{have} of {quorum}",
            done=have >= quorum > 0,
            url=f"/outcome/{loaded.panel.id}/",
        )
    ]
