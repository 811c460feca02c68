"""The few words of the user interface that stand around a form's own texts."""

from portal.forms.messages import Translator

WORDS = {
    "required": "required",
    "choose": "Choose …",
    "not_answered": "Not answered",
    "other": "Other",
    "unit": "Unit",
    "add_row": "Add a row",
    "add": "Add: {label}",
    "no_rows": "None yet.",
    "remove": "Remove: {label} {number}",
    "remove_short": "Remove",
    "row": "{label} {number}",
    "actions": "Actions",
    "calculated": "Calculated",
    "nothing_calculated": "Not enough answers yet",
    "search_hint": "Type at least three letters, or a code.",
    "search_free": "Words without a code are possible too.",
    "chosen": "Chosen",
    "more": "More about this",
    "errors_title": "There is something to put right",
    "now_shown": "Now shown: {labels}",
    "now_hidden": "No longer asked: {labels}",
    "added": "Row added: {label} {number}",
    "removed": "Row removed: {label}",
}
"""English; other languages come through the translator handed to ``render_section``."""


def word(key: str, translate: Translator, **values: str | int) -> str:
    """Return one phrase in the reader's language."""
    return translate(WORDS[key]).format(**values)
