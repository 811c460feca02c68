"""phenotype.hpoa: how many diseases carry each HPO term (popularity in the ranking)."""

from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader


class HpoaLoader(BaseLoader):
    """Counts distinct diseases per term. Rows with the qualifier NOT do not count."""

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield one weight per HPO term."""
        diseases: dict[str, set[str]] = {}
        heading: list[str] = []
        for line, text in file.lines():
            if text.startswith("#"):
                continue
            cells = text.split("\t")
            if not heading:
                heading = cells
                if cells[:1] != ["database_id"]:
                    raise LoadError(
                        "expected the heading 'database_id …' of phenotype.hpoa",
                        file=file.name,
                        line=line,
                    )
            elif len(cells) < 4:
                raise LoadError(
                    f"expected {len(heading)} columns, found {len(cells)}",
                    file=file.name,
                    line=line,
                )
            elif cells[2] != "NOT":
                diseases.setdefault(cells[3], set()).add(cells[0])
        for code, found in diseases.items():
            yield r.Weight(code, len(found))
