"""What the engine says about an answer: plain English, translated sentence by sentence.

The sentences are the message ids of the portal's catalogue of translations.
"""

from collections.abc import Callable
from typing import Any

Translator = Callable[[str], str]

MESSAGES = {
    "required": "Please answer this.",
    "at_least": "Please give at least {least}.",
    "at_most": "No more than {most} can be given here.",
    "min": "This is below the smallest possible value ({bound}).",
    "max": "This is above the largest possible value ({bound}).",
    "min_length": "Please write at least {least} characters; there are {found}.",
    "max_length": "Please shorten this: {most} characters are possible, there are {found}.",
    "pattern": "This does not have the expected form.",
    "decimals": "At most {places} decimal places are possible.",
    "integer": "Please write a whole number, such as 12.",
    "decimal": "Please write a number, such as 12.5 or 12,5.",
    "unit": "The unit '{unit}' is not possible here. Choose one of: {units}.",
    "unit_missing": "Please choose a unit.",
    "yes_no": "Please answer yes or no.",
    "date": "Please write a date, such as 31.12.2024, 2024-12-31, 2024-12 or 2024.",
    "precision": "Please give the date at least to the {precision}.",
    "datetime": "Please write a date with time, such as 31.12.2024 14:30.",
    "time": "Please write a time, such as 14:30.",
    "option": "'{found}' is not one of the possible answers.",
    "option_hidden": "'{found}' is not possible with the other answers.",
    "exclusive": "'{found}' cannot be combined with other answers.",
    "duplicate": "The same answer is given twice.",
    "url": "Please write a full address beginning with https:// or http://.",
    "file": "This is not a file of this portal.",
    "accept": "Files of this kind ({found}) are not possible here. Possible: {accept}.",
    "max_size": "This file is too large: up to {most} are possible.",
    "reference": "This does not point to anything known.",
    "reference_type": "'{found}' cannot be referred to here. Possible: {of}.",
    "shape": "This answer cannot be read.",
    "single": "Only one answer is possible here.",
    "unknown_item": "There is no question '{item}' in this form.",
    "unknown_row": "This row cannot be read.",
    "too_many": "There are more answers here than the portal accepts.",
    "control_characters": "This text holds characters that cannot be stored.",
    "expression": "The rule of this question could not be applied: {reason}.",
    "rule": "{message}",
}


def untranslated(text: str) -> str:
    """Return the text as it is: the translator of those who have none."""
    return text


def message(
    code: str, params: dict[str, Any] | None = None, translate: Translator = untranslated
) -> str:
    """Return the sentence for a code; ``translate`` receives it before values are filled in."""
    return translate(MESSAGES[code]).format(**(params or {}))
