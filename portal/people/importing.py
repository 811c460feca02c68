"""Read people to invite, or centres to add, from a table (CSV or XLSX); every fault with its row.

The first row names the columns. People: ``email``, ``network``, ``profile``, and as needed ``centre``,
``acts_for`` (a clinician's address), ``message``, ``days``. Centres: ``code``, ``name``, ``city``,
``country``, and ``networks`` (codes, separated by spaces).
"""

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from portal.kernel.errors import DefinitionError, Issue, nearest

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 50 * 1024 * 1024
MOST_ROWS = 5000
LONGEST_CELL = 1000

PEOPLE = ("email", "network", "profile")
PEOPLE_MORE = ("centre", "acts_for", "message", "days")
CENTRES = ("code", "name", "city", "country")
CENTRES_MORE = ("networks",)


@dataclass(frozen=True)
class Row:
    """A row of the table: the line as the spreadsheet counts it, and the cells by column."""

    line: int
    cells: dict[str, str]

    def get(self, column: str) -> str:
        """Return a cell, empty when the column is missing."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Table:
    """What was read; ``kind`` is ``people`` or ``centres``."""

    file: str
    kind: str
    rows: tuple[Row, ...]


def read(path: Path) -> Table:
    """Read a table; raise :class:`DefinitionError` naming everything that keeps it from being read."""
    name = path.name
    if not path.is_file():
        raise DefinitionError([Issue("there is no such file", file=name)])
    if path.stat().st_size > LARGEST_FILE:
        raise DefinitionError([Issue("larger than 5 MB: split the table", file=name)])
    lines = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    if not lines:
        raise DefinitionError([Issue("the table is empty", file=name)])
    header = [cell.strip().casefold().replace(" ", "_") for cell in lines[0]]
    kind = "centres" if {"code", "city"} <= set(header) else "people"
    issues = _header_issues(name, header, kind)
    if len(lines) - 1 > MOST_ROWS:
        issues.append(Issue(f"more than {MOST_ROWS} rows: split the table", file=name))
    if issues:
        raise DefinitionError(issues)
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in cells):
            pairs = zip(header, cells, strict=False)
            rows.append(Row(number, {c: v.strip()[:LONGEST_CELL] for c, v in pairs if c}))
    return Table(name, kind, tuple(rows))


def _header_issues(name: str, header: list[str], kind: str) -> list[Issue]:
    needed, more = (CENTRES, CENTRES_MORE) if kind == "centres" else (PEOPLE, PEOPLE_MORE)
    known = (*needed, *more)
    unknown = [c for c in header if c and c not in known]
    issues = [
        Issue("this column is not known", name, 1, column, nearest(column, known))
        for column in unknown
    ]
    issues += [
        Issue("this column is missing", name, 1, column)
        for column in needed
        if column not in header
    ]
    twice = {c for c in header if c and header.count(c) > 1}
    issues += [Issue("this column stands twice", name, 1, column) for column in sorted(twice)]
    return issues


def _csv(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise DefinitionError(
            [Issue("not UTF-8: save the table as 'CSV UTF-8'", path.name, line)]
        ) from None
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise DefinitionError([Issue(f"not a table: {error}", path.name)]) from None


def _xlsx(path: Path) -> list[list[str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise DefinitionError([Issue("unpacks to more than 50 MB", path.name)])
        book = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise DefinitionError([Issue("not an XLSX file that can be read", path.name)]) from None
    try:
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=40, values_only=True)
        return [[_text(value) for value in row] for row in rows]
    finally:
        book.close()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
