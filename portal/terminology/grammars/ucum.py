"""UCUM expressions: a recursive-descent parser over the atoms and prefixes of ucum-essence.

Grammar (UCUM 2.2, section 2): terms joined by ``.`` and ``/``, a leading ``/``, parentheses,
exponents, factors, annotations in braces; a prefix only before a metric atom. Codes are case
sensitive: ``m`` is a metre, ``M`` is only a prefix.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from portal.kernel.errors import nearest
from portal.terminology.grammars.result import GrammarError, Parsed
from portal.terminology.index import Index

_EXPONENT = re.compile(r"[+-]?\d+")
_FACTOR = re.compile(r"\d+")
_ANNOTATION = re.compile(r"\{[\x21-\x7a|\x7c\x7e\x20]*?\}")
_SYMBOL = re.compile(r"(?:\[[^\[\]{}]*\]|[^\s.\/(){}\[\]\d+\-]|(?:10[*^]))+")
_MAX_LENGTH, _MAX_DEPTH = 200, 12


@dataclass(frozen=True)
class Atom:
    """One unit atom: its name, whether it takes a prefix, the quantity it measures."""

    name: str
    metric: bool
    quantity: str


class Ucum:
    """A parser with the atoms of one UCUM release."""

    def __init__(self, atoms: dict[str, Atom], prefixes: dict[str, str]) -> None:
        self.atoms = atoms
        self.prefixes = prefixes

    @classmethod
    def of(cls, index: Index) -> "Ucum":
        """Return the parser for a release (kept per file)."""
        return _parser(index)

    def parse(self, text: str) -> Parsed:
        """Return the expression with a readable name, or raise GrammarError."""
        if len(text) > _MAX_LENGTH:
            raise GrammarError(text[:20] + "…", _MAX_LENGTH, f"at most {_MAX_LENGTH} characters")
        run = _Run(self, text)
        display = run.main()
        return Parsed(text, display, {"quantity": run.quantity} if run.quantity else {})


class _Run:
    """One parse: the text, where it stands, and the quantity when it is a single atom."""

    def __init__(self, ucum: Ucum, text: str) -> None:
        self.ucum = ucum
        self.text = text
        self.at = 0
        self.depth = 0
        self.quantity = ""
        self.components = 0

    def main(self) -> str:
        if not self.text:
            raise self.error("a unit")
        name = self.term()
        if self.at < len(self.text):
            raise self.error("'.', '/' or the end")
        if self.components != 1:
            self.quantity = ""
        return name

    def error(self, expected: str, near: str = "") -> GrammarError:
        return GrammarError(self.text, self.at, expected, near)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
            return match[0]
        return ""

    def term(self) -> str:
        out = ""
        if self.peek() == "/":
            self.at += 1
            out = "per "
        out += self.component()
        while self.peek() in (".", "/"):
            out += " " if self.peek() == "." else " per "
            self.at += 1
            out += self.component()
        return out

    def component(self) -> str:
        if self.peek() == "(":
            return self.group()
        annotation = self.annotation()
        if annotation:
            return annotation
        self.components += 1
        if self.peek().isdigit() and not self.text.startswith(("10*", "10^"), self.at):
            return self.take(_FACTOR) + self.annotation()
        return self.annotatable() + self.annotation()

    def group(self) -> str:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise self.error(f"at most {_MAX_DEPTH} nested parentheses")
        self.at += 1
        inner = self.term()
        if self.peek() != ")":
            raise self.error("')'")
        self.at += 1
        self.depth -= 1
        return f"({inner})" + self.annotation()

    def annotation(self) -> str:
        if self.peek() != "{":
            return ""
        found = self.take(_ANNOTATION)
        if not found or any(not 32 < ord(c) < 127 for c in found):
            raise self.error("an annotation of printable ASCII closed by '}'")
        return found

    def annotatable(self) -> str:
        start = self.at
        symbol = self.take(_SYMBOL)
        if not symbol:
            raise self.error("a unit")
        name = self.atom(symbol, start)
        exponent = self.take(_EXPONENT)
        return f"{name} to the power {exponent}" if exponent else name

    def atom(self, symbol: str, start: int) -> str:
        atoms, prefixes = self.ucum.atoms, self.ucum.prefixes
        if symbol in atoms:
            self.quantity = atoms[symbol].quantity
            return atoms[symbol].name
        for size in (1, 2):
            rest = atoms.get(symbol[size:])
            if symbol[:size] in prefixes and rest is not None and rest.metric:
                self.quantity = rest.quantity
                return prefixes[symbol[:size]] + rest.name
        self.at = start
        raise self.error("a unit of UCUM", self.likely(symbol))

    def likely(self, symbol: str) -> str:
        """Return the unit that differs only in case or brackets, else the nearest one."""
        folded = symbol.casefold().strip("[]")
        for known in self.ucum.atoms:
            if known.casefold().strip("[]") == folded:
                return known
        by_name = [code for code, atom in self.ucum.atoms.items() if atom.name == folded]
        return by_name[0] if by_name else nearest(symbol, self.ucum.atoms)


@lru_cache(maxsize=4)
def _parser(index: Index) -> Ucum:
    facts: dict[int, dict[str, str]] = {}
    for concept, name, value in index.rows("SELECT concept, name, value FROM property"):
        facts.setdefault(concept, {})[name] = value
    atoms: dict[str, Atom] = {}
    prefixes: dict[str, str] = {}
    for concept in index.all_concepts():
        own = facts.get(concept.id, {})
        if concept.kind == "prefix":
            prefixes[concept.code.removeprefix("prefix:")] = concept.display
        else:
            atoms[concept.code] = Atom(
                concept.display, own.get("metric") == "true", own.get("property", "")
            )
    return Ucum(atoms, prefixes)
