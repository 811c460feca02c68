"""LOINC CSV release: Loinc.csv and the accessory files beside it."""

import re
from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader, Context
from portal.terminology.loaders.table import rows

_VARIANT = re.compile(r"^([a-z]{2})([A-Z]{2})\d+LinguisticVariant", re.IGNORECASE)
_PARTS = (
    "COMPONENT",
    "PROPERTY",
    "TIME_ASPCT",
    "SYSTEM",
    "SCALE_TYP",
    "METHOD_TYP",
    "CLASS",
    "CLASSTYPE",
)


class LoincLoader(BaseLoader):
    """Reads each CSV by its name: table, MapTo, hierarchy, linguistic variants, consumer names.

    The version is the highest VersionLastChanged, compared as numbers. DEPRECATED rows are
    inactive; a third party's copyright notice becomes a property, as its licence demands.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._version: tuple[int, ...] = (0,)

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield the records of one LOINC file; files of other names give nothing."""
        name = file.name.lower()
        if name == "loinc.csv":
            yield from self._table(file)
        elif name == "mapto.csv":
            for _line, row in rows(file, required=["LOINC", "MAP_TO"]):
                yield r.Replacement(row["LOINC"], row["MAP_TO"], r.REPLACED_BY)
        elif name == "componenthierarchybysystem.csv":
            yield from self._hierarchy(file)
        elif name == "consumername.csv":
            for _line, row in rows(file, required=["LoincNumber", "ConsumerName"]):
                yield r.Designation(row["LoincNumber"], row["ConsumerName"], "en", r.LAYPERSON)
        elif _VARIANT.match(file.name):
            yield from self._variant(file)

    def _table(self, file: InputFile) -> Iterator[r.Record]:
        needed = ["LOINC_NUM", "LONG_COMMON_NAME", "STATUS"]
        for _line, row in rows(file, required=needed):
            code, status = row["LOINC_NUM"], row["STATUS"]
            changed = row.get("VersionLastChanged", "")
            numbers = tuple(int(part) for part in changed.split(".") if part.isdigit())
            self._version = max(self._version, numbers)
            yield r.Concept(
                code,
                row["LONG_COMMON_NAME"],
                active=status != "DEPRECATED",
                kind=row.get("CLASS", ""),
                definition=row.get("DefinitionDescription", ""),
            )
            if row.get("SHORTNAME"):
                yield r.Designation(code, row["SHORTNAME"], "en", r.ABBREVIATION)
            for column in ("DisplayName", "CONSUMER_NAME"):
                if row.get(column):
                    yield r.Designation(code, row[column], "en", r.SYNONYM)
            for column in _PARTS:
                if row.get(column):
                    yield r.Property(code, column, row[column])
            if row.get("EXTERNAL_COPYRIGHT_NOTICE"):
                yield r.Property(code, "copyright", row["EXTERNAL_COPYRIGHT_NOTICE"])
            yield r.Property(code, "STATUS", status, "code")
            rank = row.get("COMMON_TEST_RANK", "")
            if rank.isdigit() and int(rank):
                yield r.Weight(code, max(1, 20000 // int(rank)))

    def _hierarchy(self, file: InputFile) -> Iterator[r.Record]:
        for _line, row in rows(file, required=["IMMEDIATE_PARENT", "CODE", "CODE_TEXT"]):
            if row["CODE"].startswith("LP"):
                yield r.Concept(row["CODE"], row["CODE_TEXT"], selectable=False, kind="part")
            if row["IMMEDIATE_PARENT"]:
                yield r.Edge(row["CODE"], row["IMMEDIATE_PARENT"])

    def _variant(self, file: InputFile) -> Iterator[r.Record]:
        found = _VARIANT.match(file.name)
        language = found[1].lower() if found else "en"
        for _line, row in rows(file, required=["LOINC_NUM"]):
            name = row.get("LinguisticVariantDisplayName") or row.get("LONG_COMMON_NAME")
            if name:
                yield r.Designation(row["LOINC_NUM"], name, language, r.PREFERRED)

    def finish(self) -> Iterator[r.Record]:
        """Yield the header with the version found in the table."""
        if self._version != (0,):
            yield r.Header(".".join(str(part) for part in self._version))
