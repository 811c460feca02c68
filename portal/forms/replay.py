"""Stored responses through a new definition: how many stay valid, and what happens to the rest."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.forms.compiled import CompiledForm
from portal.forms.evaluate import AnswerIssue, Context, Evaluation, evaluate
from portal.forms.migration import applicable, migrate

StoredResponse = tuple[str, Mapping[str, Any]]
"""The response's id and its answers."""

MAX_EXAMPLES = 5


@dataclass(frozen=True)
class Verdict:
    """One thing that would happen: ``code`` is an issue code, or ``lost`` for hidden answers."""

    code: str
    item: str
    rule: str
    count: int
    sentence: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Replay:
    """The outcome for all responses; ``verdicts`` are sorted by how many they concern."""

    total: int
    valid: int
    verdicts: tuple[Verdict, ...]

    @property
    def sentence(self) -> str:
        """The outcome in words: « 412 stay valid; 9 would miss 'onset' »."""
        parts = [f"{self.valid} of {self.total} stay valid"]
        return "; ".join([*parts, *(f"{v.count} {v.sentence}" for v in self.verdicts)]) + "."


_PHRASES = {
    "required": "would miss '{item}'",
    "option": "hold an option of '{item}' that was withdrawn",
    "option_hidden": "hold an option of '{item}' that is no longer possible with the other answers",
    "lost": "hold an answer to '{item}' that would no longer be asked",
    "unknown_item": "hold an answer to '{item}', which no longer exists",
    "min": "are below the least value of '{item}'",
    "max": "are above the greatest value of '{item}'",
    "rule": "break the rule '{rule}'",
    "unit": "have a unit of '{item}' that is no longer possible",
    "at_least": "have too few answers to '{item}'",
    "at_most": "have too many answers to '{item}'",
    "precision": "are not precise enough in '{item}'",
}


def replay(
    old: CompiledForm, new: CompiledForm, responses: Iterable[StoredResponse], context: Context
) -> Replay:
    """Replay responses that were given with ``old`` through ``new`` (migrations applied first).

    Only what the new version brings counts: faults that a response had before are not reported.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], list[str]] = {}
    total = valid = 0
    for response_id, answers in responses:
        total += 1
        found = set(_new_faults(old, new, answers, context))
        valid += not found
        for key in found:
            counts[key] += 1
            kept = examples.setdefault(key, [])
            if len(kept) < MAX_EXAMPLES:
                kept.append(response_id)
    verdicts = tuple(
        Verdict(
            code, item, rule, count, _sentence(code, item, rule), tuple(examples[code, item, rule])
        )
        for (code, item, rule), count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    )
    return Replay(total, valid, verdicts)


def _sentence(code: str, item: str, rule: str) -> str:
    phrase = _PHRASES.get(code, "have an answer to '{item}' that would not be accepted")
    return phrase.format(item=item, rule=rule)


def _new_faults(
    old: CompiledForm, new: CompiledForm, answers: Mapping[str, Any], context: Context
) -> Iterator[tuple[str, str, str]]:
    moved = migrate(old, new, answers, context).answers if applicable(old, new) else answers
    after = evaluate(new, moved, context)
    hidden = list(_hidden(after, moved, new))
    if not after.errors and not hidden:
        return
    before = evaluate(old, answers, context)
    had = {_key(issue) for issue in before.issues}
    for issue in after.errors:
        if _key(issue) not in had:
            yield _key(issue)
    for item in hidden:
        if before.is_visible(item):
            yield "lost", item, ""


def _key(issue: AnswerIssue) -> tuple[str, str, str]:
    item = str(issue.params.get("item", issue.item)) if issue.code == "unknown_item" else issue.item
    return issue.code, item, issue.rule


def _hidden(after: Evaluation, answers: Mapping[str, Any], new: CompiledForm) -> Iterator[str]:
    """Yield items with an answer that are not shown."""
    shown = after.visible[""]
    for name, value in answers.items():
        item = new.items.get(name)
        if name in shown or item is None or value in (None, [], ""):
            continue
        if item.value is None and (item.kind.answers or item.is_repeat):
            yield name
