"""Rows and columns: the ``csv`` loader with declared columns, and the reading that others share."""

import csv
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from portal.kernel.errors import nearest
from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader

csv.field_size_limit(1 << 22)
Row = dict[str, str]


def _texts(lines: Iterable[tuple[int, str]], counter: list[int]) -> Iterator[str]:
    for number, text in lines:
        counter[0] = number
        yield text + "\n"


def rows(
    file: InputFile,
    *,
    delimiter: str = ",",
    quoted: bool = True,
    required: Iterable[str] = (),
    comment: str = "",
    encoding: str = "utf-8",
) -> Iterator[tuple[int, Row]]:
    """Yield (line number, column → text) for a file with a heading line.

    ``quoted=False`` takes every character as it stands (RF2 has single, unbalanced quotes).
    Lines that start with ``comment`` before the heading are skipped. A missing required column or a
    row with too many cells raises LoadError.
    """
    counter = [0]
    lines = file.lines(encoding)
    if comment:
        lines = _without_comments(lines, comment)
    texts = _texts(lines, counter)
    if quoted:
        reader = csv.reader(texts, delimiter=delimiter, strict=True)
    else:
        reader = csv.reader(texts, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    try:
        heading = [name.strip() for name in next(reader, [])]
        _check_heading(file.name, heading, required)
        for row in reader:
            if len(row) > len(heading):
                raise LoadError(
                    f"expected {len(heading)} columns, found {len(row)}",
                    file=file.name,
                    line=counter[0],
                )
            if row:
                yield counter[0], dict(zip_longest(heading, row, fillvalue=""))
    except csv.Error as error:
        raise LoadError(
            f"not readable as a table: {error}", file=file.name, line=counter[0]
        ) from error


def _without_comments(lines: Iterable[tuple[int, str]], comment: str) -> Iterator[tuple[int, str]]:
    heading = False
    for number, text in lines:
        if heading or not text.startswith(comment):
            heading = True
            yield number, text


def _check_heading(name: str, heading: list[str], required: Iterable[str]) -> None:
    if not any(heading):
        raise LoadError("the file is empty: it has no heading line", file=name, line=1)
    for column in required:
        if column not in heading:
            near = nearest(column, heading)
            found = f" (found '{near}')" if near else f" (found: {', '.join(heading[:12])})"
            raise LoadError(f"the column '{column}' is missing{found}", file=name, line=1)


_TRUE = {"1", "true", "yes", "y", "active", ""}
_COLUMNS = {
    "code", "display", "parent", "active", "selectable", "kind", "definition", "replaced_by",
    "consider", "alternative", "weight",
}  # fmt: skip
_LISTS = {
    "synonym": r.SYNONYM,
    "lay": r.LAYPERSON,
    "abbreviation": r.ABBREVIATION,
    "related": r.RELATED,
}


class CsvLoader(BaseLoader):
    """Declared columns, several values in one cell separated by ``|``.

    ``code, display, display_<lang>, synonym, synonym_<lang>, lay_<lang>, parent, active,
    selectable, kind, definition, replaced_by, consider, alternative, weight, property_<name>,
    map_<pack>``; a map cell is ``code`` (equivalent), or ``<code`` (ours is narrower), ``>code``
    (ours is broader), ``~code`` (related). The option ``delimiter`` changes the comma, ``columns``
    renames headings (``ours=theirs, …``).
    """

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the records of one table."""
        delimiter = self.context.options.get("delimiter", ",").replace("\\t", "\t")
        renamed = self._renamed()
        checked = False
        for line, raw in rows(file, delimiter=delimiter):
            row = {renamed.get(name, name): value.strip() for name, value in raw.items()}
            if not checked:
                self._check_columns(file.name, row)
                checked = True
            if not row["code"]:
                raise LoadError("this row has no code", file=file.name, line=line)
            yield from self._row(row)

    def _renamed(self) -> dict[str, str]:
        pairs = self.context.options.get("columns", "")
        split = (pair.split("=", 1) for pair in pairs.split(",") if "=" in pair)
        return {theirs.strip(): ours.strip() for ours, theirs in split}

    def _check_columns(self, name: str, row: Row) -> None:
        for column in row:
            head = column.split("_", 1)[0]
            dynamic = {"display", "property", "map", *_LISTS}
            if column not in _COLUMNS and head not in dynamic:
                near = nearest(column, [*_COLUMNS, *_LISTS])
                tail = f" Did you mean '{near}'?" if near else ""
                raise LoadError(f"'{column}' is not a known column.{tail}", file=name, line=1)
        for column in ("code", "display"):
            if column not in row:
                raise LoadError(f"the column '{column}' is missing", file=name, line=1)

    def _row(self, row: Row) -> Iterator[r.Record]:
        code = row["code"]
        yield r.Concept(
            code,
            row["display"],
            active=row.get("active", "").lower() in _TRUE,
            selectable=row.get("selectable", "").lower() in _TRUE,
            kind=row.get("kind", ""),
            definition=row.get("definition", ""),
        )
        for column, cell in row.items():
            if cell:
                for value in filter(None, (part.strip() for part in cell.split("|"))):
                    found = _cell(code, column, value)
                    if found is not None:
                        yield found


def _cell(code: str, column: str, value: str) -> r.Record | None:
    head, _, tail = column.partition("_")
    if column in _LINKS:
        return _link(code, column, value)
    if head == "display" or head in _LISTS:
        return r.Designation(code, value, tail or "en", _LISTS.get(head, r.PREFERRED))
    if head == "property":
        return r.Property(code, tail, value)
    return _map_cell(code, tail, value) if head == "map" else None


_LINKS = {"parent", "replaced_by", "consider", "alternative", "weight"}


def _link(code: str, column: str, value: str) -> r.Record | None:
    if column == "parent":
        return r.Edge(code, value)
    if column == "alternative":
        return r.Replacement(value, code, r.ALTERNATIVE)
    if column == "weight":
        return r.Weight(code, int(value)) if value.isdigit() else None
    return r.Replacement(code, value, r.REPLACED_BY if column == "replaced_by" else r.CONSIDER)


def _map_cell(code: str, target: str, value: str) -> r.MapRow:
    signs = {"<": r.NARROWER, ">": r.BROADER, "~": r.RELATED_TO, "=": r.EQUIVALENT}
    relation = signs.get(value[0])
    if relation:
        return r.MapRow(code, target, value[1:].strip(), relation)
    return r.MapRow(code, target, value, r.EQUIVALENT)
