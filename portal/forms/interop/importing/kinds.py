"""The type of ours for an item of FHIR."""

from portal.forms.interop.access import EXTENSION, extension, objects, text
from portal.forms.interop.checking.items import Asked
from portal.forms.interop.exporting.addresses import OWN_TYPE
from portal.forms.layout import MAX_NESTING

CONTROL = f"{EXTENSION}questionnaire-itemControl"
QUESTIONS = {
    "boolean": "yes_no",
    "decimal": "decimal",
    "integer": "integer",
    "date": "date",
    "dateTime": "datetime",
    "time": "time",
    "string": "text",
    "text": "long_text",
    "url": "url",
    "choice": "choice",
    "open-choice": "choice",
    "attachment": "file",
    "reference": "reference",
    "quantity": "quantity",
}
TABLES = frozenset({"gtable", "table"})


def kind_of(asked: Asked) -> str:
    """Return the type that an item gets; what FHIR does not know becomes a group or a note."""
    if asked.kind in QUESTIONS:
        return QUESTIONS[asked.kind]
    if asked.kind == "display" and not asked.children:
        return "note"
    if asked.kind not in {"group", "display"} and not asked.children:
        return "note"
    if control_code(asked) in TABLES and not (asked.repeats and asked.children):
        return "table"
    own = extension(asked.node, OWN_TYPE)
    if own in {"section", "group"}:
        return str(own)
    is_page = asked.parent is None and not asked.repeats and not asked.required
    return "section" if is_page else "group"


def control_code(asked: Asked) -> str:
    """Return the code of the item control, empty when there is none or more than one."""
    concept = extension(asked.node, CONTROL)
    codes = [text(one, "code") for one in objects(concept, "coding")]
    return codes[0] if len(codes) == 1 else ""


def too_deep(asked: Asked) -> bool:
    """Whether what lies below an item is nested more deeply than forms of ours can be."""
    return asked.level >= MAX_NESTING
