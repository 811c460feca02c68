"""HGNC complete set TSV: approved symbols, aliases, previous symbols, gene groups."""

from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader, Context
from portal.terminology.loaders.table import Row, rows

_NAMES = {
    "name": r.SYNONYM,
    "alias_symbol": r.ABBREVIATION,
    "alias_name": r.SYNONYM,
    "prev_symbol": r.ABBREVIATION,
    "prev_name": r.RELATED,
}
_PROPERTIES = ("location", "locus_type", "gene_group", "entrez_id", "ensembl_gene_id")


class HgncLoader(BaseLoader):
    """Symbols (display) with their HGNC id (code); ``withdrawn.txt`` gives merged ids.

    The file carries no version: the latest date_modified in it stands for one.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._latest = ""

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the records of one HGNC file."""
        if "withdrawn" in file.name.lower():
            needed = ["HGNC_ID", "WITHDRAWN_SYMBOL"]
            for _line, row in rows(file, delimiter="\t", required=needed):
                yield from _withdrawn(row)
            return
        for _line, row in rows(file, delimiter="\t", required=["hgnc_id", "symbol", "name"]):
            self._latest = max(self._latest, row.get("date_modified", ""))
            yield from _gene(row)

    def finish(self) -> Iterator[r.Record]:
        """Yield the header."""
        if self._latest:
            yield r.Header(self._latest)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.strip('"').split("|") if part.strip()]


def _gene(row: Row) -> Iterator[r.Record]:
    code = row["hgnc_id"]
    active = row.get("status", "Approved") == "Approved"
    yield r.Concept(code, row["symbol"], active=active, kind=row.get("locus_group", ""))
    for column, use in _NAMES.items():
        for name in _parts(row.get(column, "")):
            yield r.Designation(code, name, "en", use)
    for column in _PROPERTIES:
        for value in _parts(row.get(column, "")):
            yield r.Property(code, column, value)
    for number in _parts(row.get("omim_id", "")):
        yield r.MapRow(code, "omim", number, r.EQUIVALENT, "HGNC")
    for number in _parts(row.get("orphanet", "")):
        yield r.Property(code, "orphanet", number)


def _withdrawn(row: Row) -> Iterator[r.Record]:
    code = row["HGNC_ID"]
    yield r.Concept(code, row["WITHDRAWN_SYMBOL"], active=False, kind="withdrawn")
    merged = next((value for name, value in row.items() if name and name.startswith("MERGED")), "")
    for report in (merged or "").split(","):
        parts = [part.strip() for part in report.strip().split("|")]
        if parts[0].startswith("HGNC:"):
            yield r.Replacement(code, parts[0], r.REPLACED_BY)
