r"""HGVS variant expressions (version 21): reference, kind, position, change; checked, not resolved.

Covered: g m o c n r p; substitution, deletion, duplication, insertion, deletion-insertion,
inversion, conversion, repeats, no change, allele brackets, uncertain positions, UTR and intron
offsets, protein changes with frame shift and extension. Whether the bases stand in the reference
sequence is not checked: that needs the sequence.
"""

import re

from portal.terminology.grammars.result import GrammarError, Parsed

_ACCESSION = (
    r"(?:N[CGMRPTW]_\d{6,9}(?:\.\d+)?|LRG_\d+(?:[tp]\d+)?|ENS[TGPR]?[A-Z]*\d{11}(?:\.\d+)?"
    r"|[A-Z]{1,2}\d{5,8}(?:\.\d+)?|X[MRP]_\d{6,9}(?:\.\d+)?)"
)
_REFERENCE = re.compile(
    rf"^(?:(?P<accession>{_ACCESSION})(?:\((?P<inner>[A-Z][A-Za-z0-9_.-]*)\))?"
    r"|(?P<gene>[A-Z][A-Za-z0-9-]{0,20})(?:\((?P<transcript>[A-Z]{2}_\d{6,9}(?:\.\d+)?)\))?)"
    r":(?P<kind>[gmoncrp])\.(?P<change>.+)$"
)
_POINT = r"(?:[*-]?\d+(?:[+-](?:\d+|\?))?|\?|pter|qter|cen)"
_UNSURE = rf"\({_POINT}_{_POINT}\)"
_PLACE = rf"(?:{_UNSURE}|{_POINT})"
_RANGE = rf"(?:{_PLACE}_{_PLACE}|{_PLACE})"
_BASES = r"[ACGTUNRYSWKMBDHVacgtunryswkmbdhv]+"
_SEQUENCE = rf"(?:{_BASES}|\d+|\(\d+(?:_\d+)?\)|{_BASES}\[\d+\]|\[[^\[\]]+\]|{_RANGE}(?:inv)?)"
_NUCLEOTIDE = re.compile(
    rf"^(?P<place>{_RANGE})(?:(?P<substitution>(?:{_BASES})>{_BASES})|(?P<delins>del(?:{_BASES})?ins{_SEQUENCE})"
    rf"|(?P<deletion>del(?:{_BASES}|\d+)?)|(?P<duplication>dup(?:{_BASES}|\d+)?)|(?P<insertion>ins{_SEQUENCE})"
    rf"|(?P<inversion>inv(?:\d+)?)|(?P<conversion>con.+)|(?P<repeat>(?:(?:{_BASES})?\[(?:\d+|\(\d+_\d+\))\])+)|(?P<same>=))$"
)
_WHOLE = re.compile(r"^(?:=|\?|0\??|spl\??)$")
_AMINO = (
    r"(?:Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp|Tyr|Val|Sec|Pyl|Xaa"
    r"|Ter|[ACDEFGHIKLMNPQRSTVWYUOX*])"
)
_SITE = rf"{_AMINO}\d+"
_PROTEIN = re.compile(
    rf"^(?P<place>{_SITE}(?:_{_SITE})?)(?:(?P<frameshift>(?:{_AMINO})?fs(?:(?:Ter|\*|X)(?:\d+|\?))?)"
    rf"|(?P<extension>(?:{_AMINO})?ext(?:-\d+|(?:Ter|\*|X)?(?:\d+|\?)))|(?P<delins>delins(?:(?:{_AMINO})+|\d+|X\[\d+\]))"
    rf"|(?P<deletion>del)|(?P<duplication>dup)|(?P<insertion>ins(?:(?:{_AMINO})+|\d+|\(\d+\)|X\[\d+\]))"
    rf"|(?P<repeat>\[(?:\d+|\(\d+_\d+\))\])|(?P<substitution>{_AMINO}(?:\^{_AMINO})*)|(?P<same>=)|(?P<unknown>\?))$"
)
_MAX_LENGTH = 300
_KINDS = {
    "g": "genomic", "m": "mitochondrial", "o": "circular genomic", "c": "coding DNA",
    "n": "non-coding DNA", "r": "RNA", "p": "protein",
}  # fmt: skip


class Hgvs:
    """Parses one expression with its reference, such as ``NM_000138.5:c.1129C>T``."""

    def parse(self, text: str) -> Parsed:
        """Return the parts of the expression, or raise GrammarError with the place."""
        text = text.strip()
        if len(text) > _MAX_LENGTH:
            raise GrammarError(text[:20] + "…", _MAX_LENGTH, f"at most {_MAX_LENGTH} characters")
        match = _REFERENCE.match(text)
        if not match:
            raise self._no_reference(text)
        kind, change = match["kind"], match["change"]
        start = match.start("change")
        kinds = {_change(text, part, kind, start + at) for at, part in _parts(change)}
        parts = {
            "reference": match["accession"] or match["transcript"] or match["gene"],
            "gene": match["gene"] or match["inner"] or "",
            "kind": _KINDS[kind],
            "change": change,
            "changes": ", ".join(sorted(kinds)),
        }
        return Parsed(text, f"{text} ({_KINDS[kind]}, {parts['changes']})", parts)

    def _no_reference(self, text: str) -> GrammarError:
        if ":" not in text:
            return GrammarError(
                text, 0, "a reference, a colon and the change: NM_000138.5:c.1129C>T"
            )
        at = text.index(":") + 1
        if not re.match(r"[gmoncrp]\.", text[at:]):
            return GrammarError(text, at, "one of g. m. o. c. n. r. p. after the colon")
        return GrammarError(text, 0, "a reference sequence such as NM_000138.5, or a gene symbol")


def _parts(change: str) -> list[tuple[int, str]]:
    """Split an allele such as ``[76C>T;83G>C]`` into its changes with their places."""
    if not (change.startswith("[") and change.endswith("]")):
        return [(0, change)]
    out, at = [], 0
    for part in re.split(r"[;,]|\];\[|\(;\)", change):
        bare = part.strip("[]")
        if bare:
            out.append((change.index(bare, at), bare))
            at = out[-1][0] + len(bare)
    return out


def _change(text: str, change: str, kind: str, at: int) -> str:
    bare = change[1:-1] if change.startswith("(") and change.endswith(")") else change
    if _WHOLE.match(bare):
        return "no change" if bare == "=" else "unknown effect"
    match = (_PROTEIN if kind == "p" else _NUCLEOTIDE).match(bare)
    if not match:
        example = "Arg97Gly, Trp24Ter, Arg97fs" if kind == "p" else "76A>C, 76_78del, 76dup"
        raise GrammarError(text, at, f"a change such as {example}")
    return next(name for name, value in match.groupdict().items() if value and name != "place")
