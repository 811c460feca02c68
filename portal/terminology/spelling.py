"""Corrects typed words against the words of a release: swapped, dropped, doubled, neighbour keys.

Optimal string alignment distance; one edit for words of 4 to 7 letters, two from 8. The last word
may be unfinished, so it is compared with beginnings of words.
"""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from portal.terminology.index import Index

MAX_ALTERNATIVES = 10


def allowed_edits(word: str) -> int:
    """Return how many edits a word of this length may have: none below four letters."""
    if len(word) < 4 or word.isdigit():
        return 0
    return 1 if len(word) < 8 else 2


def corrections(
    index: Index, word: str, *, unfinished: bool
) -> tuple[dict[str, int], dict[str, int]]:
    """Return (whole word → edits, word beginning → edits) that ``word`` may have meant.

    Words that begin with the same letter come first; others are tried only when there are none.
    The word itself, with no edit, is never in the answer.
    """
    limit = allowed_edits(word)
    if not limit:
        return {}, {}
    for pool in (index.words(word[:1]), index.words("")):
        whole = _nearest(word, pool, limit)
        best = sorted(whole, key=lambda found: (whole[found], -pool[found]))[:MAX_ALTERNATIVES]
        starts = _starts(word, pool, limit) if unfinished else {}
        if best or starts:
            return {found: whole[found] for found in best}, starts
    return {}, {}


def _nearest(word: str, pool: Iterable[str], limit: int) -> dict[str, int]:
    choices = list(pool)
    found = process.extract(
        word,
        choices,
        scorer=OSA.distance,
        score_cutoff=limit,
        limit=60,
    )
    return {text: int(edits) for text, edits, _key in found if edits}


def _starts(word: str, pool: Iterable[str], limit: int) -> dict[str, int]:
    size = len(word)
    cuts = {text[:cut] for text in pool if len(text) >= size for cut in (size - 1, size, size + 1)}
    cuts.discard(word)
    found = _nearest(word, cuts, limit)
    # A cut that merely lacks the last letter, or adds one, is the typed word itself, not an error.
    kept = {t: e for t, e in found.items() if not word.startswith(t) and not t.startswith(word)}
    return dict(sorted(kept.items(), key=lambda pair: pair[1])[:MAX_ALTERNATIVES])


def joined_or_split(index: Index, typed: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return readings in which two words were one (``micro cephaly``) or one was two."""
    out: list[tuple[str, ...]] = []
    for at in range(len(typed) - 1):
        both = typed[at] + typed[at + 1]
        if index.frequency(both):
            out.append((*typed[:at], both, *typed[at + 2 :]))
    for at, word in enumerate(typed):
        if len(word) < 7 or index.frequency(word):
            continue
        for cut in range(3, len(word) - 2):
            if index.frequency(word[:cut]) and index.frequency(word[cut:]):
                out.append((*typed[:at], word[:cut], word[cut:], *typed[at + 1 :]))
                break
    return out[:4]
