"""The expression language of forms: one grammar, one tree, two interpreters, one set of vectors."""

from portal.forms.expressions.compiler import Closure, Frame, compile_tree
from portal.forms.expressions.meaning import Scope
from portal.forms.expressions.parser import Ast, ExpressionError, parse, rename
from portal.forms.expressions.resolve import Resolved, resolve
from portal.forms.expressions.targets import Names, Target
from portal.forms.expressions.values import EvaluationError

__all__ = [
    "Ast",
    "Closure",
    "EvaluationError",
    "ExpressionError",
    "Frame",
    "Names",
    "Resolved",
    "Scope",
    "Target",
    "compile_tree",
    "parse",
    "rename",
    "resolve",
]
