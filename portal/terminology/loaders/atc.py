"""ATC index as CSV (WHO Collaborating Centre, national lists): five levels by code prefix."""

import re
from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader
from portal.terminology.loaders.table import rows

_CODE_COLUMNS = ("atc code", "atc_code", "atccode", "code", "atc-code")
_NAME_COLUMNS = ("atc level name", "atc_name", "name", "bedeutung", "display", "atc-bedeutung")
_PATTERN = re.compile(r"^[A-Z](\d{2}([A-Z]([A-Z](\d{2})?)?)?)?$")
_ABOVE = {3: 1, 4: 3, 5: 4, 7: 5}
_YEAR = re.compile(r"(20\d{2})")


class AtcLoader(BaseLoader):
    """Rows of code and name; the option ``language`` says in which language (default en)."""

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield concepts, edges to the level above and defined daily doses."""
        year = _YEAR.search(file.name)
        if year:
            yield r.Header(year[1])
        language = self.context.options.get("language", "en")
        delimiter = self.context.options.get("delimiter", ",").replace("\\t", "\t")
        seen: set[str] = set()
        for line, raw in rows(file, delimiter=delimiter):
            row = {name.lower(): value.strip() for name, value in raw.items()}
            code = next((row[name] for name in _CODE_COLUMNS if name in row), "")
            name = next((row[name] for name in _NAME_COLUMNS if name in row), "")
            if not _PATTERN.match(code) or not name:
                raise LoadError(
                    f"expected an ATC code and its name, found '{code}' and '{name}'",
                    file=file.name,
                    line=line,
                )
            dose = " ".join(row.get(part, "") for part in ("ddd", "u", "adm.r")).strip()
            if dose:
                yield r.Property(code, "ddd", dose)
            if code not in seen:
                seen.add(code)
                level = (1, 3, 4, 5, 7).index(len(code)) + 1
                yield r.Concept(code, name, kind=f"level {level}", lang=language)
                if len(code) in _ABOVE:
                    yield r.Edge(code, code[: _ABOVE[len(code)]])
