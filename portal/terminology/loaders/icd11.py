"""ICD-11 MMS simple tabulation: one tab-separated file per language, depth as leading dashes."""

import re
from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader, Context
from portal.terminology.loaders.table import Row, rows

_LANGUAGE = re.compile(r"MMS-([a-z]{2})", re.IGNORECASE)
_VERSION = re.compile(r"(20\d{2}-\d{2})")
_HEADING = re.compile(r"Version:\s*(20\d{2}) (\w{3})")
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: f"{number:02d}" for number, name in enumerate(_NAMES, start=1)}


class Icd11Loader(BaseLoader):
    """Chapters (their number), blocks (their block id) and codes with their foundation URI."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._seen: set[str] = set()

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the records of one language's file."""
        found = _LANGUAGE.search(file.name)
        language = found[1].lower() if found else "en"
        path: list[str] = []
        needed = ["Code", "Title", "ClassKind"]
        for line, row in rows(file, delimiter="\t", required=needed):
            if not path:
                yield from self._header(row, file)
            code = row["Code"] or row.get("BlockId", "") or row.get("ChapterNo", "")
            if not code:
                raise LoadError("neither Code nor BlockId nor ChapterNo", file=file.name, line=line)
            title = row["Title"].lstrip("- ")
            dashes = row["Title"][: len(row["Title"]) - len(title)].count("-")
            if dashes > len(path):
                reason = (
                    f"'{title[:40]}' is {dashes} deep, but the row above is {len(path) - 1} deep"
                )
                raise LoadError(reason, file=file.name, line=line)
            path[dashes:] = [code]
            yield from self._row(row, code, title, language)
            if dashes:
                yield r.Edge(code, path[dashes - 1])

    def _header(self, row: Row, file: InputFile) -> Iterator[r.Record]:
        in_name = _VERSION.search(file.path)
        heading = next((m for m in map(_HEADING.search, row) if m), None)
        if in_name:
            yield r.Header(in_name[1])
        elif heading:
            yield r.Header(f"{heading[1]}-{_MONTHS.get(heading[2], '01')}")

    def _row(self, row: Row, code: str, title: str, language: str) -> Iterator[r.Record]:
        kind = row["ClassKind"]
        if code not in self._seen:
            self._seen.add(code)
            yield r.Concept(code, title, selectable=kind == "category", kind=kind, lang=language)
            if row.get("Foundation URI"):
                yield r.Property(code, "foundation", row["Foundation URI"], "uri")
        yield r.Designation(code, title, language, r.PREFERRED)
