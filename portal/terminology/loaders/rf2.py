"""SNOMED CT RF2 snapshots: concepts, descriptions, language and association reference sets, is-a.

RF2 text is tab-separated with no quoting at all: a lone quote is part of a term.
"""

import re
from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader, Context
from portal.terminology.loaders.table import Row, rows

IS_A = "116680003"
FULLY_SPECIFIED = "900000000000003001"
DEFINITION = "900000000000550004"
PREFERRED = "900000000000548007"
INTERNATIONAL = "900000000000207008"
ASSOCIATIONS = {
    "900000000000526001": r.REPLACED_BY,
    "900000000000527005": r.SAME_AS,
    "900000000000523009": r.POSSIBLY,
    "900000000000530003": r.CONSIDER,
}
_MAPS = {"447562003": "icd10", "446608001": "icdo"}
_DIALECTS = {"900000000000509007": "en-US", "900000000000508004": "en-GB"}
_DATE = re.compile(r"_(\d{8})(?:T\d+Z?)?\.txt$", re.IGNORECASE)
_TAG = re.compile(r"\s*\(([^()]+)\)$")


def split_tag(name: str) -> tuple[str, str]:
    """Split a fully specified name into name and semantic tag: ``Seizure (finding)``."""
    match = _TAG.search(name)
    return (name[: match.start()], match[1]) if match else (name, "")


class Rf2Loader(BaseLoader):
    """One edition. The option ``module`` names the edition's module for its version URI."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._active: dict[str, bool] = {}
        self._terms: dict[str, tuple[str, str, str, str]] = {}
        self._preferred: dict[str, set[str]] = {}
        self._definitions: dict[str, str] = {}
        self._date = ""

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Read one snapshot file by what its name says; other RF2 files give nothing."""
        name = file.name.lower()
        found = _DATE.search(file.name)
        if found:
            self._date = max(self._date, found[1])
        readers = {
            "sct2_concept_": self._concepts,
            "sct2_description_": self._descriptions,
            "sct2_textdefinition_": self._descriptions,
            "sct2_relationship_": self._relationships,
            "languagesnapshot": self._languages,
            "associationsnapshot": self._associations,
            "extendedmapsnapshot": self._maps,
            "simplemapsnapshot": self._maps,
        }
        for part, reader in readers.items():
            if part in name:
                yield from reader(file)
                return

    def _rows(self, file: InputFile, *columns: str) -> Iterator[Row]:
        needed = ["active", *columns]
        for _line, row in rows(file, delimiter="\t", quoted=False, required=needed):
            yield row

    def _concepts(self, file: InputFile) -> Iterator[r.Record]:
        for row in self._rows(file, "id"):
            self._active[row["id"]] = row["active"] == "1"
        yield from ()

    def _descriptions(self, file: InputFile) -> Iterator[r.Record]:
        for row in self._rows(file, "id", "conceptId", "languageCode", "typeId", "term"):
            if row["active"] != "1":
                continue
            if row["typeId"] == DEFINITION:
                self._definitions.setdefault(row["conceptId"], row["term"])
            else:
                self._terms[row["id"]] = (
                    row["conceptId"], row["languageCode"], row["typeId"], row["term"],
                )  # fmt: skip
        yield from ()

    def _languages(self, file: InputFile) -> Iterator[r.Record]:
        for row in self._rows(file, "refsetId", "referencedComponentId", "acceptabilityId"):
            if row["active"] == "1" and row["acceptabilityId"] == PREFERRED:
                self._preferred.setdefault(row["referencedComponentId"], set()).add(row["refsetId"])
        yield from ()

    def _relationships(self, file: InputFile) -> Iterator[r.Record]:
        for row in self._rows(file, "sourceId", "destinationId", "typeId"):
            if row["active"] == "1" and row["typeId"] == IS_A:
                yield r.Edge(row["sourceId"], row["destinationId"])

    def _associations(self, file: InputFile) -> Iterator[r.Record]:
        for row in self._rows(file, "refsetId", "referencedComponentId", "targetComponentId"):
            relation = ASSOCIATIONS.get(row["refsetId"])
            if relation and row["active"] == "1":
                yield r.Replacement(
                    row["referencedComponentId"], row["targetComponentId"], relation
                )

    def _maps(self, file: InputFile) -> Iterator[r.Record]:
        for row in self._rows(file, "refsetId", "referencedComponentId", "mapTarget"):
            target = _MAPS.get(row["refsetId"])
            if target and row["active"] == "1" and row["mapTarget"]:
                code = row["referencedComponentId"]
                yield r.MapRow(code, target, row["mapTarget"], r.RELATED_TO, "SNOMED map")

    def finish(self) -> Iterator[r.Record]:
        """Yield concepts and names, now that the language reference sets are known."""
        module = self.context.options.get("module", INTERNATIONAL)
        if self._date:
            yield r.Header(f"http://snomed.info/sct/{module}/version/{self._date}")
        names: dict[str, tuple[str, str]] = {}
        for concept, _language, kind, term in self._terms.values():
            if kind == FULLY_SPECIFIED and concept not in names:
                names[concept] = split_tag(term)
        for code, active in self._active.items():
            display, tag = names.get(code, (code, ""))
            definition = self._definitions.get(code, "")
            yield r.Concept(code, display, active=active, kind=tag, definition=definition)
        for number, (concept, language, kind, term) in self._terms.items():
            refsets = self._preferred.get(number, set())
            use = r.PREFERRED if refsets else r.SYNONYM
            if kind == FULLY_SPECIFIED:
                use = r.FULLY_SPECIFIED
            dialects = sorted(_DIALECTS[ref] for ref in refsets if ref in _DIALECTS)
            alone = dialects[0] if len(dialects) == 1 and use == r.PREFERRED else language
            yield r.Designation(concept, term, alone, use)
