"""Checks that depend on other answers but that nothing depends on; they run after all steps."""

from collections.abc import Callable
from typing import Any

from portal.forms.compiled import CompiledItem, Expression
from portal.forms.evaluation.frames import Run
from portal.forms.expressions import Frame
from portal.forms.expressions.values import Coded, EvaluationError, order

Step = Callable[[Run, Frame], None]


def attempt(run: Run, item: CompiledItem | None, expression: Expression, frame: Frame) -> Any:
    """Run an expression; values that clash are reported at the item and count as unknown."""
    try:
        return expression.run(frame)
    except EvaluationError as fault:
        if item is not None:
            run.report(item, "expression", frame.row, {"reason": str(fault)})
        return None


def late_step(item: CompiledItem) -> Step | None:
    """Return the checks that depend on other answers but that nothing depends on."""
    checks: list[Step] = []
    if item.required_if is not None:
        checks.append(_required_if(item, item.required_if))
    for side, sign, bound in (("min", -1, item.min), ("max", 1, item.max)):
        if bound is not None:
            checks.append(_bound(item, side, sign, bound))
    if item.option_shows:
        checks.append(_options(item))
    if not checks:
        return None

    def step(run: Run, frame: Frame) -> None:
        if item.id in frame.visible:
            for check in checks:
                check(run, frame)

    return step


def _required_if(item: CompiledItem, condition: Expression) -> Step:
    def check(run: Run, frame: Frame) -> None:
        if attempt(run, item, condition, frame) is not True:
            return
        run.needed.setdefault(frame.row, set()).add(item.id)
        answered = frame.rows.get(item.id) if item.is_repeat else frame.answers.get(item.id)
        if not answered if item.is_repeat or item.multiple else item.kind.is_empty(answered):
            run.report(item, "required", frame.row)

    return check


def _bound(item: CompiledItem, side: str, sign: int, bound: Expression) -> Step:
    def check(run: Run, frame: Frame) -> None:
        value = frame.values.get(item.id)
        if value is None:
            return
        limit = attempt(run, item, bound, frame)
        if limit is None:
            return
        for one in _listed(value):
            try:
                found = order(one, limit)
            except EvaluationError as fault:
                run.report(item, "expression", frame.row, {"reason": str(fault)})
                return
            if found == sign:
                run.report(item, side, frame.row, {"bound": _shown(item, limit)})

    return check


def _shown(item: CompiledItem, limit: Any) -> str:
    stored = item.kind.store(item, limit)
    return item.kind.display(item, stored, item.language) if stored is not None else str(limit)


def _options(item: CompiledItem) -> Step:
    """Note the options that other answers rule out, and chosen ones among them."""

    def check(run: Run, frame: Frame) -> None:
        value = frame.values.get(item.id)
        chosen = {(c.system, c.code) for c in _listed(value) if isinstance(c, Coded)}
        for (system, code), condition in item.option_shows.items():
            if attempt(run, item, condition, frame) is True:
                continue
            run.options_off.setdefault(frame.row, set()).add(f"{item.id} {system}|{code}")
            if (system, code) in chosen:
                label = item.kind.display(item, {"system": system, "code": code}, run.language)
                run.report(item, "option_hidden", frame.row, {"found": label})

    return check


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
