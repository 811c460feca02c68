"""A form of ours as a REDCap data dictionary."""

import re
from collections.abc import Iterator

from portal.forms.compiled import CompiledForm, CompiledItem, Expression
from portal.forms.definition import in_language
from portal.forms.expressions import Ast
from portal.forms.interop.importing.report import Report
from portal.forms.interop.naming import identifier
from portal.forms.interop.redcap.columns import kept_in, write_rows
from portal.forms.interop.redcap.fields import PATTERNS
from portal.forms.interop.redcap.wording import Wording, code_of
from portal.forms.interop.wording import UntranslatableError

MAX_NAME = 100
RECORD = "record_id"
_UNNAMED = re.compile(r"[^a-z0-9_]")
_TEXT = {
    "integer": "integer",
    "decimal": "number",
    "date": "date_ymd",
    "datetime": "datetime_ymd",
    "time": "time",
    "quantity": "number",
}
_LANGUAGE_NOTE = "only one language can be written"


def to_redcap(form: CompiledForm, language: str = "") -> tuple[str, Report]:
    """Return the dictionary as CSV, and what it cannot say.

    Rows of repeats become instruments of their own: they are to be marked as repeating in REDCap.
    """
    report = Report("redcap")
    writer = _Writer(form, report, language or form.language)
    rows = list(writer.rows())
    report.items = len(rows)
    return write_rows(rows), report


class _Writer:
    def __init__(self, form: CompiledForm, report: Report, language: str) -> None:
        self.form = form
        self.report = report
        self.language = language
        self.names: dict[str, str] = {}
        for item in form.items.values():
            if not item.item.is_container:
                taken = set(self.names.values())
                name = identifier(_UNNAMED.sub("_", item.id)[:MAX_NAME], taken, "f")
                self.names[item.id] = name
                if name != item.id:
                    report.renamed[item.id] = name
        self.wording = Wording(form, self.names)
        if len(form.languages) > 1:
            others = ", ".join(one for one in form.languages if one != self.language)
            report.ignore("", f"the languages {others}", _LANGUAGE_NOTE)

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield the rows, the record's own name first."""
        found = [
            row
            for section in self.form.sections
            for item in section.items
            for row in self._tree(self.form.items[item], section.id, [])
        ]
        if not found or found[0]["field_type"] != "text" or found[0].get("validation"):
            yield {
                "field_name": RECORD if RECORD not in self.names.values() else f"{RECORD}_2",
                "form_name": found[0]["form_name"] if found else "form",
                "field_type": "text",
                "field_label": "Record",
            }
        yield from found
        for rule in self.form.rules:
            self.report.ignore(rule.at, f"the rule {rule.rule.id}", "REDCap checks rules elsewhere")

    def _tree(
        self, item: CompiledItem, instrument: str, conditions: list[Expression]
    ) -> Iterator[dict[str, str]]:
        """Yield the rows of an item and everything below it."""
        around = [*conditions, *([item.show] if item.show else [])]
        if not item.item.is_container:
            yield self._row(item, instrument, around)
            for child in item.children:
                yield from self._tree(self.form.items[child], instrument, around)
            return
        if item.is_repeat:
            instrument = _UNNAMED.sub("_", item.id)
            self.report.keep(item.id, "repeat", f"mark the instrument '{instrument}' as repeating")
        header = kept_in(item.item.fhir).get("section_header", self._text(item.item.label))
        is_page = not item.parent or item.is_repeat
        matrix = self._is_matrix(item)
        rows = [
            row for c in item.children for row in self._tree(self.form.items[c], instrument, around)
        ]
        for index, row in enumerate(rows):
            if index == 0 and header and not is_page and not row.get("section_header"):
                row["section_header"] = header
            if matrix:
                row["matrix_group_name"] = _UNNAMED.sub("_", item.id)[:60]
            yield row

    def _is_matrix(self, item: CompiledItem) -> bool:
        """Whether all lines of a table are choices among the same options."""
        lines = [self.form.items[child] for child in item.children]
        if item.item.type != "table" or not lines:
            return False
        return all(
            line.item.type == "choice" and line.options and line.options == lines[0].options
            for line in lines
        )

    def _text(self, text: dict[str, str]) -> str:
        return in_language(text, self.language, self.form.language)

    def _row(
        self, item: CompiledItem, instrument: str, conditions: list[Expression]
    ) -> dict[str, str]:
        asked = item.item
        row = {
            "field_name": self.names[item.id],
            "form_name": _UNNAMED.sub("_", instrument),
            "field_label": self._text(asked.label) or item.id,
            "field_note": self._text(asked.help),
            "identifier": "y" if asked.sensitive else "",
            "required_field": "y" if asked.required else "",
            "question_number": asked.number,
            "custom_alignment": {"horizontal": "LH", "vertical": "LV"}.get(asked.layout, ""),
            "branching_logic": self._branching(item, conditions),
            "field_annotation": " ".join(self._annotations(item)),
        }
        stays = kept_in(asked.fhir)
        kind = {} if "field_type" in stays else self._kind(item)
        return {**row, **kind, **stays}

    def _kind(self, item: CompiledItem) -> dict[str, str]:
        """Return type, choices and validation."""
        asked = item.item
        if item.value is not None and asked.type in {"integer", "decimal"}:
            return self._calculation(item, item.value)
        if asked.type == "choice":
            return self._choice(item)
        if asked.type == "integer" and asked.control == "slider":
            least, most = self._limit(item, "min"), self._limit(item, "max")
            whole = (least, most) == ("0", "100")
            limits = {} if whole else {"validation_min": least, "validation_max": most}
            return {"field_type": "slider", **limits}
        if asked.type in _TEXT:
            return self._number(item)
        types = {"long_text": "notes", "yes_no": "yesno", "file": "file", "note": "descriptive"}
        found = {"field_type": types.get(asked.type, "text")}
        for name, pattern in PATTERNS.items():
            if asked.pattern == pattern:
                return {**found, "validation": name}
        if asked.pattern:
            self.report.ignore(item.id, "pattern", "no validation of REDCap")
        if asked.type == "reference":
            self.report.ignore(item.id, "reference", "written as text")
        return found

    def _number(self, item: CompiledItem) -> dict[str, str]:
        asked = item.item
        validation = _TEXT[asked.type]
        if asked.type == "decimal" and asked.decimals in range(1, 5):
            validation = f"number_{asked.decimals}dp"
        found = {
            "field_type": "text",
            "validation": validation,
            "validation_min": self._limit(item, "min"),
            "validation_max": self._limit(item, "max"),
        }
        if asked.type == "quantity":
            units = ", ".join(one for one in (asked.unit, *asked.units) if one)
            found["field_note"] = f"{self._text(asked.help)} ({units})".strip()
            self.report.ignore(item.id, "units", "the unit stands in the note")
        return found

    def _limit(self, item: CompiledItem, side: str) -> str:
        tree: Ast | None = item.limits.get(side)
        moving = item.min if side == "min" else item.max
        if moving is not None:
            if moving.tree == ["call", "today"]:
                return "today"
            self.report.ignore(item.id, side, "a limit that depends on other answers")
            return ""
        if tree is None:
            return ""
        sign = "-" if tree[0] == "neg" else ""
        inner = tree[1] if sign else tree
        return sign + str(inner[1]).replace("T", " ")

    def _choice(self, item: CompiledItem) -> dict[str, str]:
        asked = item.item
        if not item.options:
            self.report.ignore(item.id, "options_from", "written as text")
            return {"field_type": "text"}
        if asked.other:
            self.report.ignore(item.id, "other", "free text beside options")
        labels = [(code_of(item, o.code), self._text(o.label) or o.code) for o in item.options]
        choices = " | ".join(f"{code}, {label.replace('|', '/')}" for code, label in labels)
        kind = "radio" if asked.control in {"radio", ""} else "dropdown"
        return {"field_type": "checkbox" if item.multiple else kind, "choices": choices}

    def _calculation(self, item: CompiledItem, value: Expression) -> dict[str, str]:
        try:
            return {"field_type": "calc", "choices": self.wording.value(value.tree)}
        except UntranslatableError as reason:
            self.report.ignore(item.id, "value", str(reason))
            return {"field_type": "text", "validation": _TEXT[item.item.type]}

    def _branching(self, item: CompiledItem, conditions: list[Expression]) -> str:
        """Return the item's condition and those of everything around it."""
        parts: list[str] = []
        for condition in conditions:
            try:
                written = self.wording.condition(condition.tree)
            except UntranslatableError as reason:
                self.report.ignore(item.id, "show_if", str(reason))
                continue
            several = len(conditions) > 1 and condition.tree[0] in {"or", "in"}
            parts.append(f"({written})" if several else written)
        return " and ".join(parts)

    def _annotations(self, item: CompiledItem) -> Iterator[str]:
        asked = item.item
        if asked.hidden:
            yield "@HIDDEN"
        calculated = item.value is not None or kept_in(asked.fhir).get("field_type") == "calc"
        if asked.read_only and not calculated and asked.type != "note":
            yield "@READONLY"
        alone = [code_of(item, option.code) for option in item.options if option.exclusive]
        if alone:
            yield f"@NONEOFTHEABOVE='{','.join(alone)}'"
        default = (
            item.default[0] if isinstance(item.default, list) and item.default else item.default
        )
        if isinstance(default, dict) and default.get("code"):
            yield f"@DEFAULT='{code_of(item, default['code'])}'"
        elif isinstance(default, bool | int | str):
            yield f"@DEFAULT='{int(default) if isinstance(default, bool) else default}'"
