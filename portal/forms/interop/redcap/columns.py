"""The columns of a data dictionary, as the web page and as the interface name them."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from portal.forms.interop.access import OWN, Json
from portal.forms.interop.files import UnreadableError

TITLES: dict[str, str] = {
    "field_name": "Variable / Field Name",
    "form_name": "Form Name",
    "section_header": "Section Header",
    "field_type": "Field Type",
    "field_label": "Field Label",
    "choices": "Choices, Calculations, OR Slider Labels",
    "field_note": "Field Note",
    "validation": "Text Validation Type OR Show Slider Number",
    "validation_min": "Text Validation Min",
    "validation_max": "Text Validation Max",
    "identifier": "Identifier?",
    "branching_logic": "Branching Logic (Show field only if...)",
    "required_field": "Required Field?",
    "custom_alignment": "Custom Alignment",
    "question_number": "Question Number (surveys only)",
    "matrix_group_name": "Matrix Group Name",
    "matrix_ranking": "Matrix Ranking?",
    "field_annotation": "Field Annotation",
}
_INTERFACE = {
    "select_choices_or_calculations": "choices",
    "text_validation_type_or_show_slider_number": "validation",
    "text_validation_min": "validation_min",
    "text_validation_max": "validation_max",
}
_NAMES = (
    {title.lower(): name for name, title in TITLES.items()} | {n: n for n in TITLES} | _INTERFACE
)
MAX_ROWS = 20_000
KEPT = f"{OWN}redcap-"
"""Extensions under ``fhir:`` for what a column says and no keyword can."""

Row = Mapping[str, str]


def read_rows(written: str) -> list[dict[str, str]]:
    """Return the rows of a dictionary by our names of the columns.

    Raises ``UnreadableError`` when the first line is not that of a data dictionary.
    """
    csv.field_size_limit(10_000_000)
    sample = written[:4_000].splitlines()[0] if written.strip() else ""
    delimiter = max(",;\t", key=sample.count) if sample else ","
    try:
        lines = list(csv.reader(io.StringIO(written), delimiter=delimiter))
    except csv.Error as fault:
        raise UnreadableError(f"This is not readable as CSV: {fault}.") from None
    if not lines:
        raise UnreadableError("The file is empty.")
    heads = [_NAMES.get(" ".join(cell.lower().split()).strip('"'), "") for cell in lines[0]]
    if "field_name" not in heads or "field_type" not in heads:
        raise UnreadableError(
            "This is no data dictionary: the first line has no 'Variable / Field Name'.",
            hint="In REDCap: Project Setup, Data Dictionary, Download the current Data Dictionary.",
        )
    if len(lines) > MAX_ROWS:
        raise UnreadableError(f"More than {MAX_ROWS:,} rows.")
    found = []
    for line in lines[1:]:
        row = {name: cell.strip() for name, cell in zip(heads, line, strict=False) if name}
        if row.get("field_name"):
            found.append({**dict.fromkeys(TITLES, ""), **row})
    return found


def write_rows(rows: Iterable[Row]) -> str:
    """Return a dictionary as the web page of REDCap wants it."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(TITLES.values())
    for row in rows:
        writer.writerow([row.get(name, "") for name in TITLES])
    return target.getvalue()


def kept(column: str, value: str) -> Json:
    """Return what a column says as an extension."""
    return {"url": f"{KEPT}{column.replace('_', '-')}", "valueString": value}


def kept_in(fhir: Mapping[str, Any]) -> dict[str, str]:
    """Return the columns kept under ``fhir:``."""
    found: dict[str, str] = {}
    listed = fhir.get("extension")
    for one in listed if isinstance(listed, list) else []:
        url = one.get("url") if isinstance(one, dict) else None
        if isinstance(url, str) and url.startswith(KEPT):
            found[url.removeprefix(KEPT).replace("-", "_")] = str(one.get("valueString", ""))
    return found
