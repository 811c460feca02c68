"""One row of a data dictionary as an item."""

import html
import re
from typing import Any

import msgspec

from portal.forms.definition import Option
from portal.forms.definition.shapes import DECIMAL, LOCAL_CODE, MAX_TEXT
from portal.forms.expressions.moments import moment, time_of_day
from portal.forms.interop.naming import identifier
from portal.forms.interop.redcap.columns import Row, kept

LANGUAGE = "en"
_TAG = re.compile(r"<[^<>]{0,2000}>")
_PLACES = re.compile(r"number_([1-9])dp(_comma_decimal)?")
_DEFAULT = re.compile(r"@DEFAULT\s*=\s*(?:'([^']*)'|\"([^\"]*)\")")
_EXCLUSIVE = re.compile(r"@NONEOFTHEABOVE\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|(\w+))")
PATTERNS = {
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "zipcode": r"[0-9]{5}(-[0-9]{4})?",
    "ssn": r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
    "alpha_only": r"[A-Za-z]+",
    "phone": r"[0-9() .+x-]{7,30}",
    "postalcode_germany": r"[0-9]{5}",
    "postalcode_french": r"[0-9]{5}",
    "mrn_10d": r"[0-9]{10}",
    "integer_list": r"[0-9]+(,[0-9]+)*",
}
"""Validations that are patterns of ours."""


class FieldReader:
    """Reads the keywords of one field; ``rest`` are columns that no keyword carries."""

    def __init__(self, row: Row, own: str) -> None:
        self.row = row
        self.fields: dict[str, Any] = {"id": own}
        self.rest: dict[str, str] = {}
        self.codes: dict[str, str] = {}

    def read(self) -> dict[str, Any]:
        """Return the item's fields but for conditions and calculations."""
        kind = self.row["field_type"].lower()
        reader = _KINDS.get(kind)
        if reader is None:
            self.rest["field_type"] = self.row["field_type"]
            self.fields["type"] = "text"
        else:
            reader(self)
        self._texts()
        self._flags()
        for column in ("custom_alignment", "matrix_ranking"):
            self._alignment(column)
        used = _USED.get(kind, frozenset())
        for column in ("choices", "validation", "validation_min", "validation_max"):
            if self.row[column] and column not in used:
                self.rest.setdefault(column, self.row[column])
        return self.fields

    def verbatim(self) -> dict[str, Any]:
        """Return the columns that stay, as ``fhir:`` content."""
        return (
            {"extension": [kept(name, value) for name, value in self.rest.items()]}
            if self.rest
            else {}
        )

    def _texts(self) -> None:
        for column, keyword in (("field_label", "label"), ("field_note", "help")):
            written = self.row[column]
            words = plain_text(written)
            if words:
                self.fields[keyword] = {LANGUAGE: words}
            if words != written:
                self.rest[column] = written
        if self.row["question_number"]:
            self.fields["number"] = self.row["question_number"][:100]

    def _flags(self) -> None:
        if self.row["required_field"].lower() == "y" and self.fields["type"] != "note":
            self.fields["required"] = True
        if self.row["identifier"].lower() == "y":
            self.fields["sensitive"] = ("sensitive",)
        annotation = self.row["field_annotation"]
        words = annotation.split()
        if "@HIDDEN" in words:
            self.fields["hidden"] = True
        if "@READONLY" in words and self.fields["type"] != "note":
            self.fields["read_only"] = True
        found = _DEFAULT.search(annotation)
        default = next((one for one in found.groups() if one is not None), "") if found else ""
        if default and "[" not in default:
            self._default(default)
        self._exclusive(annotation)
        if annotation:
            self.rest["field_annotation"] = annotation

    def _exclusive(self, annotation: str) -> None:
        """Read which boxes exclude all others."""
        found = _EXCLUSIVE.search(annotation)
        words = next((one for one in found.groups() if one), "") if found else ""
        alone = {self.codes.get(word.strip()) for word in words.split(",")} - {None}
        if alone and "options" in self.fields:
            self.fields["options"] = tuple(
                msgspec.structs.replace(option, exclusive=option.code in alone)
                for option in self.fields["options"]
            )

    def _default(self, written: str) -> None:
        kind = self.fields["type"]
        if kind == "choice":
            codes = [
                self.codes[one.strip()] for one in written.split(",") if one.strip() in self.codes
            ]
            if codes:
                self.fields["default"] = codes if self.fields.get("multiple") else codes[0]
        elif kind == "yes_no" and written in {"0", "1"}:
            self.fields["default"] = written == "1"
        elif kind in {"text", "long_text", "date"}:
            self.fields["default"] = written

    def _alignment(self, column: str) -> None:
        value = self.row[column].upper()
        if not value:
            return
        horizontal = {"LH": True, "RH": True, "LV": False, "RV": False}.get(value)
        if (
            column == "custom_alignment"
            and horizontal is not None
            and self.fields["type"] == "choice"
        ):
            self.fields["layout"] = "horizontal" if horizontal else "vertical"
            if value in {"LH", "LV"}:
                return
        self.rest[column] = self.row[column]

    def text(self) -> None:
        """Read a text field: its validation says what it really is."""
        validation = self.row["validation"].lower()
        number = _PLACES.fullmatch(validation)
        if validation == "integer":
            self.fields["type"] = "integer"
        elif validation in {"number", "number_comma_decimal"} or number:
            self.fields["type"] = "decimal"
            if number:
                self.fields["decimals"] = int(number.group(1))
        elif validation.startswith("datetime_"):
            self.fields["type"] = "datetime"
        elif validation.startswith("date_"):
            self.fields["type"] = "date"
        elif validation in {"time", "time_hh_mm_ss"}:
            self.fields["type"] = "time"
        else:
            self.fields["type"] = "text"
            if validation in PATTERNS:
                self.fields["pattern"] = PATTERNS[validation]
        self._validation(validation)
        self._limits()

    def _validation(self, validation: str) -> None:
        """Keep which of several equal validations was meant (the order of day and month …)."""
        usual = {"integer": "integer", "decimal": "number", "date": "date_ymd", "time": "time"}
        usual["datetime"] = "datetime_ymd"
        places = self.fields.get("decimals")
        expected = f"number_{places}dp" if places else usual.get(self.fields["type"], "")
        if validation and validation != expected:
            self.rest["validation"] = self.row["validation"]

    def _limits(self) -> None:
        for column, keyword in (("validation_min", "min"), ("validation_max", "max")):
            written = self.row[column]
            if not written:
                continue
            limit = _limit(self.fields["type"], written)
            if limit:
                self.fields[keyword] = limit
            if not limit or limit != written:
                self.rest[column] = written

    def notes(self) -> None:
        """Read a long text."""
        self.fields["type"] = "long_text"

    def choice(self) -> None:
        """Read a choice of one or several."""
        kind = self.row["field_type"].lower()
        options, self.codes = read_choices(self.row["choices"])
        if not options:
            self.fields["type"] = "text"
            self.rest |= {"field_type": self.row["field_type"], "choices": self.row["choices"]}
            return
        self.fields |= {"type": "choice", "options": options}
        if kind == "checkbox":
            self.fields["multiple"] = True
        else:
            self.fields["control"] = "radio" if kind == "radio" else "dropdown"
        if self.row["validation"]:
            self.rest["validation"] = self.row["validation"]

    def yes_no(self) -> None:
        """Read yes or no."""
        self.fields["type"] = "yes_no"
        if self.row["field_type"].lower() == "truefalse":
            self.rest["field_type"] = "truefalse"

    def slider(self) -> None:
        """Read a slider from 0 to 100, or between its own limits."""
        least = _limit("integer", self.row["validation_min"]) or "0"
        most = _limit("integer", self.row["validation_max"]) or "100"
        self.fields |= {"type": "integer", "control": "slider", "min": least, "max": most}
        for column in ("choices", "validation", "validation_min", "validation_max"):
            if self.row[column]:
                self.rest[column] = self.row[column]

    def file(self) -> None:
        """Read a file or a signature."""
        self.fields["type"] = "file"
        if self.row["validation"]:
            self.rest["validation"] = self.row["validation"]

    def note(self) -> None:
        """Read a text between the fields."""
        self.fields["type"] = "note"

    def calculation(self) -> None:
        """Read a calculated number; the calculation itself comes later."""
        self.fields |= {"type": "decimal", "read_only": True}

    def query(self) -> None:
        """Read a list that REDCap fills from its own database: here it is text."""
        self.fields["type"] = "text"
        self.rest |= {"field_type": "sql", "choices": self.row["choices"]}


_KINDS = {
    "text": FieldReader.text,
    "notes": FieldReader.notes,
    "dropdown": FieldReader.choice,
    "radio": FieldReader.choice,
    "checkbox": FieldReader.choice,
    "yesno": FieldReader.yes_no,
    "truefalse": FieldReader.yes_no,
    "slider": FieldReader.slider,
    "file": FieldReader.file,
    "descriptive": FieldReader.note,
    "calc": FieldReader.calculation,
    "sql": FieldReader.query,
}


_LIMITED = frozenset({"validation", "validation_min", "validation_max"})
_USED: dict[str, frozenset[str]] = {
    "text": _LIMITED,
    "slider": _LIMITED | {"choices"},
    **dict.fromkeys(("dropdown", "radio", "checkbox", "calc", "sql"), frozenset({"choices"})),
}
"""The columns that the reader of a type has dealt with."""


def plain_text(written: str) -> str:
    """Return a label without HTML."""
    words = _TAG.sub(" ", written) if "<" in written else written
    return html.unescape(" ".join(words.split()) if words != written else words).strip()[:MAX_TEXT]


def read_choices(written: str) -> tuple[tuple[Option, ...], dict[str, str]]:
    """Return the options of ``1, Yes | 2, No`` and their codes by the codes written there."""
    options: list[Option] = []
    codes: dict[str, str] = {}
    for part in written.replace("\n", "|").split("|"):
        code, comma, label = part.strip().partition(",")
        code = code.strip()
        if not code or code in codes:
            continue
        words = plain_text(label.strip() if comma else code)
        fits = LOCAL_CODE.fullmatch(code)
        own = code if fits and not fits.group(2) else identifier(code, codes.values(), "option_")
        patch = {} if own == code else {"extension": [kept("code", code)]}
        options.append(Option(code=own, label={LANGUAGE: words} if words else {}, fhir=patch))
        codes[code] = own
    return tuple(options), codes


def _limit(kind: str, written: str) -> str:
    """Return a limit as text of ours, empty when it cannot be one."""
    if kind in {"integer", "decimal"}:
        bare = written.replace(",", ".") if kind == "decimal" else written
        return bare if DECIMAL.fullmatch(bare) else ""
    if kind in {"date", "datetime"}:
        if written.lower() in {"today", "now"}:
            return "today()"
        iso = written.replace(" ", "T")
        return iso if moment(iso) and len(iso) >= 10 else ""
    if kind == "time":
        return f"@T{written}" if time_of_day(written) else ""
    return ""
