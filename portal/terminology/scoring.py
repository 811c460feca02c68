"""The one scorer: how well a designation answers a query. A pure function, no database.

Exact 1000, exact but for spelling variants 950, begins so 800, all words in order 700, in any order
660, with corrected letters 560 less 45 per edit, some of the words 100 to 450; then small amounts
for the kind of name, length, popularity and language. An inactive concept falls by 600.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.terminology import words as w
from portal.terminology.index import Row
from portal.terminology.records import (
    ABBREVIATION,
    BROAD,
    FULLY_SPECIFIED,
    HIDDEN,
    LAYPERSON,
    NARROW,
    PREFERRED,
    RELATED,
    SYNONYM,
)

EXACT, EXACT_KEY, BEGINS, IN_ORDER, ANY_ORDER, CORRECTED, PARTIAL = (
    1000,
    950,
    800,
    700,
    660,
    560,
    100,
)
_USE = {
    PREFERRED: 12, SYNONYM: 8, LAYPERSON: 8, FULLY_SPECIFIED: 4, ABBREVIATION: 6, RELATED: -30,
    NARROW: -30, BROAD: -40, HIDDEN: -20,
}  # fmt: skip
MAX_WORDS = 14


@dataclass(frozen=True)
class Query:
    """A typed query in comparable form. ``words`` are the key words that count (no stop words)."""

    text: str
    plain: str
    key: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str, *, variant: bool = False) -> "Query":
        """Normalise ``text``. ``variant`` reads ae, oe, ue as a, o, u (ä typed without umlaut)."""
        plain = w.plain(text)
        if variant:
            plain = plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")
        key = w.key_of_plain(plain)
        every = key.split()[:MAX_WORDS]
        content = [word for word in every[:-1] if word not in w.STOP_WORDS] + every[-1:]
        if len(content) > 1 and content[-1] in w.STOP_WORDS:
            content.pop()
        return cls(text, plain, key, tuple(dict.fromkeys(content)))


@dataclass(frozen=True)
class Corrections:
    """For each query word: whole words or word beginnings it may stand for, with their edits."""

    whole: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    starts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    idf: Mapping[str, float] = field(default_factory=dict)


NO_CORRECTIONS = Corrections()


@dataclass(slots=True)
class _Match:
    """Where one query word was found: position among the name's words, edits, whole or not."""

    position: int
    edits: int
    whole: bool


def score(query: Query, row: Row, fixes: Corrections, language: str) -> tuple[float, int]:
    """Return (score, edits) of one designation; edits above 0 mean letters were corrected."""
    base, edits = _base(query, row, fixes)
    return base + _extras(query, row, language), edits


def _base(query: Query, row: Row, fixes: Corrections) -> tuple[float, int]:
    if row.plain == query.plain:
        return EXACT, 0
    if row.key == query.key:
        return EXACT_KEY, 0
    if row.plain.startswith(query.plain) or row.key.startswith(query.key):
        return BEGINS, 0
    return _by_words(query, row.key.split(), fixes)


def _by_words(query: Query, own: list[str], fixes: Corrections) -> tuple[float, int]:
    taken: set[int] = set()
    matches = [_find(word, own, taken, fixes) for word in query.words]
    found = [match for match in matches if match is not None]
    edits = sum(match.edits for match in found)
    left = sum(1 for at, word in enumerate(own) if at not in taken and word not in w.STOP_WORDS)
    if len(found) < len(matches):
        return _partial(query, matches, fixes, left), edits
    complete = 80 if not left and all(match.whole for match in found) else 0
    if edits:
        return CORRECTED - 45 * edits + complete, edits
    positions = [match.position for match in found]
    return (IN_ORDER if positions == sorted(positions) else ANY_ORDER) + complete, 0


def _find(word: str, own: list[str], taken: set[int], fixes: Corrections) -> _Match | None:
    """Find the best free place for a query word: equal, then begun, then corrected."""
    begun = -1
    for at, candidate in enumerate(own):
        if candidate.startswith(word) and at not in taken:
            if len(candidate) == len(word):
                taken.add(at)
                return _Match(at, 0, whole=True)
            if begun < 0:
                begun = at
    if begun >= 0:
        taken.add(begun)
        return _Match(begun, 0, whole=False)
    whole, starts = fixes.whole.get(word), fixes.starts.get(word)
    if not whole and not starts:
        return None
    return _find_corrected(len(word), own, taken, (whole or {}, starts or {}))


def _find_corrected(
    size: int,
    own: list[str],
    taken: set[int],
    fixes: tuple[Mapping[str, int], Mapping[str, int]],
) -> _Match | None:
    whole, starts = fixes
    best: _Match | None = None
    for at, candidate in enumerate(own):
        if at in taken:
            continue
        edits = whole.get(candidate)
        if edits is not None and (best is None or edits < best.edits):
            best = _Match(at, edits, whole=edits > 0)
        for cut in (size - 1, size, size + 1) if starts else ():
            edits = starts.get(candidate[:cut])
            if edits is not None and (best is None or edits < best.edits):
                best = _Match(at, edits, whole=cut >= len(candidate))
    if best is not None:
        taken.add(best.position)
    return best


def _partial(
    query: Query, matches: Sequence[_Match | None], fixes: Corrections, left: int
) -> float:
    weights = [fixes.idf.get(word, 1.0) for word in query.words]
    total = sum(weights) or 1.0
    covered = sum(
        weight * (1.0 if not match.edits else 0.8) * (1.0 if match.whole else 0.9)
        for weight, match in zip(weights, matches, strict=True)
        if match is not None
    )
    return PARTIAL + 350 * covered / total - 12 * left


def _extras(query: Query, row: Row, language: str) -> float:
    shorter, longer = sorted((len(query.plain), len(row.plain)))
    out = _USE[row.use] + 25 * (shorter / longer if longer else 0.0)
    out += min(24.0, 4 * math.log2(1 + row.popularity)) if row.popularity else 0.0
    if row.lang == language or row.lang.split("-", 1)[0] == language:
        out += 10
    return out if row.active else out - 600
