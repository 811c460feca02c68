"""The author's own tests (``checks:``): answers given, outcome expected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.definition import Check
from portal.forms.definition.vocabulary import EXPECT_KEYWORDS
from portal.forms.evaluate import Context, Evaluation, evaluate
from portal.forms.expressions.moments import moment
from portal.forms.kinds import AnswerError
from portal.forms.layout import Faults, lay_out
from portal.forms.names import CONTEXT, FormNames
from portal.forms.prefill import written_value
from portal.kernel.errors import nearest

STATES = frozenset({"shown", "hidden", "empty"})


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check; ``failures`` say what was expected and what was found."""

    name: str
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.failures


def run_checks(form: CompiledForm, today: date) -> tuple[CheckResult, ...]:
    """Run every check of a form; ``today`` counts where a check names no day of its own."""
    runner = _Runner(form, today)
    return tuple(
        CheckResult(check.name, tuple(runner.run(check))) for check in form.definition.checks
    )


class _Runner:
    def __init__(self, form: CompiledForm, today: date) -> None:
        self.form = form
        self.today = today
        self.names = FormNames(form.definition, lay_out(form.definition, Faults()))

    def run(self, check: Check) -> Iterator[str]:
        """Yield what is not as expected."""
        problems: list[str] = []
        answers = self.answers(check.given, (), problems)
        context = self.context(check.context, problems)
        yield from problems
        outcome = evaluate(self.form, answers, context)
        for name, wanted in check.expect.items():
            if name in EXPECT_KEYWORDS:
                yield from self.overall(name, wanted, outcome)
            else:
                yield from self.item(name, wanted, answers, outcome)

    def answers(
        self, given: Mapping[str, Any], scope: tuple[str, ...], problems: list[str]
    ) -> dict[str, Any]:
        """Return written answers in stored form; rows get ids of their own."""
        result: dict[str, Any] = {}
        for name, value in given.items():
            item = self.form.items.get(name)
            if item is None or item.scope != scope:
                near = nearest(name, self.form.items)
                hint = f" (did you mean '{near}'?)" if near and near != name else ""
                problems.append(f"given: there is no question '{name}' here{hint}")
            elif item.is_repeat:
                result[name] = self.rows(item, value, problems)
            else:
                self.answer(result, item, value, problems)
        return result

    def rows(self, item: CompiledItem, value: Any, problems: list[str]) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            problems.append(f"given: '{item.id}' has rows; write a list of {{column: value}}")
            return []
        inner = (*item.scope, item.id)
        return [
            {"row": f"{item.id.replace('.', '-')}-{number}", **self.answers(row, inner, problems)}
            for number, row in enumerate(value, 1)
        ]

    def answer(
        self, result: dict[str, Any], item: CompiledItem, value: Any, problems: list[str]
    ) -> None:
        try:
            if item.multiple:
                listed = value if isinstance(value, list) else [value]
                result[item.id] = [self.stored(item, one) for one in listed]
            else:
                result[item.id] = self.stored(item, value)
        except AnswerError as fault:
            problems.append(f"given: '{item.id}': {fault}")

    def stored(self, item: CompiledItem, value: Any) -> Any:
        return item.kind.coerce(item, written_value(value, self.names.system))

    def context(self, given: Mapping[str, Any], problems: list[str]) -> Context:
        """Return the facts around a check."""
        values: dict[str, Any] = {}
        days = {"today": self.today, "visit_date": None}
        for name, value in given.items():
            if name in days:
                found = moment(str(value))
                if found is None or len(found.parts) != 3:
                    problems.append(f"context: '{name}' is a full date, as in 2025-03-01")
                else:
                    days[name] = date(*found.parts)
            elif name in CONTEXT:
                values[name] = self.fact(name, value)
            else:
                near = nearest(name, [*CONTEXT, *days])
                problems.append(f"context: there is no '{name}' (did you mean '{near}'?)")
        visit = days["visit_date"]
        today = days["today"] if "today" in given else visit or self.today
        return Context(today or self.today, visit, values)

    def fact(self, name: str, value: Any) -> Any:
        if CONTEXT[name] != "coded":
            return value
        system, _, code = str(written_value(value, self.names.system)).rpartition("|")
        return {"system": system, "code": code}

    def overall(self, name: str, wanted: Any, outcome: Evaluation) -> Iterator[str]:
        """Check what is expected of the form as a whole."""
        if name == "complete":
            complete = not outcome.errors
            if complete is not wanted:
                left = ", ".join(dict.fromkeys(issue.item for issue in outcome.errors))
                yield f"expected complete: {wanted}, found {complete}" + (
                    f" ({left})" if left else ""
                )
            return
        if name == "no_errors":
            wanted, name = [], "errors"
        severity = name.removesuffix("s")
        found = {
            issue.rule or issue.item
            for issue in outcome.issues
            if issue.severity == severity and not issue.is_gap
        }
        missing = [one for one in wanted or [] if one not in found]
        if missing or (not wanted and found):
            yield f"expected {name}: {wanted or 'none'}, found {sorted(found) or 'none'}"

    def item(
        self, name: str, wanted: Any, answers: Mapping[str, Any], outcome: Evaluation
    ) -> Iterator[str]:
        """Check what is expected of one item, in all its rows."""
        item = self.form.items.get(name)
        if item is None:
            near = nearest(name, self.form.items)
            yield f"expect: there is no item '{name}'" + (
                f" (did you mean '{near}'?)" if near else ""
            )
            return
        rows = [row for row, shown in outcome.visible.items() if self._in_scope(item, row, answers)]
        wanted_rows = (
            wanted if isinstance(wanted, list) and not item.multiple else [wanted] * len(rows)
        )
        if not rows:
            yield f"expected {name}: {wanted}, but there is no row"
        elif len(wanted_rows) != len(rows):
            yield f"expected {len(wanted_rows)} rows of {name}, found {len(rows)}"
        else:
            for row, one in zip(rows, wanted_rows, strict=True):
                yield from self.value(item, row, one, answers, outcome)

    def _in_scope(self, item: CompiledItem, row: str, answers: Mapping[str, Any]) -> bool:
        return scope_of_row(answers, row) == item.scope

    def value(
        self,
        item: CompiledItem,
        row: str,
        wanted: Any,
        answers: Mapping[str, Any],
        outcome: Evaluation,
    ) -> Iterator[str]:
        shown = outcome.is_visible(item.id, row)
        found = self.found(item, row, answers, outcome) if shown else None
        if wanted in STATES and isinstance(wanted, str):
            state = {"shown": shown, "hidden": not shown, "empty": found is None}[wanted]
            if not state:
                text = "hidden" if not shown else f"shown, with {self.text(item, found)}"
                yield f"expected {item.id}: {wanted}, found {text}"
            return
        try:
            expected = self.stored(item, wanted)
        except AnswerError as fault:
            yield f"expect: '{item.id}': {fault}"
            return
        if found is None or not self.same(item, expected, found):
            yield f"expected {item.id}: {wanted}, found {self.text(item, found)}"

    def found(
        self, item: CompiledItem, row: str, answers: Mapping[str, Any], outcome: Evaluation
    ) -> Any:
        if item.value is not None:
            return outcome.computed.get((item.id, row))
        return answers_of_row(answers, row).get(item.id)

    @staticmethod
    def same(item: CompiledItem, expected: Any, found: Any) -> bool:
        read = item.kind.reader(item)
        try:
            return bool(read(expected) == read(found))
        except AnswerError:
            return bool(expected == found)

    @staticmethod
    def text(item: CompiledItem, found: Any) -> str:
        if found is None:
            return "nothing"
        listed = found if isinstance(found, list) else [found]
        return ", ".join(item.kind.display(item, one, item.language) for one in listed)


def answers_of_row(answers: Mapping[str, Any], row: str) -> Mapping[str, Any]:
    """Return the answers of one row (of the form itself for ``""``)."""
    if not row:
        return answers
    for value in answers.values():
        for entry in value if isinstance(value, list) else ():
            if isinstance(entry, dict) and "row" in entry:
                inner = entry if entry["row"] == row else answers_of_row(entry, row)
                if inner:
                    return inner
    return {}


def scope_of_row(answers: Mapping[str, Any], row: str) -> tuple[str, ...]:
    """Return the repeats around a row, outermost first."""
    if not row:
        return ()
    for name, value in answers.items():
        for entry in value if isinstance(value, list) else ():
            if isinstance(entry, dict) and "row" in entry:
                if entry["row"] == row:
                    return (name,)
                inner = scope_of_row(entry, row)
                if inner:
                    return (name, *inner)
    return ()
