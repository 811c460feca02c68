"""An XLSForm as a form of ours."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from portal.forms.definition import FormDefinition, Item, Option, Rule
from portal.forms.definition.shapes import ID, SEMVER
from portal.forms.interop.importing.attempts import Denied, until_accepted
from portal.forms.interop.importing.logic import Field
from portal.forms.interop.importing.report import Report
from portal.forms.interop.naming import form_name, identifier
from portal.forms.interop.wording import UntranslatableError, text_of
from portal.forms.interop.xlsform.fields import FieldReader, read_choices
from portal.forms.interop.xlsform.filters import option_conditions
from portal.forms.interop.xlsform.logic import XlsLogic
from portal.forms.interop.xlsform.sheets import Workbook, kept, read_workbook
from portal.forms.interop.xlsform.tree import Node, build_tree
from portal.forms.kinds import KINDS
from portal.forms.layout import MAX_NESTING

_YES = frozenset({"yes", "true", "true()", "1"})
_NO = frozenset({"", "no", "false", "false()", "0"})


def from_xlsform(path: Path) -> tuple[FormDefinition, Report]:
    """Return the form of a workbook and what became of every column.

    Raises ``UnreadableError`` for a file that is none, ``PortalError`` when pyxform is missing.
    """
    book = read_workbook(path)
    return from_book(book, path.stem)


def from_book(book: Workbook, name: str = "") -> tuple[FormDefinition, Report]:
    """Return the form of sheets that were read already."""
    return until_accepted(
        lambda report, denied: _Survey(book, report, denied).definition(name), "xlsform"
    )


@dataclass
class _Survey:
    book: Workbook
    report: Report
    denied: Denied
    names: dict[str, Field] = field(default_factory=dict)
    options: dict[str, tuple[tuple[Option, ...], dict[str, str]]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    every: list[Node] = field(default_factory=list)

    def definition(self, name: str) -> FormDefinition:
        """Return the form."""
        self.options = {key: read_choices(rows) for key, rows in self.book.choices.items()}
        roots, self.every = build_tree(self.book, self.report)
        for node in self.every:
            self._meaning(node)
        logic = XlsLogic(self.names)
        for node in self.every:
            self._expressions(node, logic)
        self._scores(logic)
        items = tuple(self._item(node, 1) for node in roots)
        settings = self.book.settings
        own = form_name(settings.get("form_id"), name, "xlsform")
        version = settings.get("version")
        self.report.items = len(self.every)
        for sheet in self.book.other_sheets:
            self.report.ignore("", f"the sheet '{sheet}'", "no counterpart")
        for column in (
            "instance_name",
            "style",
            "submission_url",
            "public_key",
            "allow_choice_duplicates",
        ):
            if settings.get(column):
                self.report.ignore("", f"the setting {column}", "no counterpart")
        title = settings.get("form_title") or own.replace("_", " ").capitalize()
        patch = {} if SEMVER.fullmatch(version) or not version else {"version": version}
        return FormDefinition(
            form=own,
            version=version if SEMVER.fullmatch(version) else "1.0.0",
            title={self.book.languages[0]: title},
            languages=tuple(self.book.languages),
            lists={self.lists[key]: self.options[key][0] for key in self.lists},
            items=items,
            rules=tuple(self.rules),
            fhir=patch,
        )

    def _meaning(self, node: Node) -> None:
        """Read a field's type, so that expressions know what they speak of."""
        name = node.row.get("name")
        if node.kind != "field":
            self.names.setdefault(name, Field(node.own, "rows", multiple=True, codes={}))
            return
        node.reader = FieldReader(node.row, node.own, self.book.languages)
        node.reader.read(self.options)
        kind = node.row.get("type").lower()
        fields = node.reader.fields
        if kind == "calculate" or (node.row.get("calculation") and fields["type"] == "text"):
            self._calculated_type(node.reader)
        meaning = KINDS[fields["type"]].expression_type
        multiple = bool(fields.get("multiple"))
        self.names.setdefault(name, Field(node.own, meaning, multiple, node.reader.codes))

    def _calculated_type(self, reader: FieldReader) -> None:
        """Give a calculation the type of its result."""
        try:
            _, kind = XlsLogic(self.names, reader.row.get("name")).typed(
                reader.row.get("calculation")
            )
        except UntranslatableError:
            return
        reader.fields["type"] = kind

    def _expressions(self, node: Node, logic: XlsLogic) -> None:
        row, own = node.row, logic.seen_from(node.row.get("name"))
        reader = node.reader or FieldReader(row, node.own, self.book.languages)
        node.reader = reader
        self._attempt(reader, "show_if", "relevant", own.condition)
        required = row.get("required")
        if node.kind == "field" and reader.fields["type"] != "note":
            if required.lower() in _YES:
                reader.fields["required"] = True
            elif required.lower() not in _NO:
                self._attempt(reader, "required_if", "required", own.condition)
            self._attempt(reader, "value", "calculation", lambda text: own.typed(text)[0])
            self._constraint(reader, own)
        self._filter(reader, own)
        for column in ("trigger", "repeat_count", "parameters"):
            self._keep(node, reader, column)

    def _attempt(self, reader: FieldReader, keyword: str, column: str, translate: Any) -> None:
        """Set a keyword to a translated expression, or keep the column and say why."""
        written = reader.row.get(column)
        if not written:
            return
        own = reader.fields["id"]
        if {(own, keyword), (own, "")} & self.denied:
            reader.rest[column] = written
            return
        try:
            reader.fields[keyword] = translate(written)
            self.report.translated += 1
        except UntranslatableError as reason:
            reader.rest[column] = written
            self.report.keep(reader.row.get("name"), column, str(reason))

    def _constraint(self, reader: FieldReader, logic: XlsLogic) -> None:
        """Read a constraint: limits where it is nothing else, a rule with its message otherwise."""
        written = reader.row.get("constraint")
        if not written:
            return
        own = reader.fields["id"]
        message = reader.row.texts.get("constraint_message", {})
        try:
            limits = logic.limits(written)
            if limits is not None and not any((own, one) in self.denied for one in limits):
                reader.fields |= limits
                if "pattern" in limits and message:
                    reader.fields["pattern_help"] = message
                    message = {}
                for language, words in message.items():
                    reader.rest[f"constraint_message:{language}"] = words
            elif (f"{own}-constraint", "check") not in self.denied:
                check = text_of(logic.truth(logic.parse(written)))
                text = message or {self.book.languages[0]: "This answer is not possible here."}
                self.rules.append(Rule(id=f"{own}-constraint", check=check, message=text, at=own))
            self.report.translated += 1
        except UntranslatableError as reason:
            reader.rest["constraint"] = written
            self.report.keep(reader.row.get("name"), "constraint", str(reason))

    def _filter(self, reader: FieldReader, logic: XlsLogic) -> None:
        """Read which options other answers allow."""
        written = reader.row.get("choice_filter")
        if not written or "options" not in reader.fields:
            return
        try:
            if (reader.fields["id"], "options") not in self.denied:
                rows = self.book.choices[reader.list_name]
                shown = option_conditions(logic, written, rows, reader.codes)
                reader.fields["options"] = tuple(
                    msgspec.structs.replace(option, show_if=shown.get(option.code, ""))
                    for option in reader.fields["options"]
                )
                reader.list_name = ""
                self.report.translated += 1
                return
        except UntranslatableError as reason:
            self.report.keep(reader.row.get("name"), "choice_filter", str(reason))
        reader.rest["choice_filter"] = written

    def _keep(self, node: Node, reader: FieldReader, column: str) -> None:
        written = node.row.get(column)
        if not written or (column == "parameters" and reader.fields.get("control") == "slider"):
            return
        if column == "repeat_count" and written.isdigit() and 0 < int(written[:9]) < 1000:
            reader.fields["at_most"] = int(written)
            return
        reader.rest[column] = written

    def _scores(self, logic: XlsLogic) -> None:
        """Give the options of choices that are counted with their names as scores."""
        for node in self.every:
            reader = node.reader
            if reader is None or reader.fields["id"] not in logic.scored:
                continue
            by_own = {own: written for written, own in reader.codes.items()}
            reader.list_name = ""
            reader.fields["options"] = tuple(
                msgspec.structs.replace(option, score=by_own[option.code])
                for option in reader.fields["options"]
            )

    def _item(self, node: Node, level: int) -> Item:
        reader = node.reader
        if node.kind != "field" or reader is None:
            return self._container(node, level)
        for column, value in reader.rest.items():
            if column not in {"relevant", "constraint", "calculation", "choice_filter"}:
                self.report.keep(node.row.get("name"), column, value[:120])
        fields = {k: v for k, v in reader.fields.items() if (node.own, k) not in self.denied}
        self._share_list(reader, fields)
        return Item(**fields, fhir=reader.verbatim())

    def _share_list(self, reader: FieldReader, fields: dict[str, Any]) -> None:
        """Name the list of options where it is used as it stands."""
        name = reader.list_name
        users = sum(1 for n in self.every if n.reader and n.reader.list_name == name) if name else 0
        own = self.lists.get(name) or identifier(name.lower(), self.lists.values(), "list_")
        if users > 1 and ID.fullmatch(own) and fields.get("options") == self.options[name][0]:
            self.lists[name] = own
            fields["option_list"] = own
            del fields["options"]

    def _container(self, node: Node, level: int) -> Item:
        label = {k: v.strip() for k, v in node.row.texts.get("label", {}).items() if v.strip()}
        words = set(node.row.get("appearance").lower().split())
        reader = node.reader
        rest = dict(reader.rest) if reader else {}
        if words - {"field-list"}:
            rest["appearance"] = node.row.get("appearance")
        for column, value in rest.items():
            self.report.keep(node.row.get("name"), column, value[:120])
        if level >= MAX_NESTING and node.children:
            self.report.ignore(node.row.get("name"), "what lies inside", "nested too deeply")
        inner = [] if level >= MAX_NESTING else node.children
        items = tuple(self._item(child, level + 1) for child in inner)
        repeats = node.kind == "repeat" and bool(items)
        is_page = level == 1 and not repeats
        fields: dict[str, Any] = (
            {"at_most": reader.fields["at_most"]}
            if (reader and repeats and "at_most" in reader.fields)
            else {}
        )
        shown = reader.fields.get("show_if", "") if reader else ""
        return Item(
            id=node.own,
            type="section" if is_page else "group",
            repeats=repeats,
            label=label,
            show_if=shown,
            items=items,
            fhir={"extension": [kept(name, value) for name, value in rest.items()]} if rest else {},
            **fields,
        )
