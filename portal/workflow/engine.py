"""The engine: what may be done from here, why not, and where a move leads. Pure functions of data.

``facts`` are what the guards read; ``relations`` are the names of the relations that the actor has
to the subject. Nothing here knows panels, people or the database.
"""

from collections.abc import Collection
from dataclasses import dataclass

from portal.access import policy
from portal.access.permissions import Permission
from portal.kernel.errors import ForbiddenError, GuardRefusedError, nearest
from portal.workflow import guards
from portal.workflow.guards import Facts
from portal.workflow.model import BACK, SYSTEM, GuardUse, Phase, Transition, Workflow


@dataclass(frozen=True)
class Refusal:
    """Why a move is not open: the rule, what is missing ("Opens when …"), who can supply it."""

    rule: str
    missing: str
    who: str


@dataclass(frozen=True)
class Choice:
    """A transition as seen by one actor. ``mine`` says whether it is the actor's to take at all."""

    name: str
    label: str
    target: str
    target_label: str
    mine: bool
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
    reason: str
    who: str
    forward: bool = False

    @property
    def allowed(self) -> bool:
        """Whether the actor may take it now (with a reason, when there are warnings)."""
        return self.mine and not self.refusals

    @property
    def needs_reason(self) -> bool:
        """Whether a reason must be given."""
        return self.reason == "required" or bool(self.warnings)


@dataclass(frozen=True)
class Move:
    """A transition that has been decided."""

    transition: Transition
    source: Phase
    target: Phase
    warnings: tuple[Refusal, ...]
    reason: str


def allowed_relations(transition: Transition) -> tuple[str, ...]:
    """Return who may take the transition: ``who`` where it is given, else all that the policy allows."""
    if transition.who:
        return transition.who
    return policy.RULES[Permission(transition.permission)].allow


def available(
    workflow: Workflow, phase: str, facts: Facts, relations: Collection[str]
) -> list[Choice]:
    """Return what people can do from ``phase``, each with the refusals that stand in the way."""
    return [
        _choice(workflow, transition, facts, relations)
        for transition in workflow.leaving(phase)
        if not transition.automatic and not transition.by_system
    ]


def _choice(
    workflow: Workflow, transition: Transition, facts: Facts, relations: Collection[str]
) -> Choice:
    refusals, warnings = _weigh(transition.guards, facts)
    target = _target(workflow, transition, facts)
    if target is None:
        refusals += (
            Refusal("target", "it is known where to go back to", "an operator of the portal"),
        )
    return Choice(
        name=transition.name,
        label=transition.label,
        target=target.code if target else "",
        target_label=target.label if target else "",
        mine=bool(set(allowed_relations(transition)) & set(relations)),
        refusals=refusals,
        warnings=warnings,
        reason=transition.reason,
        who=who_words(transition),
        forward=transition.forward,
    )


def _weigh(
    uses: tuple[GuardUse, ...], facts: Facts
) -> tuple[tuple[Refusal, ...], tuple[Refusal, ...]]:
    refusals: list[Refusal] = []
    warnings: list[Refusal] = []
    for use in uses:
        text = guards.missing(use.name, facts, use.params)
        if text:
            found = Refusal(use.name, text, _helper(use.name))
            (warnings if use.severity == "warn" else refusals).append(found)
    return tuple(refusals), tuple(warnings)


def _helper(name: str) -> str:
    return guards.get(name).helper if name in guards.names() else "an operator of the portal"


def _target(workflow: Workflow, transition: Transition, facts: Facts) -> Phase | None:
    code = str(facts.get("held_from") or "") if transition.target == BACK else transition.target
    try:
        return workflow.phase(code)
    except KeyError:
        return None


_WORDS = {
    "requester": "the requester",
    "assistant": "the requester's assistant",
    "lead": "the lead",
    "coordinator": "the coordinator",
    "coordinator_moves": "the coordinator, where the network allows it",
    "dispatcher": "a dispatcher",
    "member": "the members",
    "guest_signs": "guests, where the network allows it",
    "participant": "the people on the panel",
    "contributor": "the experts",
    "invited": "the invited experts",
    "signer": "the signers",
    SYSTEM: "the portal",
}


def relation_words(names: Collection[str]) -> str:
    """Return relation names in plain English: ``the lead or the coordinator``."""
    words = [_WORDS.get(name, name.replace("_", " ")) for name in names]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def who_words(transition: Transition) -> str:
    """Return in plain English who takes the transition."""
    return relation_words(allowed_relations(transition))


def move(
    workflow: Workflow,
    phase: str,
    name: str,
    facts: Facts,
    relations: Collection[str],
    reason: str = "",
) -> Move:
    """Return the move that ``name`` makes from ``phase``, or raise what stands in the way.

    ``GuardRefusedError`` says what is missing or that a reason is; ``ForbiddenError`` says whose
    act it is.
    """
    here = workflow.phase(phase)
    transition = workflow.transition(name)
    if transition is None or here.code not in transition.sources:
        raise GuardRefusedError(
            f"From '{here.label}' there is no step '{name}'.", hint=_steps(workflow, here, name)
        )
    if not set(allowed_relations(transition)) & set(relations):
        who = who_words(transition)
        raise ForbiddenError(
            f"'{transition.label}' is not yours to do.",
            reason=f"This step is for {who}.",
            grantor=who,
        )
    return _checked(workflow, here, transition, facts, reason)


def _steps(workflow: Workflow, here: Phase, name: str) -> str:
    names = [t.name for t in workflow.leaving(here.code)]
    near = nearest(name, names)
    if near:
        return f"Did you mean '{near}'?"
    return f"Steps from here: {', '.join(names)}." if names else "Nothing follows this phase."


def _checked(
    workflow: Workflow, here: Phase, transition: Transition, facts: Facts, reason: str
) -> Move:
    refusals, warnings = _weigh(transition.guards, facts)
    if refusals:
        raise GuardRefusedError(
            f"'{transition.label}' opens when " + "; ".join(r.missing for r in refusals) + ".",
            hint="It can be supplied by " + ", ".join(dict.fromkeys(r.who for r in refusals)) + ".",
        )
    if not reason.strip() and (transition.reason == "required" or warnings):
        why = "; ".join(f"normally it opens when {w.missing}" for w in warnings)
        raise GuardRefusedError(
            f"'{transition.label}' needs a reason" + (f": {why}." if why else "."),
            fields={"reason": "Say why in a sentence; the people on the panel read it."},
        )
    target = _target(workflow, transition, facts)
    if target is None:
        raise GuardRefusedError(
            "It is not known where to go back to.", hint="Ask the support desk."
        )
    return Move(transition, here, target, warnings, reason.strip())


def automatic(workflow: Workflow, phase: str, facts: Facts) -> Move | None:
    """Return the first automatic transition that is open from ``phase``, or nothing."""
    here = workflow.phase(phase)
    for transition in workflow.leaving(phase):
        if transition.automatic and not any(_weigh(transition.guards, facts)):
            target = _target(workflow, transition, facts)
            if target is not None:
                return Move(transition, here, target, (), "")
    return None
