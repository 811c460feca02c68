"""OMIM: mim2gene.txt (free) and mimTitles.txt (by licence)."""

import re
from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader

_GENERATED = re.compile(r"Generated:\s*(\d{4}-\d{2}-\d{2})")
_MOVED = re.compile(r"MOVED TO (\d{6})")


class OmimLoader(BaseLoader):
    """Numbers with their entry type and gene symbol; titles only from a licensed mimTitles.txt."""

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the records of one of the two files."""
        titles = "titles" in file.name.lower()
        for line, text in file.lines():
            if text.startswith("#"):
                found = _GENERATED.search(text)
                if found:
                    yield r.Header(found[1])
            elif text.strip():
                cells = text.split("\t")
                number = cells[1] if titles and len(cells) > 1 else cells[0]
                if not (number.isdigit() and len(number) == 6):
                    raise LoadError(
                        f"expected a six-digit MIM number, found '{number[:30]}'",
                        file=file.name,
                        line=line,
                    )
                yield from _title(number, cells) if titles else _entry(number, cells)


def _entry(number: str, cells: list[str]) -> Iterator[r.Record]:
    kind = cells[1] if len(cells) > 1 else ""
    symbol = cells[3] if len(cells) > 3 else ""
    active = "moved" not in kind and "removed" not in kind
    yield r.Concept(number, symbol or f"OMIM {number}", active=active, kind=kind)
    if symbol:
        yield r.Property(number, "gene", symbol)


def _title(number: str, cells: list[str]) -> Iterator[r.Record]:
    preferred, *symbols = [part.strip() for part in cells[2].split(";") if part.strip()]
    moved = _MOVED.search(cells[2])
    retired = cells[0] == "Caret"
    yield r.Concept(number, preferred, active=not retired, kind=cells[0])
    for symbol in symbols:
        yield r.Designation(number, symbol, "en", r.ABBREVIATION)
    if moved:
        yield r.Replacement(number, moved[1], r.REPLACED_BY)
    for group, use in ((3, r.SYNONYM), (4, r.NARROW)):
        for title in cells[group].split(";;") if len(cells) > group else []:
            for part in title.replace(", INCLUDED", "").split(";"):
                if part.strip():
                    yield r.Designation(number, part.strip(), "en", use)
