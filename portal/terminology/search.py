"""Search of one release: a typed code first, then names by the scorer, best name per concept."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.terminology.candidates import Candidates, Restriction
from portal.terminology.grammars import GrammarError, Parsed, grammar
from portal.terminology.index import ConceptRow, Index, Row
from portal.terminology.packs import Pack
from portal.terminology.scoring import Corrections, Query, score

CODE_SCORE, FORMER_CODE_SCORE, CODE_BEGINS_SCORE = 2000.0, 1900.0, 1500.0
MAX_QUERY = 200
_UMLAUTS = ("ae", "oe", "ue")


@dataclass(frozen=True)
class Hit:
    """One concept found. ``matched`` is the name (or code) that answered the query.

    ``corrected_from`` is the typed text when letters had to be corrected. ``version`` is the
    release the answer is pinned to. An inactive concept carries its replacement, if there is one.
    """

    pack: str
    system: str
    version: str
    code: str
    shown_code: str
    display: str
    language: str
    matched: str
    matched_language: str
    corrected_from: str = ""
    inactive: bool = False
    selectable: bool = True
    replaced_by: str = ""
    replaced_by_display: str = ""
    score: float = 0.0


@dataclass(frozen=True)
class _Found:
    """A concept with the best reason for it."""

    concept: int
    score: float
    matched: str
    matched_language: str
    corrected: bool
    rank: int


def search_release(
    index: Index, text: str, languages: Sequence[str], within: Restriction, limit: int
) -> list[Hit]:
    """Return the best ``limit`` concepts of one release for ``text``, best first.

    ``languages`` are the reader's, first one first; English is searched too. ``within`` bounds the
    answer to a value set.
    """
    text = text.strip()[:MAX_QUERY]
    if not text:
        return []
    found = {hit.concept: hit for hit in _by_code(index, text, within)}
    for hit in _by_name(index, text, languages, within):
        found.setdefault(hit.concept, hit)
    best = sorted(found.values(), key=lambda hit: (-hit.score, hit.rank))[:limit]
    concepts = index.concepts(hit.concept for hit in best)
    corrected = {hit.concept for hit in best if hit.corrected}
    out = []
    for hit in best:
        typed = text if hit.concept in corrected else ""
        out.append(_hit(index, concepts[hit.concept], hit, languages, typed))
    return out


def search_grammar(pack: Pack, index: Index | None, text: str) -> Hit | None:
    """Return the typed expression as a hit when the pack's grammar accepts it."""
    try:
        parsed = grammar(pack.grammar, index).parse(text.strip())
    except GrammarError:
        return None
    return grammar_hit(pack, index, parsed)


def grammar_hit(pack: Pack, index: Index | None, parsed: Parsed) -> Hit:
    """Make the hit of a parsed expression."""
    return Hit(
        pack=pack.id,
        system=pack.canonical,
        version=index.version if index else "",
        code=parsed.code,
        shown_code=pack.shown(parsed.code),
        display=parsed.display,
        language="en",
        matched=parsed.code,
        matched_language="",
        score=CODE_SCORE,
    )


def _by_code(index: Index, text: str, within: Restriction) -> list[_Found]:
    """Return concepts whose code, former code or code's beginning was typed."""
    if len(text) > 60 or not any(c.isalnum() for c in text):
        exact = index.concept(text)
        return (
            [_Found(exact.id, CODE_SCORE, exact.code, "", corrected=False, rank=0)] if exact else []
        )
    out = []
    exact = index.concept(text)
    if exact is not None:
        out.append(_Found(exact.id, CODE_SCORE + 1, exact.code, "", corrected=False, rank=0))
    for concept, kind in index.by_form(text):
        worth = CODE_SCORE if kind == "code" else FORMER_CODE_SCORE
        out.append(_Found(concept, worth, text, "", corrected=False, rank=0))
    if any(c.isdigit() for c in text) and " " not in text and len(text) >= 2:
        for rank, concept in enumerate(index.codes_from(text, 20)):
            out.append(
                _Found(concept, CODE_BEGINS_SCORE - rank, text, "", corrected=False, rank=rank)
            )
    return _allowed(index, out, within)


def _allowed(index: Index, found: list[_Found], within: Restriction) -> list[_Found]:
    """Keep the first finding per concept, and of those the ones that the value set holds.

    A retired code is kept although no value set holds it: its replacement is worth showing.
    """
    first: dict[int, _Found] = {}
    for hit in found:
        first.setdefault(hit.concept, hit)
    if within.sql and first:
        marks = ",".join("?" * len(first))
        kept = index.rows(
            f"SELECT c.id FROM concept c WHERE c.id IN ({marks}) "  # noqa: S608
            f"AND (c.active=0 OR {within.sql})",
            [*first, *within.values],
        )
        ids = {row[0] for row in kept}
        first = {number: hit for number, hit in first.items() if number in ids}
    return list(first.values())


def _by_name(
    index: Index, text: str, languages: Sequence[str], within: Restriction
) -> list[_Found]:
    queries = [Query.of(text)]
    if any(pair in queries[0].plain for pair in _UMLAUTS):
        queries.append(Query.of(text, variant=True))
    best: dict[int, _Found] = {}
    for query in queries:
        candidates = Candidates(index, languages, within)
        rows = candidates.gather(query)
        for row in rows.values():
            hit = _scored(query, row, candidates.fixes, languages)
            known = best.get(hit.concept)
            if known is None or (hit.score, -hit.rank) > (known.score, -known.rank):
                best[hit.concept] = hit
    return list(best.values())


def _scored(query: Query, row: Row, fixes: Corrections, languages: Sequence[str]) -> _Found:
    worth, edits = score(query, row, fixes, languages[0] if languages else "en")
    return _Found(row.concept, worth, row.term, row.lang, corrected=edits > 0, rank=row.id)


def _hit(
    index: Index, concept: ConceptRow, found: _Found, languages: Sequence[str], typed: str
) -> Hit:
    pack = index.pack
    name = index.display(concept, [*languages, "en"])
    new, new_display = "", ""
    if not concept.active:
        new, _relation = index.replacement(concept.code)
        current = index.concept(new) if new else None
        new_display = index.display(current, [*languages, "en"]).text if current else ""
    return Hit(
        pack=pack.id,
        system=pack.canonical,
        version=index.version,
        code=concept.code,
        shown_code=pack.shown(concept.code),
        display=name.text,
        language=name.lang,
        matched=found.matched,
        matched_language=found.matched_language,
        corrected_from=typed,
        inactive=not concept.active,
        selectable=bool(concept.active and concept.selectable),
        replaced_by=new,
        replaced_by_display=new_display,
        score=round(found.score, 1),
    )
