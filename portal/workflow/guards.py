"""Guards by name: each says what is still missing, from facts alone, or says nothing.

A guard is total: with facts missing or of the wrong kind it refuses with a sentence, it never
raises. The sentence completes "Opens when …". Features and plugins add theirs by :func:`register`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.kernel.errors import nearest

Facts = Mapping[str, Any]
Check = Callable[[Facts, Mapping[str, int]], str]


@dataclass(frozen=True)
class GuardRule:
    """``words`` says what the guard asks for; ``helper`` who can supply it; ``params`` with defaults."""

    name: str
    words: str
    helper: str
    check: Check
    params: Mapping[str, int] = field(default_factory=dict)


_registry: dict[str, GuardRule] = {}


def register(*rules: GuardRule) -> None:
    """Make guards known by their names. Registering a name again replaces it."""
    for rule in rules:
        _registry[rule.name] = rule


def names() -> list[str]:
    """Return the names of all guards."""
    return sorted(_registry)


def get(name: str) -> GuardRule:
    """Return the guard ``name``; a ``LookupError`` names the nearest one."""
    try:
        return _registry[name]
    except KeyError:
        near = nearest(name, _registry)
        raise LookupError(
            f"no guard '{name}'" + (f"; did you mean '{near}'?" if near else "")
        ) from None


def missing(name: str, facts: Facts, params: Mapping[str, int]) -> str:
    """Return what is missing for the guard ``name``, or an empty string. Never raises."""
    rule = _registry.get(name)
    if rule is None:
        return f"the rule '{name}' is installed again"
    try:
        return rule.check(facts, {**rule.params, **params})
    except (KeyError, TypeError, ValueError, AttributeError):
        return f"the rule '{name}' can be checked again"


def _yes(fact: str, sentence: str) -> Check:
    def check(facts: Facts, params: Mapping[str, int]) -> str:
        del params
        return "" if facts.get(fact) is True else sentence

    return check


def _at_least(fact: str, one: str, many: str) -> Check:
    def check(facts: Facts, params: Mapping[str, int]) -> str:
        wanted, have = params["at_least"], int(facts[fact])
        if have >= wanted:
            return ""
        return f"{one if wanted == 1 else many.format(wanted=wanted)} ({have} so far)"

    return check


def _information(facts: Facts, params: Mapping[str, int]) -> str:
    del params
    waiting = int(facts["open_obligatory"])
    if waiting <= 0:
        return ""
    return (
        "the obligatory question for information is answered"
        if waiting == 1
        else f"{waiting} obligatory questions for information are answered"
    )


def _outcome(facts: Facts, params: Mapping[str, int]) -> str:
    del params
    left = [str(item) for item in facts["outcome_missing"]]
    return "the outcome has: " + ", ".join(left) if left else ""


def _signed(facts: Facts, params: Mapping[str, int]) -> str:
    del params
    quorum, have = int(facts["quorum"]), int(facts["signatures"])
    if have >= quorum or facts.get("past_due") is True:
        return ""
    return f"{quorum} have signed ({have} so far), or the due date has passed"


register(
    GuardRule("consent_valid", "consent for care is in force", "the enrolling clinician", _yes("consent_valid", "the patient's consent for care is in force")),
    GuardRule("question_filled", "the question is written", "the requester", _yes("question_filled", "the question is written")),
    GuardRule("area_chosen", "a thematic area is chosen", "the requester", _yes("area_chosen", "a thematic area is chosen")),
    GuardRule("lead_set", "a lead is named", "the coordinator", _yes("lead_set", "a lead is named")),
    GuardRule("experts_accepted", "enough invited experts have accepted", "the invited experts", _at_least("accepted", "an invited expert has accepted", "{wanted} invited experts have accepted"), {"at_least": 1}),
    GuardRule("information_answered", "no obligatory question for information is open", "the requester", _information),
    GuardRule("contributions", "enough experts have answered", "the experts", _at_least("contributions", "an expert has answered", "{wanted} experts have answered"), {"at_least": 2}),
    GuardRule("outcome_complete", "the outcome is complete", "the lead", _outcome),
    GuardRule("signed", "enough have signed, or the due date has passed", "the signers", _signed),
)  # fmt: skip
