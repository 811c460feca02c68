"""The sheets of an XLSForm: rows with one name per column, texts by language."""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pycountry

from portal.forms.definition.shapes import LANGUAGE, MAX_TEXT
from portal.forms.interop.access import OWN, Json, readable
from portal.forms.interop.files import UnreadableError
from portal.kernel.errors import PortalError

MAX_ROWS = 20_000
MAX_BYTES = 30_000_000
KEPT = f"{OWN}xlsform-"
TEXTS = frozenset(
    {"label", "hint", "guidance_hint", "constraint_message", "required_message", "image", "audio",
     "video", "big_image"}
)  # fmt: skip
_ALIASES = {
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "list name": "list_name",
    "relevance": "relevant",
    "calculate": "calculation",
    "readonly": "read_only",
    "read only": "read_only",
    "required message": "required_message",
    "requiredmsg": "required_message",
    "constraint message": "constraint_message",
    "constraining message": "constraint_message",
    "constraining_message": "constraint_message",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "title": "form_title",
    "set form title": "form_title",
    "id_string": "form_id",
    "set form id": "form_id",
    "big-image": "big_image",
    "constraintmsg": "constraint_message",
}
_GROUPS = frozenset({"bind", "control", "media", "instance", "body", "jr"})
_CODE = re.compile(r"(?:.*\()?([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})?)\)?")
_SCRIPTS = ("survey", "choices", "settings")


@dataclass
class Row:
    """One line. ``texts`` are the columns that may stand in several languages."""

    cells: dict[str, str] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return a cell without blanks around it; empty when there is none."""
        return self.cells.get(name, "").strip()


@dataclass
class Workbook:
    """The sheets that make a form; ``languages`` in order, the default one first."""

    survey: list[Row]
    choices: dict[str, list[Row]]
    settings: Row
    languages: list[str]
    other_sheets: list[str]


def read_workbook(path: Path) -> Workbook:
    """Read an XLSForm (.xlsx, .xls, .csv, .md); raises ``UnreadableError``."""
    try:
        backends = importlib.import_module("pyxform.xls2json_backends")
    except ModuleNotFoundError:
        raise PortalError(
            "XLSForms are read through the package pyxform, which is not installed.",
            hint="Install it with: pip install 'ern-portal[xlsform]'",
        ) from None
    if not path.is_file():
        raise UnreadableError(f"'{path.name}' is no file.")
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableError(f"'{path.name}' is larger than {MAX_BYTES:,} bytes.")
    try:
        found: Any = backends.get_xlsform(xlsform=str(path))
    except Exception as fault:
        reason = " ".join(str(fault).split())[:200] or type(fault).__name__
        raise UnreadableError(f"'{path.name}' is not readable as an XLSForm: {reason}.") from None
    return from_sheets({name: getattr(found, name, None) or [] for name in _SCRIPTS}, found)


def from_sheets(sheets: Mapping[str, list[Any]], found: Any = None) -> Workbook:
    """Return the workbook of sheets that were read already: lists of ``{column: cell}``."""
    survey = sheets.get("survey", [])
    if not survey or len(survey) > MAX_ROWS:
        raise UnreadableError("The workbook has no sheet 'survey' with rows.")
    settings = _cells(sheets.get("settings", [{}])[0] if sheets.get("settings") else {})
    tongue = settings.get("default_language", "") or "default"
    languages = _Languages(tongue)
    rows = [languages.row(one) for one in survey]
    choices: dict[str, list[Row]] = {}
    for one in sheets.get("choices", []):
        row = languages.row(one)
        choices.setdefault(row.get("list_name"), []).append(row)
    others = [str(n) for n in getattr(found, "sheet_names", None) or [] if n not in _SCRIPTS]
    return Workbook(rows, choices, languages.row(settings), languages.order, others)


def _cells(raw: Any) -> dict[str, str]:
    """Return the non-empty cells of a row, with one name per column."""
    found: dict[str, str] = {}
    for head, cell in raw.items() if isinstance(raw, Mapping) else ():
        if cell is not None and str(cell).strip():
            name = _column(str(head))
            found.setdefault(name, readable(str(cell)).replace("\xa0", " ")[:MAX_TEXT])
    return found


def _column(head: str) -> str:
    """Return a column's name: lower case, aliases resolved, a language kept behind ``::``."""
    parts = [part.strip() for part in re.split(r"::", head.strip())]
    if len(parts) == 1 and ":" in head and not head.startswith("jr:"):
        parts = [part.strip() for part in head.split(":")]
    while len(parts) > 1 and parts[0].lower() in _GROUPS:
        parts = parts[1:]
    name = parts[0].lower().removeprefix("jr:")
    name = _ALIASES.get(name, name.replace(" ", "_"))
    return "::".join([name, *parts[1:]])


class _Languages:
    """Gives languages their codes as they appear; the default language comes first."""

    def __init__(self, default: str) -> None:
        self.codes = {"default": language_code(default)}
        self.codes[default] = self.codes["default"]
        self.order = [self.codes["default"]]

    def code(self, name: str) -> str:
        """Return the code of a language's name."""
        if name not in self.codes:
            self.codes[name] = language_code(name)
            if self.codes[name] not in self.order:
                self.order.append(self.codes[name])
        return self.codes[name]

    def row(self, raw: Any) -> Row:
        """Return a row with its texts by language."""
        row = Row()
        for name, cell in _cells(raw).items():
            column, _, language = name.partition("::")
            if column in TEXTS:
                row.texts.setdefault(column, {}).setdefault(self.code(language or "default"), cell)
            else:
                row.cells.setdefault(name, cell)
        return row


def language_code(name: str) -> str:
    """Return ``en`` for ``English (en)``, ``en`` or ``English``; the default language is ``en``."""
    found = _CODE.fullmatch(name.strip())
    if found and ("(" in name or len(name.strip()) <= 3):
        code = found.group(1).replace("_", "-")
        code = code[:2].lower() + code[2:] if "-" in code else code.lower()
        if LANGUAGE.fullmatch(code):
            return code
    known: Any = pycountry.languages
    word = name.partition("(")[0].strip()
    match = next((one for one in known if one.name.casefold() == word.casefold()), None)
    if match is not None:
        return str(getattr(match, "alpha_2", None) or match.alpha_3)
    letters = re.sub(r"[^a-z]", "", word.lower())
    native = {"deutsch": "de", "franais": "fr", "français": "fr", "espaol": "es", "italiano": "it"}
    return (
        "en"
        if word in {"", "default"}
        else native.get(letters, f"{letters[:3]}" if len(letters) > 2 else "en")
    )


def kept(column: str, value: str) -> Json:
    """Return what a column says as an extension under ``fhir:``."""
    return {"url": f"{KEPT}{column.replace('_', '-').replace(':', '-')}", "valueString": value}
