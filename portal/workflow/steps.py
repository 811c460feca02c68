"""A workflow in words: one line per step, for the page, the command line and the documentation."""

from dataclasses import dataclass

from portal.workflow import guards
from portal.workflow.engine import relation_words, who_words
from portal.workflow.model import BACK, GuardUse, Workflow


@dataclass(frozen=True)
class Step:
    """One transition in words. ``sources`` and ``target`` are labels of phases."""

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    who: str
    conditions: tuple[str, ...]
    needs_reason: bool
    automatic: bool


def steps(workflow: Workflow) -> list[Step]:
    """Return every transition in words, in the order of the file."""
    running = set(workflow.in_state("running"))
    return [
        Step(
            name=t.name,
            label=t.label,
            sources=_sources(workflow, t.sources, running),
            target="where it stood before" if t.target == BACK else workflow.phase(t.target).label,
            who="the portal, by itself" if t.automatic else who_words(t),
            conditions=tuple(_condition(use) for use in t.guards),
            needs_reason=t.reason == "required",
            automatic=t.automatic,
        )
        for t in workflow.transitions
    ]


def _sources(workflow: Workflow, codes: tuple[str, ...], running: set[str]) -> tuple[str, ...]:
    if running and running <= set(codes):
        rest = [c for c in codes if c not in running]
        return ("any phase before closing", *(workflow.phase(c).label for c in rest))
    return tuple(workflow.phase(c).label for c in codes)


def _condition(use: GuardUse) -> str:
    rule = guards.get(use.name)
    count = f" ({use.params['at_least']})" if "at_least" in use.params else ""
    tail = "; otherwise a reason is asked for" if use.severity == "warn" else ""
    return rule.words + count + tail


def owner_words(workflow: Workflow, phase: str) -> str:
    """Return in plain English who acts next in a phase."""
    return relation_words(workflow.phase(phase).owner)
