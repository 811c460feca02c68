"""One row of the sheet « survey » as an item: its type, texts and looks."""

import re
from typing import Any

from portal.forms.definition import Option
from portal.forms.definition.shapes import DECIMAL, LOCAL_CODE
from portal.forms.expressions.moments import moment
from portal.forms.interop.naming import identifier
from portal.forms.interop.xlsform.sheets import Row, kept

METADATA = frozenset(
    {"start", "end", "today", "deviceid", "imei", "simserial", "subscriberid", "phonenumber",
     "username", "email", "audit", "background-audio", "start-geopoint", "uuid", "xml-external",
     "csv-external", "calculate_here", "entity"}
)  # fmt: skip
_PLAIN = {
    "text": "text",
    "string": "text",
    "integer": "integer",
    "int": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "note": "note",
    "acknowledge": "yes_no",
    "trigger": "yes_no",
    "image": "file",
    "photo": "file",
    "audio": "file",
    "video": "file",
    "file": "file",
    "range": "decimal",
    "barcode": "text",
    "hidden": "text",
    "calculate": "text",
}
_ACCEPT = {"image": "image/*", "photo": "image/*", "audio": "audio/*", "video": "video/*"}
_SELECT = re.compile(
    r"(?:add )?(select[_ ]one|select1|select[_ ]multiple|select all that apply|rank)"
    r"(_from_file| from file|_external)?(?: prompt using| from)?\s+(\S+)(\s+or[_ ](?:specify[_ ])?other)?",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"(\w[\w-]*)\s*=\s*([^\s,;]+)")
_HORIZONTAL = frozenset(
    {"horizontal", "horizontal-compact", "columns-pack", "compact", "likert", "columns"}
)
_DYNAMIC = re.compile(r"\$\{|\(\)|\w\(|/")


class FieldReader:
    """Reads the keywords of one field; ``rest`` are columns that no keyword carries."""

    def __init__(self, row: Row, own: str, languages: list[str]) -> None:
        self.row = row
        self.languages = languages
        self.fields: dict[str, Any] = {"id": own, "type": "text"}
        self.rest: dict[str, str] = {}
        self.list_name = ""
        self.codes: dict[str, str] = {}

    def read(self, options: dict[str, tuple[tuple[Option, ...], dict[str, str]]]) -> None:
        """Read everything but conditions, constraints and calculations."""
        written = self.row.get("type")
        kind = " ".join(written.split())
        select = _SELECT.fullmatch(kind)
        if select:
            self._choice(select, options)
        else:
            self._plain(kind.lower())
        self._texts()
        self._looks()
        self._default()
        fixed = self.row.get("read_only").lower() in {"yes", "true", "true()"}
        if fixed and self.fields["type"] != "note":
            self.fields["read_only"] = True

    def verbatim(self) -> dict[str, Any]:
        """Return the columns that stay, as ``fhir:`` content."""
        return (
            {"extension": [kept(name, value) for name, value in self.rest.items()]}
            if self.rest
            else {}
        )

    def _choice(
        self, select: re.Match[str], options: dict[str, tuple[tuple[Option, ...], dict[str, str]]]
    ) -> None:
        kind, external, name, other = select.groups()
        found, codes = options.get(name, ((), {}))
        if external or not found:
            self.rest["type"] = self.row.get("type")
            return
        self.fields |= {"type": "choice", "options": found}
        self.list_name, self.codes = name, dict(codes)
        if kind.lower() not in {"select_one", "select one", "select1"}:
            self.fields["multiple"] = True
        if kind.lower() == "rank":
            self.rest["type"] = self.row.get("type")
        if other:
            self.fields["other"] = True

    def _plain(self, kind: str) -> None:
        known = _PLAIN.get(kind)
        if known is None:
            self.rest["type"] = self.row.get("type")
            return
        self.fields["type"] = known
        if kind in _ACCEPT:
            self.fields["accept"] = (_ACCEPT[kind],)
        if kind in {"hidden", "calculate"}:
            self.fields["hidden"] = True
        if kind == "range":
            self._range()
        if kind == "barcode":
            self.rest["type"] = kind

    def _range(self) -> None:
        found = dict(_PARAMETER.findall(self.row.get("parameters")))
        numbers = {k: v for k, v in found.items() if DECIMAL.fullmatch(v)}
        step = numbers.get("step", "1")
        whole = all("." not in numbers.get(name, "") for name in ("start", "end", "step"))
        self.fields |= {
            "type": "integer" if whole else "decimal",
            "control": "slider",
            "min": numbers.get("start", "0"),
            "max": numbers.get("end", "10"),
            "step": step,
        }

    def _texts(self) -> None:
        for column, keyword in (("label", "label"), ("hint", "help")):
            words = {k: v.strip() for k, v in self.row.texts.get(column, {}).items() if v.strip()}
            if words:
                self.fields[keyword] = words
        for column in ("guidance_hint", "image", "audio", "video", "big_image", "required_message"):
            for language, written in self.row.texts.get(column, {}).items():
                several = len(self.languages) > 1
                self.rest[f"{column}:{language}" if several else column] = written

    def _looks(self) -> None:
        appearance = self.row.get("appearance")
        words = {word.split("(")[0] for word in appearance.lower().split()}
        kind = self.fields["type"]
        if kind == "text" and words == {"multiline"}:
            self.fields["type"] = "long_text"
        elif kind == "choice" and words == {"minimal"} and not self.fields.get("multiple"):
            self.fields["control"] = "dropdown"
        elif kind == "date" and words in ({"month-year"}, {"year"}):
            self.fields["precision"] = "month" if words == {"month-year"} else "year"
        elif kind == "choice" and words and words <= _HORIZONTAL:
            self.fields["layout"] = "horizontal"
            if words != {"horizontal"}:
                self.rest["appearance"] = appearance
        elif appearance:
            self.rest["appearance"] = appearance

    def _default(self) -> None:
        written = self.row.get("default")
        if not written:
            return
        kind = self.fields["type"]
        codes = [self.codes.get(word) for word in written.split()]
        if kind == "choice" and codes and None not in codes:
            self.fields["default"] = codes if self.fields.get("multiple") else codes[0]
        elif kind == "integer" and written.lstrip("-").isdigit() and len(written) < 15:
            self.fields["default"] = int(written)
        elif (
            (kind == "decimal" and DECIMAL.fullmatch(written))
            or (kind == "date" and moment(written) and len(written) == 10)
            or (kind in {"text", "long_text"} and not _DYNAMIC.search(written))
        ):
            self.fields["default"] = written
        else:
            self.rest["default"] = written


def read_choices(
    rows: list[Row],
) -> tuple[tuple[Option, ...], dict[str, str]]:
    """Return the options of one list and their codes by the names written there."""
    options: list[Option] = []
    codes: dict[str, str] = {}
    for row in rows:
        name = row.get("name")
        if not name or name in codes:
            continue
        fits = LOCAL_CODE.fullmatch(name)
        own = name if fits and not fits.group(2) else identifier(name, codes.values(), "option_")
        label = {k: v.strip() for k, v in row.texts.get("label", {}).items() if v.strip()}
        patch = {} if own == name else {"extension": [kept("name", name)]}
        options.append(Option(code=own, label=label, fhir=patch))
        codes[name] = own
    return tuple(options), codes
