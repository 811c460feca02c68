"""From a definition to a compiled form: names resolved, order found, everything checked once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from portal.forms.browser import browser_form
from portal.forms.compiled import CompiledForm, CompiledItem, Expression, Section
from portal.forms.compiling import ExpressionCompiler
from portal.forms.definition import FormDefinition, Item, Place, content_hash
from portal.forms.expressions import Frame
from portal.forms.expressions.decimals import LIMIT
from portal.forms.expressions.ordering import CycleError, in_order
from portal.forms.expressions.values import EvaluationError, Quantity, order
from portal.forms.kinds import KINDS, AnswerError
from portal.forms.kinds.base import Reader
from portal.forms.layout import Faults, Layout, lay_out
from portal.forms.names import FormNames
from portal.forms.prefill import default_of
from portal.kernel.errors import DefinitionError, Issue, nearest

if TYPE_CHECKING:
    from portal.forms.overlays import Overlay

Places = Mapping[tuple[str, str], Place]


def compile_form(
    definition: FormDefinition, overlays: "Sequence[Overlay]" = (), places: Places | None = None
) -> CompiledForm:
    """Assemble and compile a form.

    ``places`` (from ``Source.places``) give faults their lines. Raises ``DefinitionError`` with
    every fault found: unknown names, clashing types, loops, impossible values.
    """
    if overlays:
        from portal.forms.overlays import assemble

        definition = assemble(definition, overlays).required()
    form, issues = check_form(definition, places)
    if form is None:
        raise DefinitionError(issues)
    return form


def check_form(
    definition: FormDefinition, places: Places | None = None
) -> tuple[CompiledForm | None, list[Issue]]:
    """Compile as far as possible; return the form (None when it has errors) and all issues."""
    faults = Faults(dict(places or {}))
    layout = lay_out(definition, faults)
    names = FormNames(definition, layout)
    compiler = ExpressionCompiler(definition, layout, names, faults)
    lets = {name: found for name in definition.let if (found := compiler.let(name))}
    items = _items(definition, layout, compiler)
    rules = compiler.rules()
    due = {name: found for name in definition.due if (found := compiler.due(name))}
    _check_views(definition, layout, faults)
    steps = _steps(items, lets, faults)
    if any(issue.severity == "error" for issue in faults.issues):
        return None, faults.issues
    sections = _sections(layout)
    ast = browser_form(definition, items, lets, rules, steps)
    form = CompiledForm(
        definition, content_hash(definition), sections, items, lets, rules, due, steps, ast
    )
    return form, faults.issues


def _items(
    definition: FormDefinition, layout: Layout, compiler: ExpressionCompiler
) -> dict[str, CompiledItem]:
    children: dict[str, list[str]] = {}
    for item_id, parent in layout.parents.items():
        children.setdefault(parent, []).append(item_id)
    return {
        item_id: _item(definition, layout, compiler, item, tuple(children.get(item_id, ())), index)
        for index, (item_id, item) in enumerate(layout.items.items())
    }


def _item(
    definition: FormDefinition,
    layout: Layout,
    compiler: ExpressionCompiler,
    item: Item,
    children: tuple[str, ...],
    index: int,
) -> CompiledItem:
    draft = CompiledItem(
        item=item,
        kind=KINDS[item.type],
        parent=layout.parents[item.id],
        section=layout.sections[item.id],
        scope=layout.scopes[item.id],
        children=children,
        options=layout.options[item.id],
        language=definition.language,
        read=lambda value: value,
        order=index,
        weight=_weight(item),
    )
    for issue in draft.kind.check_definition(draft):
        compiler.faults.add(item.id, issue.key, issue.message, issue.nearest, issue.severity)
    return _with_expressions(draft, compiler)


def _with_expressions(draft: CompiledItem, compiler: ExpressionCompiler) -> CompiledItem:
    item = draft.item
    bounds = {side: compiler.bound(item, side) for side in ("min", "max")}
    return replace(
        draft,
        read=_reader(draft, bounds, compiler.faults),
        show=compiler.condition(item, "show_if"),
        value=compiler.value(item),
        required_if=compiler.condition(item, "required_if"),
        min=None if _is_constant(bounds["min"]) else bounds["min"],
        max=None if _is_constant(bounds["max"]) else bounds["max"],
        option_shows=compiler.option_shows(item, draft.options),
        limits={side: b.tree for side, b in bounds.items() if b and _is_constant(b)},
        prefill=compiler.prefill(item),
        default=default_of(draft, compiler.names.system, compiler.faults),
    )


def _weight(item: Item) -> float:
    """Return 1 for required items, else what ``weight`` says; calculated ones never count."""
    if item.value or item.read_only or not (item.is_question or item.repeats):
        return 0.0
    if item.weight:
        return float(item.weight)
    return 1.0 if item.required or item.required_if else 0.0


def _is_constant(bound: Expression | None) -> bool:
    return bound is not None and bound.tree[0] in {"num", "qty", "date", "time", "neg"}


def _reader(draft: CompiledItem, bounds: Mapping[str, Expression | None], faults: Faults) -> Reader:
    """Return the kind's reader, with the constant bounds of the item checked as well."""
    try:
        read = draft.kind.reader(draft)
    except ValueError as fault:
        faults.add(draft.id, "", f"this item cannot be used: {fault}")
        return lambda value: value
    limits: list[tuple[str, int, Any, str]] = []
    for side, sign in (("min", -1), ("max", 1)):
        bound = bounds[side]
        if bound is not None and _is_constant(bound):
            limits.append((side, sign, bound.run(Frame({})), bound.text))
    if len(limits) == 2 and _compared(limits[0][2], limits[1][2]) == 1:
        faults.add(draft.id, "min", "'min' is larger than 'max': no answer is possible")
    return _limited(read, limits) if limits else read


def _limited(read: Reader, limits: list[tuple[str, int, Any, str]]) -> Reader:
    if all(isinstance(bound, Decimal) for _, _, bound, _ in limits):
        return _limited_number(read, limits)

    def bounded(value: Any) -> Any:
        typed = read(value)
        for side, sign, bound, text in limits:
            if _compared(typed, bound) == sign:
                raise AnswerError(side, bound=text)
        return typed

    return bounded


def _limited_number(read: Reader, limits: list[tuple[str, int, Any, str]]) -> Reader:
    """Check plain numbers directly: they are the most frequent answers with limits."""
    low = next((bound for side, _, bound, _ in limits if side == "min"), -LIMIT)
    high = next((bound for side, _, bound, _ in limits if side == "max"), LIMIT)
    texts = {side: text for side, _, _, text in limits}

    def bounded(value: Any) -> Any:
        typed = read(value)
        if low <= typed <= high:
            return typed
        side = "min" if typed < low else "max"
        raise AnswerError(side, bound=texts[side])

    return bounded


def _compared(typed: Any, bound: Any) -> int | None:
    """Compare with a bound; in another kind of unit only the sign can be compared (with 0)."""
    try:
        return order(typed, bound)
    except EvaluationError:
        if isinstance(typed, Quantity) and bound.value == 0:
            return order(typed.value, bound.value)
        return None


def _steps(
    items: Mapping[str, CompiledItem], lets: Mapping[str, Expression], faults: Faults
) -> tuple[str, ...]:
    """Return items and ``let`` names in the order in which they can be evaluated."""
    needs: dict[str, list[str]] = {}
    for name, let in lets.items():
        needs[name] = sorted(let.needs)
    for item in items.values():
        wanted = [item.parent] if item.parent else []
        for expression in (item.show, item.value):
            wanted += sorted(expression.needs) if expression else []
        needs[item.id] = wanted
    try:
        return tuple(in_order(needs))
    except CycleError as cycle:
        owner = cycle.loop[0] if cycle.loop[0] in items else f"let:{cycle.loop[0]}"
        faults.add(owner, "", f"these depend on each other in a circle: {cycle}")
        return ()


def _sections(layout: Layout) -> tuple[Section, ...]:
    members: dict[str, list[str]] = {}
    for item_id, section in layout.sections.items():
        members.setdefault(section, []).append(item_id)
    return tuple(
        Section(section, layout.labels[section], tuple(tops), tuple(members[section]))
        for section, tops in layout.pages.items()
    )


def _check_views(definition: FormDefinition, layout: Layout, faults: Faults) -> None:
    for name, members in definition.views.items():
        for member in members:
            if member not in layout.items:
                near = nearest(member, layout.items)
                faults.add(f"views:{name}", "", f"there is no item '{member}'", near)
