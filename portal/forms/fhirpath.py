"""Expressions of a compiled form as FHIRPath, for exporters."""

from portal.forms.compiled import CompiledForm, Expression
from portal.forms.expressions.fhirpath import (
    Exporter,
    Place,
    UnsupportedError,
    row_variable,
    variable_of,
)

__all__ = ["UnsupportedError", "fhirpath_of", "places_of", "row_variable", "variable_of"]


def places_of(form: CompiledForm) -> dict[str, Place]:
    """Return, for every item, the linkIds from the root (or from its row) down to it."""
    found: dict[str, Place] = {}
    for item in form.items.values():
        around = found.get(item.parent)
        steps: tuple[str, ...] = ()
        if around is not None and not form.items[item.parent].is_repeat:
            steps = around.path
        kind = item.kind.expression_type
        found[item.id] = Place((*steps, item.id), kind, item.multiple)
    return found


def fhirpath_of(form: CompiledForm, expression: Expression) -> str:
    """Return an expression as FHIRPath; raises ``UnsupportedError`` when it has no counterpart.

    Rows are reached by the variables of ``row_variable(repeat)``, which the exporter declares on
    the repeating group with the expression ``%context``; ``let`` names by ``variable_of(name)``.
    """
    row_lets = frozenset(name for name, one in form.lets.items() if one.scope)
    exporter = Exporter(places_of(form), frozenset(form.lets), expression.scope, row_lets=row_lets)
    return exporter.text(expression.tree)
