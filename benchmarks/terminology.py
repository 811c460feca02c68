"""Terminology search against its limit: our search beside one raw FTS5 query on the same index.

    python benchmarks/terminology.py [--shared ../shared/data/terminology] [--queries 400]

Prints processor milliseconds per keystroke and per query and the ratio to raw FTS5 with bm25, and
how often the right concept is first. The absolute figures depend on the machine; the ratios do not.
"""

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from portal.terminology.index import Index  # noqa: E402 - needs the path above
from portal.terminology.loading import Terms  # noqa: E402
from portal.terminology.service import Terminology  # noqa: E402

FILES = {
    "hpo": ["hpo/hp-2025-01-16.obo.zst", "hpo/phenotype-2025-01-16.hpoa.zst"],
    "orpha": ["orphanet/orphapacket-2025-12-09.json.tar.zst"],
}
NEIGHBOURS = {
    "a": "s",
    "e": "r",
    "i": "o",
    "o": "p",
    "t": "r",
    "n": "m",
    "s": "d",
    "r": "t",
    "l": "k",
}
Search = Callable[[str], Sequence[str]]


def raw_fts5(index: Index) -> Search:
    """Return a search that is nothing but one FTS5 prefix query with bm25, limit 10."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE f USING fts5(term, code UNINDEXED, prefix='2 3 4', "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    rows = index.rows("SELECT d.term, c.code FROM designation d JOIN concept c ON c.id=d.concept")
    connection.executemany("INSERT INTO f VALUES(?,?)", rows)
    connection.execute("INSERT INTO f(f) VALUES('optimize')")

    def search(text: str) -> list[str]:
        words = [word for word in text.replace('"', " ").split() if any(c.isalnum() for c in word)]
        if not words:
            return []
        match = " ".join(f'"{word}"*' for word in words)
        sql = "SELECT code FROM f WHERE f MATCH ? ORDER BY bm25(f) LIMIT 10"
        return [row[0] for row in connection.execute(sql, (match,))]

    return search


def ours(terms: Terminology, pack: str) -> Search:
    """Return the portal's search as a function from text to codes."""
    return lambda text: [hit.code for hit in terms.search([pack], text)]


def mistyped(term: str, chance: random.Random) -> str:
    """Return ``term`` with one typing error in one word: dropped, swapped, doubled, neighbour."""
    words = term.split()
    long = [place for place, word in enumerate(words) if len(word) > 4]
    if not long:
        return term
    place = chance.choice(long)
    word, at, kind = words[place], chance.randrange(len(words[place]) - 1), chance.randrange(4)
    letter = NEIGHBOURS.get(word[at].lower(), "x")
    words[place] = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[: at + 1] + word[at:],
        word[:at] + letter + word[at + 1 :],
    )[kind]
    return " ".join(words)


def measure(
    search: Search, questions: Sequence[tuple[str, str]]
) -> tuple[list[float], float, float]:
    """Return sorted processor milliseconds, and percent with the code first and in the ten."""
    times, first, ten = [], 0, 0
    for text, code in questions:
        began = time.process_time()
        found = search(text)
        times.append((time.process_time() - began) * 1000)
        first += bool(found) and found[0] == code
        ten += code in found
    return sorted(times), 100 * first / len(questions), 100 * ten / len(questions)


def report(title: str, raw: Search, own: Search, questions: Sequence[tuple[str, str]]) -> None:
    """Print one line: medians, 95th percentiles, ratio, and hits of both."""
    ours_found, raw_found = measure(own, questions), measure(raw, questions)
    at = [int(len(questions) * share) for share in (0.5, 0.95, 0.99)]
    mine, theirs = ([found[0][place] for place in at] for found in (ours_found, raw_found))
    print(
        f"{title:<24} ms p50/p95/p99 {mine[0]:.2f}/{mine[1]:.2f}/{mine[2]:.2f}  raw FTS5 "
        f"{theirs[0]:.2f}/{theirs[1]:.2f}/{theirs[2]:.2f}  ratio p50 {mine[0] / theirs[0]:.1f} "
        f"p95 {mine[1] / theirs[1]:.1f}  first {ours_found[1]:.1f} % (raw {raw_found[1]:.1f} %)  "
        f"in ten {ours_found[2]:.1f} % (raw {raw_found[2]:.1f} %)"
    )


def main() -> None:
    """Load, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared/data/terminology")
    parser.add_argument("--queries", type=int, default=400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        terms = Terminology(Path(folder))
        for pack, names in FILES.items():
            began = time.process_time()
            paths = [options.shared / name for name in names]
            counts = terms.loading.load(terms.pack(pack), paths, Terms()).release.counts
            spent = time.process_time() - began
            print(f"{pack}: {counts['designations']:,} names loaded and indexed in {spent:.1f} s")
            compare(terms, pack, options.queries)
        terms.close()


def compare(terms: Terminology, pack: str, number: int) -> None:
    """Ask exact names, mistyped names, beginnings and every keystroke of one pack."""
    index = terms.index(pack)
    if index is None:
        return
    chance = random.Random(2026)
    names = index.rows(
        "SELECT d.term, c.code FROM designation d JOIN concept c ON c.id=d.concept WHERE c.active=1 "
        "AND d.lang='en' AND d.use IN ('preferred','synonym','layperson') AND length(d.term) > 5 "
        "AND (SELECT count(DISTINCT e.concept) FROM designation e WHERE e.key=d.key)=1"
    )
    chosen = chance.sample(names, min(number, len(names)))
    raw, own = raw_fts5(index), ours(terms, pack)
    own("warm up")
    report(f"{pack} names", raw, own, chosen)
    report(f"{pack} mistyped", raw, own, [(mistyped(term, chance), code) for term, code in chosen])
    report(f"{pack} first 60 %", raw, own, [(t[: max(4, len(t) * 3 // 5)], c) for t, c in chosen])
    keys = [(t[:size], c) for t, c in chosen[:80] for size in range(3, len(t) + 1)]
    report(f"{pack} every keystroke", raw, own, keys)


if __name__ == "__main__":
    main()
