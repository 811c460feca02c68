"""Parses, resolves and compiles every expression of a definition; faults carry their place."""

from collections.abc import Mapping

from portal.forms.compiled import CompiledForm, CompiledRule, Expression
from portal.forms.definition import FormDefinition, Item, Option, walk
from portal.forms.expressions import (
    Ast,
    ExpressionError,
    Scope,
    Target,
    compile_tree,
    parse,
    resolve,
)
from portal.forms.expressions.parser import names_in
from portal.forms.expressions.resolve import deepest_scope
from portal.forms.expressions.signatures import fits, named
from portal.forms.kinds import KINDS
from portal.forms.layout import Faults, Layout, lay_out
from portal.forms.names import FormNames
from portal.kernel.errors import nearest


class ExpressionCompiler:
    """Compiles the expressions of one form."""

    def __init__(
        self, definition: FormDefinition, layout: Layout, names: FormNames, faults: Faults
    ) -> None:
        self.definition = definition
        self.layout = layout
        self.names = names
        self.faults = faults
        self._lets: dict[str, Expression | None] = {}
        names.on_let(self._let_target)

    def expression(
        self,
        owner: str,
        keyword: str,
        text: str,
        scope: Scope,
        wanted: str,
        tree: Ast | None = None,
    ) -> Expression | None:
        """Compile one expression; None (and a fault) when it cannot be used."""
        try:
            parsed = tree or parse(text)
            found = resolve(parsed, self.names, scope)
        except ExpressionError as fault:
            self.faults.add(owner, keyword, fault.message, fault.near)
            return None
        if not fits(found.type, wanted):
            self.faults.add(
                owner, keyword, f"{named(wanted)} was expected, this gives {named(found.type)}"
            )
            return None
        run = compile_tree(found.tree)
        return Expression(owner, keyword, text, found.tree, found.type, found.needs, run, scope)

    def let(self, name: str) -> Expression | None:
        """Compile a named expression; it lives in the innermost repeat it speaks of."""
        self.names.target(name)
        if name not in self._lets:
            self._let_target(name)
        return self._lets[name]

    def _let_target(self, name: str) -> Target:
        owner, text = f"let:{name}", self.definition.let[name]
        scope: Scope = ()
        if name in self.layout.items:
            self.faults.add(owner, "", f"'{name}' is the id of an item already")
        try:
            scope = deepest_scope(parse(text), self.names)
        except ExpressionError as fault:
            self.faults.add(owner, "", fault.message, fault.near)
            self._lets[name] = None
            return Target("any")
        self._lets[name] = self.expression(owner, "", text, scope, "any")
        found = self._lets[name]
        return Target(found.type if found else "any", scope)

    def condition(self, item: Item, keyword: str) -> Expression | None:
        """Compile ``show_if`` or ``required_if``."""
        text = getattr(item, keyword)
        if not text:
            return None
        return self.expression(item.id, keyword, text, self.layout.scopes[item.id], "bool")

    def value(self, item: Item) -> Expression | None:
        """Compile the expression of a calculated answer; its type must fit the item's."""
        if not item.value:
            return None
        wanted = KINDS[item.type].expression_type
        return self.expression(item.id, "value", item.value, self.layout.scopes[item.id], wanted)

    def prefill(self, item: Item) -> Expression | None:
        """Compile the expression of a first value; it may only speak of facts around the form."""
        if item.prefill is None or not item.prefill.expression:
            return None
        wanted, scope = KINDS[item.type].expression_type, self.layout.scopes[item.id]
        found = self.expression(item.id, "prefill", item.prefill.expression, scope, wanted)
        if found and found.needs:
            mentioned = ", ".join(sorted(found.needs))
            self.faults.add(
                item.id,
                "prefill",
                f"a first value is there before any answer; it cannot use {mentioned} (use 'value')",
            )
        return found

    def bound(self, item: Item, side: str) -> Expression | None:
        """Compile ``min`` or ``max``; a bare number counts in the item's unit, a year is a date."""
        text: str = getattr(item, side)
        if not text:
            return None
        wanted = KINDS[item.type].expression_type
        try:
            tree = _as_bound(parse(text), wanted, item)
        except ExpressionError as fault:
            self.faults.add(item.id, side, fault.message, fault.near)
            return None
        return self.expression(item.id, side, text, self.layout.scopes[item.id], wanted, tree)

    def option_shows(
        self, item: Item, options: tuple[Option, ...]
    ) -> Mapping[tuple[str, str], Expression]:
        """Compile the conditions of single options."""
        found = {}
        for option in options:
            if option.show_if:
                shown = self.expression(
                    item.id, "options", option.show_if, self.layout.scopes[item.id], "bool"
                )
                if shown:
                    found[option.system, option.code] = shown
        return found

    def rules(self) -> tuple[CompiledRule, ...]:
        """Compile the rules of the form and of its items."""
        found: list[CompiledRule] = []
        seen: set[str] = set()
        inner = [rule for item in walk(self.definition.items) for rule in item.rules]
        for rule in (*self.definition.rules, *inner):
            if rule.id in seen:
                self.faults.add(rule.id, "check", f"two rules are named '{rule.id}'")
            seen.add(rule.id)
            try:
                tree = parse(rule.check)
                at = self._place_of(rule.id, rule.at, tree)
                scope = self._row_scope(deepest_scope(tree, self.names), at)
            except ExpressionError as fault:
                self.faults.add(rule.id, "check", fault.message, fault.near)
                continue
            check = self.expression(rule.id, "check", rule.check, scope, "bool")
            if check:
                found.append(CompiledRule(rule, check, at, scope))
        return tuple(found)

    def _row_scope(self, scope: Scope, at: str) -> Scope:
        """Check once per row of the place where the message shows, when that lies deeper."""
        around = self.layout.scopes.get(at, ())
        return around if len(around) > len(scope) and around[: len(scope)] == scope else scope

    def _place_of(self, owner: str, at: str, tree: Ast) -> str:
        if at:
            if at not in self.layout.items:
                near = nearest(at, self.layout.items)
                self.faults.add(
                    owner, "check", f"there is no item '{at}' to show the message", near
                )
            return at
        known = (name for name in names_in(tree) if name in self.layout.items)
        return next(known, next(iter(self.layout.items), ""))

    def due(self, name: str) -> Expression | None:
        """Compile a deadline of an item or section."""
        owner = f"due:{name}"
        if name not in self.layout.items:
            near = nearest(name, self.layout.items)
            self.faults.add(owner, "", f"there is no item or section '{name}'", near)
        return self.expression(owner, "", self.definition.due[name], (), "moment")


def _as_bound(tree: Ast, wanted: str, item: Item) -> Ast:
    if wanted == "quantity":
        unit = item.unit or next(iter(item.units), "")
        if tree[0] == "num" and unit:
            return ["qty", tree[1], unit]
        if tree[0] == "neg" and tree[1][0] == "num" and unit:
            return ["neg", ["qty", tree[1][1], unit]]
    if wanted in {"date", "datetime"} and tree[0] == "num" and len(tree[1]) == 4:
        return ["date", tree[1]]
    return tree


def expression_in(
    form: CompiledForm, text: str, *, scope: Scope = (), wanted: str = "any"
) -> Expression:
    """Compile an expression against a compiled form; raises :class:`ExpressionError`."""
    names = FormNames(form.definition, lay_out(form.definition, Faults()))
    names.on_let(lambda name: Target(form.lets[name].type, form.lets[name].scope))
    found = resolve(parse(text), names, scope)
    if not fits(found.type, wanted):
        raise ExpressionError(f"{named(wanted)} was expected, this gives {named(found.type)}")
    run = compile_tree(found.tree)
    return Expression("", "", text, found.tree, found.type, found.needs, run, scope)
