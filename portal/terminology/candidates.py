"""Collects the rows worth scoring by FTS5 queries that stop early: rows lie in rank order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from portal.terminology import spelling
from portal.terminology.index import ROW_COLUMNS, Index, Row
from portal.terminology.scoring import NO_CORRECTIONS, Corrections, Query

ENOUGH = 5
_BEGINS, _WORDS, _FEWER = 60, 150, 50


@dataclass(frozen=True)
class Restriction:
    """A condition on the concept ``c`` (SQL with its values), such as membership of a value set."""

    sql: str = ""
    values: tuple[object, ...] = ()


class Candidates:
    """Rows of one release for one query, gathered in stages until there are enough concepts."""

    def __init__(self, index: Index, languages: Sequence[str], within: Restriction) -> None:
        self._index = index
        self._tags = _tags(index, languages)
        tags = self._tags or index.languages
        self._spoken = tuple(sorted({tag.split("-", 1)[0].lower() for tag in tags}))
        self._within = within
        self.rows: dict[int, Row] = {}
        self._concepts: set[int] = set()
        self.fixes = NO_CORRECTIONS

    def gather(self, query: Query) -> dict[int, Row]:
        """Return rows by id for ``query``; afterwards ``fixes`` holds the corrections tried."""
        if not query.words:
            return {}
        phrase = query.key.replace('"', "")
        self._match(f'^ "{phrase}" *', _BEGINS)
        self._match(_all(query.words), _WORDS)
        if len(self._concepts) < ENOUGH:
            self._corrected(query)
        if len(self._concepts) < ENOUGH and len(query.words) > 1:
            self._fewer(query)
        return self.rows

    def _match(self, expression: str, limit: int) -> None:
        sql, values = self._sql(expression, limit)
        for row in self._index.connection().execute(sql, values):
            self.rows[row[0]] = Row(*row)
            self._concepts.add(row[1])

    def _sql(self, expression: str, limit: int) -> tuple[str, list[object]]:
        values: list[object] = [expression]
        where = "fts MATCH ?"
        if self._tags:
            where += f" AND d.lang IN ({','.join('?' * len(self._tags))})"
            values += self._tags
        if self._within.sql:
            where += f" AND {self._within.sql}"
            values += self._within.values
        # CROSS JOIN keeps the full-text table outermost, so that its row order is the result's.
        sql = (
            f"SELECT {ROW_COLUMNS} FROM fts CROSS JOIN designation d ON d.id=fts.rowid "  # noqa: S608
            f"CROSS JOIN concept c ON c.id=d.concept WHERE {where} ORDER BY fts.rowid LIMIT ?"
        )
        return sql, [*values, limit]

    def _corrected(self, query: Query) -> None:
        whole: dict[str, dict[str, int]] = {}
        starts: dict[str, dict[str, int]] = {}
        last = query.words[-1]
        for word in query.words:
            unfinished = word == last
            # A word that the release knows is taken as meant, unless nothing was found at all.
            if self._concepts and spelling.is_known(
                self._index, self._spoken, word, unfinished=unfinished
            ):
                whole[word], starts[word] = {}, {}
            else:
                whole[word], starts[word] = spelling.corrections(
                    self._index, self._spoken, word, unfinished=unfinished
                )
        self.fixes = Corrections(whole, starts, self._idf(query.words, whole))
        if any(whole.values()) or any(starts.values()):
            groups = [self._either(word) for word in query.words]
            self._match(" AND ".join(groups), _WORDS)
        for reading in spelling.joined_or_split(self._index, self._spoken, query.words):
            self._match(_all(reading), _FEWER)

    def _either(self, word: str) -> str:
        """Return an FTS expression for a word or any of its corrections."""
        parts = [f'"{word}" *']
        parts += [f'"{other}"' for other in self.fixes.whole.get(word, ())]
        parts += [f'"{start}" *' for start in self.fixes.starts.get(word, ())]
        return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"

    def _idf(self, typed: Sequence[str], whole: dict[str, dict[str, int]]) -> dict[str, float]:
        """Return how telling each typed word is: rare words weigh more, unknown ones little."""
        frequency = self._index.frequency
        total = int(self._index.meta.get("designations", "1")) + 1
        out = {}
        for word in typed:
            found = max(
                (frequency(text, self._spoken) for text in (word, *whole.get(word, ()))), default=0
            )
            out[word] = math.log(total / (1 + found)) if found else 2.0
        return out

    def _fewer(self, query: Query) -> None:
        """Leave out one word at a time, then keep the two rarest, then each of them alone."""
        groups = {word: self._either(word) for word in query.words}
        order = sorted(query.words, key=lambda word: -self.fixes.idf.get(word, 0.0))
        if len(order) > 2:
            for left_out in reversed(order[:8]):
                rest = [group for word, group in groups.items() if word != left_out]
                self._match(" AND ".join(rest), _FEWER)
        if len(order) > 3:
            self._match(f"{groups[order[0]]} AND {groups[order[1]]}", _FEWER)
        if len(self._concepts) < ENOUGH * 4:
            for word in order[:3]:
                self._match(groups[word], _FEWER)


def _all(typed: Sequence[str]) -> str:
    return " AND ".join(f'"{word}" *' for word in typed)


def _tags(index: Index, languages: Sequence[str]) -> list[str]:
    """Return the language tags to search: the reader's and English; [] when that is all of them."""
    wanted = {language.split("-", 1)[0].lower() for language in (*languages, "en")}
    tags = [tag for tag in index.languages if tag.split("-", 1)[0].lower() in wanted]
    return [] if len(tags) == len(index.languages) or not tags else sorted(tags)
