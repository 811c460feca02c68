"""Systems that are a grammar, not a list: UCUM, HGVS, BCP 47; expressions are parsed, checked."""

from typing import Protocol

from portal.terminology.grammars.result import GrammarError, Parsed
from portal.terminology.index import Index

__all__ = ["Grammar", "GrammarError", "Parsed", "grammar"]


class Grammar(Protocol):
    """Parses expressions of one system."""

    def parse(self, text: str) -> Parsed:
        """Return the normalised expression, or raise GrammarError with the position."""
        ...


def grammar(name: str, index: Index | None) -> Grammar:
    """Return the grammar of a pack; ``index`` is its list of atoms (units, languages)."""
    if name == "ucum" and index is not None:
        from portal.terminology.grammars.ucum import Ucum

        return Ucum.of(index)
    if name == "hgvs":
        from portal.terminology.grammars.hgvs import Hgvs

        return Hgvs()
    if name == "bcp47":
        from portal.terminology.grammars.bcp47 import Bcp47

        return Bcp47(index)
    raise KeyError(name)
