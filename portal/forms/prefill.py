"""First values: defaults of the definition, facts around the form, earlier observations."""

from collections.abc import Callable
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.definition import Coding
from portal.forms.definition.shapes import CURIE
from portal.forms.evaluate import Context
from portal.forms.expressions import EvaluationError, Frame
from portal.forms.kinds import AnswerError
from portal.forms.layout import Faults

System = Callable[[str], str | None]
Observations = Callable[[Coding, str], Any]
"""``(code, within)`` to the stored value of the last observation, or None. ``within`` is the
span as written (``6 months``), empty for any time."""


def default_of(item: CompiledItem, system: System, faults: Faults) -> Any:
    """Return an item's default as a stored value; one that cannot be an answer is a fault."""
    written = item.item.default
    if written is None:
        chosen = [
            item.kind.coerce(item, f"{option.system}|{option.code}")
            for option in item.options
            if option.default
        ]
        return (chosen if item.multiple else chosen[0]) if chosen else None
    listed = written if isinstance(written, list) else [written]
    try:
        values = [item.kind.coerce(item, written_value(one, system)) for one in listed]
        for value in values:
            item.kind.reader(item)(value)
    except AnswerError as fault:
        faults.add(item.id, "default", f"the default cannot be an answer here: {fault}")
        return None
    return values if item.multiple else values[0]


def written_value(value: Any, system: System) -> Any:
    """Return an author's value in a form that kinds coerce: ``SCT:123`` becomes system and code."""
    found = CURIE.fullmatch(value.strip()) if isinstance(value, str) else None
    address = system(found.group(1)) if found else None
    return f"{address}|{found.group(2)}" if found and address else value


def initial_answers(
    form: CompiledForm, context: Context, observations: Observations | None = None
) -> dict[str, Any]:
    """Return the answers with which a new response begins.

    For each item: the last observation, else the value of its prefill expression, else its
    default. Values that cannot be an answer are left out; rows begin empty.
    """
    frame = Frame(context.typed())
    found: dict[str, Any] = {}
    for item in form.items.values():
        if item.scope or not item.kind.answers or item.value is not None:
            continue
        value = _first_value(item, frame, observations)
        if value is not None:
            found[item.id] = value
    return found


def _first_value(item: CompiledItem, frame: Frame, observations: Observations | None) -> Any:
    prefill = item.item.prefill
    if prefill is not None and prefill.last is not None and observations is not None:
        value = _accepted(item, observations(prefill.last, prefill.within))
        if value is not None:
            return value
    if item.prefill is not None:
        try:
            typed = item.prefill.run(frame)
        except EvaluationError:
            typed = None
        value = None if typed is None else _accepted(item, item.kind.store(item, typed))
        if value is not None:
            return value
    return item.default


def _accepted(item: CompiledItem, value: Any) -> Any:
    """Return the value when it can be an answer of this item, else None."""
    if value is None:
        return None
    try:
        stored = item.kind.coerce(item, value)
        item.read(stored)
    except AnswerError:
        return None
    return [stored] if item.multiple else stored


def row_defaults(form: CompiledForm, repeat_id: str) -> dict[str, Any]:
    """Return the defaults with which a new row of a repeat begins (without its row id)."""
    repeat = form.items[repeat_id]
    inner = (*repeat.scope, repeat_id)
    return {
        item.id: item.default
        for item in form.items.values()
        if item.scope == inner and item.default is not None
    }
