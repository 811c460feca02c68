"""Every keyword of the format, once: where it may stand, its shape, its FHIR counterpart.

The reader, the JSON Schema and the table in ``docs/forms.md`` all come from these lists.
"""

from dataclasses import dataclass

from portal.forms.definition.model import CONTAINERS, QUESTIONS, TYPES

ANY = frozenset(TYPES)
TEXTS = frozenset({"text", "long_text", "url"})
NUMBERS = frozenset({"integer", "decimal", "quantity"})
MOMENTS = frozenset({"date", "datetime", "time"})


@dataclass(frozen=True)
class Keyword:
    """One word of the vocabulary. ``on`` are the item types it may stand on."""

    name: str
    shape: str
    fhir: str
    on: frozenset[str] = ANY
    choices: tuple[str, ...] = ()
    help: str = ""


SHORTHANDS = {"section": "section", "group": "group", "repeat": "group", "table": "table"}

CONTROLS = {
    "choice": ("radio", "dropdown", "checkboxes", "search"),
    "integer": ("slider", "spinner"),
    "decimal": ("slider", "spinner"),
    "note": ("help", "legal", "instructions", "header", "footer"),
    "group": ("table", "list", "grid"),
    "table": ("table", "grid"),
    "section": ("page", "tab"),
    "long_text": ("text_area",),
}
ALL_CONTROLS = tuple(sorted({name for names in CONTROLS.values() for name in names}))


def _k(name: str, shape: str, fhir: str, on: frozenset[str] = ANY, **more: object) -> Keyword:
    return Keyword(name, shape, fhir, on, **more)  # type: ignore[arg-type]


_C = frozenset({"choice"})
_Q = frozenset({"quantity"})
_REPEATING = frozenset({"group", "table"})
ITEM_KEYWORDS: dict[str, Keyword] = {
    word.name: word
    for word in (
        _k("id", "id", "linkId"),
        _k("type", "type", "type", choices=tuple(sorted(TYPES))),
        _k("section", "id", "type group", CONTAINERS, help="shorthand: id and type in one"),
        _k("group", "id", "type group", CONTAINERS, help="shorthand: id and type in one"),
        _k("repeat", "id", "repeats", CONTAINERS, help="shorthand: a group with rows"),
        _k("table", "id", "itemControl table", CONTAINERS, help="shorthand: id and type in one"),
        _k("include", "include", "subQuestionnaire", help="a section file or form by name"),
        _k("as", "id", "linkIdPrefix", help="prefix for the ids of an include"),
        _k("label", "text", "text"),
        _k("number", "words", "prefix"),
        _k("short_label", "text", "shortText"),
        _k("help", "text", "child display item, itemControl help"),
        _k("code", "codings", "code"),
        _k("required", "flag", "required", QUESTIONS | _REPEATING),
        _k("required_if", "expression", "targetConstraint", QUESTIONS | _REPEATING),
        _k("read_only", "flag", "readOnly", QUESTIONS | CONTAINERS),
        _k("hidden", "flag", "questionnaire-hidden"),
        _k("default", "default", "initial", QUESTIONS),
        _k("multiple", "flag", "repeats", QUESTIONS - {"yes_no"}),
        _k("at_least", "whole", "minOccurs", QUESTIONS | _REPEATING),
        _k("at_most", "whole", "maxOccurs", QUESTIONS | _REPEATING),
        _k("min", "bound", "minValue", NUMBERS | MOMENTS),
        _k("max", "bound", "maxValue", NUMBERS | MOMENTS),
        _k("decimals", "whole", "maxDecimalPlaces", frozenset({"decimal", "quantity"})),
        _k("step", "decimal", "sliderStepValue", NUMBERS),
        _k("min_length", "whole", "minLength", TEXTS),
        _k("max_length", "whole", "maxLength", TEXTS),
        _k("pattern", "pattern", "regex", TEXTS),
        _k("pattern_help", "text", "entryFormat", TEXTS),
        _k(
            "precision",
            "choice",
            "regex + entryFormat",
            frozenset({"date"}),
            choices=("year", "month", "day", "any"),
        ),
        _k("options", "options", "answerOption", _C),
        _k("options_from", "sources", "answerValueSet", _C),
        _k("other", "flag", "type open-choice", _C),
        _k("other_label", "text", "openLabel", _C),
        _k("unit", "unit", "questionnaire-unit", _Q),
        _k("units", "units", "unitOption", _Q),
        _k("units_open", "flag", "unitOpen", _Q),
        _k("control", "choice", "itemControl", choices=ALL_CONTROLS),
        _k("layout", "choice", "choiceOrientation", choices=("vertical", "horizontal")),
        _k("width", "percent", "sdc width"),
        _k("placeholder", "text", "entryFormat", QUESTIONS),
        _k("link", "words", "supportLink"),
        _k("accept", "strings", "mimeType", frozenset({"file"})),
        _k("max_size", "size", "maxSize", frozenset({"file"})),
        _k("of", "strings", "referenceResource", frozenset({"reference"})),
        _k("show_if", "expression", "enableWhen"),
        _k("value", "expression", "calculatedExpression", QUESTIONS - {"file", "reference"}),
        _k("prefill", "prefill", "initialExpression", QUESTIONS | _REPEATING),
        _k("extract", "json", "observationExtract"),
        _k("rules", "rules", "targetConstraint"),
        _k("weight", "decimal", "own extension", QUESTIONS | _REPEATING),
        _k("sensitive", "strings", "own extension"),
        _k("was", "ids", "own extension"),
        _k("replaceable", "flag", "own extension", CONTAINERS),
        _k("fhir", "fhir", "verbatim"),
        _k("items", "items", "item"),
    )
}

FORM_KEYWORDS: dict[str, Keyword] = {
    word.name: word
    for word in (
        _k("form", "name", "name"),
        _k("title", "text", "title"),
        _k("description", "text", "description"),
        _k("version", "version", "version"),
        _k("url", "words", "url"),
        _k("status", "choice", "status", choices=("draft", "active", "retired")),
        _k("publisher", "words", "publisher"),
        _k("languages", "languages", "language, translation"),
        _k("codes", "codes", "system of each Coding"),
        _k("lists", "lists", "contained ValueSet"),
        _k("let", "expressions", "variable"),
        _k("items", "items", "item"),
        _k("rules", "rules", "targetConstraint"),
        _k("due", "expressions", "own extension"),
        _k("views", "views", "own extension", help="named selections of items"),
        _k("checks", "checks", "own extension"),
        _k("migrations", "migrations", "own extension"),
        _k("retired", "retired", "own extension"),
        _k("fhir", "fhir", "verbatim"),
    )
}

SECTION_FILE_KEYWORDS = frozenset(
    {"languages", "codes", "lists", "let", "due", "checks", "migrations", "retired"}
)

OPTION_KEYWORDS: dict[str, Keyword] = {
    word.name: word
    for word in (
        _k("code", "words", "valueCoding"),
        _k("label", "text", "valueCoding.display"),
        _k("help", "text", "itemControl help"),
        _k("score", "decimal", "itemWeight"),
        _k("exclusive", "flag", "optionExclusive"),
        _k("default", "flag", "initialSelected"),
        _k("show_if", "expression", "answerOptionsToggleExpression"),
        _k("fhir", "fhir", "verbatim"),
    )
}

RULE_KEYWORDS: dict[str, Keyword] = {
    word.name: word
    for word in (
        _k("id", "rule_id", "targetConstraint.key"),
        _k("check", "expression", "targetConstraint.expression"),
        _k("message", "text", "targetConstraint.human"),
        _k("severity", "choice", "targetConstraint.severity", choices=("error", "warning")),
        _k("at", "id", "targetConstraint.location"),
    )
}

CHECK_KEYWORDS = ("name", "given", "expect", "context")
EXPECT_KEYWORDS = ("errors", "warnings", "complete", "no_errors")
MIGRATION_KEYWORDS = ("from", "rename", "recode", "split", "join", "convert_unit", "drop")
RETIRED_KEYWORDS = ("until", "reason", "type")
PREFILL_KEYWORDS = ("last", "within")

PROPERTY_GROUPS = {"item": ITEM_KEYWORDS, "form": FORM_KEYWORDS, "option": OPTION_KEYWORDS}


REGISTERED: dict[str, str] = {}
"""Types that plugins added, each with the built-in type whose keywords it shares."""


def known_types() -> frozenset[str]:
    """Return every type an item may have."""
    return ANY | frozenset(REGISTERED)


def keywords_for(item_type: str) -> frozenset[str]:
    """Return the keywords that may stand on an item of this type."""
    like = REGISTERED.get(item_type, item_type)
    return frozenset(name for name, word in ITEM_KEYWORDS.items() if like in word.on)
