"""One release, open for reading: concepts, names, hierarchy, words. Nothing here writes.

The file is immutable; every thread gets its own connection, so no lock is ever waited for.
"""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from portal.terminology import words
from portal.terminology.errors import LoadError
from portal.terminology.index_build import SCHEMA_VERSION, code_forms
from portal.terminology.packs import Pack
from portal.terminology.records import FULLY_SPECIFIED, PREFERRED

Languages = tuple[str, ...]


class Row(NamedTuple):
    """One designation with its concept, as search scores it. ``id`` is its static rank."""

    id: int
    concept: int
    code: str
    lang: str
    use: str
    term: str
    plain: str
    key: str
    active: int
    selectable: int
    popularity: int


class ConceptRow(NamedTuple):
    """One concept of the release; ``kind`` is the publisher's class of concept."""

    id: int
    code: str
    display: str
    active: int
    selectable: int
    kind: str
    definition: str
    popularity: int


class Name(NamedTuple):
    """One designation of a known concept."""

    text: str
    lang: str
    use: str


ROW_COLUMNS = (
    "d.id, d.concept, c.code, d.lang, d.use, d.term, d.plain, d.key, c.active, c.selectable, "
    "c.popularity"
)
_CONCEPT = "id, code, display, active, selectable, kind, definition, popularity"
_CHUNK = 500


class Index:
    """The read side of one index file."""

    def __init__(self, path: Path, pack: Pack, version: str) -> None:
        self.path = path
        self.pack = pack
        self.version = version
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self.meta: dict[str, str] = dict(self.rows("SELECT name, value FROM meta"))
        if self.meta.get("schema") != str(SCHEMA_VERSION):
            raise LoadError(
                f"the index of {pack.id} {version} was written by another version of the portal",
                hint=f"Load it again: portal terminology load --pack {pack.id} --from FILE",
            )
        self.has_hierarchy = self.meta.get("edges", "0") != "0"
        found = self.rows("SELECT lang, count(*) FROM designation GROUP BY lang")
        self.languages: dict[str, int] = dict(found)
        self._words: dict[tuple[Languages, str], dict[str, int]] = {}
        self._seconds: dict[Languages, dict[str, dict[str, int]]] = {}

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            uri = f"file:{self.path}?mode=ro&immutable=1"
            found = sqlite3.connect(uri, uri=True, check_same_thread=False, cached_statements=256)
            found.executescript("PRAGMA mmap_size=1073741824; PRAGMA query_only=1;")
            self._local.connection = found
            with self._lock:
                self._all.append(found)
        return found

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
            self._local = threading.local()

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """Run one SELECT and return all rows."""
        return self.connection().execute(sql, values).fetchall()

    def concept(self, code: str) -> ConceptRow | None:
        """Return the concept of this exact code, or None."""
        found = self.rows(f"SELECT {_CONCEPT} FROM concept WHERE code=?", (code,))  # noqa: S608
        return ConceptRow(*found[0]) if found else None

    def concepts(self, ids: Iterable[int]) -> dict[int, ConceptRow]:
        """Return id → concept for many ids at once."""
        out: dict[int, ConceptRow] = {}
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            marks = ",".join("?" * len(part))
            for row in self.rows(f"SELECT {_CONCEPT} FROM concept WHERE id IN ({marks})", part):  # noqa: S608
                concept = ConceptRow(*row)
                out[concept.id] = concept
        return out

    def all_concepts(self) -> Iterable[ConceptRow]:
        """Iterate over every concept in the publisher's order."""
        for row in self.connection().execute(f"SELECT {_CONCEPT} FROM concept ORDER BY id"):  # noqa: S608
            yield ConceptRow(*row)

    def names(self, concept: int) -> list[Name]:
        """Return all designations of a concept, best rank first."""
        found = self.rows(
            "SELECT term, lang, use FROM designation WHERE concept=? ORDER BY id", (concept,)
        )
        return [Name(*row) for row in found]

    def display(self, concept: ConceptRow, languages: Sequence[str]) -> Name:
        """Return the name to show: preferred in the first language that has one.

        ``de-AT`` falls back to ``de``; without any match the publisher's own display is shown.
        """
        names = self.names(concept.id)
        for language in languages:
            found = pick(names, language)
            if found is not None:
                return found
        own = next((name for name in names if name.text == concept.display), None)
        return own or Name(concept.display, "en", PREFERRED)

    def by_form(self, typed: str) -> list[tuple[int, str]]:
        """Return (concept id, kind) of each code or former code that ``typed`` spells."""
        forms = self.forms(typed)
        marks = ",".join("?" * len(forms))
        order = "CASE kind WHEN 'code' THEN 0 ELSE 1 END, concept"
        found = self.rows(
            f"SELECT concept, kind FROM alias WHERE form IN ({marks}) ORDER BY {order}",  # noqa: S608
            forms,
        )
        return list(dict.fromkeys((c, kind) for c, kind in found))

    def forms(self, typed: str) -> list[str]:
        """Return the normal forms of a typed code: as it is, and filled to the pack's width."""
        out = list(dict.fromkeys(code_forms(typed, self.pack)))
        width = self.pack.code_width
        out += [form.zfill(width) for form in out if form.isdigit() and 2 < len(form) < width]
        return out

    def codes_from(self, typed: str, limit: int) -> list[int]:
        """Return ids of concepts whose code starts so (``Q87`` → Q87.0, Q87.1 …)."""
        form = words.code_form(typed)
        found = self.rows(
            "SELECT a.concept FROM alias a JOIN concept c ON c.id=a.concept WHERE a.form >= ? "
            "AND a.form < ? AND a.kind='code' AND c.active=1 ORDER BY a.form LIMIT ?",
            (form, form + "\U0010ffff", limit),
        )
        return [row[0] for row in found]

    def replacement(self, code: str) -> tuple[str, str]:
        """Return (current code, relation) for a retired code; empty texts when there is none."""
        found = self.rows(
            "SELECT new, relation FROM replacement WHERE old=? ORDER BY CASE relation "
            "WHEN 'replaced-by' THEN 0 WHEN 'same-as' THEN 1 ELSE 2 END, new",
            (code,),
        )
        return (found[0][0], found[0][1]) if found else ("", "")

    def replacements(self, code: str) -> list[tuple[str, str, str]]:
        """Return every (new code, relation, codes in between) of a retired code."""
        return self.rows("SELECT new, relation, via FROM replacement WHERE old=?", (code,))

    def related(self, concept: int, direction: str) -> list[int]:
        """Return ids of ``parents``, ``children``, ``ancestors`` or ``descendants``."""
        sql = {
            "parents": "SELECT parent FROM edge WHERE child=? ORDER BY parent",
            "children": "SELECT child FROM edge WHERE parent=? ORDER BY child",
            "ancestors": "SELECT ancestor FROM closure WHERE descendant=? ORDER BY ancestor",
            "descendants": "SELECT descendant FROM closure WHERE ancestor=? ORDER BY descendant",
        }[direction]
        return [row[0] for row in self.rows(sql, (concept,))]

    def is_below(self, descendant: int, ancestor: int) -> bool:
        """Say whether one concept lies below another (not: is the same)."""
        sql = "SELECT 1 FROM closure WHERE ancestor=? AND descendant=?"
        return bool(self.rows(sql, (ancestor, descendant)))

    def words(self, languages: Languages, first: str = "") -> dict[str, int]:
        """Return word → number of names holding it, for words of these languages.

        With ``first`` only those that begin with this letter. Kept in memory once asked for.
        """
        known = self._words.get((languages, first))
        if known is None:
            known = {}
            sql = "SELECT word, df FROM word WHERE lang=? AND word >= ? AND word < ?"
            for language in languages:
                for word, df in self.rows(sql, (language, first, f"{first}\U0010ffff")):
                    known[word] = known.get(word, 0) + df
            self._words[languages, first] = known
        return known

    def words_by_second_letter(self, languages: Languages) -> dict[str, dict[str, int]]:
        """Return second letter → words with it, for errors in the first letter."""
        known = self._seconds.get(languages)
        if known is None:
            known = {}
            for word, df in self.words(languages).items():
                known.setdefault(word[1:2], {})[word] = df
            self._seconds[languages] = known
        return known

    def frequency(self, word: str, languages: Languages) -> int:
        """Return how many names of these languages hold this key word."""
        return self.words(languages, word[:1]).get(word, 0)

    def properties(self, concept: int) -> list[tuple[str, str, str]]:
        """Return (name, value, kind) of each property."""
        sql = "SELECT name, value, kind FROM property WHERE concept=? ORDER BY name, value"
        return self.rows(sql, (concept,))


def pick(names: Sequence[Name], language: str) -> Name | None:
    """Return the best name in ``language``: its exact tag first, then its base language.

    Within a language: preferred, then any other, the fully specified name last.
    """
    wanted, base = language.lower(), language.split("-", 1)[0].lower()
    exact = [name for name in names if name.lang.lower() == wanted]
    return _best(exact) or _best([n for n in names if n.lang.split("-", 1)[0].lower() == base])


def _best(names: Sequence[Name]) -> Name | None:
    last = {PREFERRED: 0, FULLY_SPECIFIED: 2}
    return min(names, key=lambda name: last.get(name.use, 1), default=None)
