"""Codes for a pasted paragraph: the longest runs of words that are the name of a concept.

Dictionary matching only: no language model, nothing leaves the machine, the text is not kept.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.terminology import words
from portal.terminology.concepts import plain_hit
from portal.terminology.index import Index
from portal.terminology.membership import NOTHING
from portal.terminology.search import Hit

if TYPE_CHECKING:
    from portal.terminology.service import Terminology

MAX_TEXT, MAX_RUN, MAX_HITS = 20_000, 8, 3
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SENTENCE_END = re.compile(r"[.;:!?\n]")
_NEGATIONS = {
    "en": "no not without denies denied absent absence negative never neither nor",
    "de": "kein keine keinen keiner nicht ohne",
    "fr": "pas sans aucun aucune ni absence",
    "es": "no sin ningun ninguna niega ausencia",
    "it": "non senza nessun nessuna assenza nega",
    "nl": "geen niet zonder",
    "pt": "nao sem nenhum nenhuma nega ausencia",
}
_TURNS = frozenset(
    ("but", "however", "although", "aber", "jedoch", "mais", "pero", "ma", "maar", "mas")
)
_REACH = 4


@dataclass(frozen=True)
class Span:
    """Characters ``start`` to ``end`` name a concept; ``negated``: it is said to be absent."""

    start: int
    end: int
    text: str
    negated: bool
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    plain: str
    key: str


def suggest(
    terminology: "Terminology", text: str, packs: Sequence[str], language: str, value_set: str
) -> list[Span]:
    """Return the spans of ``text`` (at most 20,000 characters are read) with hits for each.

    Longer runs win over shorter ones and spans never overlap. Abbreviations count only when they
    are written in capitals.
    """
    text = text[:MAX_TEXT]
    tokens = _tokens(text)
    indexes = _indexes(terminology, packs, value_set)
    spans: list[Span] = []
    at = 0
    while at < len(tokens):
        size, hits = _longest(terminology, tokens, at, text, indexes, (language, value_set))
        if hits:
            start, end = tokens[at].start, tokens[at + size - 1].end
            negated = _negated(text, tokens, at, language)
            spans.append(Span(start, end, text[start:end], negated, hits))
        at += max(1, size)
    return spans


def _indexes(terminology: "Terminology", packs: Sequence[str], value_set: str) -> list[Index]:
    chosen = terminology.value_sets.get(value_set) if value_set else None
    names = list(packs) or terminology.packs_of(chosen)
    found = [terminology.index(name) for name in names]
    return [index for index in found if index is not None]


def _tokens(text: str) -> list[_Token]:
    out: list[_Token] = []
    before = ""
    for match in _WORD.finditer(text):
        for part in words.plain(match[0]).split():
            out.append(_Token(match.start(), match.end(), part, words.key_word(part, before)))
            before = part
    return out


def _longest(
    terminology: "Terminology",
    tokens: list[_Token],
    at: int,
    text: str,
    indexes: list[Index],
    bounds: tuple[str, str],
) -> tuple[int, tuple[Hit, ...]]:
    """Return the size in tokens and the hits of the longest name that starts at a token."""
    first = tokens[at]
    if first.key in words.STOP_WORDS:
        return 0, ()
    for size in range(min(MAX_RUN, len(tokens) - at), 0, -1):
        run = tokens[at : at + size]
        if _SENTENCE_END.search(text[first.start : run[-1].end]) or run[-1].key in words.STOP_WORDS:
            continue
        key = " ".join(token.key for token in run)
        if len(key) < 3:
            continue
        written = text[first.start : run[-1].end]
        hits = _exact(terminology, key, written, indexes, bounds)
        if hits:
            return size, hits
    return 0, ()


def _exact(
    terminology: "Terminology",
    key: str,
    written: str,
    indexes: list[Index],
    bounds: tuple[str, str],
) -> tuple[Hit, ...]:
    language, value_set = bounds
    chosen = terminology.value_sets.get(value_set) if value_set else None
    out: list[Hit] = []
    for index in indexes:
        within = terminology.condition(index, chosen)
        if within == NOTHING:
            continue
        extra = f" AND {within.sql}" if within.sql else ""
        rows = index.rows(
            "SELECT d.concept, d.use, d.term, d.lang FROM designation d "  # noqa: S608
            "JOIN concept c ON c.id=d.concept WHERE d.key=? AND c.active=1 AND c.selectable=1"
            f"{extra} ORDER BY d.id LIMIT 6",
            (key, *within.values),
        )
        kept = {row[0]: row for row in reversed(rows) if _fits(row, written, language)}
        found = index.concepts(reversed(kept)).values()
        out += [plain_hit(index, concept, [language]) for concept in found]
    return tuple(out[:MAX_HITS])


def _fits(row: tuple[int, str, str, str], written: str, language: str) -> bool:
    """Accept names of the reader's language and English; short ones only written in capitals."""
    _concept, use, term, lang = row
    if lang.split("-", 1)[0] not in (language.split("-", 1)[0], "en"):
        return False
    if use == "abbreviation" or (len(term) < 5 and term.isupper()):
        return written == term
    return True


def _negated(text: str, tokens: list[_Token], at: int, language: str) -> bool:
    said = set(_NEGATIONS["en"].split()) | set(
        _NEGATIONS.get(language.split("-", 1)[0], "").split()
    )
    for token in reversed(tokens[max(0, at - _REACH) : at]):
        if _SENTENCE_END.search(text[token.end : tokens[at].start]):
            return False
        if token.plain in _TURNS:
            return False
        if token.plain in said:
            return True
    return False
