"""Writes one release into one read-only SQLite file, its rows in the order that search wants."""

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from portal.terminology import records as r
from portal.terminology import words
from portal.terminology.content import Content, ancestors, parents_of
from portal.terminology.packs import Pack

SCHEMA_VERSION = 2

_SCHEMA = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE concept(
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, display TEXT NOT NULL, active INTEGER NOT NULL,
  selectable INTEGER NOT NULL, kind TEXT NOT NULL, definition TEXT NOT NULL,
  popularity INTEGER NOT NULL);
CREATE TABLE designation(
  id INTEGER PRIMARY KEY, concept INTEGER NOT NULL, lang TEXT NOT NULL, use TEXT NOT NULL,
  term TEXT NOT NULL, plain TEXT NOT NULL, key TEXT NOT NULL);
CREATE VIRTUAL TABLE fts USING fts5(
  key, content='', columnsize=0, prefix='1 2 3 4', tokenize='unicode61 remove_diacritics 0');
CREATE TABLE word(lang TEXT, word TEXT, df INTEGER, PRIMARY KEY(lang, word)) WITHOUT ROWID;
CREATE TABLE alias(form TEXT, concept INTEGER, kind TEXT, PRIMARY KEY(form, concept)) WITHOUT ROWID;
CREATE TABLE edge(child INTEGER, parent INTEGER, PRIMARY KEY(child, parent)) WITHOUT ROWID;
CREATE TABLE closure(
  ancestor INTEGER, descendant INTEGER, PRIMARY KEY(ancestor, descendant)) WITHOUT ROWID;
CREATE TABLE replacement(old TEXT, new TEXT, relation TEXT, via TEXT);
CREATE TABLE property(concept INTEGER, name TEXT, value TEXT, kind TEXT);
CREATE TABLE map(code TEXT, target TEXT, target_code TEXT, relation TEXT, origin TEXT, label TEXT);
"""
_INDEXES = """
CREATE INDEX designation_concept ON designation(concept);
CREATE INDEX designation_key ON designation(key);
CREATE INDEX edge_parent ON edge(parent);
CREATE INDEX closure_descendant ON closure(descendant);
CREATE INDEX replacement_old ON replacement(old);
CREATE INDEX property_concept ON property(concept);
CREATE INDEX property_value ON property(name, value);
CREATE INDEX map_code ON map(code);
CREATE INDEX map_target ON map(target, target_code);
ANALYZE;
"""
_RANK = {
    r.PREFERRED: 0, r.SYNONYM: 0, r.LAYPERSON: 0, r.FULLY_SPECIFIED: 1, r.ABBREVIATION: 1,
    r.RELATED: 2, r.NARROW: 2, r.BROAD: 3, r.HIDDEN: 3,
}  # fmt: skip


def build_index(content: Content, pack: Pack, path: Path, meta: dict[str, str]) -> dict[str, int]:
    """Write ``content`` to the new file ``path``; return the counts, which also stand in it."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript(
            "PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA
        )
        connection.execute("BEGIN")
        ids = {code: number for number, code in enumerate(content.concepts, start=1)}
        counts = {
            "concepts": _concepts(connection, content, ids),
            "designations": _designations(connection, content, ids),
            "edges": _edges(connection, content, ids),
            "replacements": _replacements(connection, content),
            "aliases": _aliases(connection, content, pack, ids),
            "properties": _properties(connection, content, ids),
            "maps": _maps(connection, content),
        }
        everything = {**meta, **{name: str(number) for name, number in counts.items()}}
        connection.executemany("INSERT INTO meta VALUES(?,?)", everything.items())
        connection.execute("COMMIT")
        connection.execute("INSERT INTO fts(fts) VALUES('optimize')")
        connection.executescript(_INDEXES)
    finally:
        connection.close()
    return counts


def _concepts(connection: sqlite3.Connection, content: Content, ids: dict[str, int]) -> int:
    rows = (
        (
            ids[c.code],
            c.code,
            c.display or c.code,
            c.active,
            c.selectable,
            c.kind,
            c.definition,
            content.weights.get(c.code, 0),
        )
        for c in content.concepts.values()
    )
    connection.executemany("INSERT INTO concept VALUES(?,?,?,?,?,?,?,?)", rows)
    return len(ids)


def _ranked(content: Content) -> list[r.Designation]:
    """Sort designations: active, preferred and synonym, popular, short ones first."""
    concepts, weights = content.concepts, content.weights
    return sorted(
        content.names.values(),
        key=lambda d: (
            not concepts[d.code].active,
            _RANK[d.use],
            -round(4 * math.log2(1 + weights.get(d.code, 0))),
            len(d.text),
            d.code,
            d.lang,
            d.text,
        ),
    )


def _designations(connection: sqlite3.Connection, content: Content, ids: dict[str, int]) -> int:
    frequency: Counter[tuple[str, str]] = Counter()
    rows = []
    for number, d in enumerate(_ranked(content), start=1):
        bare = words.plain(d.text)
        key = words.key_of_plain(bare)
        base = d.lang.split("-", 1)[0].lower()
        frequency.update((base, word) for word in set(key.split()))
        rows.append((number, ids[d.code], d.lang, d.use, d.text, bare, key))
    connection.executemany("INSERT INTO designation VALUES(?,?,?,?,?,?,?)", rows)
    connection.executemany("INSERT INTO fts(rowid, key) VALUES(?,?)", ((x[0], x[6]) for x in rows))
    connection.executemany(
        "INSERT INTO word VALUES(?,?,?)",
        sorted((lang, word, df) for (lang, word), df in frequency.items()),
    )
    return len(rows)


def _edges(connection: sqlite3.Connection, content: Content, ids: dict[str, int]) -> int:
    parents = parents_of(content.edges)
    connection.executemany(
        "INSERT INTO edge VALUES(?,?)",
        sorted((ids[child], ids[parent]) for child, parent in content.edges),
    )
    pairs = (
        (ids[above], ids[code]) for code, found in ancestors(parents).items() for above in found
    )
    connection.executemany("INSERT INTO closure VALUES(?,?)", sorted(pairs))
    return len(content.edges)


def _final(code: str, direct: dict[str, r.Replacement], content: Content) -> tuple[str, str]:
    """Follow replaced-by links from ``code`` to an active concept: (final code, codes between)."""
    seen = [code]
    while code in direct and code not in seen[:-1]:
        concept = content.concepts.get(code)
        if concept is not None and concept.active:
            break
        code = direct[code].new
        if code in seen:
            break
        seen.append(code)
    return code, " ".join(seen[1:-1])


def _replacements(connection: sqlite3.Connection, content: Content) -> int:
    """Write replacements; a chain that ends in an inactive concept is followed to an active one."""
    links = [link for link in content.replacements if link.relation != r.ALTERNATIVE]
    direct = {link.old: link for link in links if link.relation in (r.REPLACED_BY, r.SAME_AS)}
    for link in content.replacements:
        retired = content.concepts.get(link.old)
        if link.relation == r.ALTERNATIVE and retired is not None and not retired.active:
            stands = link._replace(relation=r.REPLACED_BY)
            if link.old not in direct:
                direct[link.old] = stands
                links.append(stands)
    rows: dict[tuple[str, str], tuple[str, str, str, str]] = {}
    for link in links:
        final, via = _final(link.new, direct, content)
        via = " ".join(part for part in (link.new if final != link.new else "", via) if part)
        rows.setdefault((link.old, final), (link.old, final, link.relation, via))
    connection.executemany("INSERT INTO replacement VALUES(?,?,?,?)", rows.values())
    return len(rows)


def code_forms(code: str, pack: Pack) -> Iterator[str]:
    """Yield the forms under which a code is found: whole, and without the pack's prefix."""
    whole = words.code_form(code)
    yield whole
    for prefix in (pack.code_prefix, *pack.code_spellings):
        bare = words.code_form(prefix)
        if bare and whole.startswith(bare) and len(whole) > len(bare):
            yield whole[len(bare) :]


def _aliases(
    connection: sqlite3.Connection, content: Content, pack: Pack, ids: dict[str, int]
) -> int:
    rows: dict[tuple[str, int], str] = {}
    for code, number in ids.items():
        for form in code_forms(code, pack):
            rows.setdefault((form, number), "code")
    for link in content.replacements:
        if link.relation == r.ALTERNATIVE and link.new in ids:
            for form in code_forms(link.old, pack):
                rows.setdefault((form, ids[link.new]), r.ALTERNATIVE)
    connection.executemany(
        "INSERT INTO alias VALUES(?,?,?)",
        sorted((f, n, kind) for (f, n), kind in rows.items() if f),
    )
    return len(rows)


def _properties(connection: sqlite3.Connection, content: Content, ids: dict[str, int]) -> int:
    rows = sorted((ids[p.code], p.name, p.value, p.kind) for p in _known(content.properties, ids))
    connection.executemany("INSERT INTO property VALUES(?,?,?,?)", rows)
    return len(rows)


def _known(found: Iterable[r.Property], ids: dict[str, int]) -> Iterator[r.Property]:
    return (p for p in found if p.code in ids and p.value)


def _maps(connection: sqlite3.Connection, content: Content) -> int:
    """Write maps once each; where two sources agree, the named relation beats related-to."""
    best: dict[tuple[str, str, str], r.MapRow] = {}
    for row in content.maps:
        key = (row.code, row.target, row.target_code)
        known = best.get(key)
        if known is None or (known.relation == r.RELATED_TO != row.relation):
            best[key] = row
    connection.executemany("INSERT INTO map VALUES(?,?,?,?,?,?)", sorted(best.values()))
    return len(best)
