"""The extensions that the formats name, once: export writes them, import reads them."""

from portal.forms.interop.access import EXTENSION, OWN, SDC

HIDDEN = f"{EXTENSION}questionnaire-hidden"
MIN_OCCURS = f"{EXTENSION}questionnaire-minOccurs"
MAX_OCCURS = f"{EXTENSION}questionnaire-maxOccurs"
MIN_VALUE = f"{EXTENSION}minValue"
MAX_VALUE = f"{EXTENSION}maxValue"
MIN_QUANTITY = f"{SDC}sdc-questionnaire-minQuantity"
MAX_QUANTITY = f"{SDC}sdc-questionnaire-maxQuantity"
DECIMALS = f"{EXTENSION}maxDecimalPlaces"
STEP = f"{EXTENSION}questionnaire-sliderStepValue"
MIN_LENGTH = f"{EXTENSION}minLength"
REGEX = f"{EXTENSION}regex"
ENTRY_FORMAT = f"{EXTENSION}entryFormat"
SHORT_TEXT = f"{SDC}sdc-questionnaire-shortText"
OPEN_LABEL = f"{SDC}sdc-questionnaire-openLabel"
UNIT = f"{EXTENSION}questionnaire-unit"
UNIT_OPTION = f"{EXTENSION}questionnaire-unitOption"
UNIT_OPEN = f"{EXTENSION}questionnaire-unitOpen"
ITEM_CONTROL = f"{EXTENSION}questionnaire-itemControl"
DISPLAY_CATEGORY = f"{EXTENSION}questionnaire-displayCategory"
ORIENTATION = f"{EXTENSION}questionnaire-choiceOrientation"
WIDTH = f"{SDC}sdc-questionnaire-width"
LINK = f"{EXTENSION}questionnaire-supportLink"
MIME_TYPE = f"{EXTENSION}mimeType"
MAX_SIZE = f"{EXTENSION}maxSize"
REFERENCE = f"{EXTENSION}questionnaire-referenceResource"
EXCLUSIVE = f"{EXTENSION}questionnaire-optionExclusive"
TOGGLE = f"{SDC}sdc-questionnaire-answerOptionsToggleExpression"
CALCULATED = f"{SDC}sdc-questionnaire-calculatedExpression"
ENABLE = f"{SDC}sdc-questionnaire-enableWhenExpression"
INITIAL = f"{SDC}sdc-questionnaire-initialExpression"
LINK_PERIOD = f"{SDC}sdc-questionnaire-observationLinkPeriod"
EXTRACT = f"{SDC}sdc-questionnaire-observationExtract"
CONSTRAINT = f"{EXTENSION}targetConstraint"
OLD_CONSTRAINT = f"{EXTENSION}questionnaire-constraint"
VARIABLE = f"{EXTENSION}variable"
CQF_EXPRESSION = f"{EXTENSION}cqf-expression"
ASSEMBLED_FROM = f"{SDC}sdc-questionnaire-assembledFrom"

OWN_BLOCKS = f"{OWN}form-blocks"
OWN_WEIGHT = f"{OWN}completeness-weight"
OWN_SENSITIVE = f"{OWN}sensitive"
OWN_WAS = f"{OWN}former-id"
OWN_REPLACEABLE = f"{OWN}replaceable"
OWN_REQUIRED_IF = f"{OWN}required-if"
OWN_EXTRACT = f"{OWN}extract"
OWN_PREFILL = f"{OWN}prefill"
OWN_SOURCES = f"{OWN}options-from"
OWN_LIST = f"{OWN}option-list"
OWN_OPTION_HELP = f"{OWN}option-help"
OWN_TYPE = f"{OWN}container"

CONTROL_SYSTEM = "http://hl7.org/fhir/questionnaire-item-control"
CATEGORY_SYSTEM = "http://hl7.org/fhir/questionnaire-display-category"

TYPES = {
    "section": "group",
    "group": "group",
    "table": "group",
    "note": "display",
    "text": "string",
    "long_text": "text",
    "yes_no": "boolean",
    "datetime": "dateTime",
    "file": "attachment",
}
"""Types whose FHIR name is another one."""

CONTROLS = {
    "radio": "radio-button",
    "dropdown": "drop-down",
    "checkboxes": "check-box",
    "search": "autocomplete",
    "text_area": "text-box",
    "tab": "tab-container",
}
"""Controls whose FHIR code is another one."""

CATEGORIES = {"instructions": "instructions", "legal": "legal"}
"""Controls of notes that FHIR calls a category of display."""

PRECISIONS = {
    "year": "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?",
    "month": "[0-9]{4}-[0-9]{2}(-[0-9]{2})?",
    "day": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
}

SPANS = {"year": "a", "month": "mo", "week": "wk", "day": "d", "hour": "h", "minute": "min"}
"""Units of calendar spans, in UCUM."""
