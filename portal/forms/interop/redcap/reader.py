"""A REDCap data dictionary as a form of ours."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from portal.forms.definition import FormDefinition, Item
from portal.forms.interop.access import readable
from portal.forms.interop.importing.attempts import Denied, until_accepted
from portal.forms.interop.importing.logic import Field
from portal.forms.interop.importing.report import Report
from portal.forms.interop.naming import form_name, identifier
from portal.forms.interop.redcap.columns import Row, kept, read_rows
from portal.forms.interop.redcap.fields import LANGUAGE, FieldReader, plain_text
from portal.forms.interop.redcap.logic import RedcapLogic
from portal.forms.interop.wording import UntranslatableError
from portal.forms.kinds import KINDS


def from_redcap(written: str, name: str = "") -> tuple[FormDefinition, Report]:
    """Return the form and what became of every column.

    ``name`` names the form. Raises ``UnreadableError`` for a file that is no dictionary.
    """
    rows = read_rows(readable(written))
    return until_accepted(
        lambda report, denied: _Dictionary(rows, report, denied).definition(name), "redcap"
    )


@dataclass
class _Dictionary:
    rows: list[dict[str, str]]
    report: Report
    denied: Denied
    taken: set[str] = field(default_factory=set)
    readers: dict[str, FieldReader] = field(default_factory=dict)

    def definition(self, name: str) -> FormDefinition:
        """Return the form."""
        for row in self.rows:
            own = identifier(row["field_name"].lower(), self.taken, "f")
            self.taken.add(own)
            if own != row["field_name"]:
                self.report.renamed[row["field_name"]] = own
            reader = FieldReader(row, own)
            reader.read()
            self.readers.setdefault(row["field_name"].lower(), reader)
        logic = RedcapLogic({name: _meaning(reader) for name, reader in self.readers.items()})
        for reader in self.readers.values():
            self._expressions(reader, logic)
        for reader in self.readers.values():
            self._scores(reader, logic)
        self.report.items = len(self.readers)
        sections = [self._section(label, rows) for label, rows in _forms(self.rows)]
        own = form_name(name, self.rows[0]["form_name"] if self.rows else "", "redcap")
        return FormDefinition(
            form=own,
            version="1.0.0",
            title={LANGUAGE: name or own.replace("_", " ").capitalize()},
            languages=(LANGUAGE,),
            items=tuple(sections),
        )

    def _expressions(self, reader: FieldReader, logic: RedcapLogic) -> None:
        """Translate branching logic and calculation of one field, or keep them."""
        own, row = reader.fields["id"], reader.row
        branching = " ".join(row["branching_logic"].split())
        if branching and self._attempt(reader, "show_if", branching, logic.condition):
            pass
        elif branching:
            reader.rest["branching_logic"] = row["branching_logic"]
        if row["field_type"].lower() != "calc":
            return
        written = " ".join(row["choices"].split())
        if not self._attempt(reader, "value", written, logic.calculation):
            reader.rest |= {"field_type": "calc", "choices": row["choices"]}
        elif (own, "value") not in self.denied:
            reader.fields.pop("read_only", None)

    def _attempt(self, reader: FieldReader, keyword: str, written: str, translate: Any) -> bool:
        """Set a keyword to a translated expression; says why when that is not possible."""
        own = reader.fields["id"]
        if {(own, keyword), (own, "")} & self.denied:
            return False
        try:
            reader.fields[keyword] = translate(written)
        except UntranslatableError as reason:
            self.report.keep(reader.row["field_name"], keyword, str(reason))
            return False
        self.report.translated += 1
        return True

    @staticmethod
    def _scores(reader: FieldReader, logic: RedcapLogic) -> None:
        """Give the options of a choice that is counted with its codes as scores."""
        if reader.fields["id"] not in logic.scored:
            return
        by_own = {own: written for written, own in reader.codes.items()}
        reader.fields["options"] = tuple(
            msgspec.structs.replace(option, score=by_own[option.code])
            for option in reader.fields["options"]
        )

    def _section(self, name: str, rows: list[dict[str, str]]) -> Item:
        """Return the fields of one instrument: blocks below section headers, and matrices."""
        own = identifier(name.lower(), self.taken, "form_")
        self.taken.add(own)
        blocks: list[tuple[str, list[Item]]] = [("", [])]
        matrix = ""
        for row in rows:
            if row["section_header"] and not (matrix and row["matrix_group_name"] == matrix):
                blocks.append((row["section_header"], []))
            name_of_matrix = row["matrix_group_name"]
            item = self._item(row)
            if item is None:
                continue
            if name_of_matrix and name_of_matrix == matrix and blocks[-1][1]:
                last = blocks[-1][1][-1]
                blocks[-1][1][-1] = msgspec.structs.replace(last, items=(*last.items, item))
            elif name_of_matrix:
                blocks[-1][1].append(self._matrix(name_of_matrix, item))
            else:
                blocks[-1][1].append(item)
            matrix = name_of_matrix
        items = [one for header, found in blocks for one in self._block(own, header, found)]
        label = name.replace("_", " ").strip().capitalize()
        return Item(id=own, type="section", label={LANGUAGE: label}, items=tuple(items))

    def _item(self, row: Row) -> Item | None:
        reader = self.readers.get(row["field_name"].lower())
        if reader is None or reader.row is not row:
            self.report.ignore(row["field_name"], "field", "a field of this name came before")
            return None
        for column, value in reader.rest.items():
            if column not in {"field_label", "field_note"}:
                self.report.keep(row["field_name"], column, value[:120])
        fields = {
            k: v for k, v in reader.fields.items() if (row["field_name"], k) not in self.denied
        }
        fields = {k: v for k, v in fields.items() if (fields["id"], k) not in self.denied}
        return Item(**fields, fhir=reader.verbatim())

    def _matrix(self, name: str, first: Item) -> Item:
        own = identifier(name.lower(), self.taken, "matrix_")
        self.taken.add(own)
        return Item(id=own, type="table", items=(first,))

    def _block(self, section: str, header: str, items: list[Item]) -> list[Item]:
        """Return the items below one section header: a group with the header as its label."""
        if not header:
            return items
        words = plain_text(header)
        own = identifier(f"{section}_{words[:30].lower()}", self.taken, "block_")
        self.taken.add(own)
        patch = {"extension": [kept("section_header", header)]} if words != header else {}
        label = {LANGUAGE: words} if words else {}
        return [Item(id=own, type="group", label=label, items=tuple(items), fhir=patch)]


def _meaning(reader: FieldReader) -> Field:
    kind = KINDS[reader.fields["type"]]
    multiple = bool(reader.fields.get("multiple"))
    return Field(reader.fields["id"], kind.expression_type, multiple, reader.codes)


def _forms(rows: list[dict[str, str]]) -> list[tuple[str, list[dict[str, str]]]]:
    """Return the instruments in order of appearance with their fields."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row["form_name"] or "form", []).append(row)
    return list(found.items())
