"""The evaluation plan: one small closure per item, run in the order of dependence.

Each closure decides visibility, reads the answer into a typed value, checks it and computes it
where it is calculated. Everything that can be known beforehand is bound into the closure.
"""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from portal.forms.compiled import CompiledForm, CompiledItem, Expression
from portal.forms.evaluation.frames import Run
from portal.forms.evaluation.late import Step, attempt, late_step
from portal.forms.expressions import Frame
from portal.forms.expressions.values import Coded
from portal.forms.kinds import AnswerError

_PLANS: "WeakKeyDictionary[CompiledForm, Plan]" = WeakKeyDictionary()
MAX_ANSWERS = 500


class Plan:
    """The steps of one form, each with the repeats whose rows it runs in."""

    def __init__(self, form: CompiledForm) -> None:
        self.root_steps: list[tuple[Step, tuple[str, ...]]] = []
        for name in form.steps:
            item = form.items.get(name)
            if item is not None:
                self.root_steps.append((item_step(item), item.scope))
            elif name in form.lets:
                expression = form.lets[name]
                self.root_steps.append((_let_step(name, expression), expression.scope))
        self.late = [
            (step, item.scope) for item in form.items.values() if (step := late_step(item))
        ]

    def execute(self, run: Run, root: Frame) -> None:
        """Run every step in every row it belongs to, then the checks that depend on others."""
        for steps in (self.root_steps, self.late):
            for step, scope in steps:
                if scope:
                    for frame in run.scopes.get(scope, ()):
                        step(run, frame)
                else:
                    step(run, root)


def plan_of(form: CompiledForm) -> Plan:
    """Return the plan of a form, built once."""
    plan = _PLANS.get(form)
    if plan is None:
        plan = _PLANS[form] = Plan(form)
    return plan


def _let_step(name: str, expression: Expression) -> Step:
    def step(_run: Run, frame: Frame) -> None:
        value = attempt(_run, None, expression, frame)
        if value is not None:
            frame.values[name] = value

    return step


def item_step(item: CompiledItem) -> Step:
    """Return the step of one item: visible? then its content."""
    content, name = _content(item), item.id
    is_visible = _visibility(item)

    def step(run: Run, frame: Frame) -> None:
        if is_visible is not None and not is_visible(run, frame):
            return
        frame.visible.add(name)
        if content is not None:
            content(run, frame)

    return step


def _visibility(item: CompiledItem) -> Callable[[Run, Frame], bool] | None:
    """Return the test for an item's own condition and its parent; None when always shown."""
    parent, show = item.parent, item.show
    in_row = bool(item.scope) and item.scope[-1] == parent

    def shown(run: Run, frame: Frame) -> bool:
        if parent:
            around = frame.up if in_row else frame
            if around is None or parent not in around.visible:
                return False
        return show is None or attempt(run, item, show, frame) is True

    def inside(_run: Run, frame: Frame) -> bool:
        return parent in frame.visible

    if show is None and not parent:
        return None
    return inside if show is None and not in_row else shown


def _content(item: CompiledItem) -> Step | None:
    if item.is_repeat:
        return _rows_content(item)
    if not item.kind.answers:
        return None
    if item.value is not None:
        return _computed_content(item, item.value)
    return _several_content(item) if item.multiple else _single_content(item)


def _single_content(item: CompiledItem) -> Step:
    name, read, is_empty, required = item.id, item.read, item.kind.is_empty, item.item.required

    def content(run: Run, frame: Frame) -> None:
        value = frame.answers.get(name)
        if value is None:
            if required:
                run.report(item, "required", frame.row)
            return
        try:
            frame.values[name] = read(value)
        except AnswerError as fault:
            # What cannot be read may simply say nothing: "" or a code without a code.
            if not is_empty(value):
                run.report(item, fault.code, frame.row, fault.params)
            elif required:
                run.report(item, "required", frame.row)

    return content


def _several_content(item: CompiledItem) -> Step:
    name, definition = item.id, item.item
    exclusive = {(o.system, o.code): o for o in item.options if o.exclusive}

    def content(run: Run, frame: Frame) -> None:
        given = frame.answers.get(name)
        if not given:
            if definition.required:
                run.report(item, "required", frame.row)
            return
        if not isinstance(given, list | tuple):
            run.report(item, "shape", frame.row)
            return
        values = _read_all(run, item, frame, given)
        if values:
            frame.values[name] = values
        if len(given) < definition.at_least:
            run.report(item, "at_least", frame.row, {"least": definition.at_least})
        if definition.at_most and len(given) > definition.at_most:
            run.report(item, "at_most", frame.row, {"most": definition.at_most})
        if exclusive and len(values) > 1:
            _check_exclusive(run, item, frame, values, exclusive)

    return content


def _read_all(run: Run, item: CompiledItem, frame: Frame, given: Any) -> list[Any]:
    values: list[Any] = []
    if len(given) > MAX_ANSWERS:
        run.report(item, "too_many", frame.row)
        return values
    for one in given:
        try:
            typed = item.read(one)
        except AnswerError as fault:
            run.report(item, fault.code, frame.row, fault.params)
            continue
        if typed in values:
            run.report(item, "duplicate", frame.row)
            continue
        values.append(typed)
    return values


def _check_exclusive(
    run: Run, item: CompiledItem, frame: Frame, values: list[Any], exclusive: dict[Any, Any]
) -> None:
    for value in values:
        if isinstance(value, Coded) and (value.system, value.code) in exclusive:
            option = exclusive[value.system, value.code]
            label = item.kind.display(
                item, {"system": option.system, "code": option.code}, run.language
            )
            run.report(item, "exclusive", frame.row, {"found": label})
            return


def _rows_content(item: CompiledItem) -> Step:
    name, definition = item.id, item.item
    least = max(definition.at_least, 1 if definition.required else 0)

    def content(run: Run, frame: Frame) -> None:
        count = len(frame.rows.get(name, ()))
        if count < least:
            code = "required" if definition.required and count == 0 else "at_least"
            if count or definition.required:
                run.report(item, code, frame.row, {"least": least})
        if definition.at_most and count > definition.at_most:
            run.report(item, "at_most", frame.row, {"most": definition.at_most})

    return content


def _computed_content(item: CompiledItem, expression: Expression) -> Step:
    name, store = item.id, item.kind.store

    def content(run: Run, frame: Frame) -> None:
        typed = attempt(run, item, expression, frame)
        if item.multiple:
            found = typed if isinstance(typed, list) else [typed]
            stored: Any = [
                s for one in found if one is not None and (s := store(item, one)) is not None
            ]
        else:
            stored = None if typed is None or isinstance(typed, list) else store(item, typed)
        run.computed[name, frame.row] = stored or (stored if stored in (0, False) else None)
        if stored is None or stored == []:
            return
        try:
            values = [item.read(one) for one in stored] if item.multiple else item.read(stored)
        except AnswerError as fault:
            run.report(item, fault.code, frame.row, fault.params)
            return
        frame.values[name] = values

    return content
