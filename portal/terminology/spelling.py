"""Corrects typed words against the words of a release: swapped, dropped, doubled, neighbour keys.

Optimal string alignment distance; one edit for words of 4 to 7 letters, two from 8. The last word
may be unfinished, so it is compared with beginnings of words.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from portal.terminology.index import Index, Languages

MAX_ALTERNATIVES = 10
Fixes = tuple[dict[str, int], dict[str, int]]


def allowed_edits(word: str) -> int:
    """Return how many edits a word of this length may have: none below four letters."""
    if len(word) < 4 or word.isdigit():
        return 0
    return 1 if len(word) < 8 else 2


def is_known(index: Index, languages: Languages, word: str, *, unfinished: bool) -> bool:
    """Say whether the release has this word, or (when unfinished) a word that begins so."""
    pool = index.words(languages, word[:1])
    return word in pool or (unfinished and any(known.startswith(word) for known in pool))


@lru_cache(maxsize=20_000)
def corrections(index: Index, languages: Languages, word: str, *, unfinished: bool) -> Fixes:
    """Return (whole word → edits, word beginning → edits) that ``word`` may have meant.

    Words that begin with the same letter come first, then others, then (with no edit) words that
    hold it inside.
    The word itself, with no edit, is never in the answer. Kept, as every keystroke asks again.
    """
    limit = allowed_edits(word)
    if not limit:
        return {}, {}
    for pool in _pools(index, languages, word):
        whole = _nearest(word, pool, limit)
        best = sorted(whole, key=lambda found: (whole[found], -pool[found]))[:MAX_ALTERNATIVES]
        starts = _starts(word, pool, limit) if unfinished else {}
        if best or starts:
            return {found: whole[found] for found in best}, starts
    return dict.fromkeys(_holding(index, languages, word), 0), {}


def _holding(index: Index, languages: Languages, word: str) -> list[str]:
    """Return frequent words that hold ``word`` inside: ``blastoma``, German compounds."""
    if len(word) < 5:
        return []
    pool = index.words(languages)
    found = [known for known in pool if word in known]
    return sorted(found, key=lambda known: -pool[known])[:MAX_ALTERNATIVES]


def _pools(index: Index, languages: Languages, word: str) -> Iterator[dict[str, int]]:
    """Yield the words of the same first letter, then those that an error there may have hidden."""
    yield index.words(languages, word[:1])
    first, second = word[0], word[1]
    seconds = index.words_by_second_letter(languages)
    yield {
        **index.words(languages, second),
        **seconds.get(second, {}),
        **seconds.get(first, {}),
    }


def _nearest(word: str, pool: Iterable[str], limit: int) -> dict[str, int]:
    found = process.extract(word, list(pool), scorer=OSA.distance, score_cutoff=limit, limit=60)
    return {text: int(edits) for text, edits, _key in found if edits}


def _starts(word: str, pool: Iterable[str], limit: int) -> dict[str, int]:
    size = len(word)
    cuts = {text[:cut] for text in pool if len(text) >= size for cut in (size - 1, size, size + 1)}
    cuts.discard(word)
    found = _nearest(word, cuts, limit)
    # A cut that merely lacks the last letter, or adds one, is the typed word itself, not an error.
    kept = {t: e for t, e in found.items() if not word.startswith(t) and not t.startswith(word)}
    return dict(sorted(kept.items(), key=lambda pair: pair[1])[:MAX_ALTERNATIVES])


def joined_or_split(
    index: Index, languages: Languages, typed: tuple[str, ...]
) -> list[tuple[str, ...]]:
    """Return readings in which two words were one (``micro cephaly``) or one was two."""
    known = index.frequency
    out: list[tuple[str, ...]] = []
    for at in range(len(typed) - 1):
        both = typed[at] + typed[at + 1]
        if index.frequency(both, languages):
            out.append((*typed[:at], both, *typed[at + 2 :]))
    for at, word in enumerate(typed):
        if len(word) < 7 or index.frequency(word, languages):
            continue
        for cut in range(3, len(word) - 2):
            if known(word[:cut], languages) and known(word[cut:], languages):
                out.append((*typed[:at], word[:cut], word[cut:], *typed[at + 1 :]))
                break
    return out[:4]
