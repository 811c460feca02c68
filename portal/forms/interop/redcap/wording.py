"""Conditions and calculations of ours in REDCap's words."""

from collections.abc import Callable, Mapping
from typing import Any

from portal.forms.compiled import CompiledForm, CompiledItem
from portal.forms.expressions import Ast
from portal.forms.interop.redcap.columns import kept_in
from portal.forms.interop.wording import UntranslatableError

_OPPOSITE = {"=": "is_not", "is_not": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_ARITHMETIC = frozenset({"+", "-", "*", "/", "^"})
_SIGNS = {"=": "=", "is_not": "<>"}


class Wording:
    """Writes the resolved trees of one form; ``names`` are the names of fields in REDCap."""

    def __init__(self, form: CompiledForm, names: Mapping[str, str]) -> None:
        self.form = form
        self.names = names

    def item(self, tree: Ast) -> CompiledItem:
        """Return the item that a reference names."""
        found = self.form.items.get(tree[2]) if tree[0] == "ref" else None
        if found is None or found.id not in self.names:
            raise UntranslatableError(f"'{tree[2] if tree[0] == 'ref' else tree[0]}'")
        return found

    def field(self, tree: Ast) -> str:
        """Return ``[name]``."""
        return f"[{self.names[self.item(tree).id]}]"

    def condition(self, tree: Ast) -> str:
        """Return a condition; raises ``UntranslatableError``."""
        if tree[0] in _OPPOSITE:
            return self.comparison(tree)
        if is_default(tree):
            return self.condition(tree[2])
        writer = _CONDITIONS.get(tree[0])
        if writer is None:
            raise UntranslatableError(f"the condition {tree[1] if tree[0] == 'call' else tree[0]}")
        return writer(self, tree)

    def joined(self, tree: Ast) -> str:
        """Return conditions joined by ``and`` or ``or``."""
        return f" {tree[0]} ".join(self._inner(part, tree[0]) for part in tree[1:])

    def inside(self, tree: Ast) -> str:
        """Return « one of these »."""
        return self.condition(["or", *(["=", tree[1], one] for one in tree[2][1:])])

    def _inner(self, tree: Ast, around: str) -> str:
        written = self.condition(tree)
        mixed = tree[0] in {"and", "or", "in"} and tree[0] != around
        return f"({written})" if mixed else written

    def negation(self, tree: Ast) -> str:
        """Return the opposite of a condition; REDCap has no word for « not ».

        An empty field is « <> » to everything there; where ours would be unknown, the field must
        be filled in as well.
        """
        if tree[0] == "answered":
            return self.answered(tree[1], yes=False)
        if is_default(tree) and tree[2][0] in _SIGNS:
            return self.condition([_OPPOSITE[tree[2][0]], *tree[2][1:]])
        if tree[0] == "=":
            filled = self.answered(tree[1], yes=True)
            return f"({self.condition(['is_not', *tree[1:]])} and {filled})"
        if tree[0] in _OPPOSITE:
            return self.condition([_OPPOSITE[tree[0]], *tree[1:]])
        return self._opposite(tree)

    def _opposite(self, tree: Ast) -> str:
        if tree[0] in {"and", "or"}:
            other = "or" if tree[0] == "and" else "and"
            return self.condition([other, *(["not", part] for part in tree[1:])])
        if tree[0] == "in":
            return self.condition(["and", *(["not", ["=", tree[1], o]] for o in tree[2][1:])])
        if tree[0] == "not":
            return self.condition(tree[1])
        if tree[0] == "ref":
            return f"{self.field(tree)} = '0'"
        raise UntranslatableError("the opposite of this")

    def answered(self, tree: Ast, *, yes: bool) -> str:
        """Return whether a field is filled in; of boxes, whether one is ticked."""
        if tree[0] != "ref":
            raise UntranslatableError("whether something else than a field is answered")
        item = self.item(tree)
        if not item.multiple or not item.options:
            return f"{self.field(tree)} {'<>' if yes else '='} ''"
        boxes = [
            f"[{self.names[item.id]}({code_of(item, o.code)})] = '{int(yes)}'" for o in item.options
        ]
        return "(" + (" or " if yes else " and ").join(boxes) + ")"

    def comparison(self, tree: Ast) -> str:
        """Return a comparison."""
        operator, left, right = tree
        if right[0] == "code":
            return self.coded(operator, left, right)
        if right[0] == "bool":
            return f"{self.field(left)} {_SIGNS[operator]} '{int(right[1])}'"
        sign = _SIGNS.get(operator, operator)
        return f"{self.value(left)} {sign} {self.value(right)}"

    def coded(self, operator: str, left: Ast, right: Ast) -> str:
        """Return a comparison with an option."""
        item = self.item(left)
        if not any((o.system, o.code) == (right[1], right[2]) for o in item.options):
            raise UntranslatableError(f"the code {right[2]}")
        code = code_of(item, right[2])
        if item.multiple:
            return f"[{self.names[item.id]}({code})] = '{int(operator == '=')}'"
        return f"{self.field(left)} {_SIGNS[operator]} '{code}'"

    def value(self, tree: Ast) -> str:
        """Return a number, date or text."""
        if tree[0] in _LITERALS:
            return _LITERALS[tree[0]](tree)
        if tree[0] == "ref" and tree[2] in self.form.lets:
            return f"({self.value(self.form.lets[tree[2]].tree)})"
        if tree[0] == "ref":
            if self.item(tree).kind.expression_type in {"coded", "bool", "quantity"}:
                raise UntranslatableError(f"'{tree[2]}' as a number")
            return self.field(tree)
        if tree[0] == "neg":
            return f"-({self.value(tree[1])})"
        if tree[0] in _ARITHMETIC:
            return f"{self._operand(tree[1])} {tree[0]} {self._operand(tree[2])}"
        if tree[0] == "call" and tree[1] in _CALLS:
            return _CALLS[tree[1]](self, tree[2:])
        raise UntranslatableError(f"{tree[1] if tree[0] == 'call' else tree[0]} in a calculation")

    def _operand(self, tree: Ast) -> str:
        written = self.value(tree)
        return f"({written})" if tree[0] in _ARITHMETIC else written

    def score(self, tree: Ast) -> str:
        """Return the score of a choice: in REDCap the code itself."""
        item = self.item(tree)
        same = all(option.score == code_of(item, option.code) for option in item.options)
        if item.multiple or not same or not item.options:
            raise UntranslatableError(f"the score of '{item.id}', which is not its code")
        return self.field(tree)


def is_default(tree: Ast) -> bool:
    """Whether a condition counts unknown as false."""
    return tree[:2] == ["call", "default"] and tree[3] == ["bool", False]


_CONDITIONS: dict[str, Callable[[Wording, Ast], str]] = {
    "and": Wording.joined,
    "or": Wording.joined,
    "in": Wording.inside,
    "not": lambda wording, tree: wording.negation(tree[1]),
    "answered": lambda wording, tree: wording.answered(tree[1], yes=True),
    "ref": lambda wording, tree: f"{wording.field(tree)} = '1'",
}


def code_of(item: CompiledItem, code: str) -> str:
    """Return the code of an option as REDCap knows it."""
    for option in item.options:
        if option.code == code:
            return kept_in(option.fhir).get("code", code)
    return code


_LITERALS: dict[str, Callable[[Ast], str]] = {
    "num": lambda tree: str(tree[1]),
    "str": lambda tree: "'" + tree[1].replace("'", "") + "'",
    "date": lambda tree: f"'{tree[1].replace('T', ' ')}'",
    "time": lambda tree: f"'{tree[1]}'",
}


def _plain(name: str) -> Callable[[Wording, list[Any]], str]:
    def called(wording: Wording, parts: list[Any]) -> str:
        if any(isinstance(part, dict) or part[0] == "each" for part in parts):
            raise UntranslatableError(f"{name}() over rows or of all")
        return f"{name}({', '.join(wording.value(part) for part in parts)})"

    return called


def _if(wording: Wording, parts: list[Any]) -> str:
    test = wording.condition(parts[0])
    other = "''" if parts[2] == ["/", ["num", "0"], ["num", "0"]] else wording.value(parts[2])
    return f"if({test}, {wording.value(parts[1])}, {other})"


def _days(wording: Wording, parts: list[Any]) -> str:
    return f'datediff({wording.value(parts[0])}, {wording.value(parts[1])}, "d", true)'


def _years(wording: Wording, parts: list[Any]) -> str:
    return f'rounddown(datediff({wording.value(parts[0])}, {wording.value(parts[1])}, "y"), 0)'


def _count(wording: Wording, parts: list[Any]) -> str:
    tests = [wording.answered(part, yes=True) for part in parts]
    return f"sum({', '.join(f'if({test}, 1, 0)' for test in tests)})"


def _count_where(wording: Wording, parts: list[Any]) -> str:
    return f"sum({', '.join(f'if({wording.condition(part)}, 1, 0)' for part in parts)})"


_CALLS: dict[str, Callable[[Wording, list[Any]], str]] = {
    **{name: _plain(name) for name in ("sum", "mean", "min", "max", "round", "abs", "sqrt", "exp")},
    "ln": _plain("log"),
    "if": _if,
    "today": lambda _wording, _parts: "'today'",
    "days_between": _days,
    "years_between": _years,
    "count": _count,
    "count_where": _count_where,
    "score": lambda wording, parts: wording.score(parts[0]),
}
