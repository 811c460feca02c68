"""SSSOM TSV: mappings between systems, one row each, with the relation as a SKOS predicate."""

import io
import re
from collections.abc import Iterator

from portal.terminology import records as r
from portal.terminology.errors import LoadError
from portal.terminology.inputs import InputFile
from portal.terminology.loaders import BaseLoader, Context
from portal.terminology.loaders.table import rows

_RELATIONS = {
    "skos:exactMatch": r.EQUIVALENT,
    "skos:broadMatch": r.NARROWER,
    "skos:narrowMatch": r.BROADER,
    "owl:equivalentClass": r.EQUIVALENT,
}
_VERSION = re.compile(r"(\d{4}-\d{2}-\d{2})")


class SssomLoader(BaseLoader):
    """Rows whose subject is a code of the pack become maps; the others are left aside.

    A skos:broadMatch says that the object is broader, so our code is narrower than its target. With
    the option ``concepts: true`` the subjects' labels also become concepts and the objects' labels
    related names (for a system of which only the mappings are at hand). ``release`` in the options
    says whether the version in the head of the file is the pack's own.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._seen: set[str] = set()

    def read(self, file: InputFile) -> Iterator[r.Record]:
        """Yield one map row per mapping between two known CURIEs."""
        if self.context.options.get("concepts") == "true":
            yield from self._head(file)
            return
        yield from self._rows(file)

    def _head(self, file: InputFile) -> Iterator[r.Record]:
        content = file.content()
        head = content[:8192].decode("utf-8", "replace")
        for line in head.splitlines():
            if line.startswith("# mapping_set_version:"):
                found = _VERSION.search(line)
                if found:
                    yield r.Header(found[1])
        yield from self._rows(InputFile(file.path, io.BytesIO(content)))

    def _rows(self, file: InputFile) -> Iterator[r.Record]:
        pack = self.context.pack
        needed = ["subject_id", "predicate_id", "object_id"]
        origin = file.name.removesuffix(".tsv").removesuffix(".sssom")
        concepts = self.context.options.get("concepts") == "true"
        for line, row in rows(file, delimiter="\t", quoted=False, required=needed, comment="#"):
            prefix, colon, local = row["subject_id"].partition(":")
            if not colon:
                raise LoadError(
                    f"'{row['subject_id']}' is not a CURIE such as Orphanet:558",
                    file=file.name,
                    line=line,
                )
            if self.context.pack_of_curie(prefix) != pack.id:
                continue
            code = f"{pack.code_prefix}{local}"
            if concepts and code not in self._seen:
                self._seen.add(code)
                yield from _concept(code, row.get("subject_label", ""))
            target, _, target_code = row["object_id"].partition(":")
            target = self.context.pack_of_curie(target) or target
            relation = _RELATIONS.get(row["predicate_id"], r.RELATED_TO)
            if row.get("predicate_modifier", "").lower() == "not":
                relation = r.NOT_RELATED
            yield r.MapRow(code, target, target_code, relation, origin, row.get("object_label", ""))


def _concept(code: str, label: str) -> Iterator[r.Record]:
    active = not label.startswith("obsolete ")
    yield r.Concept(code, label.removeprefix("obsolete ") or code, active=active)
