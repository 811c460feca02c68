"""Reading form definitions: strict YAML, a typed model, faults with file, line and nearest name."""

from portal.forms.definition.canonical import canonical_json, content_hash, from_json
from portal.forms.definition.document import Library, Nowhere, Source, read_definition
from portal.forms.definition.model import (
    Check,
    Coding,
    FormDefinition,
    Item,
    Migration,
    Option,
    Prefill,
    Retired,
    Rule,
    Text,
    in_language,
)
from portal.forms.definition.prefixing import walk
from portal.forms.definition.reading import Place, same_system

__all__ = [
    "Check",
    "Coding",
    "FormDefinition",
    "Item",
    "Library",
    "Migration",
    "Nowhere",
    "Option",
    "Place",
    "Prefill",
    "Retired",
    "Rule",
    "Source",
    "Text",
    "canonical_json",
    "content_hash",
    "from_json",
    "in_language",
    "read_definition",
    "same_system",
    "walk",
]
