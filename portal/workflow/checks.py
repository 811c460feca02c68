"""What a workflow must keep whatever an overlay does to it."""

from collections import deque

from portal.kernel.errors import Issue
from portal.workflow.model import BACK, Workflow


def check(workflow: Workflow) -> list[Issue]:
    """Return the faults of a workflow: phases without owner or way out, phases out of reach."""
    return [*_owners(workflow), *_ways_out(workflow), *_reach(workflow), *_ended(workflow)]


def _issue(workflow: Workflow, code: str, message: str, line: int = 0) -> Issue:
    return Issue(message, file=workflow.file, line=line, key=code)


def _owners(workflow: Workflow) -> list[Issue]:
    """A running or held phase has somebody who acts next, and says what."""
    return [
        _issue(
            workflow,
            f"phases.{p.code}",
            f"'{p.label}' has no owner, or does not say what the owner does ('owner', 'todo')",
            p.line,
        )
        for p in workflow.phases
        if p.state in {"running", "held"} and not (p.owner and p.todo)
    ]


def _ways_out(workflow: Workflow) -> list[Issue]:
    """People can leave every phase that has not ended: no dead end."""
    return [
        _issue(
            workflow, f"phases.{p.code}", f"nobody can leave '{p.label}': add a transition", p.line
        )
        for p in workflow.phases
        if p.state != "ended" and not any(not t.by_system for t in workflow.leaving(p.code))
    ]


def reachable(workflow: Workflow) -> set[str]:
    """Return the codes of the phases that can be reached from the start."""
    seen, queue = {workflow.start}, deque([workflow.start])
    while queue:
        for transition in workflow.leaving(queue.popleft()):
            if transition.target != BACK and transition.target not in seen:
                seen.add(transition.target)
                queue.append(transition.target)
    return seen


def _reach(workflow: Workflow) -> list[Issue]:
    seen = reachable(workflow)
    return [
        _issue(
            workflow,
            f"phases.{p.code}",
            f"'{p.label}' is never reached: no transition leads there",
            p.line,
        )
        for p in workflow.phases
        if p.code not in seen
    ]


def _ended(workflow: Workflow) -> list[Issue]:
    return [
        _issue(
            workflow, f"transitions.{t.name}", "a phase that has ended is not left again", t.line
        )
        for t in workflow.transitions
        for p in workflow.phases
        if p.state == "ended" and p.code in t.sources
    ]
