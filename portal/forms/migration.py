"""Answers of an older version become answers of a newer one: previewed, audited, undoable.

Vocabulary: ``rename`` (also by ``was:``), ``split`` and ``join`` (expressions over the old
answers), ``recode``, ``convert_unit``, ``drop`` with a reason. Moving a question needs nothing.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.compiling import expression_in
from portal.forms.definition import Migration
from portal.forms.evaluate import Context, plan
from portal.forms.evaluation.frames import Run, build_frames
from portal.forms.expressions import EvaluationError, ExpressionError, Frame, parse
from portal.forms.expressions.parser import names_in
from portal.forms.expressions.units import UnitError
from portal.forms.expressions.values import Quantity
from portal.forms.kinds import AnswerError
from portal.forms.layout import Faults, lay_out
from portal.forms.names import FormNames
from portal.forms.prefill import written_value
from portal.forms.semver import RangeError, version_range


@dataclass(frozen=True)
class AnswerChange:
    """One answer before and after; None means that there is none. ``why`` goes into the audit."""

    item: str
    row: str
    before: Any
    after: Any
    why: str


@dataclass
class Migrated:
    """The outcome: new answers, every change, and what could not be carried over."""

    answers: dict[str, Any]
    changes: list[AnswerChange] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def migrate(
    old: CompiledForm, new: CompiledForm, answers: Mapping[str, Any], context: Context
) -> Migrated:
    """Bring answers given with ``old`` to ``new``. The answers handed over are not changed."""
    outcome = Migrated(copy.deepcopy(dict(answers)))
    steps = applicable(old, new)
    if steps:
        work = _Migrator(old, new, outcome, context, answers)
        for migration in steps:
            work.apply(migration)
    return outcome


@lru_cache(maxsize=128)
def applicable(old: CompiledForm, new: CompiledForm) -> tuple[Migration, ...]:
    """Return the migrations for answers of the old version, renames by ``was`` first."""
    return tuple(_applicable(old, new))


@lru_cache(maxsize=32)
def _names(form: CompiledForm) -> FormNames:
    return FormNames(form.definition, lay_out(form.definition, Faults()))


def _applicable(old: CompiledForm, new: CompiledForm) -> Iterator[Migration]:
    known = set(old.items)
    renames = {
        past: item.id
        for item in new.items.values()
        for past in item.item.was
        if past in known and past not in new.items and item.id not in known
    }
    if renames:
        yield Migration(from_versions=old.version, rename=renames)
    for migration in new.definition.migrations:
        try:
            if old.version in version_range(migration.from_versions):
                yield migration
        except RangeError:
            continue


def undo(
    answers: Mapping[str, Any], changes: list[AnswerChange]
) -> tuple[dict[str, Any], list[AnswerChange]]:
    """Take changes back, newest first; returns the answers and the changes that were overtaken.

    A change is overtaken when somebody has edited that answer since; it is then left alone.
    """
    result = copy.deepcopy(dict(answers))
    overtaken = []
    for change in reversed(changes):
        holder = next((frame for row, frame in frames_of(result) if row == change.row), None)
        if holder is None or holder.get(change.item) != change.after:
            overtaken.append(change)
        elif change.before is None:
            holder.pop(change.item, None)
        else:
            holder[change.item] = copy.deepcopy(change.before)
    return result, overtaken


def frames_of(answers: dict[str, Any], row: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (row id, answers) of the form and of every row in it."""
    yield row, answers
    for value in list(answers.values()):
        for entry in value if isinstance(value, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("row"), str):
                yield from frames_of(entry, entry["row"])


class _Migrator:
    def __init__(
        self,
        old: CompiledForm,
        new: CompiledForm,
        outcome: Migrated,
        context: Context,
        answers: Mapping[str, Any],
    ) -> None:
        self.old, self.new, self.outcome = old, new, outcome
        self.names = _names(new)
        self.run = Run(old, context.typed(), old.language)
        self.root = build_frames(self.run, answers)
        plan(old).execute(self.run, self.root)

    def apply(self, migration: Migration) -> None:
        """Apply one entry of ``migrations:``."""
        for past, name in migration.rename.items():
            self.each(past, lambda holder, row, p=past, n=name: self.rename(holder, row, p, n))
        for source, parts in migration.split.items():
            for target, text in parts.items():
                self.compute(target, text, f"split from {source}")
            self.each(source, lambda holder, row, s=source: self.drop(holder, row, s, "split"))
        for target, text in migration.join.items():
            self.compute(target, text, "joined")
            for source in names_in(parse(text)):
                if source not in self.new.items:
                    why = f"joined into {target}"
                    self.each(
                        source, lambda holder, row, s=source, w=why: self.drop(holder, row, s, w)
                    )
        for item, codes in migration.recode.items():
            self.each(item, lambda holder, row, i=item, c=codes: self.recode(holder, row, i, c))
        for item, unit in migration.convert_unit.items():
            self.each(item, lambda holder, row, i=item, u=unit: self.convert(holder, row, i, u))
        for item, reason in migration.drop.items():
            self.each(item, lambda holder, row, i=item, r=reason: self.drop(holder, row, i, r))

    def each(self, item: str, step: Any) -> None:
        """Run a step in the form and in every row that holds an answer to the item."""
        for row, holder in list(frames_of(self.outcome.answers)):
            if item in holder:
                step(holder, row)

    def put(self, holder: dict[str, Any], row: str, item: str, value: Any, why: str) -> None:
        """Set or remove an answer and note the change."""
        before = holder.get(item)
        if before == value:
            return
        self.outcome.changes.append(
            AnswerChange(item, row, copy.deepcopy(before), copy.deepcopy(value), why)
        )
        if value is None:
            holder.pop(item, None)
        else:
            holder[item] = value

    def rename(self, holder: dict[str, Any], row: str, past: str, name: str) -> None:
        value = holder[past]
        self.put(holder, row, past, None, f"renamed to {name}")
        self.put(holder, row, name, value, f"renamed from {past}")

    def drop(self, holder: dict[str, Any], row: str, item: str, reason: str) -> None:
        self.put(holder, row, item, None, reason)

    def recode(self, holder: dict[str, Any], row: str, item: str, codes: Mapping[str, str]) -> None:
        value = holder[item]
        several = isinstance(value, list)
        changed = [self._recoded(item, one, codes) for one in (value if several else [value])]
        kept = [one for one in changed if one is not None]
        self.put(holder, row, item, kept if several else (kept[0] if kept else None), "recoded")

    def _recoded(self, item: str, value: Any, codes: Mapping[str, str]) -> Any:
        found = str(value.get("code") if isinstance(value, dict) else value)
        if found not in codes:
            return value
        target = self.new.items.get(item)
        if target is None:
            self.outcome.problems.append(f"'{item}' does not exist any more; it cannot be recoded")
            return value
        return self._accepted(target, written_value(codes[found], self.names.system))

    def convert(self, holder: dict[str, Any], row: str, item: str, unit: str) -> None:
        target, value = self.new.items.get(item), holder[item]
        if target is None or not isinstance(value, dict) or value.get("unit") == unit:
            return
        try:
            old_item = self.old.items.get(item, target)
            typed = old_item.kind.reader(old_item)(value)
            number = typed.to(unit) if isinstance(typed, Quantity) else None
        except (AnswerError, EvaluationError, UnitError):
            number = None
        stored = None if number is None else target.kind.store(target, Quantity(number, unit))
        if stored is None:
            self.outcome.problems.append(f"'{item}' could not be converted into {unit}")
        else:
            self.put(holder, row, item, stored, f"converted into {unit}")

    def compute(self, target: str, text: str, why: str) -> None:
        """Compute a new answer from old ones, in every row of the new item's scope."""
        item = self.new.items.get(target)
        if item is None:
            self.outcome.problems.append(f"'{target}' is not an item of the new version")
            return
        try:
            expression = expression_in(self.old, text, scope=item.scope)
        except ExpressionError as fault:
            self.outcome.problems.append(f"'{target}': {fault.message}")
            return
        holders = dict(frames_of(self.outcome.answers))
        for frame in self.run.scopes.get(item.scope, ()):
            holder = holders.get(frame.row)
            value = self._value(item, expression.run, frame)
            if holder is not None and value is not None:
                self.put(holder, frame.row, target, value, why)

    def _value(self, item: CompiledItem, run: Any, frame: Frame) -> Any:
        try:
            typed = run(frame)
        except EvaluationError as fault:
            self.outcome.problems.append(f"'{item.id}': {fault}")
            return None
        if typed is None:
            return None
        stored = item.kind.store(item, typed)
        return stored if stored is not None else self._accepted(item, typed)

    def _accepted(self, item: CompiledItem, value: Any) -> Any:
        try:
            return item.kind.coerce(item, value)
        except AnswerError as fault:
            self.outcome.problems.append(f"'{item.id}': {fault}")
            return None
