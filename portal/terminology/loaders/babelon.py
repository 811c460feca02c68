"""Babelon TSV: translations of an ontology, and the synonym templates beside them."""

import re
from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader
from portal.terminology.loaders.table import Row, rows

_LANGUAGE = re.compile(r"@([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)")
_IN_NAME = re.compile(r"-([a-z]{2,3})(?:[-.](?:preprocessed|synonyms|babelon))")


class BabelonLoader(BaseLoader):
    """``hp-<lang>.babelon.tsv`` gives labels, ``hp-<lang>.synonyms.tsv`` gives synonyms.

    Only the translation of the label is taken (not of definitions). A translation whose status is
    NOT_TRANSLATED is left out. In a synonym file one cell holds several, separated by ``|``.
    """

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield one designation per translated label or synonym."""
        by_name = _IN_NAME.search(file.name)
        lang = by_name[1] if by_name else "en"
        make = self._synonyms if "synonyms" in file.name else self._label
        for _line, row in rows(file, delimiter="\t", quoted=False, required=["subject_id"]):
            if row["subject_id"] == "ID":
                found = _LANGUAGE.search(row.get("translation_value", ""))
                lang = found[1] if found else lang
            else:
                yield from make(row, lang)

    def _label(self, row: Row, lang: str) -> Iterator[r.Record]:
        text = row.get("translation_value", "").strip().strip('"')
        wanted = row.get("predicate_id", "rdfs:label") == "rdfs:label"
        if text and wanted and row.get("translation_status") != "NOT_TRANSLATED":
            language = row.get("translation_language") or lang
            yield r.Designation(row["subject_id"], text, language, r.PREFERRED)

    def _synonyms(self, row: Row, lang: str) -> Iterator[r.Record]:
        use = r.LAYPERSON if row.get("synonym_type", "").endswith("layperson") else r.SYNONYM
        for part in row.get("translation_value", "").strip('"').split("|"):
            if part.strip():
                yield r.Designation(row["subject_id"], part.strip(), lang, use)
